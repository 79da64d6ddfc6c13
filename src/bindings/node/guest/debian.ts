/**
 * Obtains the guest of `hartware run debian`: kernel and initrd of Debian's installer
 * for riscv64, as its package `debian-installer-13-netboot-riscv64` has them. From the
 * cache; or from a package file; or from a mirror; or through the machine's apt.
 * Nothing here names a mirror.
 */
import { messageOf } from '../../../errors.ts';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from '../file-error.ts';
import { DebFormatError, extractDeb } from './deb.ts';
import type { FileSet } from './file-cache.ts';
import {
  cacheOf,
  GuestUnavailableError,
  isSourceError,
  remember,
  withSource,
  type ObtainOptions,
} from './obtain.ts';
import {
  PackageSourceError,
  type Component,
  type GuestProgress,
  type ReportProgress,
} from './package-source.ts';
import type { TarFile } from './tar.ts';
import { unxzWhole } from './xz.ts';

export const NETBOOT_PACKAGE = 'debian-installer-13-netboot-riscv64';

const IMAGES = 'usr/lib/debian-installer/images/13/riscv64/text/debian-installer/riscv64';
const KERNEL = `${IMAGES}/linux`;
const INITRD = `${IMAGES}/initrd.gz`;
const SUPPLY =
  `Supply the file ${NETBOOT_PACKAGE}_VERSION_all.deb ` +
  '(every Debian mirror has it in pool/main/d/debian-installer-netboot-images) with --deb FILE, or name';
const MAX_IMAGE_SIZE = 256 * 1024 * 1024;
const MAX_MODULE_SIZE = 32 * 1024 * 1024;

/** Modules that the installer's initrd lacks, in an order in which they load; and the installer's packages that have them. */
interface ModuleSet {
  /** In the cache. */
  readonly key: (release: string) => string;
  readonly modules: readonly string[];
  readonly packages: (release: string) => readonly string[];
}

/** For disks. */
const DISK: ModuleSet = {
  key: (release) => `debian-modules-${release}`,
  modules: ['virtio_blk', 'jbd2', 'ext4'],
  packages: (release) => [`scsi-modules-${release}-di`, `ext4-modules-${release}-di`],
};
/** For shared folders, which the installer does not know. */
const SHARE: ModuleSet = {
  key: (release) => `debian-share-modules-${release}`,
  modules: ['netfs', '9pnet', '9pnet_virtio', '9p'],
  packages: () => [],
};

export interface DebianOptions extends ObtainOptions {
  /** A package file to use instead of the cache and the network; it is then cached. */
  readonly file?: string;
}

export interface DebianGuest {
  /** A Linux Image. */
  readonly kernel: Uint8Array;
  /** A gzip-compressed cpio archive. */
  readonly initrd: Uint8Array;
  /** Of the package. */
  readonly version: string;
  /** What the kernel calls itself, as "6.12.107+deb13-riscv64"; undefined when it does not say. */
  readonly kernelRelease?: string;
}

export interface KernelModule {
  readonly name: string;
  /** An uncompressed ELF object. */
  readonly bytes: Uint8Array;
}

/**
 * Kernel and initrd.
 * @throws GuestUnavailableError; the signal's reason when aborted.
 */
export async function obtainDebianGuest(options: DebianOptions = {}): Promise<DebianGuest> {
  const cache = cacheOf(options);
  const cached = options.file === undefined ? await cache.load(NETBOOT_PACKAGE) : undefined;
  const guest = cached && guestOf(cached);
  if (guest) return guest;
  const set =
    options.file === undefined ? await fetchNetboot(options) : await readPackageFile(options.file, options);
  await remember(cache, NETBOOT_PACKAGE, set, options);
  return guestOf(set)!;
}

/**
 * The modules for disks of the kernel `release`, from the installer's module packages, which are
 * small, or else from the kernel's package, which is not.
 * @throws GuestUnavailableError; the signal's reason when aborted.
 */
export function obtainDebianDiskModules(
  release: string,
  options?: Omit<DebianOptions, 'file'>,
): Promise<KernelModule[]> {
  return obtainModules(DISK, release, options);
}

/**
 * The modules for shared folders, from the kernel's package.
 * @throws GuestUnavailableError; the signal's reason when aborted.
 */
export function obtainDebianShareModules(
  release: string,
  options?: Omit<DebianOptions, 'file'>,
): Promise<KernelModule[]> {
  return obtainModules(SHARE, release, options);
}

async function obtainModules(
  wanted: ModuleSet,
  release: string,
  options: Omit<DebianOptions, 'file'> = {},
): Promise<KernelModule[]> {
  if (!/^[\w.+-]+$/.test(release)) {
    throw new GuestUnavailableError(`expected a kernel release, found ${JSON.stringify(release)}`);
  }
  const cache = cacheOf(options);
  const key = wanted.key(release);
  const cached = await cache.load(key);
  if (cached) return modulesOf(wanted, cached);
  const kernelPackage = `linux-image-${release}`;
  const groups: readonly { readonly component: Component; readonly packages: readonly string[] }[] = [
    { component: 'main/debian-installer', packages: wanted.packages(release) },
    { component: 'main', packages: [kernelPackage] },
  ];
  const set = await withSource(options, kernelPackage, async (source) => {
    let reason: Error = new PackageSourceError(`the archive has no modules for the kernel ${release}`);
    for (const { component, packages } of groups) {
      const files = new Map<string, Uint8Array>();
      try {
        for (const name of packages) {
          const fetched = await source.fetch(name, component);
          if (!fetched) break;
          options.progress?.({ kind: 'step', text: `Unpacking ${name}` });
          for (const [module, bytes] of await extractModules(fetched.bytes, wanted, release, name))
            files.set(module, bytes);
        }
      } catch (error) {
        // An archive that is being changed may lack one index and have the other.
        if (!isSourceError(error)) throw error;
        reason = error;
      }
      if (wanted.modules.every((name) => files.has(name))) return { version: release, files };
    }
    throw reason;
  });
  await remember(cache, key, set, options);
  return modulesOf(wanted, set);
}

async function fetchNetboot(options: DebianOptions): Promise<FileSet> {
  return withSource(
    options,
    NETBOOT_PACKAGE,
    async (source) => {
      const fetched = await source.fetch(NETBOOT_PACKAGE, 'main');
      if (!fetched) throw new PackageSourceError(`the archive has no ${NETBOOT_PACKAGE}`);
      return unpackNetboot(fetched.bytes, fetched.version, NETBOOT_PACKAGE, options);
    },
    SUPPLY,
  );
}

async function readPackageFile(file: string, options: DebianOptions): Promise<FileSet> {
  let deb: Uint8Array;
  try {
    deb = await readFile(file, { signal: options.signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new GuestUnavailableError(fileError('read', file, error).message, { cause: error });
  }
  options.progress?.({ kind: 'note', text: `Using ${file}; its origin is not verified.` });
  try {
    const version = /_([^_]+)_all\.deb$/.exec(basename(file))?.[1] ?? basename(file);
    return await unpackNetboot(deb, version, file, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const reason = messageOf(error);
    throw new GuestUnavailableError(`cannot use ${file} as the package ${NETBOOT_PACKAGE}: ${reason}`, {
      cause: error,
    });
  }
}

async function unpackNetboot(
  deb: Uint8Array,
  version: string,
  what: string,
  options: DebianOptions,
): Promise<FileSet> {
  options.progress?.({ kind: 'step', text: 'Unpacking kernel and initrd' });
  const found = await extractDeb(
    deb,
    { matches: (path) => path === KERNEL || path === INITRD, maximumSize: MAX_IMAGE_SIZE, maximumFiles: 2 },
    what,
  );
  options.signal?.throwIfAborted();
  const take = (path: string) => {
    const file = found.find((candidate) => candidate.path === path);
    if (!file) throw new DebFormatError(`expected ${path} in ${what}, found no such file`);
    return file.bytes;
  };
  return {
    version,
    files: new Map([
      ['kernel', take(KERNEL)],
      ['initrd', take(INITRD)],
    ]),
  };
}

async function extractModules(
  deb: Uint8Array,
  { modules: wanted }: ModuleSet,
  release: string,
  what: string,
): Promise<Map<string, Uint8Array>> {
  const nameOf = (path: string) => {
    const match = /^(?:usr\/)?lib\/modules\/([^/]+)\/kernel\/.*\/([\w-]+)\.ko(?:\.xz)?$/.exec(path);
    return match?.[1] === release ? match[2] : undefined;
  };
  const isWanted = (name: string | undefined) => name !== undefined && wanted.includes(name);
  const found: readonly TarFile[] = await extractDeb(
    deb,
    { matches: (path) => isWanted(nameOf(path)), maximumSize: MAX_MODULE_SIZE },
    what,
  );
  const modules = new Map<string, Uint8Array>();
  for (const { path, bytes } of found) {
    // Unpacked here, where it is quicker than in the guest.
    modules.set(nameOf(path)!, path.endsWith('.xz') ? await unxzWhole(bytes, MAX_MODULE_SIZE) : bytes);
  }
  return modules;
}

function guestOf({ version, files }: FileSet): DebianGuest | undefined {
  const kernel = files.get('kernel');
  const initrd = files.get('initrd');
  return kernel && initrd && { kernel, initrd, version, kernelRelease: kernelRelease(kernel) };
}

function modulesOf({ modules }: ModuleSet, { files }: FileSet): KernelModule[] {
  return modules.flatMap((name) => {
    const bytes = files.get(name);
    return bytes ? [{ name, bytes }] : [];
  });
}

/** The banner that Linux prints first, in its read-only data. */
function kernelRelease(kernel: Uint8Array): string | undefined {
  const image = Buffer.from(kernel.buffer, kernel.byteOffset, kernel.byteLength);
  const banner = 'Linux version ';
  for (let at = image.indexOf(banner); at >= 0; at = image.indexOf(banner, at + 1)) {
    const release = /^\d+\.[\w.+-]+(?= )/.exec(image.toString('latin1', at + banner.length, at + 128))?.[0];
    if (release) return release;
  }
  return undefined;
}

export { GuestUnavailableError };
export type { GuestProgress, ReportProgress };
