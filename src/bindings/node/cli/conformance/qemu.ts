/** A conformance program on QEMU's board. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endLine, type ConformanceProgram } from '../../../../conformance/program.ts';
import { PROGRAM_LIMIT } from '../../../../conformance/run.ts';
import { parseSize } from '../../../../machine/size.ts';

/** QEMU cannot be run. */
export class QemuError extends Error {
  override readonly name = 'QemuError';
}

/** As "qemu 7.2.22". @throws QemuError when the command is not there. */
export async function qemuVersion(command: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version']);
    return `qemu ${/version (\S+)/.exec(stdout)?.[1] ?? 'unknown'}`;
  } catch (error) {
    throw new QemuError(`expected QEMU as ${command}: ${(error as Error).message}`);
  }
}

/** What it printed until QEMU ended, or until its time was over. */
export async function runQemu(command: string, program: ConformanceProgram): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hartware-conformance-'));
  try {
    const file = join(directory, `${program.name}.bin`);
    await writeFile(file, program.bytes);
    const devices: string[] = [];
    const { boot = 'firmware', append, initrd = false, harts, drives = [] } = program.machine;
    for (const [slot, { size, id }] of drives.entries()) {
      const image = join(directory, `${id}.img`);
      await writeFile(image, '');
      await truncate(image, parseSize(size));
      devices.push('-drive', `if=none,id=${id},format=raw,file=${image}`);
      devices.push('-device', `virtio-blk-device,bus=virtio-mmio-bus.${slot},drive=${id},serial=${id}`);
    }
    devices.push('-device', `virtio-rng-device,bus=virtio-mmio-bus.${drives.length}`);
    const { text, code } = await run(command, [
      ...['-M', 'virt,aclint=on', '-m', '64M', '-smp', `${harts ?? 1}`],
      ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
      ...[
        '-global',
        'virtio-mmio.force-legacy=false',
        boot === 'kernel' ? '-kernel' : '-bios',
        file,
        ...(append === undefined ? [] : ['-append', append]),
        ...(initrd ? ['-initrd', file] : []),
        ...devices,
      ],
    ]);
    return `${text}${endLine(program, code)}`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface QemuRun {
  readonly text: string;
  /** Undefined when its time was over. */
  readonly code: number | undefined;
}

/** Anything QEMU complains of is an error: an exit code alone may be the program's. */
function run(command: string, args: readonly string[]): Promise<QemuRun> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), PROGRAM_LIMIT);
    let text = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (data: string) => (text += data));
    child.stderr.setEncoding('utf8').on('data', (data: string) => (complaint += data));
    child.on('error', (error) => {
      clearTimeout(timer);
      failed(new QemuError(`expected QEMU as ${command}: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code && (complaint !== '' || text === ''))
        failed(new QemuError(`QEMU ended with code ${code}: ${complaint.trim()}`));
      else done({ text, code: code ?? undefined });
    });
  });
}
