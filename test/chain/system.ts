/** The disk that all tests here boot, what they do at its prompt, and the machine that another project makes. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../tools/debian-disk/run.ts';
import { obtainDebianDisk } from '../../tools/debian-disk/disk.ts';
import { copyBootFiles, copyDisk, rootOf, type BootFiles } from '../../tools/debian-disk/inspect.ts';
import { HOST_NAME, PASSWORD, ROOT_LABEL } from '../../tools/debian-disk/system.ts';
import { GuestConsole } from '../boot/guest-console.ts';

const MINUTE = 60_000;
/** Of the whole boot chain, on a busy computer. */
export const LOGIN_TIMEOUT = 15 * MINUTE;
export const CHAIN_TEST_TIMEOUT = 60 * MINUTE;

/** For machines that get kernel and initrd from their host. */
export const KERNEL_PARAMETERS = `root=LABEL=${ROOT_LABEL} ro console=ttyS0`;

/** A folder that goes with the test, for disks of its own. */
export class ChainPlace {
  private constructor(readonly directory: string) {}

  static async make(): Promise<ChainPlace> {
    const directory = await mkdtemp(join(tmpdir(), 'hartware-chain-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    return new ChainPlace(directory);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A disk to write to, as Debian's tools made it. */
  async disk(name = 'disk.img'): Promise<string> {
    const image = this.path(name);
    await copyDisk(await obtainDebianDisk(), image);
    return image;
  }

  async bootFiles(): Promise<BootFiles> {
    return copyBootFiles(await obtainDebianDisk(), this.directory);
  }
}

/** Logs in as root, to a shell that neither echoes nor edits, as `GuestConsole` expects it. */
export async function logIn(console: GuestConsole, timeout = LOGIN_TIMEOUT): Promise<void> {
  await console.waitFor(`${HOST_NAME} login: `, timeout);
  console.type('root\n');
  await console.waitFor('Password: ');
  console.type(`${PASSWORD}\n`);
  await console.waitForShell();
  console.type('dmesg -n 1; stty -echo -onlcr; exec bash --noediting\n');
  await console.waitForShell();
}

/** Resolves when systemd has started all that it wanted; with its verdict, "running" when nothing failed. */
export async function systemState(console: GuestConsole): Promise<string> {
  return (await console.run('systemctl is-system-running --wait', LOGIN_TIMEOUT)).output.trim();
}

/** As a user does it; resolves when the kernel has said its last. */
export async function powerOff(console: GuestConsole): Promise<void> {
  console.type('dmesg -n 7; systemctl poweroff\n');
  await console.waitFor('reboot: Power down', LOGIN_TIMEOUT);
}

/** @throws Error when e2fsck, which changes nothing, finds anything on the file system. */
export async function checkFileSystem(fileSystem: string): Promise<void> {
  await run('e2fsck', ['-f', '-n', fileSystem]);
}

/** The same of the root of a disk. */
export async function checkRoot(image: string): Promise<void> {
  await checkFileSystem(await rootOf(image));
}

export interface QemuGuest {
  readonly console: GuestConsole;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** QEMU's `virt` board with the disk; `args` say what it boots. */
export function startQemu(image: string, args: readonly string[]): QemuGuest {
  const all = [
    '-M',
    'virt',
    '-m',
    '1G',
    '-display',
    'none',
    '-monitor',
    'none',
    '-serial',
    'stdio',
    '-net',
    'none',
  ];
  all.push('-drive', `file=${image},format=raw,if=none,id=disk`, '-device', 'virtio-blk-device,drive=disk');
  all.push('-device', 'virtio-rng-device');
  const child: ChildProcessWithoutNullStreams = spawn('qemu-system-riscv64', [...all, ...args], {
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
  return { console: GuestConsole.ofProcess(child), ended };
}
