import { describe, expect, it } from 'vitest';
import { type BlockBackend, MemoryBlockBackend } from '../../src/block/backend.ts';
import * as blk from '../../src/virtio/block-layout.ts';
import {
  DISK,
  header,
  IOERR,
  makeBlock,
  OK,
  pattern,
  RecordingBackend,
  UNSUPP,
  UNWRITTEN,
} from '../support/block-device.ts';
import { type MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';

const { VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_FLUSH, VIRTIO_BLK_T_GET_ID } = blk;
const { VIRTIO_BLK_T_DISCARD, VIRTIO_BLK_T_WRITE_ZEROES } = blk;

const range = (sector: number | bigint, sectors: number, flags = 0): Uint8Array => {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sector), true);
  view.setUint32(8, sectors, true);
  view.setUint32(12, flags, true);
  return bytes;
};

describe.each([
  ['split', SPLIT_FEATURES | 0xffffn],
  ['packed', PACKED_FEATURES | 0xffffn],
])('VirtioBlock (%s)', (_format, wanted) => {
  it('reads sectors', async () => {
    const { send, io, driver, takeUsed, memory } = makeBlock(wanted);
    const request = send([header(VIRTIO_BLK_T_IN, 3)], [512, 1024]);
    expect(takeUsed()).toEqual([]);
    await io.drain();
    expect(takeUsed()).toEqual([{ id: request.id, length: 1537 }]);
    expect(request.status()).toBe(OK);
    const disk = pattern(DISK);
    expect(request.data(0)).toEqual(disk.subarray(3 * 512, 4 * 512));
    expect(request.data(1)).toEqual(disk.subarray(4 * 512, 6 * 512));
    expect(driver.acknowledge()).toBe(1);
    expect(memory.refusals).toBe(0);
  });

  it('writes sectors, with the header split anywhere', async () => {
    const { send, io, backend, takeUsed } = makeBlock(wanted);
    const bytes = pattern(1024, 9);
    const whole = new Uint8Array([...header(VIRTIO_BLK_T_OUT, 14), ...bytes]);
    const request = send([whole.subarray(0, 5), whole.subarray(5, 700), whole.subarray(700)]);
    await io.drain();
    expect(request.status()).toBe(OK);
    expect(takeUsed()).toEqual([{ id: request.id, length: 1 }]);
    expect(backend.bytes.subarray(14 * 512)).toEqual(bytes);
    expect(backend.bytes.subarray(0, 14 * 512)).toEqual(pattern(DISK).subarray(0, 14 * 512));
  });

  it('answers requests as the host finishes them', async () => {
    const { send, io, takeUsed } = makeBlock(wanted);
    const requests = [0, 1, 2].map((sector) => send([header(VIRTIO_BLK_T_IN, sector)], [512]));
    expect(io.pending.length).toBe(3);
    await io.complete(2);
    await io.complete(0);
    expect(takeUsed().map((used) => used.id)).toEqual([requests[2].id, requests[0].id]);
    expect(requests.map((request) => request.status())).toEqual([OK, UNWRITTEN, OK]);
  });
});

describe('VirtioBlock configuration', () => {
  const readConfig = (driver: MockDriver, offset: number): number => driver.readRegister(0x100 + offset);

  it('is device 2 and tells capacity, limits and block size', () => {
    const { driver } = makeBlock(undefined, { blockSize: 4096 });
    expect(driver.readRegister(0x008)).toBe(2);
    expect([0, 4, 8, 12, 20].map((offset) => readConfig(driver, offset))).toEqual([16, 0, 0, 254, 4096]);
    expect([36, 40, 44, 48, 52, 56].map((offset) => readConfig(driver, offset))).toEqual([
      0x20_0000, 32, 8, 0x20_0000, 32, 1,
    ]);
  });

  it('offers what the backend can', () => {
    const plain: BlockBackend = {
      size: 512,
      readOnly: false,
      read: async () => {},
      write: async () => {},
      flush: async () => {},
    };
    const offered = (backend: BlockBackend): bigint =>
      makeBlock(undefined, { backend }).driver.offeredFeatures() & 0xffffn;
    const always = 0b1110_0100_0100n;
    expect(offered(plain)).toBe(always);
    expect(offered(new MemoryBlockBackend(new Uint8Array(512)))).toBe(always | (1n << 13n) | (1n << 14n));
    expect(offered(new MemoryBlockBackend(new Uint8Array(512), true))).toBe(always | (1n << 5n));
  });

  it('leaves out a last piece that is no sector', () => {
    const { driver } = makeBlock(undefined, { backend: new MemoryBlockBackend(new Uint8Array(1535)) });
    expect(readConfig(driver, 0)).toBe(2);
  });

  it('refuses what cannot be told to a driver', () => {
    for (const blockSize of [0, 256, 768, 131072])
      expect(() => makeBlock(undefined, { blockSize })).toThrow(RangeError);
    for (const id of ['123456789012345678901', 'ü', 'a\n'])
      expect(() => makeBlock(undefined, { id })).toThrow(RangeError);
  });
});

describe('VirtioBlock requests', () => {
  it.each<[string, number, number | bigint, number]>([
    ['past the end', VIRTIO_BLK_T_IN, 16, 512],
    ['across the end', VIRTIO_BLK_T_IN, 15, 1024],
    ['far away', VIRTIO_BLK_T_IN, 0xffff_ffff_ffff_ffffn, 512],
    ['at a sector that wraps in bytes', VIRTIO_BLK_T_IN, 1n << 55n, 512],
    ['of half a sector', VIRTIO_BLK_T_IN, 0, 256],
    ['past the end', VIRTIO_BLK_T_OUT, 16, 512],
    ['across the end', VIRTIO_BLK_T_OUT, 15, 1024],
    ['far away', VIRTIO_BLK_T_OUT, 0xffff_ffff_ffff_ffffn, 512],
    ['of half a sector', VIRTIO_BLK_T_OUT, 0, 256],
  ])('%s (type %i, sector %i, %i bytes) are I/O errors', async (_name, type, sector, length) => {
    const { send, io, backend, driver } = makeBlock();
    const isRead = type === VIRTIO_BLK_T_IN;
    const request = isRead
      ? send([header(type, sector)], [length])
      : send([header(type, sector), new Uint8Array(length)]);
    await io.drain();
    expect(request.status()).toBe(IOERR);
    expect(backend.log).toEqual([]);
    expect(driver.needsReset).toBe(false);
  });

  it('without data succeed', () => {
    const { send } = makeBlock();
    expect(send([header(VIRTIO_BLK_T_IN, 16)]).status()).toBe(OK);
    expect(send([header(VIRTIO_BLK_T_OUT, 16)]).status()).toBe(OK);
    expect(send([header(VIRTIO_BLK_T_IN, 17)]).status()).toBe(IOERR);
  });

  it.each([2, 3, 5, 14, 0x8000_0000, 0xffff_ffff])('of type %i are unsupported', (type) => {
    expect(
      makeBlock()
        .send([header(type, 0)])
        .status(),
    ).toBe(UNSUPP);
  });

  it.each<[string, Uint8Array[], number[]]>([
    ['header', [header(0, 0).subarray(0, 15)], [1]],
    ['anything readable', [], [513]],
    ['status', [header(VIRTIO_BLK_T_OUT, 0), new Uint8Array(512)], []],
  ])('without %s need a reset', (_name, readable, writable) => {
    const { queue, driver, backend } = makeBlock();
    queue().request(readable, writable);
    queue().kick();
    expect(driver.needsReset).toBe(true);
    expect(backend.log).toEqual([]);
  });

  it('for the identifier get at most 20 bytes', () => {
    const { send } = makeBlock(undefined, { id: 'disk-0123456789abcde' });
    const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
    const whole = send([header(VIRTIO_BLK_T_GET_ID, 0)], [20]);
    expect([whole.status(), text(whole.data())]).toEqual([OK, 'disk-0123456789abcde']);
    const short = send([header(VIRTIO_BLK_T_GET_ID, 0)], [4]);
    expect([short.status(), text(short.data())]).toEqual([OK, 'disk']);
    const long = send([header(VIRTIO_BLK_T_GET_ID, 0)], [24]);
    expect([long.status(), text(long.data())]).toEqual([OK, 'disk-0123456789abcde\0\0\0\0']);
  });

  it('that write are refused by a read-only disk', async () => {
    const backend = new RecordingBackend(pattern(DISK), true);
    const { send, io } = makeBlock(undefined, { backend });
    const requests = [
      send([header(VIRTIO_BLK_T_OUT, 0), new Uint8Array(512)]),
      send([header(VIRTIO_BLK_T_DISCARD, 0), range(0, 1)]),
      send([header(VIRTIO_BLK_T_WRITE_ZEROES, 0), range(0, 1)]),
    ];
    await io.drain();
    expect(requests.map((request) => request.status())).toEqual([IOERR, IOERR, IOERR]);
    expect(backend.log).toEqual([]);
    const read = send([header(VIRTIO_BLK_T_IN, 0)], [512]);
    await io.drain();
    expect(read.status()).toBe(OK);
  });

  it('that the host fails are I/O errors, and the device goes on', async () => {
    const { send, io, backend, messages } = makeBlock();
    backend.error = new Error('disk full');
    const failed = [
      send([header(VIRTIO_BLK_T_IN, 0)], [512]),
      send([header(VIRTIO_BLK_T_OUT, 0), new Uint8Array(512)]),
      send([header(VIRTIO_BLK_T_FLUSH, 0)]),
      send([header(VIRTIO_BLK_T_WRITE_ZEROES, 0), range(0, 1)]),
    ];
    await io.drain();
    expect(failed.map((request) => request.status())).toEqual([IOERR, IOERR, IOERR, IOERR]);
    expect(messages).toEqual(Array(4).fill('block request failed: disk full'));
    backend.error = undefined;
    const next = send([header(VIRTIO_BLK_T_IN, 0)], [512]);
    await io.drain();
    expect(next.status()).toBe(OK);
  });

  it('that the host fails at once are I/O errors', async () => {
    const backend = new RecordingBackend(pattern(DISK));
    backend.read = () => {
      throw new Error('closed');
    };
    const { send, io } = makeBlock(undefined, { backend });
    const request = send([header(VIRTIO_BLK_T_IN, 0)], [512]);
    await io.drain();
    expect(request.status()).toBe(IOERR);
  });

  it('of any size are done in pieces of 1 MiB', async () => {
    const size = 2_500_096;
    const backend = new RecordingBackend(pattern(4 << 20));
    const { send, io } = makeBlock(undefined, { backend });
    const read = send([header(VIRTIO_BLK_T_IN, 1)], [size]);
    await io.drain();
    const write = send([header(VIRTIO_BLK_T_OUT, 3), pattern(size, 5)]);
    await io.drain();
    expect([read.status(), write.status()]).toEqual([OK, OK]);
    expect(backend.log).toEqual([
      'read 512 1048576',
      'read 1049088 1048576',
      `read 2097664 ${size - (2 << 20)}`,
      'write 1536 1048576',
      'write 1050112 1048576',
      `write 2098688 ${size - (2 << 20)}`,
    ]);
    const disk = pattern(4 << 20);
    expect(read.data().every((byte, i) => byte === disk[512 + i])).toBe(true);
    const written = pattern(size, 5);
    expect(written.every((byte, i) => byte === backend.bytes[1536 + i])).toBe(true);
  });

  it('above the number that may be under way wait in the queue', async () => {
    const { send, io } = makeBlock();
    const requests = Array.from({ length: 80 }, () => send([header(VIRTIO_BLK_T_IN, 0)], [512]));
    expect(io.pending.length).toBe(64);
    await io.complete(10);
    expect(io.pending.length).toBe(64);
    await io.drain();
    expect(requests.every((request) => request.status() === OK)).toBe(true);
  });
});

describe('VirtioBlock flush', () => {
  it('waits for the writes before it, not for those after', async () => {
    const { send, io, backend } = makeBlock();
    const write = (sector: number) => send([header(VIRTIO_BLK_T_OUT, sector), new Uint8Array(512)]);
    const first = write(0);
    const second = write(1);
    const flush = send([header(VIRTIO_BLK_T_FLUSH, 0)]);
    const third = write(2);
    expect(backend.log).toEqual(['write 0 512', 'write 512 512', 'write 1024 512']);
    await io.complete(2);
    expect([third.status(), flush.status()]).toEqual([OK, UNWRITTEN]);
    await io.complete(1);
    expect(backend.log).not.toContain('flush');
    await io.complete(0);
    expect(backend.log.at(-1)).toBe('flush');
    expect([first.status(), second.status(), flush.status()]).toEqual([OK, OK, UNWRITTEN]);
    await io.drain();
    expect(flush.status()).toBe(OK);
  });

  it('goes on when a write before it fails', async () => {
    const { send, io, backend } = makeBlock();
    backend.error = new Error('bad sector');
    const write = send([header(VIRTIO_BLK_T_OUT, 0), new Uint8Array(512)]);
    const flush = send([header(VIRTIO_BLK_T_FLUSH, 0)]);
    backend.error = undefined;
    await io.drain();
    expect([write.status(), flush.status()]).toEqual([IOERR, OK]);
  });

  it('comes with every write when the driver does not know it', async () => {
    const { send, io, backend } = makeBlock(SPLIT_FEATURES);
    const write = send([header(VIRTIO_BLK_T_OUT, 0), new Uint8Array(512)]);
    await io.complete();
    expect(write.status()).toBe(UNWRITTEN);
    expect(backend.log).toEqual(['write 0 512', 'flush']);
    await io.drain();
    expect(write.status()).toBe(OK);
  });
});

describe('VirtioBlock discard and write zeroes', () => {
  it('go through the ranges in order', async () => {
    const { send, io, backend } = makeBlock();
    const zeroes = send([header(VIRTIO_BLK_T_WRITE_ZEROES, 0), range(1, 2), range(15, 1, 1)]);
    const discard = send([header(VIRTIO_BLK_T_DISCARD, 0), range(0, 16)]);
    await io.drain();
    expect([zeroes.status(), discard.status()]).toEqual([OK, OK]);
    expect([...backend.log].sort()).toEqual(['discard 0 8192', 'zero 512 1024 false', 'zero 7680 512 true']);
    expect(backend.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it.each<[string, number, Uint8Array[], number]>([
    ['past the end', VIRTIO_BLK_T_DISCARD, [range(16, 1)], IOERR],
    ['across the end', VIRTIO_BLK_T_WRITE_ZEROES, [range(15, 2)], IOERR],
    ['far away', VIRTIO_BLK_T_WRITE_ZEROES, [range(0xffff_ffff_ffff_ffffn, 1)], IOERR],
    ['with a bad range after a good one', VIRTIO_BLK_T_DISCARD, [range(0, 1), range(16, 1)], IOERR],
    ['above the size of a range', VIRTIO_BLK_T_DISCARD, [range(0, 0x20_0001)], IOERR],
    [
      'above the number of ranges',
      VIRTIO_BLK_T_DISCARD,
      Array.from({ length: 33 }, () => range(0, 1)),
      IOERR,
    ],
    ['without a range', VIRTIO_BLK_T_DISCARD, [], IOERR],
    ['with a piece of a range', VIRTIO_BLK_T_DISCARD, [range(0, 1).subarray(0, 8)], IOERR],
    ['discard with unmap', VIRTIO_BLK_T_DISCARD, [range(0, 1, 1)], UNSUPP],
    ['unknown flags', VIRTIO_BLK_T_WRITE_ZEROES, [range(0, 1, 2)], UNSUPP],
  ])('%s are refused', async (_name, type, ranges, status) => {
    const { send, io, backend } = makeBlock();
    const request = send([header(type, 0), ...ranges]);
    await io.drain();
    expect(request.status()).toBe(status);
    expect(backend.log).toEqual([]);
  });

  it('are unsupported when the backend is without them', () => {
    const backend: BlockBackend = {
      size: DISK,
      readOnly: false,
      read: async () => {},
      write: async () => {},
      flush: async () => {},
    };
    const { send } = makeBlock(undefined, { backend });
    expect(send([header(VIRTIO_BLK_T_DISCARD, 0), range(0, 1)]).status()).toBe(UNSUPP);
    expect(send([header(VIRTIO_BLK_T_WRITE_ZEROES, 0), range(0, 1)]).status()).toBe(UNSUPP);
  });
});

describe('VirtioBlock reset', () => {
  it('drops what is under way and does not touch its buffers', async () => {
    const { send, io, memory, driver, restart, backend } = makeBlock();
    send([header(VIRTIO_BLK_T_IN, 0)], [512]);
    send([header(VIRTIO_BLK_T_OUT, 1), new Uint8Array(512)]);
    send([header(VIRTIO_BLK_T_FLUSH, 0)]);
    restart();
    const before = memory.bytes.slice();
    await io.drain();
    expect(memory.bytes.every((byte, i) => byte === before[i])).toBe(true);
    expect(driver.acknowledge()).toBe(0);
    expect(backend.log).toEqual(['read 0 512', 'write 512 512', 'flush']);
    const read = send([header(VIRTIO_BLK_T_IN, 0)], [512]);
    await io.drain();
    expect(read.status()).toBe(OK);
  });

  it('does not let a guest pile up work by resetting', () => {
    const { send, io, restart } = makeBlock();
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 30; i++) send([header(VIRTIO_BLK_T_IN, 0)], [512]);
      restart();
    }
    expect(io.pending.length).toBe(64);
  });
});
