/** The optional parts of a block device: queues, cache mode, topology, and what a backend does at once. */
import { describe, expect, it } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import * as blk from '../../src/virtio/block-layout.ts';
import {
  DISK,
  header,
  IOERR,
  makeBlock,
  OK,
  pattern,
  PromptBackend,
  RecordingBackend,
  UNWRITTEN,
} from '../support/block-device.ts';
import { type MockDriver, SPLIT_FEATURES } from '../support/mock-driver.ts';

const { VIRTIO_BLK_T_IN, VIRTIO_BLK_T_OUT, VIRTIO_BLK_T_FLUSH } = blk;
const { VIRTIO_BLK_F_CONFIG_WCE, VIRTIO_BLK_F_FLUSH, VIRTIO_BLK_F_MQ } = blk;
const CONFIG = 0x100;
const ALL = SPLIT_FEATURES | 0xffffn;

const write = (sector: number, length = 512): Uint8Array[] => [
  header(VIRTIO_BLK_T_OUT, sector),
  new Uint8Array(length),
];

describe('several queues', () => {
  it('are offered where there are some', () => {
    const one = makeBlock(ALL);
    expect(one.driver.offeredFeatures() & VIRTIO_BLK_F_MQ).toBe(0n);
    expect(one.device.readConfig(34, 2)).toBe(0);
    const four = makeBlock(ALL, { queues: 4 });
    expect(four.driver.offeredFeatures() & VIRTIO_BLK_F_MQ).toBe(VIRTIO_BLK_F_MQ);
    expect(four.device.readConfig(34, 2)).toBe(4);
    expect(four.device.queueSizes).toEqual([256, 256, 256, 256]);
    for (const queues of [0, 9, 1.5]) expect(() => makeBlock(ALL, { queues })).toThrow(RangeError);
  });

  it('answer in the queue of the request', async () => {
    const { send, io, queue } = makeBlock(ALL, { queues: 3 });
    const requests = [2, 0, 1].map((index) => send([header(VIRTIO_BLK_T_IN, index)], [512], index));
    await io.drain();
    expect(requests.map((request) => request.status())).toEqual([OK, OK, OK]);
    expect([0, 1, 2].map((index) => queue(index).takeUsed().length)).toEqual([1, 1, 1]);
  });

  it('have a flush wait for the writes of all of them', async () => {
    const { send, io, backend } = makeBlock(ALL, { queues: 2 });
    const first = send(write(0), [], 1);
    const flush = send([header(VIRTIO_BLK_T_FLUSH, 0)], [], 0);
    expect(backend.log).toEqual(['write 0 512']);
    await io.complete();
    expect([first.status(), flush.status(), backend.log.at(-1)]).toEqual([OK, UNWRITTEN, 'flush']);
    await io.drain();
    expect(flush.status()).toBe(OK);
  });

  it('share what may be under way, and come in turn', async () => {
    const { send, io } = makeBlock(ALL, { queues: 2 });
    const busy = Array.from({ length: 70 }, () => send([header(VIRTIO_BLK_T_IN, 0)], [512], 0));
    const other = send([header(VIRTIO_BLK_T_IN, 0)], [512], 1);
    expect(io.pending.length).toBe(64);
    for (let i = 0; i < 2; i++) await io.complete();
    expect(io.pending.length).toBe(64);
    await io.drain();
    expect([...busy, other].every((request) => request.status() === OK)).toBe(true);
  });

  it('are reset one by one', async () => {
    const { send, io, driver, queue } = makeBlock(ALL | (1n << 40n), { queues: 2 });
    const dropped = send([header(VIRTIO_BLK_T_IN, 0)], [512], 1);
    const kept = send([header(VIRTIO_BLK_T_IN, 1)], [512], 0);
    driver.writeRegister(0x030, 1);
    driver.writeRegister(0x0c0, 1);
    await io.drain();
    expect([dropped.status(), kept.status()]).toEqual([UNWRITTEN, OK]);
    expect([0, 1].map((index) => queue(index).takeUsed().length)).toEqual([1, 0]);
  });
});

describe('the cache mode', () => {
  const WITH_WCE = SPLIT_FEATURES | VIRTIO_BLK_F_FLUSH | VIRTIO_BLK_F_CONFIG_WCE;
  const writeback = (driver: MockDriver): number => driver.readRegister(CONFIG + 32) & 0xff;

  it('is what the driver chooses, and each write is flushed while it is write-through', async () => {
    const { send, io, device, driver, backend } = makeBlock(WITH_WCE);
    expect(writeback(driver)).toBe(1);
    const volatile = send(write(0));
    await io.drain();
    expect([volatile.status(), backend.log]).toEqual([OK, ['write 0 512']]);
    device.writeConfig(32, 1, 0);
    expect(writeback(driver)).toBe(0);
    const durable = send(write(1));
    await io.complete();
    expect([durable.status(), backend.log.at(-1)]).toEqual([UNWRITTEN, 'flush']);
    await io.drain();
    expect(durable.status()).toBe(OK);
    device.writeConfig(32, 1, 7);
    expect(writeback(driver)).toBe(1);
    send(write(2));
    await io.drain();
    expect(backend.log.at(-1)).toBe('write 1024 512');
  });

  it('starts write-through where the driver cannot flush, as soon as that is known', () => {
    const { device, driver, restart } = makeBlock(SPLIT_FEATURES | VIRTIO_BLK_F_CONFIG_WCE);
    expect(writeback(driver)).toBe(0);
    device.writeConfig(32, 1, 1);
    expect(writeback(driver)).toBe(1);
    restart();
    expect(writeback(driver)).toBe(0);
    driver.writeRegister(0x070, 0);
    expect(writeback(driver)).toBe(1);
  });

  it('cannot be chosen without the feature, and nothing else can', () => {
    const without = makeBlock(SPLIT_FEATURES | VIRTIO_BLK_F_FLUSH);
    without.device.writeConfig(32, 1, 0);
    expect(writeback(without.driver)).toBe(1);
    const { device, driver } = makeBlock(WITH_WCE);
    for (let offset = 0; offset < 64; offset++) if (offset !== 32) device.writeConfig(offset, 1, 0xff);
    const bytes = Array.from({ length: 64 }, (_, offset) => device.readConfig(offset, 1));
    expect(bytes).toEqual(
      Array.from({ length: 64 }, (_, offset) => makeBlock(WITH_WCE).device.readConfig(offset, 1)),
    );
    expect(writeback(driver)).toBe(1);
  });
});

it('tells the size of physical blocks, in logical ones', () => {
  const { device } = makeBlock(ALL, { blockSize: 512, physicalBlockSize: 4096 });
  expect([20, 24, 25, 26, 28].map((offset, i) => device.readConfig(offset, [4, 1, 1, 2, 4][i] as 4))).toEqual(
    [512, 3, 0, 8, 0],
  );
  expect(makeBlock(ALL).device.readConfig(24, 1)).toBe(0);
  for (const physicalBlockSize of [256, 1536, 131072])
    expect(() => makeBlock(ALL, { physicalBlockSize })).toThrow(RangeError);
  expect(() => makeBlock(ALL, { blockSize: 4096, physicalBlockSize: 512 })).toThrow(RangeError);
});

it('says that zeros may be holes only where the backend discards', () => {
  const mayUnmap = (backend: RecordingBackend): number =>
    makeBlock(ALL, { backend }).device.readConfig(56, 1);
  expect(mayUnmap(new RecordingBackend(pattern(DISK)))).toBe(1);
  const plain = new RecordingBackend(pattern(DISK));
  Object.defineProperty(plain, 'discard', { value: undefined });
  expect(mayUnmap(plain)).toBe(0);
});

describe('what a backend does at once', () => {
  it('goes between it and guest RAM, and is answered later', async () => {
    const backend = new PromptBackend(pattern(DISK));
    const { send, io, memory, takeUsed } = makeBlock(ALL, { backend });
    const read = send([header(VIRTIO_BLK_T_IN, 2)], [100, 412, 512]);
    const bytes = pattern(1024, 5);
    const wrote = send([header(VIRTIO_BLK_T_OUT, 8), bytes.subarray(0, 10), bytes.subarray(10)]);
    expect(backend.log).toEqual(['read now 1024 100+412+512', 'write now 4096 10+1014']);
    expect([read.status(), wrote.status(), takeUsed()]).toEqual([UNWRITTEN, UNWRITTEN, []]);
    await io.drain();
    expect([read.status(), wrote.status(), takeUsed().length]).toEqual([OK, OK, 2]);
    const disk = pattern(DISK);
    expect([...read.data(0), ...read.data(1), ...read.data(2)]).toEqual([...disk.subarray(1024, 2048)]);
    expect(backend.bytes.subarray(4096, 5120)).toEqual(bytes);
    // Decoded code there is dropped.
    expect(memory.noted.map(([, length]) => length)).toEqual([100, 412, 512]);
    expect(memory.refusals).toBe(0);
  });

  it('is done in the ordinary way while it is busy', async () => {
    const backend = new PromptBackend(pattern(DISK));
    backend.isBusy = true;
    const { send, io, memory } = makeBlock(ALL, { backend });
    const read = send([header(VIRTIO_BLK_T_IN, 2)], [512]);
    const wrote = send(write(3));
    await io.drain();
    expect(backend.log).toEqual(['read 1024 512', 'write 1536 512']);
    expect([read.status(), wrote.status()]).toEqual([OK, OK]);
    expect(memory.noted).toEqual([]);
  });

  it('comes in pieces of 1 MiB', async () => {
    const size = (2 << 20) + 512;
    const backend = new PromptBackend(pattern(4 << 20));
    const { send, io } = makeBlock(ALL, { backend });
    const read = send([header(VIRTIO_BLK_T_IN, 0)], [1024, size - 1024]);
    expect(backend.log).toEqual([`read now 0 1024+${(1 << 20) - 1024}`]);
    await io.drain();
    expect(backend.log.slice(1)).toEqual(['read now 1048576 1048576', 'read now 2097152 512']);
    expect(read.status()).toBe(OK);
    const disk = pattern(4 << 20);
    expect(read.data(1).every((byte, i) => byte === disk[1024 + i])).toBe(true);
  });

  it('is an I/O error when it fails', async () => {
    const backend = new PromptBackend(pattern(DISK));
    backend.error = new Error('bad sector');
    const { send, io, messages } = makeBlock(ALL, { backend });
    const requests = [send([header(VIRTIO_BLK_T_IN, 0)], [512]), send(write(0))];
    expect(requests.map((request) => request.status())).toEqual([UNWRITTEN, UNWRITTEN]);
    await io.drain();
    expect(requests.map((request) => request.status())).toEqual([IOERR, IOERR]);
    expect(messages).toEqual(Array(2).fill('block request failed: bad sector'));
  });

  it('is flushed all the same where the cache is write-through', async () => {
    const backend = new PromptBackend(pattern(DISK));
    const { send, io } = makeBlock(SPLIT_FEATURES, { backend });
    const wrote = send(write(0));
    await io.complete();
    expect([wrote.status(), backend.log]).toEqual([UNWRITTEN, ['write now 0 512', 'flush']]);
    await io.drain();
    expect(wrote.status()).toBe(OK);
  });

  it('is not answered after a reset', async () => {
    const backend = new PromptBackend(pattern(DISK));
    const { send, io, memory, restart } = makeBlock(ALL, { backend });
    send([header(VIRTIO_BLK_T_IN, 0)], [512]);
    restart();
    const before = memory.bytes.slice();
    await io.drain();
    expect(memory.bytes.every((byte, i) => byte === before[i])).toBe(true);
  });
});

it('a disk in memory does all of it at once', async () => {
  const backend = new MemoryBlockBackend(pattern(DISK));
  const { send, io } = makeBlock(ALL, { backend });
  const read = send([header(VIRTIO_BLK_T_IN, 1)], [512]);
  await io.drain();
  expect(read.data()).toEqual(pattern(DISK).subarray(512, 1024));
});
