/**
 * Firmware that starts what is on a disk, as Debian has it: UEFI of the package
 * `qemu-efi-riscv64`, or U-Boot of `u-boot-qemu`. From the machine's own packages if they are
 * installed; else from the cache, a mirror, or through apt, as the guest of `run debian`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DebFormatError, extractDeb } from './deb.ts';
import type { FileSet } from './file-cache.ts';
import { cacheOf, remember, withSource, type ObtainOptions } from './obtain.ts';
import { PackageSourceError } from './package-source.ts';

export type FirmwareKind = 'edk2' | 'u-boot';

/** What there is of each: the package, and the files by what they are for. */
const FIRMWARE = {
  edk2: {
    package: 'qemu-efi-riscv64',
    files: {
      code: 'usr/share/qemu-efi-riscv64/RISCV_VIRT_CODE.fd',
      variables: 'usr/share/qemu-efi-riscv64/RISCV_VIRT_VARS.fd',
    },
  },
  'u-boot': {
    package: 'u-boot-qemu',
    files: { code: 'usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin' },
  },
} as const;

const MAX_FIRMWARE_SIZE = 32 * 1024 * 1024;

export interface FirmwareOptions extends ObtainOptions {
  /** Where the machine's own packages are installed. Default `/`. */
  readonly root?: string;
}

export interface Firmware {
  readonly code: Uint8Array;
  /** What UEFI variables start from; of U-Boot, none. */
  readonly variables?: Uint8Array;
  /** Where it comes from, for a reader. */
  readonly origin: string;
}

/** @throws GuestUnavailableError; the signal's reason when aborted. */
export async function obtainFirmware(kind: FirmwareKind, options: FirmwareOptions = {}): Promise<Firmware> {
  const { package: name } = FIRMWARE[kind];
  const installed = await readInstalled(kind, options.root ?? '/');
  if (installed) return { ...firmwareOf(installed), origin: `the installed package ${name}` };
  const cache = cacheOf(options);
  const key = `firmware-${name}`;
  const cached = await cache.load(key);
  const set = cached?.files.has('code') ? cached : await fetchPackage(kind, options);
  if (set !== cached) await remember(cache, key, set, options);
  return { ...firmwareOf(set), origin: `Debian's ${name} ${set.version}` };
}

async function readInstalled(kind: FirmwareKind, root: string): Promise<FileSet | undefined> {
  const files = new Map<string, Uint8Array>();
  for (const [what, path] of Object.entries(FIRMWARE[kind].files)) {
    const bytes = await readFile(join(root, path)).catch(() => undefined);
    if (!bytes) return undefined;
    files.set(what, bytes);
  }
  return { version: '', files };
}

async function fetchPackage(kind: FirmwareKind, options: FirmwareOptions): Promise<FileSet> {
  const { package: name, files } = FIRMWARE[kind];
  const advice = `Install that package, give a file with --loader FILE, or name`;
  return withSource(
    options,
    name,
    async (source) => {
      const fetched = await source.fetch(name, 'main');
      if (!fetched) throw new PackageSourceError(`the archive has no ${name}`);
      options.progress?.({ kind: 'step', text: `Unpacking ${name}` });
      const wanted = new Map<string, string>(Object.entries(files).map(([what, path]) => [path, what]));
      const found = await extractDeb(
        fetched.bytes,
        { matches: (path) => wanted.has(path), maximumSize: MAX_FIRMWARE_SIZE, maximumFiles: wanted.size },
        name,
      );
      const missing = [...wanted.keys()].find((path) => !found.some((file) => file.path === path));
      if (missing !== undefined)
        throw new DebFormatError(`expected ${missing} in ${name}, found no such file`);
      return {
        version: fetched.version,
        files: new Map(found.map(({ path, bytes }) => [wanted.get(path)!, bytes])),
      };
    },
    advice,
  );
}

function firmwareOf({ files }: FileSet): Omit<Firmware, 'origin'> {
  return { code: files.get('code')!, variables: files.get('variables') };
}
