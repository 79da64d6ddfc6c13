import { describe, expect, it } from 'vitest';
import { Bus, type MmioDevice } from '../src/bus.ts';

/** Records accesses; reads give the offset plus 0x8000_0000. */
class Probe implements MmioDevice {
  readonly log: string[] = [];
  constructor(readonly accessSizes?: MmioDevice['accessSizes']) {}
  read(offset: number, size: number): number {
    this.log.push(`r${size}@${offset}`);
    return 0x8000_0000 + offset;
  }
  write(offset: number, size: number, value: number): void {
    this.log.push(`w${size}@${offset}=${value.toString(16)}`);
  }
}

describe('Bus', () => {
  it('routes to the mapped device with an offset into its window', () => {
    const bus = new Bus();
    const devices = [0x1000, 0x3000, 0x2000].map((base) => {
      const probe = new Probe();
      bus.map(base, 0x100, probe, `probe@${base}`);
      return { base, probe };
    });
    for (const { base, probe } of devices) {
      expect(bus.read(base + 8, 4)).toBe(0x8000_0008);
      expect(bus.fault).toBe(false);
      bus.write(base + 0xfc, 4, -1);
      expect(probe.log).toEqual(['r4@8', 'w4@252=ffffffff']);
    }
    expect(bus.mappings.map((mapping) => mapping.base)).toEqual([0x1000, 0x2000, 0x3000]);
  });

  it('asks with a size of 0 whether there is a device, and not the device', () => {
    const bus = new Bus();
    const probe = new Probe();
    bus.map(0x1000, 0x100, probe, 'probe');
    expect([0x1000, 0x10ff, 0xfff, 0x1100].map((address) => (bus.read(address, 0), bus.fault))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(probe.log).toEqual([]);
  });

  it('cuts what a device returns and what it is given to the access size', () => {
    const bus = new Bus();
    const probe = new Probe();
    bus.map(0, 0x400, probe, 'probe');
    expect(bus.read(0x312, 1)).toBe(0x12);
    expect(bus.read(0x312, 2)).toBe(0x312);
    bus.write(0, 1, 0x1234);
    bus.write(0, 2, 0x12345);
    expect(probe.log.slice(2)).toEqual(['w1@0=34', 'w2@0=2345']);
  });

  it.each([
    ['no device below', 0x0ff8, 4],
    ['no device above', 0x1020, 4],
    ['between devices', 0x1800, 4],
    ['misaligned', 0x1002, 4],
    ['misaligned half', 0x1001, 2],
    ['too wide for the device', 0x1000, 8],
    ['across the end of the window', 0x101c, 8],
    ['a size that does not exist', 0x1000, 3],
    ['a negative address', -4, 4],
  ])('faults: %s', (_name, address, size) => {
    const bus = new Bus();
    const probe = new Probe();
    bus.map(0x1000, 0x20, probe, 'low');
    bus.map(0x2000, 0x20, probe, 'high');
    expect(bus.read(address, size)).toBe(0);
    expect(bus.fault).toBe(true);
    bus.read(0x1000, 4);
    expect(bus.fault).toBe(false);
    bus.write(address, size, 0);
    expect(bus.fault).toBe(true);
    expect(probe.log).toEqual(['r4@0']);
  });

  it('faults below the smallest size of the device and across a short window', () => {
    const bus = new Bus();
    bus.map(0x1000, 0x1c, new Probe({ min: 4, max: 8 }), 'probe');
    bus.read(0x1000, 2);
    expect(bus.fault).toBe(true);
    bus.read(0x1018, 8);
    expect(bus.fault).toBe(true);
    bus.read(0x1018, 4);
    expect(bus.fault).toBe(false);
  });

  it('splits 8-byte accesses, low half first', () => {
    const bus = new Bus();
    const probe = new Probe({ min: 1, max: 8 });
    bus.map(0x1000, 0x20, probe, 'probe');
    expect(bus.read(0x1008, 8)).toBe(0x8000_0008);
    expect(bus.high).toBe(0x8000_000c);
    bus.write(0x1010, 8, 0x11, 0x22);
    expect(probe.log).toEqual(['r4@8', 'r4@12', 'w4@16=11', 'w4@20=22']);
    bus.read(0x1008, 4);
    expect(bus.high).toBe(0);
  });

  it('gives 8-byte accesses whole to a device that takes them', () => {
    const bus = new Bus();
    let written = 0n;
    bus.map(
      0x1000,
      0x20,
      {
        accessSizes: { min: 4, max: 8 },
        read: () => 0,
        write: () => {},
        read64: () => 0xfedc_ba98_7654_3210n,
        write64: (_offset, value) => void (written = value),
      },
      'probe',
    );
    expect(bus.read(0x1000, 8)).toBe(0x7654_3210);
    expect(bus.high).toBe(0xfedc_ba98);
    bus.write(0x1000, 8, -1, 0x7fff_ffff);
    expect(written).toBe(0x7fff_ffff_ffff_ffffn);
  });

  it('turns an exception of a device into an access fault', () => {
    const messages: string[] = [];
    const bus = new Bus((message) => messages.push(message));
    const broken = (): never => {
      throw new Error('boom');
    };
    bus.map(0x1000, 0x20, { read: broken, write: broken }, 'broken');
    expect(bus.read(0x1004, 4)).toBe(0);
    expect(bus.fault).toBe(true);
    bus.write(0x1004, 4, 1);
    expect(bus.fault).toBe(true);
    expect(messages).toEqual([
      'broken: read of 4 bytes at offset 0x4 failed: boom',
      'broken: write of 4 bytes at offset 0x4 failed: boom',
    ]);
  });

  it('refuses windows that overlap, are empty or misaligned', () => {
    const bus = new Bus();
    bus.map(0x1000, 0x1000, new Probe(), 'first');
    expect(() => bus.map(0x1ff8, 8, new Probe(), 'second')).toThrow(
      'second at 0x1ff8..0x1fff overlaps first at 0x1000..0x1fff',
    );
    expect(() => bus.map(0x800, 0x801, new Probe(), 'second')).toThrow(RangeError);
    expect(() => bus.map(0x800, 0x4000, new Probe(), 'second')).toThrow(RangeError);
    expect(() => bus.map(0x2000, 0, new Probe(), 'second')).toThrow(RangeError);
    expect(() => bus.map(0x2004, 8, new Probe(), 'second')).toThrow(RangeError);
    bus.map(0x2000, 8, new Probe(), 'second');
    bus.map(0xff8, 8, new Probe(), 'third');
  });
});
