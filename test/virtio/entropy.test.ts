import { describe, expect, it } from 'vitest';
import { VirtioEntropy } from '../../src/virtio/entropy.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const makeEntropy = (wanted: bigint) => {
  const memory = new FakeMemory();
  const asked: number[] = [];
  let next = 1;
  const entropy = new VirtioEntropy((into) => {
    asked.push(into.length);
    for (let i = 0; i < into.length; i++) into[i] = next++;
  });
  const transport = new VirtioMmio({ device: entropy, memory, interrupt: new RecordedLine() });
  const driver = new MockDriver(transport, memory);
  const [queue] = driver.start(wanted, [16]);
  return { memory, driver, queue, asked };
};

describe.each([
  ['split', SPLIT_FEATURES],
  ['packed', PACKED_FEATURES],
])('VirtioEntropy (%s)', (_format, wanted) => {
  it('is device 4, without configuration', () => {
    const { driver } = makeEntropy(wanted);
    expect(driver.readRegister(0x008)).toBe(4);
    expect(driver.readRegister(0x100)).toBe(0);
  });

  it('fills each buffer with bytes of the source', () => {
    const { memory, driver, queue } = makeEntropy(wanted);
    const requests = [queue.request([], [4]), queue.request([], [1, 2])];
    queue.kick();
    expect(queue.takeUsed()).toEqual([
      { id: requests[0].id, length: 4 },
      { id: requests[1].id, length: 3 },
    ]);
    expect([...memory.view(requests[0].writable[0], 4)]).toEqual([1, 2, 3, 4]);
    expect([...memory.view(requests[1].writable[1], 2)]).toEqual([6, 7]);
    expect(driver.acknowledge()).toBe(1);
  });

  it('places no more than 64 KiB at a time', () => {
    const { queue, asked } = makeEntropy(wanted);
    queue.request([], [100_000]);
    queue.kick();
    expect(asked).toEqual([65536]);
    expect(queue.takeUsed()[0].length).toBe(65536);
  });

  it('gives back a buffer without room, empty', () => {
    const { queue, driver } = makeEntropy(wanted);
    queue.request([Uint8Array.of(1, 2, 3)], []);
    queue.kick();
    expect(queue.takeUsed().map((used) => used.length)).toEqual([0]);
    expect(driver.needsReset).toBe(false);
  });
});

it('VirtioEntropy asks for a reset when its source fails', () => {
  const memory = new FakeMemory();
  const device = new VirtioEntropy(() => {
    throw new Error('no entropy');
  });
  const driver = new MockDriver(new VirtioMmio({ device, memory, interrupt: new RecordedLine() }), memory);
  const [queue] = driver.start(SPLIT_FEATURES, [16]);
  queue.request([], [4]);
  queue.kick();
  expect(driver.needsReset).toBe(true);
});
