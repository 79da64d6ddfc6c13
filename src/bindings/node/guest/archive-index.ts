/**
 * The two index files of a Debian archive needed to get a package: the signed
 * `InRelease` with the checksums of every index, and `Packages` with those of the
 * packages (Debian wiki, DebianRepository/Format).
 */
export interface IndexEntry {
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal, lower case. */
  readonly sha256: string;
}

export interface PackageEntry extends IndexEntry {
  readonly name: string;
  readonly version: string;
  /** Path below the root of the archive. */
  readonly filename: string;
}

/** An index that does not say what it has to. */
export class ArchiveIndexError extends Error {
  override readonly name = 'ArchiveIndexError';
}

const SHA256 = /^[0-9a-f]{64}$/;

/** The SHA256 section of an `InRelease` or `Release` file, by path. */
export function readRelease(release: string): Map<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>();
  let isInSection = false;
  for (const line of release.split('\n')) {
    if (!line.startsWith(' ')) {
      isInSection = line.trimEnd() === 'SHA256:';
      continue;
    }
    if (!isInSection) continue;
    const [sha256, size, path] = line.trim().split(/\s+/);
    if (SHA256.test(sha256) && /^\d+$/.test(size) && path) entries.set(path, { size: Number(size), sha256 });
  }
  if (entries.size === 0) {
    throw new ArchiveIndexError('expected an InRelease file with SHA256 checksums, found none');
  }
  return entries;
}

/** The last stanza of `name`, or undefined when the index has none. */
export function findPackage(packages: string, name: string): PackageEntry | undefined {
  const head = `Package: ${name}\n`;
  const start = packages.lastIndexOf(`\n${head}`) + 1;
  if (start === 0 && !packages.startsWith(head)) return undefined;
  const end = packages.indexOf('\n\n', start);
  const stanza = packages.slice(start, end < 0 ? undefined : end);
  const field = (key: string) => new RegExp(`^${key}: *(.*?) *$`, 'm').exec(stanza)?.[1] ?? '';
  const entry = {
    name,
    version: field('Version'),
    filename: field('Filename'),
    size: Number(field('Size')),
    sha256: field('SHA256').toLowerCase(),
  };
  if (
    !SHA256.test(entry.sha256) ||
    !Number.isSafeInteger(entry.size) ||
    entry.size <= 0 ||
    !isRelativePath(entry.filename)
  ) {
    throw new ArchiveIndexError(
      `expected Filename, Size and SHA256 for ${name} in the package index, found ${JSON.stringify(stanza.slice(0, 200))}`,
    );
  }
  return entry;
}

function isRelativePath(path: string): boolean {
  return /^[\w.+~:@/-]+$/.test(path) && !path.startsWith('/') && !path.split('/').includes('..');
}
