import { describe, expect, it } from 'vitest';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, type MockPackedQueue, PACKED_FEATURES } from '../support/mock-driver.ts';
import { ProbeDevice } from '../support/probe-device.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const ENABLE = 0;
const DISABLE = 1;
const DESC = 2;

const makeDevice = (size: number, features = PACKED_FEATURES) => {
  const memory = new FakeMemory();
  const device = new ProbeDevice([16]);
  const driver = new MockDriver(new VirtioMmio({ device, memory, interrupt: new RecordedLine() }), memory);
  const queue = driver.start(features, [size])[0] as MockPackedQueue;
  /** Sends a chain of `slots` descriptors through; whether the driver was notified. */
  const roundTrip = (slots = 1): boolean => {
    queue.add(Array.from({ length: slots }, () => ({ address: 0x8000_0000, length: 1, isWritable: false })));
    queue.kick();
    device.complete();
    queue.takeUsed();
    return driver.acknowledge() === 1;
  };
  return { memory, device, driver, queue, roundTrip };
};

describe('PackedVirtqueue', () => {
  it.each([1, 3, 5, 16])('works with a ring of %i', (size) => {
    const { roundTrip } = makeDevice(size);
    for (let i = 0; i < 5 * size; i++) expect(roundTrip()).toBe(true);
  });

  it('wraps a chain over the end of the ring', () => {
    const { roundTrip } = makeDevice(5);
    for (let i = 0; i < 20; i++) expect(roundTrip(1 + (i % 5))).toBe(true);
  });

  it('marks a used descriptor WRITE only when bytes were written', () => {
    const { memory, device, queue } = makeDevice(4);
    for (const written of [0, 2]) {
      queue.request([], [4]);
      queue.kick();
      device.complete(written);
    }
    expect([14, 30].map((at) => memory.getUint16(queue.descriptorArea + at))).toEqual([0x8080, 0x8082]);
  });

  it('obeys the event suppression flags', () => {
    const { queue, roundTrip } = makeDevice(4);
    queue.setEvent(0, DISABLE);
    expect(roundTrip()).toBe(false);
    queue.setEvent(0, ENABLE);
    expect(roundTrip()).toBe(true);
  });

  it('notifies when the named descriptor is used, in this lap or the next', () => {
    const { queue, roundTrip } = makeDevice(4);
    queue.setEvent(2 | 0x8000, DESC);
    expect([roundTrip(), roundTrip(), roundTrip(), roundTrip()]).toEqual([false, false, true, false]);
    queue.setEvent(1, DESC); // Second lap: the wrap counter is 0.
    expect([roundTrip(), roundTrip(), roundTrip()]).toEqual([false, true, false]);
    queue.setEvent(3, DESC); // Passed by a chain that ends in the third lap.
    expect(roundTrip(3)).toBe(true);
  });

  it('takes DESC for ENABLE without event indices', () => {
    const { queue, roundTrip } = makeDevice(4, PACKED_FEATURES & ~(1n << 29n));
    queue.setEvent(3, DESC);
    expect(roundTrip()).toBe(true);
  });

  it('asks for a reset when the ring is made available under chains that are out', () => {
    const { device, driver, queue } = makeDevice(4);
    const publish = (): void => {
      for (let i = 0; i < 4; i++) queue.publish({ address: 0x8000_0000, length: 1, flags: 0, id: i });
      queue.kick();
    };
    publish();
    expect(device.chains.length).toBe(4);
    expect(driver.needsReset).toBe(false);
    publish();
    expect(driver.needsReset).toBe(true);
    expect(device.chains.length).toBe(4);
  });
});
