import { expect, it } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { DiskMeter, meteredBackend } from '../../src/block/metered.ts';

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

it('MemoryBlockBackend does it at once, too', () => {
  const backend = new MemoryBlockBackend(new Uint8Array(16));
  expect(backend.writeNow(3, [Uint8Array.of(1, 2), Uint8Array.of(3)])).toBe(true);
  const into = [new Uint8Array(2), new Uint8Array(4)];
  expect(backend.readNow(2, into)).toBe(true);
  expect(into.map((bytes) => [...bytes])).toEqual([
    [0, 1],
    [2, 3, 0, 0],
  ]);
});

it('meteredBackend counts what is done at once, and does it only where there are no rates', () => {
  const meter = new DiskMeter({ monotonicTime: () => 0, setTimer: () => () => {} });
  const disk = new MemoryBlockBackend(new Uint8Array(4096));
  const backend = meteredBackend(disk, meter);
  const parts = [new Uint8Array(512), new Uint8Array(1024)];
  expect([backend.readNow!(0, parts), backend.writeNow!(0, parts)]).toEqual([true, true]);
  const counted = { reads: 1, writes: 1, flushes: 0, bytesRead: 1536, bytesWritten: 1536 };
  expect(meter.statistics).toEqual(counted);
  meter.setRates({ operationsPerSecond: 1000 });
  expect([backend.readNow!(0, parts), backend.writeNow!(0, parts)]).toEqual([false, false]);
  meter.setRates({});
  disk.readNow = () => false;
  expect(backend.readNow!(0, parts)).toBe(false);
  expect(meter.statistics).toEqual(counted);
  disk.readNow = () => {
    throw new Error('bad sector');
  };
  expect(() => backend.readNow!(0, parts)).toThrow('bad sector');
  expect(meter.statistics).toEqual({ ...counted, reads: 2, bytesRead: 3072 });
  const { read, write, flush } = disk;
  const plain = meteredBackend({ size: 512, readOnly: false, read, write, flush }, meter);
  expect([plain.readNow, plain.writeNow]).toEqual([undefined, undefined]);
});
