/** A conformance program on QEMU's board. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConformanceProgram } from '../../../../conformance/program.ts';
import { PROGRAM_LIMIT } from './here.ts';

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
    return await output(command, [
      ...['-M', 'virt,aclint=on', '-m', '64M', '-smp', `${program.machine.harts ?? 1}`],
      ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
      ...['-global', 'virtio-mmio.force-legacy=false', '-bios', file],
    ]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function output(command: string, args: readonly string[]): Promise<string> {
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
      if (code) failed(new QemuError(`QEMU ended with code ${code}: ${complaint.trim()}`));
      else done(text);
    });
  });
}
