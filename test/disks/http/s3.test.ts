/** Object stores in the manner of S3: presigned URLs that expire, and are signed for GET alone. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeHttp } from '../../../src/bindings/node/http.ts';
import { HttpImageFile } from '../../../src/disks/http/http-file.ts';
import type { HttpHost } from '../../../src/disks/http/requests.ts';
import { FileServer } from './server.ts';

const content = new Uint8Array(randomBytes(3_000_000));

/** The bucket: a signature is good for some requests, and for the method that it was made for. */
class ObjectStore extends FileServer {
  private readonly signatures = new Map<string, number>();
  refused = 0;

  constructor() {
    super(content);
    this.etag = `"${createHash('md5').update(content).digest('hex')}"`;
    this.misbehave = (request, response) => {
      const { searchParams } = new URL(request.url!, 'http://bucket');
      const signature = searchParams.get('X-Amz-Signature') ?? '';
      const left = this.signatures.get(signature) ?? 0;
      this.signatures.set(signature, left - 1);
      if (request.method === 'GET' && left > 0) return false;
      this.refused++;
      const why = left > 0 ? 'SignatureDoesNotMatch' : 'AccessDenied';
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?>\n<Error><Code>${why}</Code></Error>`);
      return true;
    };
  }

  /** A URL that is good for so many requests. */
  sign(url: string, requests: number): string {
    const signature = randomBytes(8).toString('hex');
    this.signatures.set(signature, requests);
    return `${url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&X-Amz-Signature=${signature}`;
  }
}

let store: ObjectStore;
let object: string;
beforeEach(async () => {
  store = new ObjectStore();
  object = await store.start();
});
afterEach(() => store.stop());

async function readWhole(file: HttpImageFile): Promise<boolean> {
  const bytes = new Uint8Array(file.size);
  // Several requests are under way when a URL expires.
  const PIECE = 250_000;
  await Promise.all(
    Array.from({ length: file.size / PIECE }, (_, index) =>
      file.read(index * PIECE, bytes.subarray(index * PIECE, (index + 1) * PIECE)),
    ),
  );
  return Buffer.compare(bytes, content) === 0;
}

test('an expired URL is renewed once for all requests, as often as it expires', async () => {
  let renewals = 0;
  const renew = async (): Promise<string> => {
    renewals++;
    await nodeHttp.wait(5);
    return store.sign(object, 100);
  };
  const file = await HttpImageFile.open(store.sign(object, 3), nodeHttp, { renew });
  expect(await readWhole(file)).toBe(true);
  expect(renewals).toBe(1);
  expect(store.refused).toBeGreaterThan(1);
  expect(store.requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('each request may need a new URL', async () => {
  const renew = async (): Promise<string> => store.sign(object, 1);
  const file = await HttpImageFile.open(store.sign(object, 1), nodeHttp, { renew });
  for (const at of [0, 1_000_000, 2_000_000, 2_900_000]) {
    const bytes = new Uint8Array(100);
    await file.read(at, bytes);
    expect(bytes).toEqual(content.slice(at, at + 100));
  }
});

test('without a way to a new URL the message says what may be wrong, and not the signature', async () => {
  const file = await HttpImageFile.open(store.sign(object, 1), nodeHttp);
  const reason = 'the server answers with status 403: it refuses access, or the URL has expired';
  await expect(file.read(1_000_000, new Uint8Array(10))).rejects.toThrow(
    `cannot read ${object}?…: ${reason}`,
  );
});

test('a renewed URL that is refused as well is given up', async () => {
  let renewals = 0;
  const renew = async (): Promise<string> => store.sign(object, renewals++ * 0);
  await expect(HttpImageFile.open(object, nodeHttp, { renew })).rejects.toThrow('status 403');
  expect(renewals).toBe(1);
});

test('an object that was replaced is noticed', async () => {
  const file = await HttpImageFile.open(store.sign(object, 100), nodeHttp);
  store.etag = '"0123456789abcdef0123456789abcdef-7"';
  await expect(file.read(1_000_000, new Uint8Array(10))).rejects.toThrow('it changed on the server');
});

test('a page that does not see Content-Range has the size by GET', async () => {
  // What CORS leaves of an answer (Fetch, "CORS-safelisted response-header name").
  const visible = ['cache-control', 'content-length', 'content-type', 'expires', 'last-modified'];
  const page: HttpHost = {
    ...nodeHttp,
    fetch: async (url, init) => {
      const { status, body, headers } = await nodeHttp.fetch(url, init);
      return {
        status,
        body,
        headers: { get: (name) => (visible.includes(name) ? headers.get(name) : null) },
      };
    },
  };
  const file = await HttpImageFile.open(store.sign(object, 100), page);
  expect(file.size).toBe(content.length);
  expect(await readWhole(file)).toBe(true);
});
