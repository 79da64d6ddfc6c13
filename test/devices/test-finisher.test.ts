import { describe, expect, it } from 'vitest';
import { Bus } from '../../src/bus.ts';
import { TestFinisher, type Finish } from '../../src/devices/test-finisher.ts';

const makeFinisher = () => {
  const finishes: Finish[] = [];
  const finisher = new TestFinisher((finish) => finishes.push(finish));
  const bus = new Bus();
  bus.map(0x100000, 0x1000, finisher, 'test');
  return { finisher, finishes, bus };
};

describe('TestFinisher', () => {
  it.each([
    [0x5555, { kind: 'pass', code: 0 }],
    [0x2a_3333, { kind: 'fail', code: 0x2a }],
    [0xffff_3333, { kind: 'fail', code: 0xffff }],
    [0x7777, { kind: 'reset', code: 0 }],
  ])('write of 0x%x', (value, finish) => {
    const { bus, finishes } = makeFinisher();
    bus.write(0x100000, 4, value);
    expect(finishes).toEqual([finish]);
  });

  it('takes a half word and no byte', () => {
    const { bus, finishes } = makeFinisher();
    bus.write(0x100000, 2, 0x5555);
    expect(finishes).toEqual([{ kind: 'pass', code: 0 }]);
    bus.write(0x100000, 1, 0x55);
    expect(bus.fault).toBe(true);
  });

  it('ignores other words and other offsets, and reads as zero', () => {
    const { bus, finishes } = makeFinisher();
    bus.write(0x100000, 4, 0x1234);
    bus.write(0x100004, 4, 0x5555);
    expect(bus.read(0x100000, 4)).toBe(0);
    expect(finishes).toEqual([]);
  });

  it('describes itself as QEMU does', () => {
    const { finisher } = makeFinisher();
    expect(finisher.fdtNode()).toEqual({
      name: 'test',
      properties: { compatible: ['sifive,test1', 'sifive,test0', 'syscon'] },
    });
  });
});
