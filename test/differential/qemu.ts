/**
 * Runs a program under QEMU's `virt` board. RAM is a file that both share, so that
 * programs get in and results get out without a device. PMP is off: with it on, QEMU 7.2
 * goes a slow way for every access.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RAM_SIZE, type DifferentialProgram } from './program.ts';

const QEMU = 'qemu-system-riscv64';
const CPU = 'rv64,pmp=off,Zfhmin=on';

/** Why the comparison cannot run here, or undefined. In CI a missing QEMU is a failure. */
export function qemuMissing(): string | undefined {
  const { error } = spawnSync(QEMU, ['--version']);
  if (!error) return undefined;
  if (process.env.CI) throw new Error(`${QEMU} is needed in CI: ${error.message}`);
  return `${QEMU} is not installed`;
}

/** RAM after the program has ended. */
export function runOnQemu(program: DifferentialProgram): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'hartware-diff-'));
  try {
    const ram = join(directory, 'ram');
    writeFileSync(ram, program.image);
    truncateSync(ram, RAM_SIZE);
    const { status, stderr, error } = spawnSync(
      QEMU,
      [
        // The second hart only parks: with one, QEMU 7.2 does AMOs as load and store, with a load's faults.
        ...['-smp', '2', '-accel', 'tcg,thread=multi'],
        ...['-machine', 'virt,memory-backend=ram', '-cpu', CPU, '-m', String(RAM_SIZE / 1024 / 1024)],
        ...['-object', `memory-backend-file,id=ram,size=${RAM_SIZE},mem-path=${ram},share=on`],
        ...['-bios', 'none', '-display', 'none', '-serial', 'none', '-monitor', 'none', '-nodefaults'],
      ],
      { timeout: 60_000, encoding: 'utf8' },
    );
    if (error || status !== 0) throw new Error(`QEMU ended with ${status}: ${error?.message ?? stderr}`);
    return readFileSync(ram).subarray(0, program.image.length);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
