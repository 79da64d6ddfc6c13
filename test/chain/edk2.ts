/** Debian 13's EDK2 for riscv64, from where `hartware run debian` has its kernel, kept in its cache. */
import { aptSource } from '../../src/bindings/node/guest/apt.ts';
import { extractDeb } from '../../src/bindings/node/guest/deb.ts';
import { defaultCacheDirectory, FileCache, type FileSet } from '../../src/bindings/node/guest/file-cache.ts';
import { mirrorSource } from '../../src/bindings/node/guest/mirror.ts';
import { PackageSourceError } from '../../src/bindings/node/guest/package-source.ts';
import { reportMissing } from '../support/tools.ts';

const PACKAGE = 'qemu-efi-riscv64';
const DIRECTORY = 'usr/share/qemu-efi-riscv64';
const CODE = 'RISCV_VIRT_CODE.fd';
const VARIABLES = 'RISCV_VIRT_VARS.fd';

/** What the two banks of flash begin with. */
export interface Edk2 {
  readonly code: Uint8Array;
  readonly variables: Uint8Array;
}

/** Undefined, and reported, where there is neither cache nor network. */
export async function obtainEdk2(): Promise<Edk2 | undefined> {
  const cache = new FileCache(defaultCacheDirectory());
  try {
    const set = (await cache.load(PACKAGE)) ?? (await fetchPackage());
    await cache.store(PACKAGE, set);
    return { code: set.files.get(CODE)!, variables: set.files.get(VARIABLES)! };
  } catch (error) {
    if (!(error instanceof PackageSourceError)) throw error;
    reportMissing(`EDK2 of Debian 13 (${error.message})`);
    return undefined;
  }
}

async function fetchPackage(): Promise<FileSet> {
  const mirror = process.env.HARTWARE_DEBIAN_MIRROR;
  const report = (): void => {};
  const source = mirror ? mirrorSource({ mirror, report }) : aptSource({ report });
  try {
    const fetched = await source.fetch(PACKAGE, 'main');
    if (!fetched) throw new PackageSourceError(`the archive has no ${PACKAGE}`);
    const found = await extractDeb(fetched.bytes, {
      matches: (path) => [CODE, VARIABLES].some((name) => path === `${DIRECTORY}/${name}`),
      maximumSize: 64 * 2 ** 20,
    });
    const files = new Map(found.map(({ path, bytes }) => [path.slice(DIRECTORY.length + 1), bytes]));
    if (files.size !== 2) throw new PackageSourceError(`${PACKAGE} has not both files of ${DIRECTORY}`);
    return { version: fetched.version, files };
  } finally {
    await source.close();
  }
}
