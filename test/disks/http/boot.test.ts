/** What a system that boots from an image behind a URL has downloaded, by a record of what Debian read. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { covered, recordOf, type Range } from '../../../bench/http/ranges.ts';
import { HttpImageFile } from '../../../src/disks/http/http-file.ts';
import type { HttpHost } from '../../../src/disks/http/requests.ts';

const SIZE = 2 ** 31;

/** A server of zeros. */
class Zeros {
  requests = 0;
  readonly host: HttpHost = {
    fetch: async (_, { headers }) => {
      this.requests++;
      const [start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers.range)!.slice(1).map(Number);
      const answer = { 'content-range': `bytes ${start}-${end}/${SIZE}`, etag: '"1"' };
      return new Response(new Uint8Array(end + 1 - start), { status: 206, headers: answer });
    },
    wait: async () => {},
    timeout: () => new AbortController().signal,
  };
}

async function replay(reads: readonly Range[]): Promise<{ beyond: number; requests: number }> {
  const server = new Zeros();
  const file = await HttpImageFile.open('http://server/disk.img', server.host);
  for (const [start, length] of reads) await file.read(start, new Uint8Array(length));
  await file.close();
  return { beyond: file.downloaded - covered(reads), requests: server.requests };
}

test('less than 5 % of an image of 1 GB beyond what Debian reads of it until the login prompt', async () => {
  // Made by `npm run bench -- http --record FILE`: UEFI, GRUB, the kernel, and systemd.
  const record = readFileSync(new URL('debian-boot.txt', import.meta.url), 'utf8');
  const reads = record
    .trimEnd()
    .split('\n')
    .flatMap((line): Range[] => {
      const [start, length, count] = line.split(' ').map(Number);
      return Array.from({ length: count }, (_, index) => [(start + index * length) * 512, length * 512]);
    });
  expect(recordOf(reads)).toBe(record);
  const { beyond, requests } = await replay(reads);
  expect(beyond).toBeLessThan(0.025 * 1e9);
  // Of 2658 reads.
  expect(requests).toBeLessThan(650);
});

test('readers that jump about have no more than the chunks that they read', async () => {
  const reads = Array.from({ length: 200 }, (_, index): Range => [((index * 7919) % 20_000) * 100_000, 4096]);
  const { beyond } = await replay(reads);
  expect(beyond).toBeLessThanOrEqual(401 * 64 * 1024 - 200 * 4096);
});

test('one that reads in order has few requests, and little beyond its end', async () => {
  const reads = Array.from({ length: 2560 }, (_, index): Range => [index * 4096, 4096]);
  const { beyond, requests } = await replay(reads);
  expect(requests).toBeLessThan(25);
  expect(beyond).toBeLessThanOrEqual(2 * 2 ** 20 + 64 * 1024);
});
