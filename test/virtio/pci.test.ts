import { describe, expect, it } from 'vitest';
import * as config from '../../src/pci/function.ts';
import * as features from '../../src/virtio/features.ts';
import * as mmio from '../../src/virtio/mmio.ts';
import * as pci from '../../src/virtio/pci.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { MockDriver, PACKED_FEATURES, SPLIT_FEATURES } from '../support/mock-driver.ts';
import { MEMORY_BASE, PciAsMmio, PciBench } from '../support/pci-as-mmio.ts';
import { ProbeDevice } from '../support/probe-device.ts';

const { STATUS_ACKNOWLEDGE, STATUS_DRIVER, STATUS_FEATURES_OK, STATUS_DRIVER_OK } = features;
const ON = config.COMMAND_MEMORY | config.COMMAND_BUS_MASTER;

const makeBench = () => {
  const memory = new FakeMemory();
  const device = new ProbeDevice([16, 8]);
  const messages: string[] = [];
  const bench = new PciBench(device, memory, (message) => messages.push(message));
  const driver = new MockDriver(new PciAsMmio(bench), memory);
  return { memory, device, messages, bench, driver, wire: bench.wires[1] };
};

/** The capabilities of virtio that a driver finds, by their type. */
function capabilitiesOf(bench: PciBench): Record<number, Record<string, number>> {
  const found: Record<number, Record<string, number>> = {};
  let at = bench.readConfig(config.CAPABILITIES_POINTER, 1);
  for (let count = 0; at !== 0 && count < 48; count++, at = bench.readConfig(at + 1, 1)) {
    expect(bench.readConfig(at, 1)).toBe(9);
    const type = bench.readConfig(at + 3, 1);
    found[type] = {
      at,
      size: bench.readConfig(at + 2, 1),
      bar: bench.readConfig(at + 4, 1),
      offset: bench.readConfig(at + 8, 4),
      length: bench.readConfig(at + 12, 4),
    };
  }
  return found;
}

describe('the function', () => {
  it('is a virtio device without a legacy interface', () => {
    const { bench } = makeBench();
    expect([0, 8, 0x2c, 0x3c].map((offset) => bench.readConfig(offset, 4))).toEqual([
      ...[0x106a_1af4, 0x00ff_0001, 0x1100_1af4, 0x0100],
    ]);
    expect(bench.readConfig(config.STATUS, 2)).toBe(config.STATUS_CAPABILITIES);
  });

  it('says where its structures are', () => {
    const { bench } = makeBench();
    const place = { bar: 4, length: 0x1000 };
    expect(capabilitiesOf(bench)).toEqual({
      [pci.CAP_COMMON]: { at: 0x40, size: 16, ...place, offset: 0 },
      [pci.CAP_ISR]: { at: 0x50, size: 16, ...place, offset: 0x1000 },
      [pci.CAP_DEVICE]: { at: 0x60, size: 16, ...place, offset: 0x2000 },
      [pci.CAP_NOTIFY]: { at: 0x70, size: 20, ...place, offset: 0x3000 },
      [pci.CAP_PCI]: { at: 0x84, size: 20, bar: 0, length: 0, offset: 0 },
    });
    expect(bench.readConfig(0x80, 4)).toBe(4);
  });
});

describe('the common configuration', () => {
  it('has its fields in every size', () => {
    const { bench } = makeBench();
    expect(bench.read(pci.COMMON_NUM_QUEUES, 2)).toBe(2);
    expect(bench.read(pci.COMMON_CONFIG_MSIX_VECTOR, 2)).toBe(0xffff);
    expect(bench.read(pci.COMMON_QUEUE_MSIX_VECTOR, 2)).toBe(0xffff);
    expect(bench.read(pci.COMMON_CONFIG_MSIX_VECTOR, 4)).toBe(0x2ffff);
    expect([0x18, 0x19].map((at) => bench.read(at, 1))).toEqual([16, 0]);
    const sizes = [0, 1, 2, 0xffff].map((queue) => {
      bench.write(pci.COMMON_QUEUE_SELECT, 2, queue);
      return [pci.COMMON_QUEUE_SELECT, pci.COMMON_QUEUE_SIZE, pci.COMMON_QUEUE_NOTIFY_OFF].map((field) =>
        bench.read(field, 2),
      );
    });
    expect(sizes).toEqual([
      [0, 16, 0],
      [1, 8, 1],
      [2, 0, 0],
      [0xffff, 0, 0],
    ]);
    expect([0x38, 0x3c, 0xffc].map((offset) => bench.read(offset, 4))).toEqual([0, 0, 0]);
  });

  it('gives back what is written to it, until a reset', () => {
    const { bench, driver } = makeBench();
    driver.negotiate(SPLIT_FEATURES);
    bench.write(pci.COMMON_DRIVER_FEATURE_SELECT, 4, 1);
    expect(bench.read(pci.COMMON_DRIVER_FEATURE, 4)).toBe(Number(SPLIT_FEATURES >> 32n));
    bench.write(pci.COMMON_QUEUE_SELECT, 2, 1);
    bench.write(pci.COMMON_QUEUE_SIZE, 2, 4);
    const words = [0x20, 0x24, 0x28, 0x2c, 0x30, 0x34];
    words.forEach((offset) => bench.write(offset, 4, 0x1000 + offset));
    expect(words.map((offset) => bench.read(offset, 4))).toEqual(words.map((offset) => 0x1000 + offset));
    expect(bench.read(pci.COMMON_QUEUE_SIZE, 2)).toBe(4);
    bench.write(pci.COMMON_DEVICE_STATUS, 1, 0);
    expect(bench.read(pci.COMMON_QUEUE_SELECT, 2)).toBe(0);
    bench.write(pci.COMMON_QUEUE_SELECT, 2, 1);
    expect(words.map((offset) => bench.read(offset, 4))).toEqual(Array(6).fill(0));
    expect(bench.read(pci.COMMON_QUEUE_SIZE, 2)).toBe(8);
    bench.write(pci.COMMON_DRIVER_FEATURE_SELECT, 4, 1);
    expect(bench.read(pci.COMMON_DRIVER_FEATURE, 4)).toBe(0);
  });

  it('ignores writes of other sizes, and to what is read-only', () => {
    const { bench } = makeBench();
    bench.write(pci.COMMON_DEVICE_STATUS, 4, 1);
    bench.write(pci.COMMON_DEVICE_STATUS, 2, 1);
    bench.write(pci.COMMON_QUEUE_SELECT, 1, 1);
    bench.write(pci.COMMON_NUM_QUEUES, 2, 7);
    bench.write(pci.COMMON_CONFIG_GENERATION, 1, 7);
    bench.write(pci.COMMON_QUEUE_NOTIFY_OFF, 2, 7);
    bench.write(pci.COMMON_QUEUE_SIZE, 4, 1);
    bench.write(pci.COMMON_DEVICE_FEATURE_SELECT, 1, 1);
    expect([0, 0x10, 0x14, 0x18, 0x1c].map((offset) => bench.read(offset, 4))).toEqual([
      ...[0, 0x2ffff, 0, 0xffff_0010, 0],
    ]);
  });

  it('enables a queue by 1 alone', () => {
    const { bench, driver } = makeBench();
    driver.negotiate(SPLIT_FEATURES);
    const queue = driver.allocate(0x1000, 0x1000);
    [queue, 0, queue + 0x400, 0, queue + 0x800, 0].forEach((value, index) =>
      bench.write(pci.COMMON_QUEUE_DESC + 4 * index, 4, value),
    );
    for (const value of [0, 2, 0x101]) {
      bench.write(pci.COMMON_QUEUE_ENABLE, 2, value);
      expect(bench.read(pci.COMMON_QUEUE_ENABLE, 2)).toBe(0);
    }
    for (const value of [1, 0]) {
      bench.write(pci.COMMON_QUEUE_ENABLE, 2, value);
      expect(bench.read(pci.COMMON_QUEUE_ENABLE, 2)).toBe(1);
    }
  });
});

describe('a driver', () => {
  it.each([SPLIT_FEATURES, PACKED_FEATURES])('uses queues with the features 0x%x', (wanted) => {
    const { driver, device, wire, bench } = makeBench();
    const [first, second] = driver.start(wanted, [8, 4]);
    expect(driver.status).toBe(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
    const { id } = second.request([Uint8Array.of(1)], [4]);
    second.kick();
    expect(device.log.at(-1)).toBe('notify 1');
    device.complete(4);
    expect(second.takeUsed()).toEqual([{ id, length: 4 }]);
    expect(wire.level).toBe(true);
    expect([bench.read(pci.ISR_OFFSET, 1), wire.level, bench.read(pci.ISR_OFFSET, 1)]).toEqual([1, false, 0]);
    device.transport.notifyConfig();
    first.request([Uint8Array.of(1)], []);
    first.kick();
    device.complete();
    expect(bench.read(pci.COMMON_CONFIG_GENERATION, 1)).toBe(1);
    expect([bench.read(pci.ISR_OFFSET + 1, 1), wire.level]).toEqual([0, true]);
    expect([bench.read(pci.ISR_OFFSET, 1), wire.level]).toEqual([3, false]);
  });

  it('has the generation in eight bits', () => {
    const { driver, device, bench } = makeBench();
    driver.start(SPLIT_FEATURES, []);
    for (let count = 0; count < 257; count++) device.transport.notifyConfig();
    expect(bench.read(pci.COMMON_CONFIG_GENERATION, 1)).toBe(1);
    expect(bench.read(pci.COMMON_QUEUE_SELECT, 2)).toBe(0);
  });

  it('reaches the configuration of the device', () => {
    const { bench, device } = makeBench();
    expect([1, 2, 4].map((size) => bench.read(0x2008, size as 1 | 2 | 4))).toEqual([0x81, 0x82, 0x84]);
    bench.write(0x2004, 2, 7);
    expect(device.log).toEqual(['config 4 2 7']);
  });

  it('resets a queue', () => {
    const { driver, device, bench } = makeBench();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    bench.write(pci.COMMON_QUEUE_SELECT, 2, 0);
    bench.write(pci.COMMON_QUEUE_RESET, 2, 1);
    expect([pci.COMMON_QUEUE_RESET, pci.COMMON_QUEUE_ENABLE].map((field) => bench.read(field, 2))).toEqual([
      0, 0,
    ]);
    expect(bench.read(pci.COMMON_QUEUE_SIZE, 2)).toBe(16);
    expect(device.chains[0].isStale).toBe(true);
  });

  it.each([
    ['its descriptors', 0, 0x7fff_f000],
    ['what the driver writes', 2, 0x8010_0000 - 2],
    ['what the device writes', 5, 0x1],
  ])('cannot put %s outside RAM', (_name, word, value) => {
    const { driver, bench, memory } = makeBench();
    driver.negotiate(SPLIT_FEATURES);
    const queue = driver.allocate(0x1000, 0x1000);
    [queue, 0, queue + 0x400, 0, queue + 0x800, 0].forEach((good, index) =>
      bench.write(pci.COMMON_QUEUE_DESC + 4 * index, 4, index === word ? value : good),
    );
    bench.write(pci.COMMON_QUEUE_ENABLE, 2, 1);
    driver.addStatus(STATUS_DRIVER_OK);
    expect(driver.needsReset).toBe(true);
    expect(memory.refusals).toBe(0);
  });

  it('cannot make a queue too large', () => {
    const { driver, bench } = makeBench();
    driver.negotiate(SPLIT_FEATURES);
    bench.write(pci.COMMON_QUEUE_SIZE, 2, 32);
    bench.write(pci.COMMON_QUEUE_ENABLE, 2, 1);
    expect(driver.needsReset).toBe(true);
  });
});

describe('access by way of the configuration', () => {
  const select = (bench: PciBench, bar: number, offset: number, length: number): void => {
    bench.writeConfig(pci.PCI_CAP_BAR, 1, bar);
    bench.writeConfig(pci.PCI_CAP_WHERE, 4, offset);
    bench.writeConfig(pci.PCI_CAP_LENGTH, 4, length);
  };

  it('reaches the BAR, also one that is not decoded', () => {
    const { bench, device } = makeBench();
    bench.writeConfig(config.COMMAND, 2, 0);
    select(bench, 4, pci.COMMON_DEVICE_STATUS, 1);
    bench.writeConfig(pci.PCI_CAP_DATA, 4, 0x0101);
    expect(bench.readConfig(pci.PCI_CAP_DATA, 1)).toBe(1);
    select(bench, 4, pci.COMMON_NUM_QUEUES, 2);
    expect(bench.readConfig(pci.PCI_CAP_DATA, 4)).toBe(2);
    select(bench, 4, pci.DEVICE_OFFSET + 8, 4);
    expect(bench.readConfig(pci.PCI_CAP_DATA, 4)).toBe(0x84);
    bench.writeConfig(pci.PCI_CAP_DATA, 4, 0x89ab_cdef);
    expect(device.log).toEqual([`config 8 4 ${0x89ab_cdef}`]);
    expect(
      [pci.PCI_CAP_BAR, pci.PCI_CAP_WHERE, pci.PCI_CAP_LENGTH].map((at) => bench.readConfig(at, 4)),
    ).toEqual([...[4, 0x2008, 4]]);
  });

  it.each([
    [0, 0, 4],
    [5, 0, 4],
    [4, 0x2008, 3],
    [4, 0x2008, 0],
    [4, 0x2008, 8],
    [4, 0x2002, 4],
    [4, 0x4000, 4],
    [4, 0xffff_fffc, 4],
  ])('leaves all else alone: BAR %i, offset %i, length %i', (bar, offset, length) => {
    const { bench, device } = makeBench();
    select(bench, bar, offset, length);
    expect(bench.readConfig(pci.PCI_CAP_DATA, 4)).toBe(0);
    bench.writeConfig(pci.PCI_CAP_DATA, 4, 1);
    expect(device.log).toEqual([]);
  });
});

describe('without bus mastering', () => {
  const command = (bench: PciBench, value: number): void => bench.writeConfig(config.COMMAND, 2, value);

  it('a device leaves memory alone, and looks at its queues when it may again', () => {
    const { driver, device, bench, messages } = makeBench();
    command(bench, config.COMMAND_MEMORY);
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    device.notify(0);
    expect(device.chains).toEqual([]);
    command(bench, ON);
    expect(device.chains.length).toBe(1);
    device.complete();
    expect(queue.takeUsed().length).toBe(1);
    command(bench, config.COMMAND_MEMORY);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    expect(device.chains).toEqual([]);
    command(bench, ON);
    expect(device.chains.length).toBe(1);
    expect(messages).toEqual([]);
  });

  it('what is under way is given up', () => {
    const { driver, device, bench, memory } = makeBench();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    queue.request([], [16]);
    queue.kick();
    command(bench, config.COMMAND_MEMORY);
    expect(driver.needsReset).toBe(true);
    const before = memory.bytes.slice();
    expect(device.chains[0].isStale).toBe(true);
    device.complete(16);
    expect(memory.bytes).toEqual(before);
    command(bench, ON);
    expect(driver.needsReset).toBe(true);
    driver.release();
    driver.start(SPLIT_FEATURES, [8]);
    expect(driver.needsReset).toBe(false);
  });
});

describe('a reset of the bus', () => {
  it('gives up everything', () => {
    const { driver, device, bench, wire } = makeBench();
    const [queue] = driver.start(SPLIT_FEATURES, [8]);
    queue.request([Uint8Array.of(1)], []);
    queue.kick();
    device.complete();
    expect(wire.level).toBe(true);
    bench.host.reset();
    expect(wire.level).toBe(false);
    expect(bench.readConfig(config.COMMAND, 2)).toBe(0);
    bench.turnOn();
    expect([bench.read(pci.COMMON_DEVICE_STATUS, 1), bench.read(pci.ISR_OFFSET, 1)]).toEqual([0, 0]);
    expect(device.log.at(-1)).toBe('reset');
  });
});

it('is reached where the guest has put it', () => {
  const { bench, driver } = makeBench();
  driver.negotiate(SPLIT_FEATURES);
  bench.writeConfig(config.BAR_0 + 4 * pci.BAR, 4, MEMORY_BASE + 0x8000);
  expect(bench.read(mmio.STATUS, 1)).toBe(0xff);
  expect(bench.read(0x8000 + pci.COMMON_DEVICE_STATUS, 1)).toBe(0xb);
});
