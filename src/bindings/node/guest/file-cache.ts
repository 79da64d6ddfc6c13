/**
 * A directory of files that were expensive to obtain. A set of files has a key; its
 * manifest names them with their SHA-256 and is written last, so that what is there
 * is whole: an interrupted process leaves at most a file of a name that nobody reads,
 * and two processes that store the same set write the same bytes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { readWhole } from '../read-whole.ts';

const MANIFEST_FORMAT = 1;
const TEMPORARY = /^\.part-/;
/** Age at which a leftover of an interrupted process is removed, in milliseconds. */
const TEMPORARY_MAX_AGE = 24 * 60 * 60 * 1000;

export interface FileSet {
  /** What the files are, as the version of a package. */
  readonly version: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

interface Manifest {
  readonly format: number;
  readonly version: string;
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

/** `HARTWARE_CACHE`, or `hartware` in the XDG cache directory. */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.HARTWARE_CACHE) return environment.HARTWARE_CACHE;
  const base = environment.XDG_CACHE_HOME;
  // XDG Base Directory Specification: a relative path is invalid and to be ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'hartware');
}

export class FileCache {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The set stored under `key`; undefined when there is none or its content is not what was stored. */
  async load(key: string): Promise<FileSet | undefined> {
    try {
      const manifest = JSON.parse(await readFile(this.#path(`${key}.json`), 'utf8')) as Manifest;
      if (manifest.format !== MANIFEST_FORMAT) return undefined;
      const files = new Map<string, Uint8Array>();
      for (const { name, size, sha256 } of manifest.files) {
        const bytes = await readWhole(this.#path(blobName(sha256)));
        if (bytes.length !== size || sha256Of(bytes) !== sha256) return undefined;
        files.set(name, bytes);
      }
      return { version: manifest.version, files };
    } catch {
      return undefined; // absent, unreadable or no manifest: the same as not stored
    }
  }

  /** @throws the file system's error when the directory cannot be written. */
  async store(key: string, set: FileSet): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await this.#removeLeftovers();
    const files: { name: string; size: number; sha256: string }[] = [];
    for (const [name, bytes] of set.files) {
      const sha256 = sha256Of(bytes);
      await this.#write(blobName(sha256), bytes);
      files.push({ name, size: bytes.length, sha256 });
    }
    const manifest: Manifest = { format: MANIFEST_FORMAT, version: set.version, files };
    await this.#write(`${key}.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }

  async #write(name: string, content: Uint8Array | string): Promise<void> {
    const temporary = this.#path(`.part-${process.pid}-${randomBytes(6).toString('hex')}`);
    try {
      await writeFile(temporary, content, { flag: 'wx' });
      await rename(temporary, this.#path(name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      if (!TEMPORARY.test(name)) continue;
      const info = await stat(this.#path(name)).catch(() => undefined);
      if (info && Date.now() - info.mtimeMs > TEMPORARY_MAX_AGE) {
        await rm(this.#path(name), { force: true, recursive: true });
      }
    }
  }

  #path(name: string): string {
    return join(this.directory, name);
  }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A manifest comes from disk: no path may leave the directory through it. */
function blobName(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('expected a SHA-256 in a cache manifest');
  return `blob-${sha256}`;
}
