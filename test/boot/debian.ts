/**
 * Debian's kernel and initrd for tests: obtained once, through the cache that
 * `hartware run debian` uses, and booted on machines in this process.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import {
  GuestUnavailableError,
  obtainDebianDiskModules,
  obtainDebianGuest,
  obtainDebianShareModules,
  type DebianGuest,
  type KernelModule,
} from '../../src/bindings/node/guest/debian.ts';
import { defaultCacheDirectory } from '../../src/bindings/node/guest/file-cache.ts';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import type { NodeHostOptions } from '../../src/bindings/node/host.ts';
import { readCpio, writeCpio } from '../../src/images/cpio.ts';
import type { MachineDescription } from '../../src/machine/description.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { reportMissing } from '../support/tools.ts';
import { GuestConsole } from './guest-console.ts';

export const OPENSBI = '/usr/lib/riscv64-linux-gnu/opensbi/generic';
/** What the kernel and the shell say when something is wrong with the machine. */
export const TROUBLE =
  /WARNING:|BUG:|Oops|Unable to handle|Call Trace|Kernel panic|\bstall|soft lockup|segfault|Initramfs unpacking failed|unhandled signal|I\/O error/;

const MINUTE = 60_000;
/** For tests of several boots on a busy computer; what they wait for has limits of its own. */
export const BOOT_TEST_TIMEOUT = 8 * MINUTE;

/** Undefined, and reported, where there is neither cache nor network. */
export async function debianGuest(): Promise<DebianGuest | undefined> {
  return exclusively(() => obtainDebianGuest());
}

/** The modules for virtio disks and ext4. */
export async function diskModules({ kernelRelease = '' }: DebianGuest): Promise<KernelModule[] | undefined> {
  return exclusively(() => obtainDebianDiskModules(kernelRelease));
}

/** The modules for shared folders. */
export async function shareModules({ kernelRelease = '' }: DebianGuest): Promise<KernelModule[] | undefined> {
  return exclusively(() => obtainDebianShareModules(kernelRelease));
}

/** Test files run in processes of their own: only the first of them downloads. */
async function exclusively<T>(obtain: () => Promise<T>): Promise<T | undefined> {
  const cache = defaultCacheDirectory();
  const lock = join(cache, 'tests.lock');
  await mkdir(cache, { recursive: true });
  for (;;) {
    const isOurs = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isOurs) break;
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > 5 * MINUTE) await rm(lock, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await obtain();
  } catch (error) {
    if (!(error instanceof GuestUnavailableError)) throw error;
    reportMissing(`the Debian guest (${error.message})`);
    return undefined;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Of the installer's modules, what the shell loads, and what that needs. */
const MODULES = [
  ...['virtio_mmio', 'virtio-rng', 'virtio_net', 'net_failover', 'failover', 'virtio_input', 'evdev'],
  ...['fat', 'vfat', 'nls_ascii', 'nls_cp437', 'nls_utf8', 'mbcache', 'crc16', 'crc32c_generic'],
];
const UNUSED = /^usr\/(share|lib\/(ossl-modules|cdebconf|udev|locale))\/|^var\//;

/**
 * Debian's initrd without what these tests never touch, unpacked: a boot with it takes
 * half the time, most of which goes into unpacking.
 */
export function smallInitrd({ initrd }: DebianGuest): Uint8Array {
  return writeCpio(
    readCpio(gunzipSync(initrd)).filter(({ path }) => {
      const module = /([\w-]+)\.ko\.xz$/.exec(path)?.[1];
      return module === undefined ? !UNUSED.test(path) : MODULES.includes(module);
    }),
  );
}

export interface DebianBootOptions {
  readonly guest: DebianGuest;
  /** Default: the guest's. */
  readonly initrd?: Uint8Array;
  readonly kernel?: Uint8Array;
  readonly modules?: readonly KernelModule[];
  /** More initrds, after the one with the shell. */
  readonly moreInitrds?: readonly Uint8Array[];
  readonly firmware?: string;
  readonly append?: string;
  readonly machine?: Partial<Omit<MachineDescription, 'hartware' | 'boot'>>;
  readonly host?: NodeHostOptions;
}

export interface DebianMachine {
  readonly machine: LocalMachine;
  readonly console: GuestConsole;
}

/** A machine with Debian's kernel and our shell, which does not run yet. */
export async function makeDebian(options: DebianBootOptions): Promise<DebianMachine> {
  const { guest, moreInitrds = [], append = '', modules } = options;
  const more = Object.fromEntries(moreInitrds.map((bytes, index) => [`more${index}`, bytes]));
  const machine = await createMachine(
    {
      hartware: 1,
      memory: '512M',
      ...options.machine,
      boot: {
        kernel: 'kernel',
        initrd: ['initrd', 'shell', ...Object.keys(more)],
        append: `rdinit=${SHELL_INIT} ${append}`.trim(),
        ...(options.firmware && { firmware: options.firmware }),
      },
    },
    {
      jit: { mode: UNFORCED },
      ...options.host,
      files: {
        ...options.host?.files,
        kernel: options.kernel ?? guest.kernel,
        initrd: options.initrd ?? guest.initrd,
        shell: shellInitramfs({ interactive: false, modules }),
        ...more,
      },
    },
  );
  const console = GuestConsole.ofMachine(machine);
  onTestFinished(async () => void (await machine.stop()));
  return { machine, console };
}

/** The same, at its first prompt. It stops with the test. */
export async function bootDebian(options: DebianBootOptions): Promise<DebianMachine> {
  const debian = await makeDebian(options);
  await debian.machine.start();
  await debian.console.waitForShell();
  return debian;
}

/** Powers the guest off; resolves with how the machine ended. */
export async function powerOff({ machine, console }: DebianMachine): Promise<unknown> {
  console.type('poweroff\n');
  await console.waitFor('reboot: Power down');
  return machine.ended;
}
