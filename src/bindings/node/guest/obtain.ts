/** Files of Debian packages: from the cache, from a mirror, or through the machine's apt. */
import { messageOf } from '../../../errors.ts';
import { ArchiveIndexError } from './archive-index.ts';
import { aptSource, type AptOptions } from './apt.ts';
import { DebFormatError } from './deb.ts';
import { FileCache, defaultCacheDirectory, type FileSet } from './file-cache.ts';
import { mirrorSource, type MirrorOptions } from './mirror.ts';
import { PackageSourceError, type PackageSource, type ReportProgress } from './package-source.ts';

export interface ObtainOptions {
  /** Root of a Debian archive. Default `HARTWARE_DEBIAN_MIRROR`; without either, apt is asked. */
  readonly mirror?: string;
  /** Default `HARTWARE_CACHE`, or `hartware` in the XDG cache directory. */
  readonly cacheDirectory?: string;
  readonly progress?: ReportProgress;
  readonly signal?: AbortSignal;
  /** Default `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How to run apt, for machines where it is elsewhere. */
  readonly apt?: Pick<AptOptions, 'command'>;
  /** Keyrings for a mirror's signature; see {@link MirrorOptions}. */
  readonly keyrings?: MirrorOptions['keyrings'];
}

/** What is needed cannot be had; the message says which file to supply, and how. */
export class GuestUnavailableError extends Error {
  override readonly name = 'GuestUnavailableError';
}

/**
 * Runs `get` with the mirror or apt, and turns what fails into one message that helps.
 * @param wanted a package.
 * @param advice what to do beside naming a mirror: a sentence that ends with ", or name".
 */
export async function withSource<T>(
  options: ObtainOptions,
  wanted: string,
  get: (source: PackageSource) => Promise<T>,
  advice = 'Name',
): Promise<T> {
  const environment = options.environment ?? process.env;
  const mirror = options.mirror ?? environment.HARTWARE_DEBIAN_MIRROR;
  const { signal } = options;
  const report = options.progress ?? (() => undefined);
  let source: PackageSource | undefined;
  try {
    source = mirror
      ? mirrorSource({ mirror, report, signal, keyrings: options.keyrings })
      : aptSource({ ...options.apt, report, signal });
    return await get(source);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSourceError(error)) throw error;
    throw new GuestUnavailableError(
      `cannot obtain Debian's ${wanted}: ${error.message}. ` +
        `${advice} a Debian mirror with --mirror URL or HARTWARE_DEBIAN_MIRROR.`,
      { cause: error },
    );
  } finally {
    await source?.close();
  }
}

export function isSourceError(error: unknown): error is Error {
  return [PackageSourceError, ArchiveIndexError, DebFormatError].some((type) => error instanceof type);
}

export async function remember(
  cache: FileCache,
  key: string,
  set: FileSet,
  options: ObtainOptions,
): Promise<void> {
  try {
    await cache.store(key, set);
  } catch (error) {
    const reason = messageOf(error);
    options.progress?.({ kind: 'note', text: `Not cached, the next start downloads again: ${reason}` });
  }
}

export function cacheOf(options: ObtainOptions): FileCache {
  return new FileCache(options.cacheDirectory ?? defaultCacheDirectory(options.environment));
}
