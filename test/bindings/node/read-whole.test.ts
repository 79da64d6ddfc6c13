import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWhole } from '../../../src/bindings/node/read-whole.ts';
import { freeTransient } from '../../../src/transient-bytes.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hartware-'));
});
afterAll(() => rm(directory, { recursive: true }));

test.each([0, 1, 5000, 3_000_000])('a file of %i bytes, whose memory can be given back', async (size) => {
  const path = join(directory, `${size}`);
  const content = Buffer.alloc(size, 'hartware');
  await writeFile(path, content);
  const bytes = await readWhole(path);
  expect(content.equals(bytes)).toBe(true);
  freeTransient([bytes]);
  expect(bytes.length).toBe(0);
});

test('nothing of what is not there, of a directory, and after an abort', async () => {
  await expect(readWhole(join(directory, 'none'))).rejects.toThrow('ENOENT');
  await expect(readWhole(directory)).rejects.toThrow('EISDIR');
  const path = join(directory, 'whole');
  await writeFile(path, 'whole');
  await expect(readWhole(path, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});

test('memory of WebAssembly and shared memory stay', () => {
  const arrays = [new WebAssembly.Memory({ initial: 1 }).buffer, new SharedArrayBuffer(8)].map(
    (buffer) => new Uint8Array(buffer),
  );
  freeTransient(arrays);
  expect(arrays.map(({ length }) => length)).toEqual([65536, 8]);
});

test('bytes that share their buffer with others are not freed', () => {
  const shared = Buffer.from('shared');
  expect(shared.buffer.byteLength).toBeGreaterThan(shared.length);
  freeTransient([shared]);
  expect(shared.toString()).toBe('shared');
});
