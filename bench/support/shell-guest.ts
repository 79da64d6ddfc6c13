/** Debian's kernel with a BusyBox shell: what `hartware run debian` boots, without modules for disks. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianGuest } from '../../src/bindings/node/guest/debian.ts';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { concatenateInitrds } from '../../src/images/initrd.ts';
import type { Guest } from './contender.ts';
import type { BenchOptions } from './options.ts';

/** What the console shows on the way, in this order. */
/** The kernel keeps its first lines until the driver of the UART is there. */
export const CONSOLE_FOUND = 'Linux version';
export const INIT_STARTED = `Run ${SHELL_INIT} as init process`;
export const PROMPT = 'root@hartware:';
export const BOOT_MARKS = [CONSOLE_FOUND, INIT_STARTED, PROMPT] as const;

/** Files as both contenders take them, written to `directory`. */
export async function shellGuest(options: BenchOptions, directory: string): Promise<Guest> {
  const { kernel, initrd } = await kernelAndInitrd(options);
  const files = { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd') };
  await writeFile(files.kernel, kernel);
  await writeFile(files.initrd, concatenateInitrds([initrd, shellInitramfs({ columns: 80, rows: 25 })]));
  return { ...files, append: `console=ttyS0 rdinit=${SHELL_INIT}`, memory: 512, isBareMetal: false };
}

/** Those of the options, or else Debian's. */
export async function kernelAndInitrd({
  kernel,
  initrd,
}: BenchOptions): Promise<{ kernel: Uint8Array; initrd: Uint8Array }> {
  if (kernel !== undefined && initrd !== undefined) {
    return { kernel: await readFile(kernel), initrd: await readFile(initrd) };
  }
  return obtainDebianGuest({
    progress: ({ kind, text }) => {
      if (kind !== 'download') process.stderr.write(`${text}\n`);
    },
  });
}
