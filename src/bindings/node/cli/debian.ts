/** The guest of `hartware run debian`: kernel, initrd and our shell on top, as boot files. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { BootDescription } from '../../../index.ts';
import { freeTransient } from '../../../transient-bytes.ts';
import {
  obtainDebianDiskModules,
  obtainDebianGuest,
  obtainDebianShareModules,
  type DebianGuest,
  type DebianOptions,
} from '../guest/debian.ts';
import { SHELL_INIT, SHELL_PROMPT, shellInitramfs } from '../guest/initramfs.ts';
import type { NodeHostOptions } from '../index.ts';
import type { RunArguments } from './arguments.ts';
import { ProgressDisplay } from './progress.ts';
import { Interrupted } from './signals.ts';

const KERNEL = "Debian's kernel";
const INITRD = "Debian's initrd";
const SHELL = 'the initramfs with the shell';
const GREETING = `Debian's kernel and BusyBox on Hartware.`;

export interface DebianBoot {
  readonly boot: BootDescription;
  readonly files: NodeHostOptions['files'];
  readonly readyText?: string;
}

/** @throws GuestUnavailableError */
export async function debianGuest(args: RunArguments): Promise<DebianBoot> {
  const progress = new ProgressDisplay(process.stderr);
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new Interrupted());
  process.once('SIGINT', interrupt);
  const options: DebianOptions = {
    mirror: args.mirror,
    cacheDirectory: args.cache,
    file: args.deb,
    progress: args.quiet ? undefined : progress.report,
    signal: abort.signal,
  };
  try {
    const guest = await obtainDebianGuest(options);
    const { kernelRelease: release } = guest;
    const modules = [
      ...(args.drives.length > 0 && release ? await obtainDebianDiskModules(release, options) : []),
      ...(args.shares.length > 0 && release ? await obtainDebianShareModules(release, options) : []),
    ];
    // By then it is in the cache, unless that cannot be written.
    const again = (): Promise<DebianGuest> =>
      obtainDebianGuest({ ...options, progress: undefined, signal: undefined });
    const initrd = onceThen(guest.initrd, async () => (await again()).initrd);
    const isInteractive = process.stdin.isTTY === true;
    const isSerial = args.console === 'serial';
    const leave = isInteractive ? ' Ctrl-] q leaves at once.' : '';
    const shell = shellInitramfs({
      greeting: `${GREETING}\n"poweroff" (or "exit") leaves.${leave}`,
      terminal: (isInteractive && process.env.TERM) || 'linux',
      // A virtio console knows its size, also later.
      columns: isSerial ? process.stdout.columns : undefined,
      rows: isSerial ? process.stdout.rows : undefined,
      devices: isSerial ? [] : ['hvc0'],
      interactive: isInteractive,
      modules,
      setUp: args.shares.map(({ tag }) => mountCommand(tag)).join('\n'),
    });
    return {
      boot: { kernel: KERNEL, initrd: [INITRD, SHELL], append: `rdinit=${SHELL_INIT}` },
      files: {
        [KERNEL]: onceThen(guest.kernel, async () => (await again()).kernel),
        // Unpacked here: in the guest that is more than half of the whole boot.
        [INITRD]: async () => unpack(await initrd()),
        [SHELL]: shell,
      },
      // Another init may never get there.
      readyText: /\binit=/.test(args.append ?? '') ? undefined : SHELL_PROMPT,
    };
  } finally {
    progress.done();
    process.off('SIGINT', interrupt);
  }
}

/** Shared folders are mounted by their tags, as far as these are names. */
function mountCommand(tag: string): string {
  if (!/^\w[\w.-]*$/.test(tag)) return '';
  return `mkdir -p /mnt/${tag} && mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 ${tag} /mnt/${tag}`;
}

/** In one piece: thousands of small ones leave a heap that is never given back to the system. */
async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  // RFC 1952, 2.3.1: ISIZE.
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  const unpacked = await promisify<Uint8Array, object, Uint8Array>(gunzip)(bytes, { chunkSize: size + 64 });
  freeTransient([bytes]);
  return unpacked;
}

/** Gives `first` once, and keeps it no longer; from then on what `again` gets. */
function onceThen<T>(first: T, again: () => Promise<T>): () => Promise<T> {
  let kept: T | undefined = first;
  return async () => {
    const now = kept ?? (await again());
    kept = undefined;
    return now;
  };
}
