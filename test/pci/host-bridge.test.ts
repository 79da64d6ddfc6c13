import { describe, expect, it } from 'vitest';
import { Bus } from '../../src/bus.ts';
import type { PciDevice } from '../../src/pci/bus.ts';
import * as pci from '../../src/pci/function.ts';
import { PciFunction, type PciFunctionOptions } from '../../src/pci/function.ts';
import { PciHost } from '../../src/pci/host-bridge.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const ECAM = 0x3000_0000;
const PORTS = 0x0300_0000;
const MEMORY = 0x4000_0000;
const ALL_ONES = 0xffff_ffff;
const BAR_SIZE = 0x4000;

/** A device with a BAR, whose registers note what is done to them. */
class NotingDevice implements PciDevice {
  readonly log: string[] = [];
  readonly commands: number[] = [];
  readonly function: PciFunction;

  constructor(options: Partial<PciFunctionOptions> = {}) {
    this.function = new PciFunction({
      vendorId: 0x1234,
      deviceId: 0x5678,
      revision: 9,
      classCode: 0x010203,
      subsystemVendorId: 0xabcd,
      subsystemId: 0xef01,
      hasInterrupt: true,
      bars: [
        {
          index: 2,
          size: BAR_SIZE,
          isPrefetchable: true,
          registers: {
            read: (offset, size) => {
              this.log.push(`read ${offset} ${size}`);
              return 0x600d;
            },
            write: (offset, size, value) => void this.log.push(`write ${offset} ${size} ${value}`),
          },
        },
      ],
      capabilities: [
        {
          id: 9,
          offset: 0x50,
          body: Uint8Array.of(4, 7, 0xaa, 0xbb),
          writable: Uint8Array.of(0, 0, 0, 0xf0),
        },
        { id: 5, offset: 0x40, body: Uint8Array.of(1, 2) },
      ],
      onCommand: (command) => this.commands.push(command),
      ...options,
    });
  }

  reset(): void {
    this.function.reset();
  }
}

function makeHost(devices: Readonly<Record<number, PciDevice>> = {}) {
  const wires = Array.from({ length: 4 }, () => new RecordedLine());
  const host = new PciHost({ interrupts: wires, memoryBase: MEMORY });
  for (const [number, device] of Object.entries(devices)) host.attach(Number(number), device);
  const failures: string[] = [];
  const bus = new Bus((message) => failures.push(message));
  bus.map(ECAM, 0x1000_0000, host, 'ecam');
  bus.map(PORTS, 0x1_0000, host.ports, 'ports');
  bus.map(MEMORY, 0x4000_0000, host.memory, 'memory');
  const config = (number: number, offset: number): number => ECAM + (number << 15) + offset;
  return { wires, host, bus, config, failures };
}

/** The BAR at an address, decoded. */
function enable({ bus, config }: ReturnType<typeof makeHost>, number: number, address: number): void {
  bus.write(config(number, pci.BAR_0 + 8), 8, address >>> 0, Math.floor(address / 2 ** 32));
  bus.write(config(number, pci.COMMAND), 2, pci.COMMAND_MEMORY);
}

describe('configuration space', () => {
  it('has the root complex as device 0, as QEMU shows it', () => {
    const { bus, config } = makeHost();
    const words = Array.from({ length: 64 }, (_, index) => bus.read(config(0, 4 * index), 4));
    const expected = Array(64).fill(0);
    Object.assign(expected, { 0: 0x0008_1b36, 2: 0x0600_0000, 11: 0x1100_1af4 });
    expect(words).toEqual(expected);
  });

  it('is all ones where there is no device, no function, no bus, and behind 256 bytes', () => {
    const device = new NotingDevice();
    const { bus, config } = makeHost({ 3: device });
    const functions = Array.from({ length: 7 }, (_, index) => config(3, (index + 1) << 12));
    const otherBuses = [1, 2, 255].map((number) => ECAM + (number << 20) + (3 << 15));
    for (const address of [config(1, 0), config(31, 0), ...functions, ...otherBuses, config(3, 0x100)]) {
      expect([1, 2, 4].map((size) => bus.read(address, size))).toEqual([0xff, 0xffff, ALL_ONES]);
      expect([bus.read(address, 8), bus.high, bus.fault]).toEqual([ALL_ONES, ALL_ONES, false]);
      bus.write(address, 4, 0);
      expect(bus.read(address, 4)).toBe(ALL_ONES);
    }
  });

  it('has the header of a function in every size', () => {
    const { bus, config } = makeHost({ 1: new NotingDevice() });
    const words = [0, 4, 8, 0xc, 0x10, 0x14, 0x18, 0x1c, 0x2c, 0x30, 0x34, 0x38, 0x3c];
    expect(words.map((offset) => bus.read(config(1, offset), 4))).toEqual([
      ...[0x5678_1234, 0x0010_0000, 0x0102_0309, 0, 0, 0, 0xc, 0, 0xef01_abcd, 0, 0x50, 0, 0x100],
    ]);
    expect([0, 1, 2, 3].map((at) => bus.read(config(1, at), 1))).toEqual([0x34, 0x12, 0x78, 0x56]);
    expect([bus.read(config(1, 0), 8), bus.high]).toEqual([0x5678_1234, 0x0010_0000]);
  });

  it('keeps what can be written, and nothing else, until a reset', () => {
    const setting = makeHost({ 1: new NotingDevice() });
    const { bus, config, host } = setting;
    const before = Array.from({ length: 64 }, (_, index) => bus.read(config(1, 4 * index), 4));
    for (let offset = 0; offset < 256; offset += 4) bus.write(config(1, offset), 4, ALL_ONES);
    const after = Array.from({ length: 64 }, (_, index) => bus.read(config(1, 4 * index), 4));
    const expected = [...before];
    expected[1] |= pci.COMMAND_MEMORY | pci.COMMAND_BUS_MASTER | pci.COMMAND_INTX_DISABLE;
    expected[3] = 0xff;
    expected[6] = 0xffff_c00c;
    expected[7] = ALL_ONES;
    expected[15] = 0x1ff;
    expected[21] |= 0xf000;
    expect(after.map((word) => word >>> 0)).toEqual(expected.map((word) => word >>> 0));
    host.reset();
    expect(Array.from({ length: 64 }, (_, index) => bus.read(config(1, 4 * index), 4))).toEqual(before);
  });

  it('takes bytes and halfwords', () => {
    const { bus, config } = makeHost({ 1: new NotingDevice() });
    bus.write(config(1, pci.INTERRUPT_LINE), 1, 0x5a);
    bus.write(config(1, pci.COMMAND), 2, 0xffff);
    bus.write(config(1, pci.BAR_0 + 8 + 2), 2, 0x4123);
    expect(bus.read(config(1, pci.INTERRUPT_LINE), 4)).toBe(0x15a);
    expect(bus.read(config(1, pci.COMMAND), 4)).toBe(0x0010_0406);
    expect(bus.read(config(1, pci.BAR_0 + 8), 4)).toBe(0x4123_000c);
    bus.write(config(1, pci.COMMAND + 1), 1, 0);
    expect(bus.read(config(1, pci.COMMAND), 2)).toBe(6);
  });

  it('lists capabilities in their order', () => {
    const { bus, config } = makeHost({ 1: new NotingDevice() });
    expect(bus.read(config(1, pci.CAPABILITIES_POINTER), 1)).toBe(0x50);
    expect(bus.read(config(1, 0x50), 4)).toBe(0x0704_4009);
    expect(bus.read(config(1, 0x40), 4)).toBe(0x0201_0005);
  });

  it('tells the device of its command register alone', () => {
    const device = new NotingDevice();
    const { bus, config } = makeHost({ 1: device });
    bus.write(config(1, pci.COMMAND), 2, 4);
    bus.write(config(1, pci.COMMAND), 4, 6);
    bus.write(config(1, pci.COMMAND), 1, 2);
    bus.write(config(1, pci.STATUS), 2, ALL_ONES);
    bus.write(config(1, pci.BAR_0), 4, ALL_ONES);
    expect(device.commands).toEqual([4, 6, 2]);
  });

  it('leaves a window to the device', () => {
    const seen: string[] = [];
    const window = {
      offset: 0x60,
      read: (at: number, size: number) => 0x1000 + 16 * at + size,
      write: (at: number, size: number, value: number) => void seen.push(`${at} ${size} ${value}`),
    };
    const { bus, config } = makeHost({ 1: new NotingDevice({ window }) });
    expect([bus.read(config(1, 0x60), 4), bus.read(config(1, 0x62), 2)]).toEqual([0x1004, 0x1022]);
    bus.write(config(1, 0x61), 1, 7);
    expect(seen).toEqual(['1 1 7']);
    expect([bus.read(config(1, 0x5c), 4), bus.read(config(1, 0x64), 4)]).toEqual([0, 0]);
  });
});

describe('BARs', () => {
  it('show their size, and are decoded where they are put', () => {
    const device = new NotingDevice();
    const setting = makeHost({ 1: device });
    const { bus, config } = setting;
    bus.write(config(1, pci.BAR_0 + 8), 4, ALL_ONES);
    expect(~(bus.read(config(1, pci.BAR_0 + 8), 4) & ~15) + 1).toBe(BAR_SIZE);
    enable(setting, 1, MEMORY + 0x10_0000);
    expect(bus.read(MEMORY + 0x10_0004, 4)).toBe(0x600d);
    bus.write(MEMORY + 0x10_3ffe, 2, 7);
    expect(device.log).toEqual(['read 4 4', 'write 16382 2 7']);
    expect(bus.read(MEMORY + 0x0f_fffc, 4)).toBe(ALL_ONES);
    expect(bus.read(MEMORY + 0x10_4000, 4)).toBe(ALL_ONES);
    enable(setting, 1, MEMORY + 0x20_0000);
    expect(bus.read(MEMORY + 0x10_0004, 4)).toBe(ALL_ONES);
    expect(bus.read(MEMORY + 0x20_0004, 4)).toBe(0x600d);
  });

  it('are decoded only while memory is enabled', () => {
    const device = new NotingDevice();
    const setting = makeHost({ 1: device });
    enable(setting, 1, MEMORY);
    expect(setting.bus.read(MEMORY, 1)).toBe(0x0d);
    setting.bus.write(setting.config(1, pci.COMMAND), 2, 0);
    expect(setting.bus.read(MEMORY, 1)).toBe(0xff);
    enable(setting, 1, MEMORY);
    setting.host.reset();
    setting.bus.write(MEMORY, 4, 1);
    expect(device.log).toEqual(['read 0 1']);
  });

  it.each([0, 0x1000, 0x1000_0000, ECAM, 0x8000_0000, 0x1_4000_0000, 2 ** 53, 2 ** 64 - BAR_SIZE])(
    'are harmless at %d, which is no place of theirs',
    (address) => {
      const device = new NotingDevice();
      const setting = makeHost({ 1: device });
      const before = setting.bus.read(ECAM, 4);
      enable(setting, 1, address);
      expect(setting.bus.read(ECAM, 4)).toBe(before);
      for (let offset = 0; offset < 2 ** 30; offset += 0x0100_0000)
        expect(setting.bus.read(MEMORY + offset, 4)).toBe(ALL_ONES);
      setting.bus.read(0x1000_0000, 4);
      expect(setting.bus.fault).toBe(true);
      expect(device.log).toEqual([]);
    },
  );

  it('overlap without harm: the lower device number answers', () => {
    const devices = [new NotingDevice(), new NotingDevice()];
    const setting = makeHost({ 4: devices[0], 2: devices[1] });
    enable(setting, 4, MEMORY);
    enable(setting, 2, MEMORY);
    setting.bus.write(MEMORY, 4, 1);
    expect(devices.map(({ log }) => log.length)).toEqual([0, 1]);
  });
});

describe('I/O ports', () => {
  it('are nobody’s', () => {
    const { bus } = makeHost();
    bus.write(PORTS + 0xcf8, 4, 0x8000_0000);
    expect([bus.read(PORTS + 0xcfc, 4), bus.read(PORTS, 1), bus.read(PORTS + 0xfffe, 2)]).toEqual([
      ...[ALL_ONES, 0xff, 0xffff],
    ]);
    expect(bus.fault).toBe(false);
  });
});

describe('INTA', () => {
  it('leads to the wire of the device number, which devices share', () => {
    const devices = [1, 2, 3, 4, 5].map((number) => [number, new NotingDevice()] as const);
    const { wires } = makeHost(Object.fromEntries(devices));
    const levels = (): boolean[] => wires.map(({ level }) => level);
    const pins = Object.fromEntries(devices.map(([number, device]) => [number, device.function.interrupt]));
    for (const number of [1, 2, 3, 4]) {
      pins[number].set(true);
      expect(levels()).toEqual([0, 1, 2, 3].map((wire) => wire === number % 4));
      pins[number].set(false);
    }
    pins[1].set(true);
    pins[5].set(true);
    pins[1].set(false);
    expect(levels()).toEqual([false, true, false, false]);
    pins[5].set(false);
    expect(levels()).toEqual([false, false, false, false]);
  });

  it('can be disabled, and the status tells of it all the same', () => {
    const device = new NotingDevice();
    const { bus, config, wires, host } = makeHost({ 2: device });
    const hasStatus = (): boolean => (bus.read(config(2, pci.STATUS), 2) & pci.STATUS_INTERRUPT) !== 0;
    expect(hasStatus()).toBe(false);
    bus.write(config(2, pci.COMMAND), 2, pci.COMMAND_INTX_DISABLE);
    device.function.interrupt.set(true);
    expect([hasStatus(), wires[2].level]).toEqual([true, false]);
    expect(bus.read(config(2, pci.COMMAND), 4)).toBe(0x0018_0400);
    expect(bus.read(config(2, pci.STATUS), 1)).toBe(0x18);
    bus.write(config(2, pci.COMMAND + 1), 1, 0);
    expect([hasStatus(), wires[2].level]).toEqual([true, true]);
    bus.write(config(2, pci.COMMAND + 1), 1, 4);
    expect(wires[2].level).toBe(false);
    host.reset();
    device.function.interrupt.set(false);
    expect([hasStatus(), wires[2].level]).toEqual([false, false]);
  });
});

describe('a hostile guest', () => {
  it.each(fuzzSeeds(4))('does no harm by nonsense (seed %i)', (seed) => {
    const random = new Random(seed);
    const devices = Object.fromEntries([1, 5, 31].map((number) => [number, new NotingDevice()]));
    const { bus, config, failures } = makeHost(devices);
    let answers = 0;
    for (let step = 0; step < 20_000; step++) {
      const number = random.pick([0, 1, 5, 31, random.below(32)]);
      const place = random.pick([MEMORY, MEMORY, 0x8000_0000, ECAM, PORTS, 0]) + random.below(8) * BAR_SIZE;
      const [near, likely] = random.pick([
        [pci.COMMAND, random.pick([2, 6])],
        [pci.BAR_0 + 8, place],
        [pci.BAR_0 + 12, 0],
        [random.below(0x1000), random.uint32()],
      ]);
      const inWindow = MEMORY + random.below(8) * BAR_SIZE + random.below(BAR_SIZE);
      const address = random.oneIn(2)
        ? config(number, near)
        : random.oneIn(4)
          ? PORTS + random.below(0x1_0000)
          : inWindow;
      const size = random.pick([1, 2, 4, 8, 3]);
      if (random.oneIn(2))
        bus.write(address, size, random.oneIn(8) ? random.uint32() : likely, random.below(2));
      else {
        const low = bus.read(address, size);
        if (!(low >= 0 && low < 2 ** Math.min(32, 8 * size))) expect.fail(`read of ${size} gave ${low}`);
        if (low === 0x600d) answers++;
      }
    }
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(0);
    for (const { log } of Object.values(devices))
      for (const line of log) expect(Number(line.split(' ')[1])).toBeLessThan(BAR_SIZE);
  });
});
