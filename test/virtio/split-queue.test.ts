import { describe, expect, it } from 'vitest';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, type MockSplitQueue, NEXT, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { ProbeDevice } from '../support/probe-device.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const VIRTIO_F_EVENT_IDX = 1n << 29n;
const one = [{ address: 0x8000_0000, length: 4, isWritable: false }];

const makeDevice = (features = SPLIT_FEATURES, size = 8) => {
  const memory = new FakeMemory();
  const device = new ProbeDevice([16]);
  const driver = new MockDriver(new VirtioMmio({ device, memory, interrupt: new RecordedLine() }), memory);
  const queue = driver.start(features, [size])[0] as MockSplitQueue;
  return { memory, device, driver, queue };
};

describe('SplitVirtqueue', () => {
  it.each<[string, (queue: MockSplitQueue) => void]>([
    [
      'a descriptor that is its own next',
      (queue) => {
        queue.writeDescriptor(queue.descriptorArea, 0, {
          address: 0x8000_0000,
          length: 4,
          flags: NEXT,
          next: 0,
        });
        queue.publish(0);
      },
    ],
    [
      'a next that does not exist',
      (queue) => {
        queue.writeDescriptor(queue.descriptorArea, 0, {
          address: 0x8000_0000,
          length: 4,
          flags: NEXT,
          next: 8,
        });
        queue.publish(0);
      },
    ],
    ['a head that does not exist', (queue) => queue.publish(8)],
    ['an available index that ran away', (queue) => queue.setAvailIdx(9)],
    ['an available index that went back', (queue) => queue.setAvailIdx(0xffff)],
  ])('asks for a reset on %s', (_name, attack) => {
    const { driver, device, queue, memory } = makeDevice();
    attack(queue);
    queue.kick();
    expect(driver.needsReset).toBe(true);
    expect(device.chains).toEqual([]);
    expect(memory.refusals).toBe(0);
  });

  it('asks for a reset when more chains are out than there are descriptors', () => {
    const { driver, device, queue } = makeDevice();
    for (let i = 0; i < 8; i++) queue.add(one);
    queue.kick();
    expect(device.chains.length).toBe(8);
    expect(driver.needsReset).toBe(false);
    queue.publish(0);
    queue.kick();
    expect(driver.needsReset).toBe(true);
    expect(device.chains.length).toBe(8);
  });

  it.each([3, 12])('refuses a size of %i, not a power of two', (size) => {
    const { driver } = makeDevice();
    driver.negotiate(SPLIT_FEATURES);
    driver.setUpQueue(0, size);
    expect(driver.needsReset).toBe(true);
  });

  it('obeys NO_INTERRUPT without event indices', () => {
    const { driver, device, queue } = makeDevice(SPLIT_FEATURES & ~VIRTIO_F_EVENT_IDX);
    queue.setNoInterrupt(true);
    queue.add(one);
    queue.kick();
    device.complete();
    expect(driver.acknowledge()).toBe(0);
    queue.setNoInterrupt(false);
    device.transport.notifyUsed(device.queues[0]);
    expect(driver.acknowledge()).toBe(0);
    queue.add(one);
    queue.kick();
    device.complete();
    expect(driver.acknowledge()).toBe(1);
  });

  it('notifies when used_event is passed, and only then', () => {
    const { driver, device, queue } = makeDevice();
    queue.setNoInterrupt(true); // Without meaning when event indices are negotiated.
    const notified: boolean[] = [];
    queue.usedEvent = 2;
    for (let i = 0; i < 5; i++) {
      queue.add(one);
      queue.kick();
      device.complete();
      notified.push(driver.acknowledge() === 1);
    }
    expect(notified).toEqual([false, false, true, false, false]);
    // Passed in the middle of a batch.
    queue.usedEvent = 6;
    for (let i = 0; i < 3; i++) queue.add(one);
    queue.kick();
    const { chains, queues, transport } = device;
    for (const chain of chains.splice(0)) queues[0].push(chain, 0);
    transport.notifyUsed(queues[0]);
    expect(driver.acknowledge()).toBe(1);
  });

  it('asks by avail_event for the next notification once it ran dry', () => {
    const { device, queue } = makeDevice();
    for (let i = 0; i < 3; i++) queue.add(one);
    queue.kick();
    expect(device.chains.length).toBe(3);
    expect(queue.availEvent).toBe(3);
  });
});
