import { describe, expect, it } from 'vitest';
import * as features from '../../src/virtio/features.ts';
import * as mmio from '../../src/virtio/mmio.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { PROBE_FEATURE, ProbeDevice } from '../support/probe-device.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const { STATUS_ACKNOWLEDGE, STATUS_DRIVER, STATUS_FEATURES_OK, STATUS_DRIVER_OK, STATUS_FAILED } = features;

const makeTransport = (withhold = 0n) => {
  const memory = new FakeMemory();
  const interrupt = new RecordedLine();
  const device = new ProbeDevice([16, 8]);
  const messages: string[] = [];
  const log = (message: string): void => void messages.push(message);
  const transport = new VirtioMmio({ device, memory, interrupt, log, withhold });
  const driver = new MockDriver(transport, memory);
  const [read, write] = [driver.readRegister.bind(driver), driver.writeRegister.bind(driver)];
  return { memory, interrupt, device, messages, transport, driver, read, write };
};

describe('VirtioMmio without a device', () => {
  it('shows DeviceID 0 and nothing else', () => {
    const memory = new FakeMemory();
    const transport = new VirtioMmio({ memory, interrupt: new RecordedLine() });
    for (let offset = 0; offset < 0x200; offset += 4) {
      transport.write(offset, 4, 0xffff_ffff);
      const expected = { 0: 0x74726976, 4: 2 }[offset] ?? 0;
      expect(transport.read(offset, 4)).toBe(expected);
    }
    transport.reset();
    expect(memory.refusals).toBe(0);
  });
});

describe('VirtioMmio registers', () => {
  it('identify the device', () => {
    const { read, transport } = makeTransport();
    expect([mmio.MAGIC_VALUE, mmio.VERSION, mmio.DEVICE_ID, mmio.VENDOR_ID].map(read)).toEqual([
      0x74726976, 2, 42, 0x52415748,
    ]);
    expect(transport.fdtNode()).toEqual({ name: 'virtio_mmio', properties: { compatible: 'virtio,mmio' } });
  });

  it('are 32 bits wide', () => {
    const { transport, read } = makeTransport();
    expect(transport.read(mmio.MAGIC_VALUE, 1)).toBe(0);
    expect(transport.read(mmio.MAGIC_VALUE, 2)).toBe(0);
    transport.write(mmio.STATUS, 1, STATUS_ACKNOWLEDGE);
    expect(read(mmio.STATUS)).toBe(0);
  });

  it('hand the configuration space to the device, at any width', () => {
    const { transport, device } = makeTransport();
    expect([1, 2, 4].map((size) => transport.read(0x108, size as 1 | 2 | 4))).toEqual([0x81, 0x82, 0x84]);
    transport.write(0x104, 2, 7);
    expect(device.log).toEqual(['config 4 2 7']);
  });

  it('have no shared memory', () => {
    const { read, write } = makeTransport();
    write(mmio.SHM_SEL, 0);
    for (const register of [mmio.SHM_LEN_LOW, mmio.SHM_LEN_HIGH, mmio.SHM_BASE_LOW, mmio.SHM_BASE_HIGH])
      expect(read(register)).toBe(0xffff_ffff);
  });

  it('answer for the selected queue', () => {
    const { read, write } = makeTransport();
    const sizes = [0, 1, 2, 0xffff_ffff].map((queue) => {
      write(mmio.QUEUE_SEL, queue);
      return read(mmio.QUEUE_NUM_MAX);
    });
    expect(sizes).toEqual([16, 8, 0, 0]);
    write(mmio.QUEUE_NUM, 4);
    write(mmio.QUEUE_READY, 1);
    expect(read(mmio.QUEUE_READY)).toBe(0);
  });
});

describe('VirtioMmio features', () => {
  it('offers those of device, queues and transport', () => {
    const { driver, write, read, device } = makeTransport();
    expect(driver.offeredFeatures()).toBe(device.features | PACKED_FEATURES);
    write(mmio.DEVICE_FEATURES_SEL, 2);
    expect(read(mmio.DEVICE_FEATURES)).toBe(0);
  });

  it('withholds what it is told to', () => {
    const { driver, device } = makeTransport(features.VIRTIO_F_RING_PACKED);
    expect(driver.offeredFeatures()).toBe(device.features | SPLIT_FEATURES);
  });

  it('gives the device what was negotiated', () => {
    const { driver, device } = makeTransport();
    driver.start(SPLIT_FEATURES | PROBE_FEATURE, [16, 8]);
    expect(device.negotiated).toBe(SPLIT_FEATURES | PROBE_FEATURE);
    expect(device.queues.map((queue) => [queue.index, queue.size, queue.isEnabled])).toEqual([
      [0, 16, true],
      [1, 8, true],
    ]);
  });

  it.each([
    ['an unknown feature', SPLIT_FEATURES | (1n << 4n)],
    ['an unknown feature in the upper half', SPLIT_FEATURES | (1n << 63n)],
    ['no VIRTIO_F_VERSION_1', SPLIT_FEATURES & ~features.VIRTIO_F_VERSION_1],
    ['nothing', 0n],
  ])('keeps FEATURES_OK clear for %s, until the driver thinks better', (_name, wanted) => {
    const { driver, device } = makeTransport();
    driver.addStatus(STATUS_ACKNOWLEDGE);
    driver.addStatus(STATUS_DRIVER);
    driver.writeFeatures(wanted);
    driver.addStatus(STATUS_FEATURES_OK);
    expect(driver.status).toBe(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    driver.addStatus(STATUS_FEATURES_OK | STATUS_DRIVER_OK);
    expect(device.log).toEqual([]);
    driver.writeFeatures(features.VIRTIO_F_VERSION_1);
    driver.addStatus(STATUS_FEATURES_OK);
    expect(driver.status & STATUS_FEATURES_OK).toBe(STATUS_FEATURES_OK);
  });

  it('does not change them after FEATURES_OK', () => {
    const { driver, device } = makeTransport();
    driver.negotiate(SPLIT_FEATURES);
    driver.writeFeatures(SPLIT_FEATURES | PROBE_FEATURE);
    driver.addStatus(STATUS_DRIVER_OK);
    expect(device.negotiated).toBe(SPLIT_FEATURES);
  });

  it('ignores feature words that do not exist', () => {
    const { driver, device, write } = makeTransport();
    driver.addStatus(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    driver.writeFeatures(features.VIRTIO_F_VERSION_1);
    write(mmio.DRIVER_FEATURES_SEL, 2);
    write(mmio.DRIVER_FEATURES, 0xffff_ffff);
    driver.addStatus(STATUS_FEATURES_OK | STATUS_DRIVER_OK);
    expect(device.negotiated).toBe(features.VIRTIO_F_VERSION_1);
  });
});

describe('VirtioMmio status', () => {
  it('takes DRIVER_OK only after FEATURES_OK', () => {
    const { driver, device } = makeTransport();
    driver.addStatus(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
    expect(driver.status).toBe(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    expect(device.log).toEqual([]);
  });

  it('takes a driver that does not acknowledge the device, as U-Boot 2023.01', () => {
    const { driver, device } = makeTransport();
    driver.addStatus(STATUS_DRIVER);
    driver.writeFeatures(features.VIRTIO_F_VERSION_1);
    driver.addStatus(STATUS_FEATURES_OK);
    expect(driver.status).toBe(STATUS_DRIVER | STATUS_FEATURES_OK);
    driver.addStatus(STATUS_DRIVER_OK);
    expect(device.log).toContain('activate');
  });

  it('keeps bits that a write leaves out', () => {
    const { driver, write } = makeTransport();
    driver.negotiate(SPLIT_FEATURES);
    write(mmio.STATUS, STATUS_DRIVER_OK);
    expect(driver.status).toBe(15);
    write(mmio.STATUS, STATUS_ACKNOWLEDGE);
    expect(driver.status).toBe(15);
  });

  it('takes FAILED at any time', () => {
    const { driver } = makeTransport();
    driver.addStatus(STATUS_FAILED);
    expect(driver.status).toBe(STATUS_FAILED);
  });

  it('activates once', () => {
    const { driver, device } = makeTransport();
    driver.start(SPLIT_FEATURES, [16, 8]);
    driver.addStatus(STATUS_DRIVER_OK);
    expect(device.log.filter((entry) => entry === 'activate').length).toBe(1);
  });

  it('resets everything on 0', () => {
    const { driver, device, interrupt, read, write } = makeTransport();
    const [queue] = driver.start(SPLIT_FEATURES, [16, 8]);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    device.complete();
    expect(interrupt.level).toBe(true);
    write(mmio.STATUS, 0);
    expect(interrupt.level).toBe(false);
    expect([mmio.STATUS, mmio.INTERRUPT_STATUS, mmio.QUEUE_READY].map(read)).toEqual([0, 0, 0]);
    expect(device.log.at(-1)).toBe('reset');
    expect(device.queues.some((each) => each.isEnabled)).toBe(false);
    driver.release();
    driver.start(PACKED_FEATURES, [16, 8]);
    expect(driver.status).toBe(15);
  });
});

describe('VirtioMmio queues', () => {
  it('are not set up before FEATURES_OK', () => {
    const { driver, read } = makeTransport();
    driver.addStatus(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    driver.setUpQueue(0, 8);
    expect(read(mmio.QUEUE_READY)).toBe(0);
  });

  it('keep their set-up while they are ready', () => {
    const { driver, write, device } = makeTransport();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    write(mmio.QUEUE_SEL, 0);
    for (let offset = mmio.QUEUE_DESC_LOW; offset <= mmio.QUEUE_DEVICE_HIGH; offset += 4) write(offset, 0x10);
    write(mmio.QUEUE_NUM, 2);
    write(mmio.QUEUE_READY, 1);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    expect(device.chains.length).toBe(1);
    expect(device.queues[0].size).toBe(8);
  });

  it('are stopped by QueueReady 0', () => {
    const { driver, read, write, device } = makeTransport();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    write(mmio.QUEUE_SEL, 0);
    expect(read(mmio.QUEUE_READY)).toBe(1);
    write(mmio.QUEUE_READY, 0);
    expect(read(mmio.QUEUE_READY)).toBe(0);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    expect(device.chains).toEqual([]);
  });

  it('are reset one by one, and used anew by the same device', () => {
    const { driver, read, write, device } = makeTransport();
    const queues = driver.start(SPLIT_FEATURES, [8, 8]);
    queues[0].request([Uint8Array.of(1)], []);
    queues[0].kick();
    write(mmio.QUEUE_SEL, 0);
    write(mmio.QUEUE_RESET, 1);
    expect([mmio.QUEUE_RESET, mmio.QUEUE_READY].map(read)).toEqual([0, 0]);
    expect(device.chains[0].isStale).toBe(true);
    expect(device.queues.map((queue) => queue.isEnabled)).toEqual([false, true]);
    device.chains.length = 0;
    const again = driver.setUpQueue(0, 4);
    again.request([Uint8Array.of(1, 2)], []);
    again.kick();
    expect(device.chains.map((chain) => chain.readableLength)).toEqual([2]);
    device.complete();
    expect(again.takeUsed().length).toBe(1);
  });

  it('are not reset without VIRTIO_F_RING_RESET', () => {
    const { driver, write, device } = makeTransport();
    driver.start(SPLIT_FEATURES & ~features.VIRTIO_F_RING_RESET, [8]);
    write(mmio.QUEUE_SEL, 0);
    write(mmio.QUEUE_RESET, 1);
    expect(device.queues[0].isEnabled).toBe(true);
  });

  it('notify the device only when both are ready', () => {
    const { driver, write, device } = makeTransport();
    driver.negotiate(SPLIT_FEATURES);
    const queue = driver.setUpQueue(0, 8);
    queue.kick();
    driver.addStatus(STATUS_DRIVER_OK);
    for (const index of [1, 2, 0xffff_ffff]) write(mmio.QUEUE_NOTIFY, index);
    expect(device.log.filter((entry) => entry.startsWith('notify'))).toEqual([]);
    queue.kick();
    expect(device.log.filter((entry) => entry.startsWith('notify'))).toEqual(['notify 0']);
  });
});

describe('VirtioMmio interrupts', () => {
  it('report a configuration change with a new generation', () => {
    const { driver, device, interrupt, read } = makeTransport();
    driver.start(SPLIT_FEATURES, [8]);
    const generation = read(mmio.CONFIG_GENERATION);
    device.transport.notifyConfig();
    expect(read(mmio.CONFIG_GENERATION)).toBe(generation + 1);
    expect(interrupt.level).toBe(true);
    expect(driver.acknowledge()).toBe(2);
    expect(interrupt.level).toBe(false);
  });

  it('are acknowledged bit by bit', () => {
    const { driver, device, interrupt, read, write } = makeTransport();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    device.complete();
    device.transport.notifyConfig();
    expect(read(mmio.INTERRUPT_STATUS)).toBe(3);
    write(mmio.INTERRUPT_ACK, 2);
    expect([read(mmio.INTERRUPT_STATUS), interrupt.level]).toEqual([1, true]);
    write(mmio.INTERRUPT_ACK, 0xffff_fffd);
    expect([read(mmio.INTERRUPT_STATUS), interrupt.level]).toEqual([0, false]);
  });

  it('do not come before DRIVER_OK', () => {
    const { driver, transport, interrupt } = makeTransport();
    driver.negotiate(SPLIT_FEATURES);
    transport.notifyConfig();
    driver.setUpQueue(0, 3);
    expect(driver.needsReset).toBe(true);
    expect(interrupt.rises).toBe(0);
  });

  it('turn a failure of the device into DEVICE_NEEDS_RESET', () => {
    const { driver, device, messages } = makeTransport();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    device.onNotify = () => {
      throw new Error('boom');
    };
    queue.kick();
    expect(driver.needsReset).toBe(true);
    expect(driver.acknowledge()).toBe(2);
    expect(messages).toEqual(['needs reset: notify failed: boom']);
  });
});
