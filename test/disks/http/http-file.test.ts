/** Files behind URLs, against a server that also does everything wrong. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHttp } from '../../../src/bindings/node/http.ts';
import { createImageHost } from '../../../src/bindings/node/image-host.ts';
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

const open = (options?: HttpFileOptions): Promise<HttpImageFile> =>
  HttpImageFile.open(url, host, { chunkSize: CHUNK, ...options });
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

  it('is kept only as far as there is room for it', async () => {
    const kept = new MemoryImageFile('store');
    for (let time = 0; time < 2; time++) {
      const file = await open({ store: kept, storeSize: 4 * CHUNK });
      await expectContent(file, 1_000_000, 1_000_000);
      await file.close();
    }
    const third = await open({ store: kept, storeSize: 4 * CHUNK });
    const before = server.bytesAsked;
    await expectContent(third, 0, content.length);
    const { length } = content;
    const saved = length - CHUNK - (server.bytesAsked - before);
    // Beside its header.
    expect([saved, kept.allocated < 8 * 64 * 1024]).toEqual([3 * CHUNK, true]);
  });

  it('is kept so that at no moment there is something else than was downloaded', async () => {
    // What reaches a disk, in order; what a flush comes after is there before it.
    const log: ((file: MemoryImageFile) => Promise<void>)[] = [];
    const kept = new MemoryImageFile('store');
    const recorded = {
      name: 'store',
      readOnly: false,
      get size() {
        return kept.size;
      },
      read: (offset: number, into: Uint8Array) => kept.read(offset, into),
      async write(offset: number, from: Uint8Array) {
        const bytes = from.slice();
        log.push((file) => file.write(offset, bytes));
        await kept.write(offset, bytes);
      },
      async truncate(size: number) {
        log.push((file) => file.truncate(size));
        await kept.truncate(size);
      },
      async flush() {},
      async close() {},
    };
    for (const at of [1_000_000, 2_000_000]) {
      const file = await open({ store: recorded });
      await expectContent(file, at, 100_000);
      await file.close();
    }
    for (let count = 0; count <= log.length; count++) {
      const left = new MemoryImageFile('store');
      for (const change of log.slice(0, count)) await change(left);
      const file = await open({ store: left });
      await expectContent(file, 950_000, 1_200_000);
      await file.close();
    }
    const before = server.bytesAsked;
    const last = await open({ store: kept });
    await expectContent(last, 1_000_000, 100_000);
    await expectContent(last, 2_000_000, 100_000);
    expect(server.bytesAsked - before).toBe(CHUNK);
  });

  it('is read where it cannot be kept', async () => {
    for (const failing of ['write', 'flush'] as const) {
      const kept = new MemoryImageFile('store');
      kept[failing] = async () => {
        throw new Error('there is no room left');
      };
      const file = await open({ store: kept });
      await expectContent(file, 0, content.length);
      await file.close();
    }
  });

  it('is not kept where nothing names its version', async () => {
    server.etag = undefined;
    let isClosed = false;
    const kept = new MemoryImageFile('store');
    kept.close = async () => void (isClosed = true);
    const file = await open({ store: kept });
    await expectContent(file, 1_000_000, 100);
    await file.close();
    expect([kept.size, isClosed]).toEqual([0, true]);
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
    ['without the file', 404, {}, 'the server answers with status 404: there is no such file'],
    [
      'with a web page',
      206,
      { 'content-type': 'text/html' },
      'sends a web page (text/html), and no disk image',
    ],
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
      'sent more than the 16384 bytes it was asked for',
    ],
  ])('%s is refused', async (_, status, headers, message) => {
    server.misbehave = (request, response) => {
      const length = 'content-type' in headers ? 16384 : 20000;
      response.writeHead(status, headers).end(status === 206 ? Buffer.alloc(length, '\n<p>') : undefined);
      return true;
    };
    expect(await failureOf(open())).toContain(message);
  });

  it('that sends without end is not listened to', async () => {
    let sent = 0;
    server.misbehave = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(CHUNK))) sent++;
      };
      response.writeHead(206).on('drain', more);
      more();
      return true;
    };
    expect(await failureOf(open())).toContain('sent more than the 16384 bytes');
    expect(sent).toBeLessThan(1000);
  });

  it('that calls an image a web page is believed the bytes', async () => {
    server.headers = { 'content-type': 'text/html' };
    await expectContent(await open(), 0, 100);
  });

  describe('that serves no ranges', () => {
    const whole = (headers: Record<string, string | number>, body: Uint8Array): void => {
      server.misbehave = (_, response) => {
        response.writeHead(200, headers);
        response.end(body);
        return true;
      };
    };

    it('is asked once for a small file, which is kept in memory', async () => {
      whole({ 'content-length': content.length }, content);
      const file = await open({ cacheSize: CHUNK });
      expect(file.size).toBe(content.length);
      await expectContent(file, 0, content.length);
      await expectContent(file, 2_000_000, 1_000_001);
      expect(server.requests).toHaveLength(1);
    });

    it('is refused a large file, whether it tells the size or not', async () => {
      const reason =
        'cannot read URL: the server does not serve ranges of it (expected status 206, found 200), and it is too large to be loaded whole (3000001 bytes, at most 3000000)';
      whole({ 'content-length': content.length }, content);
      expect(await failureOf(open({ wholeSize: 3_000_000 }))).toBe(reason);
      whole({}, content);
      expect(await failureOf(open({ wholeSize: 3_000_000 }))).toContain(
        'too large to be loaded whole (more bytes, at most 3000000)',
      );
    });

    it('is refused when it did before', async () => {
      const file = await open();
      whole({}, content);
      expect(await failureOf(read(file, 500_000, 10))).toContain('does not serve ranges of it');
    });
  });

  it('that does not tell the size is asked for everything, and told to stop', async () => {
    server.misbehave = (request, response) => {
      const isAll = request.headers.range === 'bytes=0-';
      if (request.method === 'HEAD') response.writeHead(403).end();
      else if (isAll) response.writeHead(206, { 'content-length': 1e12 }).write(Buffer.alloc(CHUNK));
      else response.writeHead(206).end(Buffer.alloc(CHUNK));
      return true;
    };
    expect((await open()).size).toBe(1e12);
  });

  it('whose size is none is refused', async () => {
    server.misbehave = (_, response) => {
      response
        .writeHead(206, { 'content-range': `bytes 0-16383/${'9'.repeat(16)}` })
        .end(Buffer.alloc(CHUNK));
      return true;
    };
    expect(await failureOf(open())).toContain('expected its size, found 10000000000000000');
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
    expect(message).toBe(
      `cannot read ${base}?…: the server answers with status 403: it refuses access, or the URL has expired`,
    );
    const file = await open({ renew: async () => `${base}?key=new` });
    await expectContent(file, 1_000_000, 10);
    expect(file.name).toBe(base);
  });

  it.each([
    ['that is not there', (url: string) => url, 'no server answers there (connection refused)'],
    ['that speaks no TLS', (url: string) => url.replace('http:', 'https:'), 'there is no secure connection'],
    ['that redirects without end', (url: string) => url, 'redirect count exceeded'],
  ])('%s is an error at once', async (name, change, message) => {
    if (name.includes('not there')) await server.stop();
    server.misbehave = (_, response) => {
      response.writeHead(302, { location: '/disk.img' }).end();
      return true;
    };
    const opened = HttpImageFile.open(change(url), { ...nodeHttp, wait: host.wait });
    expect(await failureOf(opened)).toContain(message);
    expect(waits).toEqual([]);
  });

  it('that was there is asked again, even when nobody answers', async () => {
    const file = await HttpImageFile.open(url, { ...nodeHttp, wait: host.wait }, { retries: 2 });
    await server.stop();
    expect(await failureOf(read(file, 1_000_000, 10))).toContain('connection refused');
    expect(waits).toEqual([250, 500]);
  });

  it('that redirects is followed', async () => {
    server.misbehave = (request, response) => {
      if (request.url !== '/disk.img') return false;
      response.writeHead(307, { location: '/elsewhere' }).end();
      return true;
    };
    await expectContent(await open(), 1_000_000, 10);
  });
});

describe('what an image behind a URL names', () => {
  it('is opened in its folder there, and nowhere else', async () => {
    const image = await open();
    const { openReferenced } = createImageHost();
    const beside = await openReferenced('base.img?v=1', image, true);
    expect(server.requests.at(-1)?.url).toBe('/base.img?v=1');
    await beside.close();
    for (const [name, path] of [
      ['base #1.img', '/base%20%231.img'],
      ['.\t./base.img', '/.%09./base.img'],
    ]) {
      await (await openReferenced(name, image, true)).close();
      expect(server.requests.at(-1)?.url).toBe(path);
    }
    for (const reference of [
      'http://127.0.0.1:9/base.img',
      '//127.0.0.1:9/base.img',
      'file:///etc/passwd',
      'http://[',
    ])
      expect(await failureOf(openReferenced(reference, image, true))).toContain('lies outside its folder');
    expect(await failureOf(openReferenced('base.img', image, false))).toContain('cannot be written to');
    const deeper = await HttpImageFile.open(url.replace('disk.img', 'images/disk.img'), host);
    for (const reference of ['../secret.img', '..%2Fsecret.img', 'a%5c%2e./secret.img'])
      expect(await failureOf(openReferenced(reference, deeper, true))).toContain('lies outside its folder');
  });
});
