/** The guest of `hartware run debian`: kernel, initrd and our shell on top, as boot files. */
import type { BootDescription } from '../../../index.ts';
import { gunzip } from '../../../images/compression.ts';
import { obtainDebianDiskModules, obtainDebianGuest, type DebianOptions } from '../guest/debian.ts';
import { SHELL_INIT, SHELL_PROMPT, shellInitramfs } from '../guest/initramfs.ts';
import type { RunArguments } from './arguments.ts';
import { ProgressDisplay } from './progress.ts';

const KERNEL = "Debian's kernel";
const INITRD = "Debian's initrd";
const SHELL = 'the initramfs with the shell';
const GREETING = `Debian's kernel and BusyBox on Hartware.`;

export interface DebianBoot {
  readonly boot: BootDescription;
  readonly files: Readonly<Record<string, Uint8Array>>;
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
    const modules =
      args.drives.length > 0 && guest.kernelRelease !== undefined
        ? await obtainDebianDiskModules(guest.kernelRelease, options)
        : [];
    const isInteractive = process.stdin.isTTY === true;
    const isSerial = args.console === 'serial';
    const leave = isInteractive ? ' Ctrl-] q leaves at once.' : '';
    const shell = shellInitramfs({
      greeting: `${GREETING}\n"poweroff" (or "exit") leaves.${leave}`,
      terminal: (isInteractive && process.env.TERM) || 'linux',
      // A virtio console knows its size, also later.
      columns: isSerial ? process.stdout.columns : undefined,
      rows: isSerial ? process.stdout.rows : undefined,
      device: isSerial ? undefined : 'hvc0',
      interactive: isInteractive,
      modules,
    });
    return {
      boot: { kernel: KERNEL, initrd: [INITRD, SHELL], append: `rdinit=${SHELL_INIT}` },
      // Unpacked here: in the guest that is more than half of the whole boot.
      files: { [KERNEL]: guest.kernel, [INITRD]: await gunzip(guest.initrd, INITRD), [SHELL]: shell },
      // Another init may never get there.
      readyText: /\binit=/.test(args.append ?? '') ? undefined : SHELL_PROMPT,
    };
  } finally {
    progress.done();
    process.off('SIGINT', interrupt);
  }
}

/** Ctrl-C while the guest is being obtained. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
