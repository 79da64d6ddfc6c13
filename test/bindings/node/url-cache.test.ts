/** What is kept of images behind URLs from one machine to the next. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCachedUrl, type UrlCacheOptions } from '../../../src/bindings/node/url-cache.ts';
import { FileServer } from '../../disks/http/server.ts';

const CHUNK = 64 * 1024;
/** Long enough that random bytes do not happen to be the same. */
const SIGNATURE = 'abcdefghijklmnop';
const content = new Uint8Array(randomBytes(3_000_001));
let server: FileServer;
let url: string;
let directory: string;
let notes: string[];
let cache: UrlCacheOptions;

beforeEach(async () => {
  server = new FileServer(content.slice());
  url = await server.start();
  const parent = await mkdtemp(join(tmpdir(), 'hartware-urls-'));
  directory = join(parent, 'cache', 'urls');
  notes = [];
  cache = { directory, log: (message) => void notes.push(message) };
});
afterEach(async () => {
  await server.stop();
  await rm(join(directory, '../..'), { recursive: true });
});

/** Reads a piece of the file, and returns how many bytes were downloaded for it. */
async function download(url: string, options = cache, offset = 1_000_000, length = 500_000): Promise<number> {
  const before = server.bytesAsked;
  const file = await openCachedUrl(url, options);
  const bytes = new Uint8Array(length);
  await file.read(offset, bytes);
  await file.close();
  expect(Buffer.compare(bytes, server.content.subarray(offset, offset + length))).toBe(0);
  return server.bytesAsked - before;
}

test('what was downloaded is downloaded once', async () => {
  expect(await download(url)).toBeGreaterThan(500_000);
  // Only the start: whether it is still the same file.
  expect(await download(url)).toBe(CHUNK);
  expect(await readdir(directory)).toHaveLength(1);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect(notes).toEqual([]);
});

test('another version takes the place of the one before', async () => {
  await download(url);
  server.etag = '"2"';
  server.content.fill(7);
  expect(await download(url)).toBeGreaterThan(500_000);
  expect(await download(url)).toBe(CHUNK);
  expect(await readdir(directory)).toHaveLength(1);
});

test('a new signature names the same file, and another query does not', async () => {
  await download(`${url}?id=1&X-Amz-Expires=60&X-Amz-Signature=${SIGNATURE}`);
  expect(await download(`${url}?id=1&X-Amz-Expires=90&X-Amz-Signature=def`)).toBe(CHUNK);
  expect(await download(`${url}?id=2`)).toBeGreaterThan(500_000);
  const names = await readdir(directory);
  expect(names).toHaveLength(2);
  // Neither names nor content say what the signature was.
  const all = [
    ...names,
    ...(await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')))),
  ];
  expect(all.some((text) => text.includes('X-Amz') || text.includes(SIGNATURE))).toBe(false);
});

test('who comes second does without', async () => {
  const first = await openCachedUrl(url, cache);
  await first.read(1_000_000, new Uint8Array(500_000));
  expect(await download(url)).toBeGreaterThan(500_000);
  expect(notes).toEqual([
    expect.stringMatching(/^what is downloaded of http.*disk\.img is not kept: .* is in use by this process/),
  ]);
  await first.close();
  expect(await download(url)).toBe(CHUNK);
});

test('a lock of a process that died is no obstacle', async () => {
  await download(url);
  const [name] = await readdir(directory);
  // No process has that number.
  const lock = { pid: 2 ** 22 + 1, host: hostname(), started: 0 };
  await writeFile(join(directory, `${name}.lock`), JSON.stringify(lock));
  expect(await download(url)).toBe(CHUNK);
});

test('what was not used for longest goes, but not what is in use', async () => {
  const limited = { ...cache, limit: 1_300_000 };
  const urls = [1, 2, 3].map((id) => `${url}?id=${id}`);
  const used = await openCachedUrl(urls[0], limited);
  await used.read(1_000_000, new Uint8Array(500_000));
  await download(urls[1], limited);
  for (const name of await readdir(directory)) await utimes(join(directory, name), 1000, 1000);
  await download(urls[2], limited);
  expect((await readdir(directory)).filter((name) => name.endsWith('.chunks'))).toHaveLength(2);
  await used.close();
  expect(await download(urls[0], limited)).toBe(CHUNK);
  expect(await download(urls[2], limited)).toBe(CHUNK);
  expect(await download(urls[1], limited)).toBeGreaterThan(500_000);
});

test('of one file no more is kept than there is room for', async () => {
  const limited = { ...cache, limit: 4 * CHUNK };
  await download(url, limited, 0, 3_000_001);
  const [name] = await readdir(directory);
  expect((await stat(join(directory, name))).blocks * 512).toBeLessThanOrEqual(4 * CHUNK);
  // Its start, which is asked for each time, and three chunks of what follows.
  expect(await download(url, limited, 0, 4 * CHUNK)).toBe(CHUNK);
});

test('a file without a version, and one that is none, leave nothing', async () => {
  server.etag = undefined;
  await download(url);
  expect(await readdir(directory)).toEqual([]);
  server.misbehave = (_, response) => {
    response.writeHead(404).end();
    return true;
  };
  await expect(openCachedUrl(url, cache)).rejects.toThrow('status 404');
  server.misbehave = undefined;
  server.etag = '"1"';
  await download(`${url}?id=2`);
  expect(await readdir(directory)).toHaveLength(1);
});

test('a folder that cannot be made is no reason to read nothing', async () => {
  await writeFile(join(directory, '../..', 'cache'), '');
  expect(await download(url)).toBeGreaterThan(500_000);
  expect(notes).toEqual([expect.stringContaining('is not kept')]);
});
