/** `npm run debian-disk -- FILE`: makes a disk; `--help` says the rest. */
import { access, mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildDebianDisk } from './disk.ts';
import { copyBootFiles } from './inspect.ts';
import { PASSWORD } from './system.ts';

const USAGE = `npm run debian-disk -- FILE [options]

Makes a raw image with Debian 13 for riscv64, which boots through UEFI firmware and GRUB. debootstrap
fetches the packages; they install themselves on a Hartware machine. Log in as root, with the
password "${PASSWORD}". Needs the Debian packages debootstrap, fakeroot, fdisk and e2fsprogs, and no root.

  --boot-files DIR  also copies kernel and initrd out of it, for machines without a boot loader
  --size N          size of the disk, as 2G or 3000M (default 2G)
  --mirror URL      root of a Debian archive (default HARTWARE_DEBIAN_MIRROR, or those of apt here)
  --cache DIR       where packages are kept (default HARTWARE_CACHE, or hartware in ~/.cache)
`;

const UNITS: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30 };

function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)([MG])$/.exec(text) ?? [];
  if (unit === undefined) throw new Error(`expected a size as 2G or 3000M, found ${text}`);
  return Number(number) * UNITS[unit];
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'boot-files': { type: 'string' },
      size: { type: 'string' },
      mirror: { type: 'string' },
      cache: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [image, ...more] = positionals;
  if (image === undefined || more.length > 0)
    throw new Error(`expected one file, found ${positionals.length}\n\n${USAGE}`);
  const isThere = await access(image).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${image} is there already`);
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('interrupted')));
  await buildDebianDisk(image, {
    size: values.size === undefined ? undefined : bytesOf(values.size),
    mirror: values.mirror,
    cacheDirectory: values.cache,
    report: (line) => console.log(line),
    signal: abort.signal,
  });
  const bootFiles = values['boot-files'];
  if (bootFiles !== undefined) {
    await mkdir(bootFiles, { recursive: true });
    await copyBootFiles(image, bootFiles);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
