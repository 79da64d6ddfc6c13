import { expect, it } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';

it('MemoryBlockBackend reads and writes in place', async () => {
  const bytes = new Uint8Array(2048);
  const backend = new MemoryBlockBackend(bytes);
  expect([backend.size, backend.readOnly]).toEqual([2048, false]);
  await backend.write(510, Uint8Array.of(1, 2, 3, 4));
  await backend.flush();
  const into = new Uint8Array(3);
  await backend.read(511, into);
  expect([...into]).toEqual([2, 3, 4]);
  expect(bytes[510]).toBe(1);
  await backend.writeZeroes(511, 1);
  await backend.discard(513, 1);
  expect([...bytes.subarray(510, 514)]).toEqual([1, 0, 3, 0]);
});
