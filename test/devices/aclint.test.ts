import { describe, expect, it } from 'vitest';
import { Bus } from '../../src/bus.ts';
import {
  AclintClint,
  AclintSswi,
  CLINT_SIZE,
  MTIME,
  MTIMECMP_BASE,
  SSWI_SIZE,
} from '../../src/devices/aclint.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const makeClint = () => {
  const state = { time: 0x1_0000_0002n, timecmp: [0n, 0n] };
  const lines = [new RecordedLine(), new RecordedLine()];
  const clint = new AclintClint(
    {
      readTime: () => state.time,
      writeTime: (value) => void (state.time = value),
      readTimecmp: (hart) => state.timecmp[hart],
      writeTimecmp: (hart, value) => void (state.timecmp[hart] = value),
    },
    lines,
  );
  const bus = new Bus();
  bus.map(0x200_0000, CLINT_SIZE, clint, 'clint');
  return { state, lines, clint, bus, at: (offset: number) => 0x200_0000 + offset };
};

describe('AclintClint', () => {
  it('drives MSIP of the hart from bit 0 of msip', () => {
    const { bus, at, lines, clint } = makeClint();
    bus.write(at(4), 4, 0xffff_ffff);
    expect(lines.map((line) => line.level)).toEqual([false, true]);
    expect(bus.read(at(4), 4)).toBe(1);
    expect(bus.read(at(0), 8)).toBe(0);
    expect(bus.high).toBe(1);
    bus.write(at(4), 4, 0xffff_fffe);
    expect(lines[1].level).toBe(false);
    bus.write(at(0), 8, 1, 1);
    expect(lines.map((line) => line.level)).toEqual([true, true]);
    clint.reset();
    expect(lines.map((line) => line.level)).toEqual([false, false]);
    expect(bus.read(at(4), 4)).toBe(0);
  });

  it('reads and writes mtime in one piece and by halves', () => {
    const { bus, at, state } = makeClint();
    expect(bus.read(at(MTIME), 8)).toBe(2);
    expect(bus.high).toBe(1);
    expect(bus.read(at(MTIME), 4)).toBe(2);
    expect(bus.read(at(MTIME + 4), 4)).toBe(1);
    bus.write(at(MTIME), 8, 0xffff_ffff, 0x8000_0000);
    expect(state.time).toBe(0x8000_0000_ffff_ffffn);
    bus.write(at(MTIME), 4, 7);
    bus.write(at(MTIME + 4), 4, 0xffff_ffff);
    expect(state.time).toBe(0xffff_ffff_0000_0007n);
  });

  it('reads and writes mtimecmp of each hart', () => {
    const { bus, at, state } = makeClint();
    bus.write(at(MTIMECMP_BASE + 8), 8, 0x9abc_def0, 0x1234_5678);
    expect(state.timecmp).toEqual([0n, 0x1234_5678_9abc_def0n]);
    bus.write(at(MTIMECMP_BASE + 12), 4, 0xffff_ffff);
    bus.write(at(MTIMECMP_BASE), 4, 5);
    expect(state.timecmp).toEqual([5n, 0xffff_ffff_9abc_def0n]);
    expect(bus.read(at(MTIMECMP_BASE + 8), 8)).toBe(0x9abc_def0);
    expect(bus.high).toBe(0xffff_ffff);
    expect(bus.read(at(MTIMECMP_BASE + 12), 4)).toBe(0xffff_ffff);
  });

  it('reads as zero and ignores writes where there is no hart', () => {
    const { bus, at, state } = makeClint();
    for (const offset of [8, 0x3ff8, MTIMECMP_BASE + 16, MTIME - 8, MTIME + 8, 0xfff8])
      for (const size of [4, 8]) {
        bus.write(at(offset), size, 1, 1);
        expect(bus.fault).toBe(false);
        expect(bus.read(at(offset), size)).toBe(0);
        expect(bus.high).toBe(0);
      }
    expect(state).toEqual({ time: 0x1_0000_0002n, timecmp: [0n, 0n] });
  });

  it('faults on bytes and half words', () => {
    const { bus, at } = makeClint();
    bus.read(at(MTIME), 2);
    expect(bus.fault).toBe(true);
    bus.write(at(0), 1, 1);
    expect(bus.fault).toBe(true);
  });

  it('describes itself as QEMU does', () => {
    expect(makeClint().clint.fdtNode()).toEqual({
      name: 'clint',
      properties: { compatible: ['sifive,clint0', 'riscv,clint0'] },
    });
  });
});

describe('AclintSswi', () => {
  it('raises SSIP on a write of 1 and reads as zero', () => {
    const lines = [new RecordedLine(), new RecordedLine()];
    const bus = new Bus();
    const sswi = new AclintSswi(lines);
    bus.map(0x2f0_0000, SSWI_SIZE, sswi, 'sswi');
    bus.write(0x2f0_0000, 4, 0xffff_fffe);
    bus.write(0x2f0_0008, 4, 1);
    expect(lines.map((line) => line.level)).toEqual([false, false]);
    bus.write(0x2f0_0004, 4, 1);
    expect(lines.map((line) => line.level)).toEqual([false, true]);
    expect(bus.read(0x2f0_0004, 4)).toBe(0);
    expect(sswi.fdtNode().properties).toEqual({
      compatible: 'riscv,aclint-sswi',
      'interrupt-controller': true,
      '#address-cells': 0,
      '#interrupt-cells': 0,
    });
  });
});
