/** Files behind URLs, against a server that also does everything wrong. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpImageFile, type HttpFileOptions } from '../../../src/disks/http/http-file.ts';
import type { HttpHost } from '../../../src/disks/http/requests.ts';
import { MemoryImageFile } from '../../../src/disks/image-file.ts';
import { FetchError } from '../../../src/errors.ts';
import { FileServer } from './server.ts';

const CHUNK = 16 * 1024;
const content = new Uint8Array(randomBytes(3_000_001));
let server: FileServer;
let url: string;
let waits: number[];
const host: HttpHost = {
  fetch: (url, init) => fetch(url, init),
  wait: async (milliseconds) => void waits.push(milliseconds),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};

beforeEach(async () => {
  server = new FileServer(content.slice());
  url = await server.start();
  waits = [];
});
afterEach(() => server.stop());

const open = (options?: HttpFileOptions): Promise<HttpImageFile> => HttpImageFile.open(url, host, options);
const read = async (file: HttpImageFile, offset: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  await file.read(offset, bytes);
  return bytes;
};
const expectContent = async (file: HttpImageFile, offset: number, length: number): Promise<void> => {
  expect(Buffer.compare(await read(file, offset, length), content.subarray(offset, offset + length))).toBe(0);
};
const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FetchError);
  return (error as Error).message.replace(url, 'URL');
};

describe('a file behind a URL', () => {
  it('is read in pieces, each downloaded once', async () => {
    const file = await open();
    expect(file.size).toBe(content.length);
    expect(file.readOnly).toBe(true);
    await expectContent(file, 100, 1000);
    expect(server.requests).toHaveLength(1);
    await Promise.all([
      expectContent(file, 1_000_000, 70_000),
      expectContent(file, 1_010_000, 20_000),
      expectContent(file, content.length - 10, 10),
    ]);
    // The second read lies within the first.
    expect(server.requests).toHaveLength(3);
    await expectContent(file, 1_000_000, 70_000);
    expect(server.requests).toHaveLength(3);
    expect(file.downloaded).toBe(server.bytesAsked);
    await expect(file.write()).rejects.toThrow('cannot be written to');
    await file.close();
  });

  it('downloads no more than the chunks that are read, where reads jump about', async () => {
    const file = await open();
    for (let i = 0; i < 30; i++) await expectContent(file, ((i * 7919) % 180) * CHUNK + 5, 4096);
    expect(file.downloaded).toBeLessThanOrEqual(31 * CHUNK);
  });

  it('is read ahead where reads follow each other', async () => {
    const file = await open();
    for (let offset = 0; offset + 4096 <= content.length; offset += 4096)
      await expectContent(file, offset, 4096);
    // Far fewer requests than the 183 chunks.
    expect(server.requests.length).toBeLessThan(20);
    await file.close();
    expect(file.downloaded).toBe(content.length);
  });

  it('keeps no more in memory than it may', async () => {
    const file = await open({ cacheSize: 16 * CHUNK });
    await expectContent(file, 0, content.length);
    await expectContent(file, 0, content.length);
    expect(file.downloaded).toBeGreaterThan(1.8 * content.length);
  });

  it('is noticed to have changed', async () => {
    const file = await open();
    server.etag = '"2"';
    expect(await failureOf(read(file, 500_000, 10))).toBe(
      'cannot read URL: it changed on the server while it was used',
    );
    server.etag = '"1"';
    // What was read may already be of two versions: it is over.
    expect(await failureOf(read(file, 900_000, 10))).toContain('it changed');
    const other = await open();
    server.content = content.slice(0, 2_000_000);
    expect(await failureOf(read(other, 500_000, 10))).toContain('it changed');
  });

  it('is kept in a file from one time to the next, but not for another version', async () => {
    const kept = new MemoryImageFile('store');
    const first = await open({ store: kept });
    await expectContent(first, 200_000, 400_000);
    await first.close();
    const before = server.bytesAsked;
    const second = await open({ store: kept });
    await expectContent(second, 210_000, 300_000);
    expect(server.bytesAsked - before).toBe(CHUNK);
    await second.close();
    server.etag = '"2"';
    server.content.fill(7);
    const third = await open({ store: kept });
    expect((await read(third, 210_000, 300_000)).every((byte) => byte === 7)).toBe(true);
    await third.close();
    // A list of more than there is.
    await kept.truncate(300_000);
    const fourth = await open({ store: kept });
    expect((await read(fourth, 100_000, 500_000)).every((byte) => byte === 7)).toBe(true);
  });
});

describe('a server', () => {
  it('that fails for a while is asked again, when it wants to be', async () => {
    let failures = 3;
    server.misbehave = (_, response) => {
      if (failures-- <= 0) return false;
      response.writeHead(503, failures === 0 ? { 'retry-after': '7' } : {}).end();
      return true;
    };
    await expectContent(await open(), 0, 100);
    expect(waits).toEqual([250, 500, 7000]);
  });

  it('whose connections break is asked again', async () => {
    let failures = 2;
    server.misbehave = (_, response) => {
      if (failures-- <= 0) return false;
      response.writeHead(206, { 'content-range': 'bytes 0-16383/3000001', 'content-length': 16384 });
      response.write(Buffer.alloc(100));
      setTimeout(() => response.destroy(), 10);
      return true;
    };
    await expectContent(await open(), 0, 100);
    expect(waits).toHaveLength(2);
  });

  it('that goes on failing is given up', async () => {
    server.misbehave = (_, response) => {
      response.writeHead(500).end();
      return true;
    };
    expect(await failureOf(open({ retries: 2 }))).toBe('cannot read URL: the server answers with status 500');
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['without ranges', 200, {}, 'the server does not serve ranges of it'],
    ['without the file', 404, {}, 'the server answers with status 404'],
    [
      'that compresses',
      206,
      { 'content-encoding': 'gzip', 'content-range': 'bytes 0-9/10' },
      'sends it as gzip',
    ],
    ['with an empty file', 416, {}, 'it has no bytes from 0 on'],
    [
      'that sends another range',
      206,
      { 'content-range': 'bytes 5-9/10' },
      'sent bytes from 5 on, asked for those from 0',
    ],
    [
      'that sends too much',
      206,
      { 'content-range': 'bytes 0-99999/100000' },
      'sent 20000 bytes, asked for 16384',
    ],
  ])('%s is refused', async (_, status, headers, message) => {
    server.misbehave = (request, response) => {
      response.writeHead(status, headers).end(status === 206 ? Buffer.alloc(20000) : undefined);
      return true;
    };
    expect(await failureOf(open())).toContain(message);
  });

  it('that does not tell the size is asked for the header', async () => {
    server.misbehave = (request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 16000 }).end();
      else response.writeHead(206).end(Buffer.alloc(16000));
      return true;
    };
    expect((await open()).size).toBe(16000);
  });

  it('that refuses an old URL is asked by a new one, and the secret is in no message', async () => {
    server.misbehave = (request, response) => {
      if (request.url!.endsWith('?key=new')) return false;
      response.writeHead(403).end();
      return true;
    };
    const base = url;
    url = `${base}?key=old`;
    const message = await open().catch((error: Error) => error.message);
    expect(message).toBe(`cannot read ${base}?…: the server answers with status 403`);
    const file = await open({ renew: async () => `${base}?key=new` });
    await expectContent(file, 1_000_000, 10);
    expect(file.name).toBe(base);
  });
});
