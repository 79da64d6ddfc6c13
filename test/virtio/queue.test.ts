/** Both ring formats, through the same driver; what only one of them has is in its own file. */
import { describe, expect, it } from 'vitest';
import { PackedVirtqueue } from '../../src/virtio/packed-queue.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import {
  INDIRECT,
  MockDriver,
  type MockPackedQueue,
  type MockSplitQueue,
  NEXT,
  PACKED_FEATURES,
  SPLIT_FEATURES,
  WRITE,
} from '../support/mock-driver.ts';
import { ProbeDevice } from '../support/probe-device.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const ok: RawEntry = { address: 0x8000_0000, length: 4, flags: 0 };

const text = (value: string): Uint8Array => Uint8Array.from(value, (char) => char.charCodeAt(0));

const makeDevice = (features: bigint, size = 8) => {
  const memory = new FakeMemory();
  const device = new ProbeDevice([16]);
  const messages: string[] = [];
  const interrupt = new RecordedLine();
  const transport = new VirtioMmio({ device, memory, interrupt, log: (message) => messages.push(message) });
  const driver = new MockDriver(transport, memory);
  const [queue] = driver.start(features, [size]);
  return { memory, device, messages, interrupt, driver, queue };
};

interface RawEntry {
  address: number | bigint;
  length: number;
  flags: number;
}

/** Puts raw entries at the start of the ring and makes the first available. */
const publishRaw = (queue: MockSplitQueue | MockPackedQueue, entries: readonly RawEntry[]): void => {
  entries.forEach((entry, i) => {
    if ('availEvent' in queue) queue.writeDescriptor(queue.descriptorArea, i, { ...entry, next: i + 1 });
    else queue.publish({ ...entry, id: 7 });
  });
  if ('availEvent' in queue) queue.publish(0);
  queue.kick();
};

describe.each([
  ['split', SPLIT_FEATURES],
  ['packed', PACKED_FEATURES],
])('%s virtqueue', (format, features) => {
  it('has the negotiated format', () => {
    const { device } = makeDevice(features);
    expect(device.queues[0] instanceof PackedVirtqueue).toBe(format === 'packed');
  });

  it.each([false, true])('carries a chain to the device and back (indirect %s)', (isIndirect) => {
    const { memory, device, driver, queue, interrupt } = makeDevice(features);
    const { id, writable } = queue.request([text('hello '), text('world')], [3, 4], isIndirect);
    queue.kick();
    expect(device.chains.length).toBe(1);
    const [chain] = device.chains;
    expect([chain.readableLength, chain.writableLength]).toEqual([11, 7]);
    const bytes = new Uint8Array(20);
    expect(chain.read(0, bytes)).toBe(11);
    expect(bytes.subarray(0, 11)).toEqual(text('hello world'));
    expect(chain.read(4, bytes.subarray(0, 4))).toBe(4);
    expect(bytes.subarray(0, 4)).toEqual(text('o wo'));
    expect(chain.read(11, bytes)).toBe(0);
    expect(chain.write(0, text('abcd'))).toBe(4);
    expect(chain.write(4, text('efghij'))).toBe(3);
    expect(chain.write(7, text('k'))).toBe(0);
    expect(queue.takeUsed()).toEqual([]);
    device.complete(7);
    expect(queue.takeUsed()).toEqual([{ id, length: 7 }]);
    expect(memory.view(writable[0], 3)).toEqual(text('abc'));
    expect(memory.view(writable[1], 4)).toEqual(text('defg'));
    expect(interrupt.level).toBe(true);
    expect(driver.acknowledge()).toBe(1);
    expect(interrupt.level).toBe(false);
  });

  it('goes round the ring many times, out of order', () => {
    const { device, queue } = makeDevice(features, 4);
    for (let round = 0; round < 1000; round++) {
      const sent = [queue.add(segments(round, 1)), queue.add(segments(round, 2))];
      queue.kick();
      expect(device.chains.map((chain) => chain.readableLength)).toEqual([1, 2]);
      device.chains.reverse();
      device.complete(0);
      device.complete(0);
      expect(queue.takeUsed().map((used) => used.id)).toEqual(sent.reverse());
    }
  });

  it('goes round a 16-bit index', () => {
    const { device, queue } = makeDevice(features, 1);
    for (let i = 0; i < 70_000; i++) {
      const id = queue.add(segments(i, 1));
      queue.kick();
      device.complete(0);
      const [used] = queue.takeUsed();
      if (used?.id !== id) expect.fail(`request ${i} got lost`);
    }
  });

  it('takes empty buffers as nothing', () => {
    const { device, queue, driver } = makeDevice(features);
    queue.add([
      { address: 0, length: 0, isWritable: false },
      { address: 0x8000_0000, length: 4, isWritable: false },
      { address: 0xffff_ffff_ffff, length: 0, isWritable: true },
    ]);
    queue.kick();
    expect(device.chains.map((chain) => [chain.readableLength, chain.writableLength])).toEqual([[4, 0]]);
    expect(driver.needsReset).toBe(false);
  });

  it.each<[string, RawEntry[]]>([
    ['before RAM', [{ address: 0x7fff_ffff, length: 2, flags: 0 }]],
    ['past RAM', [{ address: 0x800f_ffff, length: 2, flags: 0 }]],
    ['at the top of the address space', [{ address: 0xffff_ffff_ffff_fffen, length: 16, flags: WRITE }]],
    ['of 4 GiB', [{ address: 0x8000_0000, length: 0xffff_ffff, flags: WRITE }]],
    ['reached over a good one', good({ address: 0, length: 1, flags: WRITE })],
    ['readable after writable', [{ ...ok, flags: WRITE | NEXT }, ok]],
    ['an indirect table outside RAM', [{ address: 0x800f_fff8, length: 16, flags: INDIRECT }]],
    ['an indirect table of odd length', [{ address: 0x8000_0000, length: 24, flags: INDIRECT }]],
    ['an empty indirect table', [{ address: 0x8000_0000, length: 0, flags: INDIRECT }]],
    ['indirect and next', [{ address: 0x8000_0000, length: 16, flags: INDIRECT | NEXT }, ok]],
    ['a ring full of NEXT', Array.from({ length: 8 }, () => ({ ...ok, flags: NEXT }))],
  ])('asks for a reset on a buffer %s', (_name, entries) => {
    const { device, queue, driver, messages, memory, interrupt } = makeDevice(features);
    publishRaw(queue as MockSplitQueue, entries);
    expect(driver.needsReset).toBe(true);
    expect(driver.acknowledge()).toBe(2);
    expect(interrupt.level).toBe(false);
    expect(messages.length).toBe(1);
    expect(device.chains).toEqual([]);
    expect(queue.takeUsed()).toEqual([]);
    expect(memory.refusals).toBe(0);
    // Nothing more happens until the driver resets the device.
    queue.kick();
    expect(device.log.filter((entry) => entry === 'notify 0').length).toBe(1);
    driver.release();
    const [again] = driver.start(features, [8]);
    again.request([text('x')], []);
    again.kick();
    expect(device.chains.length).toBe(1);
  });

  it('has no indirect table in an indirect table', () => {
    const { queue, driver, device } = makeDevice(features);
    const table = driver.allocate(32);
    queue.writeDescriptor(table, 0, { address: table, length: 16, flags: INDIRECT });
    publishRaw(queue as MockSplitQueue, [{ address: table, length: 16, flags: INDIRECT }]);
    // In a packed ring a table's entries have no flag but WRITE; others are ignored (2.8.7).
    const isPacked = format === 'packed';
    expect(driver.needsReset).toBe(!isPacked);
    expect(device.chains.map(({ readableLength }) => readableLength)).toEqual(isPacked ? [16] : []);
  });

  it('asks for a reset on an indirect descriptor that was not negotiated', () => {
    const { queue, driver } = makeDevice(features & ~(1n << 28n));
    queue.request([text('x')], [], true);
    queue.kick();
    expect(driver.needsReset).toBe(true);
  });

  it('follows an indirect table after direct descriptors', () => {
    const { queue, driver, device } = makeDevice(features);
    const table = driver.allocate(32);
    queue.writeDescriptor(table, 0, { address: 0x8000_0000, length: 5, flags: WRITE });
    publishRaw(queue as MockSplitQueue, [
      { ...ok, flags: NEXT },
      // WRITE means nothing for the descriptor that refers to a table.
      { address: table, length: 16, flags: INDIRECT | WRITE },
    ]);
    expect(driver.needsReset).toBe(false);
    expect(device.chains.map((chain) => [chain.readableLength, chain.writableLength])).toEqual([[4, 5]]);
  });

  it('bounds what one chain may hold', () => {
    const { queue, driver } = makeDevice(features);
    const entries = 2000;
    const table = driver.allocate(16 * entries);
    for (let i = 0; i < entries; i++)
      queue.writeDescriptor(table, i, {
        address: 0x8000_0000,
        length: 4,
        flags: i + 1 < entries ? NEXT : 0,
        next: i + 1,
      });
    publishRaw(queue as MockSplitQueue, [{ address: table, length: 16 * entries, flags: INDIRECT }]);
    expect(driver.needsReset).toBe(true);
  });

  it('leaves buffers alone after the queue was reset under it', () => {
    const { device, driver, queue, memory } = makeDevice(features);
    queue.request([text('x')], [4]);
    queue.kick();
    const [chain] = device.chains;
    expect(chain.isStale).toBe(false);
    const before = memory.bytes.slice();
    driver.writeRegister(0x0c0, 1);
    expect(chain.isStale).toBe(true);
    chain.queue.push(chain, 4);
    device.transport.notifyUsed(chain.queue);
    expect(memory.bytes.every((byte, i) => byte === before[i])).toBe(true);
    expect(driver.acknowledge()).toBe(0);
  });

  it.each<[string, Partial<Record<'descriptorArea' | 'driverArea' | 'deviceArea', number>>]>([
    ['descriptor area outside RAM', { descriptorArea: 0x800f_fff0 }],
    ['descriptor area misaligned', { descriptorArea: 0x8000_0008 }],
    ['driver area outside RAM', { driverArea: 0x1000 }],
    ['driver area misaligned', { driverArea: 0x8000_0001 }],
    ['device area outside RAM', { deviceArea: 0xffff_ffff_fff0 }],
    ['device area misaligned', { deviceArea: 0x8000_0002 }],
  ])('refuses a %s', (_name, areas) => {
    const { driver, memory } = makeDevice(features);
    driver.negotiate(features);
    driver.enableQueue(0, 8, {
      descriptorArea: 0x8000_0000,
      driverArea: 0x8000_0100,
      deviceArea: 0x8000_0200,
      ...areas,
    });
    expect(driver.needsReset).toBe(true);
    expect(driver.readRegister(0x044)).toBe(0);
    expect(memory.refusals).toBe(0);
  });

  it.each([0, 17, 0xffff_ffff])('refuses a queue size of %i', (size) => {
    const { driver } = makeDevice(features);
    driver.negotiate(features);
    driver.enableQueue(0, size, {
      descriptorArea: 0x8000_0000,
      driverArea: 0x8000_0200,
      deviceArea: 0x8000_0300,
    });
    expect(driver.needsReset).toBe(true);
  });
});

function good(last: RawEntry): RawEntry[] {
  return [{ ...ok, flags: NEXT }, last];
}

function segments(seed: number, length: number) {
  return [{ address: 0x8000_0000 + (seed % 16), length, isWritable: false }];
}
