/** Node as the host of a machine: files, clocks, randomness and turns of the event loop. */
import { createHash, randomFillSync } from 'node:crypto';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { MachineHost } from '../../machine/host.ts';
import { policyOf, suppliedFiles, type HostOptions } from '../../machine/host-options.ts';
import { loadCore } from './core.ts';
import type { CoreSource } from './core-source.ts';
import { FileError, fileError } from './file-error.ts';
import { toPath } from './paths.ts';
import { readWhole } from './read-whole.ts';
import type { UrlCacheOptions } from './url-cache.ts';

/** What a host in Node is made of. */
export interface NodeHostOptions extends HostOptions {
  /** core.wasm. Default: the one of the package. */
  readonly wasm?: CoreSource;
  /** What relative paths in the description start from. Default: the current directory. */
  readonly baseDirectory?: string;
  /**
   * Folders in which disk images may name files, such as backing images, beside the folder that the image itself is
   * in and what is beneath it. Default: none.
   */
  readonly imageFolders?: readonly string[];
  /**
   * Where what is downloaded of disk images behind URLs is kept, so that it need not be downloaded again. Default: in
   * memory alone.
   */
  readonly urlCache?: UrlCacheOptions;
}

/**
 * A host for one machine on this thread.
 * @throws CoreLoadError
 */
export async function createNodeHost(options: NodeHostOptions = {}): Promise<MachineHost> {
  const { baseDirectory = '.', imageFolders = [], urlCache } = options;
  const opened: { close(): Promise<void> }[] = [];
  const files = suppliedFiles(options, {
    async open(reference) {
      try {
        return await readWhole(toPath(reference, baseDirectory));
      } catch (error) {
        throw error instanceof FileError ? error : fileError('read', reference, error);
      }
    },
    async openDrive(reference, drive) {
      // Not before there is a drive: the formats are a good part of the package.
      const { openNodeDrive } = await import('./drive.ts');
      const allow = imageFolders.map((folder) => resolve(baseDirectory, folder));
      const backend = await openNodeDrive(reference, { ...drive, baseDirectory, allow, urlCache });
      opened.push(backend);
      return backend;
    },
  });
  return {
    core: await loadCore(options.wasm),
    ...policyOf(options),
    ...files,
    sha256() {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
    },
    monotonicTime: () => performance.now(),
    wallClock: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
    random: (into) => void randomFillSync(into),
    turn: () => new Promise((done) => void setImmediate(done)),
    setTimer(callback, milliseconds) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
    async close() {
      await Promise.all(opened.splice(0).map((drive) => drive.close()));
    },
  };
}
