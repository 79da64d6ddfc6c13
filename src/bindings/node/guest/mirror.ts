/**
 * Packages from a mirror named by the user, over HTTP or HTTPS: the signed index,
 * the package index it vouches for, the package that one vouches for. The signature
 * is checked with gpgv where that and a Debian keyring are on the machine.
 * Left out on purpose: proxies (apt has its own configuration for them).
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPackage, readRelease, type IndexEntry } from './archive-index.ts';
import {
  ARCHITECTURE,
  MAX_PACKAGE_SIZE,
  PackageSourceError,
  SUITE,
  type Component,
  type FetchedPackage,
  type PackageSource,
  type ReportProgress,
} from './package-source.ts';
import { unxzWhole } from './xz.ts';

const MAX_RELEASE_SIZE = 4 * 1024 * 1024;
const MAX_INDEX_SIZE = 256 * 1024 * 1024;

const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
  '/etc/apt/trusted.gpg.d/debian-archive-keyring.gpg',
];

/** Indexes to search, the smallest first: "all" has the packages of no architecture. */
const INDEXES: Record<Component, readonly string[]> = {
  main: ['main/binary-all', `main/binary-${ARCHITECTURE}`],
  'main/debian-installer': [`main/debian-installer/binary-${ARCHITECTURE}`],
};

export interface MirrorOptions {
  /** Root of the archive: the directory that holds `dists` and `pool`. */
  readonly mirror: string;
  readonly report: ReportProgress;
  readonly signal?: AbortSignal;
  /** Keyring files to check the signature with; the first that exists. Default: Debian's usual places. */
  readonly keyrings?: readonly string[];
}

/** @throws PackageSourceError when `mirror` is no HTTP or HTTPS address. */
export function mirrorSource(options: MirrorOptions): PackageSource {
  const root = mirrorUrl(options.mirror);
  let release: Promise<Map<string, IndexEntry>> | undefined;
  const indexes = new Map<string, Promise<string | undefined>>();

  async function readSignedIndex(): Promise<Map<string, IndexEntry>> {
    const path = `dists/${SUITE}/InRelease`;
    options.report({ kind: 'step', text: `Reading ${path} from the mirror` });
    const bytes = await download(path, { maximumSize: MAX_RELEASE_SIZE });
    if (!bytes) throw new PackageSourceError(`the mirror has no ${path}; is ${root.href} a Debian archive?`);
    return readRelease(await verifiedRelease(bytes, options));
  }

  async function readIndex(path: string): Promise<string | undefined> {
    const file = `${path}/Packages.xz`;
    const entry = (await (release ??= readSignedIndex())).get(file);
    if (!entry) return undefined;
    if (entry.size > MAX_INDEX_SIZE) {
      throw new PackageSourceError(`expected ${file} to be smaller, found ${entry.size} bytes`);
    }
    const directory = `dists/${SUITE}/${path}`;
    // By its hash first, which stays right while the mirror is being updated.
    const wanted = { ...entry, text: 'Package index' };
    const bytes =
      (await download(`${directory}/by-hash/SHA256/${entry.sha256}`, wanted)) ??
      (await download(`dists/${SUITE}/${file}`, wanted));
    if (!bytes) throw new PackageSourceError(`the mirror has no dists/${SUITE}/${file}`);
    return Buffer.from(await unxzWhole(bytes, MAX_INDEX_SIZE)).toString('utf8');
  }

  function index(path: string): Promise<string | undefined> {
    const known = indexes.get(path) ?? readIndex(path);
    indexes.set(path, known);
    return known;
  }

  /** The file's bytes, checked against `wanted`; undefined when the mirror has none (404). */
  async function download(
    path: string,
    wanted: Partial<IndexEntry> & { readonly maximumSize?: number; readonly text?: string },
  ): Promise<Uint8Array | undefined> {
    // A plus sign is an ordinary character of a path, but some servers take it for a blank.
    const url = new URL(path.replaceAll('+', '%2B'), root);
    let received = 0;
    try {
      const response = await fetch(url, { signal: options.signal });
      if (response.status === 404) return undefined;
      if (!response.ok || !response.body) {
        throw new PackageSourceError(`the mirror answered ${response.status} for ${url.href}`);
      }
      const limit = wanted.size ?? wanted.maximumSize ?? MAX_PACKAGE_SIZE;
      const hash = createHash('sha256');
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        received += chunk.length;
        if (received > limit) {
          throw new PackageSourceError(`expected at most ${limit} bytes of ${url.href}, found more`);
        }
        hash.update(chunk);
        chunks.push(chunk);
        if (wanted.text) {
          options.report({ kind: 'download', text: wanted.text, bytes: received, total: wanted.size });
        }
      }
      const sha256 = hash.digest('hex');
      if (wanted.sha256 && sha256 !== wanted.sha256) {
        throw new PackageSourceError(
          `expected SHA-256 ${wanted.sha256} of ${url.href}, found ${sha256} (${received} of ${wanted.size} bytes)`,
        );
      }
      return Buffer.concat(chunks, received);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof PackageSourceError) throw error;
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PackageSourceError(`no answer for ${url.href} (${reason})`, { cause: error });
    }
  }

  return {
    async fetch(name, component): Promise<FetchedPackage | undefined> {
      for (const path of INDEXES[component]) {
        const packages = await index(path);
        const entry = packages === undefined ? undefined : findPackage(packages, name);
        if (!entry) continue;
        if (entry.size > MAX_PACKAGE_SIZE) {
          throw new PackageSourceError(`expected ${name} to be smaller, found ${entry.size} bytes`);
        }
        const bytes = await download(entry.filename, { ...entry, text: name });
        return bytes && { name, version: entry.version, bytes };
      }
      return undefined;
    },
    async close() {},
  };
}

function mirrorUrl(mirror: string): URL {
  const url = URL.canParse(mirror) ? new URL(mirror) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new PackageSourceError(
      `expected the http or https address of a Debian mirror, found ${JSON.stringify(mirror)}`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** The signed part of `InRelease`, checked as far as the machine can. */
async function verifiedRelease(inRelease: Uint8Array, options: MirrorOptions): Promise<string> {
  const { report, signal } = options;
  const keyring = await firstExisting(options.keyrings ?? KEYRINGS);
  if (keyring) {
    const directory = await mkdtemp(join(tmpdir(), 'hartware-'));
    try {
      const file = join(directory, 'InRelease');
      const plain = join(directory, 'Release');
      await writeFile(file, inRelease);
      await promisify(execFile)('gpgv', ['--keyring', keyring, '--output', plain, file], { signal });
      report({ kind: 'note', text: `The archive's signature is good (${keyring}).` });
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        const detail = String((error as { stderr?: string }).stderr ?? error).trim();
        throw new PackageSourceError(
          `the signature of the mirror's InRelease file is not good: ${detail.split('\n').at(-1)}`,
          { cause: error },
        );
      }
      report({ kind: 'note', text: 'gpgv is not installed: checksums are checked, the signature is not.' });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  } else {
    report({
      kind: 'note',
      text: 'No Debian keyring on this machine: checksums are checked, the signature is not.',
    });
  }
  return signedText(Buffer.from(inRelease).toString('utf8'));
}

/** What a clear-signed message signs (RFC 9580, 7); text around it is nobody's. */
function signedText(message: string): string {
  const begin = message.indexOf('-----BEGIN PGP SIGNED MESSAGE-----');
  const end = message.indexOf('-----BEGIN PGP SIGNATURE-----');
  return begin >= 0 && end > begin ? message.slice(begin, end) : message;
}

async function firstExisting(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
