/** The disk that all tests here boot, what they do at its prompt, and the machine that another project makes. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { obtainDebianDisk } from '../../tools/debian-disk/disk.ts';
import { copyBootFiles, copyDisk, type BootFiles } from '../../tools/debian-disk/inspect.ts';
import { HOST_NAME, PASSWORD, ROOT_LABEL } from '../../tools/debian-disk/system.ts';
import { hartware } from '../bindings/cli/hartware.ts';
import { GuestConsole } from '../boot/guest-console.ts';

const MINUTE = 60_000;
/** Of the whole boot chain, on a busy computer: ten times as long as on an idle one. */
export const LOGIN_TIMEOUT = 10 * MINUTE;
/** For commands that read or write much. */
export const LONG_COMMAND_TIMEOUT = 5 * MINUTE;
/** What tests wait for has limits of its own, and says what the guest did until then. */
export const CHAIN_TEST_TIMEOUT = 40 * MINUTE;

/** For machines that get kernel and initrd from their host. */
export const KERNEL_PARAMETERS = `root=LABEL=${ROOT_LABEL} ro console=ttyS0`;

/** Prints where the kernel has the disk. */
export const DISK_PLACE = 'readlink /sys/block/vda';
export const ON_MMIO = /\/10001000\.virtio_mmio\/virtio\d+\/block\/vda$/;
/** Where the first drive lies there (spec/machine/description.md, "Slots and numbers"). */
export const ON_PCI = /\/30000000\.pci\/pci0000:00\/0000:00:01\.0\/virtio\d+\/block\/vda$/;

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

  /** A raw disk to write to, as Debian's tools made it. */
  async rawDisk(): Promise<string> {
    const image = this.path('disk.img');
    await copyDisk(await obtainDebianDisk(), image);
    return image;
  }

  /** The same disk as an image of qcow2. */
  async disk(name = 'disk.qcow2'): Promise<string> {
    const image = this.path(name);
    await succeed(['image', 'convert', '--format', 'raw', await obtainDebianDisk(), image]);
    return image;
  }

  /** An overlay of qcow2 over another disk. */
  async overlay(disk: string): Promise<string> {
    const image = this.path('overlay.qcow2');
    await succeed(['image', 'create', image, '--backing', disk]);
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

/** Resolves when systemd has started all that it wanted. @throws Error with the units that failed. */
export async function waitForSystem(console: GuestConsole): Promise<void> {
  const state = (await console.run('systemctl is-system-running --wait', LOGIN_TIMEOUT)).output.trim();
  if (state === 'running') return;
  await console.run('systemctl --failed --no-legend --plain');
  console.fail(`systemd is ${state}`);
}

/** As a user does it; resolves when the kernel has said its last. */
export async function powerOff(console: GuestConsole): Promise<void> {
  console.type('dmesg -n 7; systemctl poweroff\n');
  await console.waitFor('reboot: Power down', LOGIN_TIMEOUT);
}

export interface QemuGuest {
  readonly console: GuestConsole;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** QEMU's `virt` board with a disk of qcow2; `args` say what it boots. */
export function startQemu(
  image: string,
  args: readonly string[],
  format: 'raw' | 'qcow2' = 'qcow2',
): QemuGuest {
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
  all.push(
    '-drive',
    `file=${image},format=${format},if=none,id=disk`,
    '-device',
    'virtio-blk-device,drive=disk',
  );
  all.push('-device', 'virtio-rng-device');
  const child: ChildProcessWithoutNullStreams = spawn('qemu-system-riscv64', [...all, ...args], {
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
  return { console: GuestConsole.ofProcess(child), ended };
}

async function succeed(args: readonly string[]): Promise<void> {
  const { code, stderr } = await hartware(args);
  if (code !== 0) throw new Error(`hartware ${args.join(' ')} ended with ${code}: ${stderr}`);
}
