/**
 * A folder of what was downloaded of images behind URLs: a file for each URL, which begins anew when the version behind
 * the URL is another one (src/disks/http/chunk-store.ts). Each is locked while it is used; who comes second does
 * without. Those that were not used for longest go when there is too much.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageFile } from '../../disks/image-file.ts';
import { HttpImageFile, withoutQuery } from '../../disks/http/http-file.ts';
import { messageOf } from '../../errors.ts';
import { lockFile } from './file-lock.ts';
import { nodeHttp } from './http.ts';
import { NodeImageFile } from './image-file.ts';

/** Where what is downloaded of images behind URLs is kept. */
export interface UrlCacheOptions {
  /** A folder of its own, which is made if it is not there. */
  readonly directory: string;
  /** How much is kept, in bytes: of one image while it is used, and of all together afterwards. Default 4 GiB. */
  readonly limit?: number;
  /** Takes why something is not kept. Default: dropped. */
  readonly log?: (message: string) => void;
}

const DEFAULT_LIMIT = 4 * 1024 ** 3;
const SUFFIX = '.chunks';
/** Parameters of signed URLs, which name no other file; those of S3 and of what is like it. */
const SIGNATURE = /^X-(Amz|Goog)-/i;

/**
 * The file behind a URL.
 * @throws FetchError
 */
export async function openCachedUrl(url: string, cache: UrlCacheOptions | undefined): Promise<HttpImageFile> {
  if (!cache) return HttpImageFile.open(url, nodeHttp);
  const { limit = DEFAULT_LIMIT } = cache;
  const store = await openStore(url, cache.directory).catch((error: unknown) => {
    cache.log?.(`what is downloaded of ${withoutQuery(url)} is not kept: ${messageOf(error)}`);
    return undefined;
  });
  // A file system needs room of its own for each file.
  const storeSize = limit - limit / 64;
  const file = await HttpImageFile.open(url, nodeHttp, { store, storeSize });
  const close = file.close.bind(file);
  file.close = async () => {
    await close();
    // What cannot be thrown away now is thrown away another time.
    if (store) await shrink(cache.directory, limit).catch(() => {});
  };
  return file;
}

async function openStore(url: string, directory: string): Promise<ImageFile> {
  // What is in it may be nobody else's business.
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${createHash('sha256').update(keyOf(url)).digest('hex')}${SUFFIX}`);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const file = await (isThere ? NodeImageFile.open(path, false) : NodeImageFile.create(path));
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
  return file;
}

function keyOf(url: string): string {
  const key = new URL(url);
  key.hash = '';
  for (const name of [...key.searchParams.keys()]) if (SIGNATURE.test(name)) key.searchParams.delete(name);
  return key.href;
}

/** Throws away what was not used for longest, and nobody uses, until what is left takes no more than `limit` bytes. */
async function shrink(directory: string, limit: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(SUFFIX));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      const { blocks, size, mtimeMs } = await stat(path);
      // They have holes; Windows does not tell.
      return { path, size: blocks ? blocks * 512 : size, mtimeMs };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    // An empty one is of a URL that was none.
    if (total <= limit && size > 0) continue;
    let unlock: () => void;
    try {
      unlock = lockFile(path);
    } catch {
      continue;
    }
    await unlink(path)
      .then(() => (total -= size))
      .finally(unlock);
  }
}
