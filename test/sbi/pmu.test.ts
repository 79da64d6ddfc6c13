import { describe, expect, test } from 'vitest';
import { END, error, RAM_BASE, RAM_SIZE, setUp } from './fake-host.ts';

const PMU = 0x504d55;
const CYCLES = 1;
const INSTRUCTIONS = 2;
const firmware = (code: number) => 0xf0000 | code;
const SET_TIMER = firmware(5);
const ALL = 0b1111111111111111_101n;
const SKIP_MATCH = 1;
const CLEAR = 2;
const AUTO_START = 4;

describe('counters', () => {
  test('count and information', () => {
    const { ecall, host, sbi } = setUp();
    expect(ecall(PMU, 0)).toEqual([0, 19]);
    expect(ecall(PMU, 1, 0)).toEqual([0, (63 << 12) | 0xc00]);
    expect(ecall(PMU, 1, 2)).toEqual([0, (63 << 12) | 0xc02]);
    for (const index of [1, 19, -1, 2n ** 32n]) expect(ecall(PMU, 1, index)).toEqual(error(-3));
    host.registers[0][10] = 3n;
    host.registers[0][16] = 1n;
    host.registers[0][17] = BigInt(PMU);
    expect(sbi.call(0)).toBe(true);
    expect(host.registers[0][11] >> 63n).toBe(1n);
  });
});

describe('configuration', () => {
  test('hardware events have their fixed counters', () => {
    const { ecall, host } = setUp();
    expect(ecall(PMU, 2, 0, ALL, 0, CYCLES, 0)).toEqual([0, 0]);
    expect(ecall(PMU, 2, 0, ALL, CLEAR | AUTO_START, INSTRUCTIONS, 0)).toEqual([0, 2]);
    expect(host.counters[0]).toEqual({
      cycle: { value: 100n, isInhibited: true },
      instret: { value: 0n, isInhibited: false },
    });
    expect(host.counters[1].cycle.isInhibited).toBe(false);
  });

  test('a running counter is taken, a stopped one can be configured again', () => {
    const { ecall } = setUp();
    expect(ecall(PMU, 2, 0, 1, AUTO_START, CYCLES, 0)).toEqual([0, 0]);
    expect(ecall(PMU, 2, 0, 1, 0, CYCLES, 0)).toEqual(error(-2));
    expect(ecall(PMU, 4, 0, 1, 0)).toEqual([0, 0]);
    expect(ecall(PMU, 2, 0, 1, 0, CYCLES, 0)).toEqual([0, 0]);
  });

  test('firmware events get free counters first', () => {
    const { ecall } = setUp();
    const chosen = Array.from({ length: 17 }, () => ecall(PMU, 2, 0, ALL, 0, SET_TIMER, 0)![1]);
    expect(chosen).toEqual([...Array.from({ length: 16 }, (_, index) => index + 3), 3]);
  });

  test('the base shifts the mask', () => {
    expect(setUp().ecall(PMU, 2, 10, 0b100, 0, SET_TIMER, 0)).toEqual([0, 12]);
  });

  test('SKIP_MATCH takes the first counter, as Linux does for instructions', () => {
    const { ecall } = setUp();
    expect(ecall(PMU, 2, 0, 0b100, SKIP_MATCH | CLEAR | AUTO_START, INSTRUCTIONS, 0)).toEqual([0, 2]);
    expect(ecall(PMU, 2, 0, 0b100, SKIP_MATCH, INSTRUCTIONS, 0)).toEqual([0, 2]);
    expect(ecall(PMU, 2, 0, ALL, SKIP_MATCH, INSTRUCTIONS, 0)).toEqual(error(-2));
  });

  test.each<[string, number, (number | bigint)[]]>([
    ['the hole', -3, [0, 2, 0, CYCLES, 0]],
    ['past the counters', -3, [0, 1n << 19n, 0, CYCLES, 0]],
    ['a base that wraps', -3, [END - 1n, 2, 0, CYCLES, 0]],
    ['a reserved flag', -3, [0, 1, 0x100, CYCLES, 0]],
    ['no counter', -2, [0, 0, 0, CYCLES, 0]],
    ['an event of another counter', -2, [0, 0b100, 0, CYCLES, 0]],
    ['no event', -2, [0, ALL, 0, 0, 0]],
    ['cache references', -2, [0, ALL, 0, 3, 0]],
    ['a cache event', -2, [0, ALL, 0, 0x10000, 0]],
    ['a raw event', -2, [0, ALL, 0, 0x20000, 1]],
    ['a firmware event of others', -2, [0, ALL, 0, firmware(0), 0]],
    ['a hypervisor event', -2, [0, ALL, 0, firmware(14), 0]],
    ['reserved data', -2, [0, ALL, 0, SET_TIMER, 1]],
    ['a huge event', -2, [0, ALL, 0, 2n ** 40n + 1n, 0]],
  ])('refuses: %s', (_, code, args) => {
    const { ecall, host } = setUp();
    expect(ecall(PMU, 2, ...args)).toEqual(error(code));
    expect(host.counters[0].cycle.isInhibited).toBe(false);
  });
});

describe('start and stop', () => {
  test('hardware', () => {
    const { ecall, host } = setUp();
    expect(ecall(PMU, 3, 0, 1, 0, 0)).toEqual(error(-7));
    expect(ecall(PMU, 4, 0, 1, 0)).toEqual([0, 0]);
    expect(host.counters[0].cycle.isInhibited).toBe(true);
    expect(ecall(PMU, 4, 0, 1, 0)).toEqual(error(-8));
    expect(ecall(PMU, 3, 0, 1, 0, 999)).toEqual([0, 0]);
    expect(host.counters[0].cycle).toEqual({ value: 100n, isInhibited: false });
    expect(ecall(PMU, 4, 0, 1, 0)).toEqual([0, 0]);
    expect(ecall(PMU, 3, 0, 1, 1, END - 5n)).toEqual([0, 0]);
    expect(host.counters[0].cycle.value).toBe(END - 5n);
  });

  test('stopping all stops what runs, as Linux wants at boot', () => {
    const { ecall, host } = setUp();
    expect(ecall(PMU, 2, 0, ALL, AUTO_START, SET_TIMER, 0)).toEqual([0, 3]);
    expect(ecall(PMU, 4, 0, ALL, 1)).toEqual(error(-8));
    expect(host.counters[0].cycle.isInhibited).toBe(true);
    expect(host.counters[0].instret.isInhibited).toBe(true);
    ecall(0x54494d45, 0, 1);
    expect(ecall(PMU, 5, 3)).toEqual([0, 0]);
    // The mapping is gone, too.
    expect(ecall(PMU, 3, 3, 1, 0, 0)).toEqual(error(-3));
  });

  test.each<[string, number, number, (number | bigint)[]]>([
    ['start: the hole', 3, -3, [1, 1, 0, 0]],
    ['start: no such counter', 3, -3, [19, 1, 0, 0]],
    ['start: reserved flag', 3, -3, [0, 1, 4, 0]],
    ['start: both initial values', 3, -3, [0, 1, 3, 0]],
    ['start: firmware counter without an event', 3, -3, [3, 1, 0, 0]],
    ['start: snapshot', 3, -9, [0, 1, 2, 0]],
    ['stop: the hole', 4, -3, [1, 1, 0]],
    ['stop: no such counter', 4, -3, [0, 1n << 63n, 0]],
    ['stop: reserved flag', 4, -3, [0, 1, 4]],
    ['stop: snapshot', 4, -9, [0, 1, 2]],
    ['snapshot memory', 7, -2, [RAM_BASE, 0, 0]],
  ])('%s', (_, fid, code, args) => {
    const { ecall, host } = setUp();
    expect(ecall(PMU, fid, ...args)).toEqual(error(code));
    expect(host.counters[0].cycle.isInhibited).toBe(false);
  });
});

describe('firmware counters', () => {
  test('count on the harts where it happens', () => {
    const { ecall, ecallOn, host } = setUp(2);
    host.states.fill('started');
    const events = [5, 6, 7, 8, 9, 10, 11, 12, 13];
    for (const hart of [0, 1]) {
      events.forEach((code, index) => {
        expect(ecallOn(hart, PMU, 2, 3, 0xffff, AUTO_START, firmware(code), 0)).toEqual([0, 3 + index]);
      });
    }
    ecall(0x54494d45, 0, 1);
    ecall(0, 0, 1);
    ecall(0x735049, 0, 0b11, 0); // to itself, which does not count, and to hart 1
    ecall(0x52464e43, 0, 0, -1);
    ecall(0x52464e43, 1, 0, -1, 0, 0);
    ecall(0x52464e43, 2, 0b10, 0, 0, 0, 1);
    const read = (hart: number) => events.map((_, index) => ecallOn(hart, PMU, 5, 3 + index)![1]);
    expect(read(0)).toEqual([2, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(read(1)).toEqual([0, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  test('keep their value while stopped, start from a value, and wrap', () => {
    const { ecall } = setUp();
    const tick = () => ecall(0x54494d45, 0, 1);
    ecall(PMU, 2, 3, 1, 0, SET_TIMER, 0);
    tick();
    expect(ecall(PMU, 5, 3)).toEqual([0, 0]);
    expect(ecall(PMU, 3, 3, 1, 1, END - 1n)).toEqual([0, 0]);
    expect(ecall(PMU, 3, 3, 1, 0, 0)).toEqual(error(-7));
    tick();
    tick();
    expect(ecall(PMU, 5, 3)).toEqual([0, 1]);
    expect(ecall(PMU, 4, 3, 1, 0)).toEqual([0, 0]);
    tick();
    expect(ecall(PMU, 5, 3)).toEqual([0, 1]);
    expect(ecall(PMU, 3, 3, 1, 0, 0)).toEqual([0, 0]);
    tick();
    expect(ecall(PMU, 5, 3)).toEqual([0, 2]);
  });

  test('reading', () => {
    const { ecall } = setUp();
    expect(ecall(PMU, 6, 18)).toEqual([0, 0]);
    for (const index of [0, 1, 2, 19, -1]) {
      expect(ecall(PMU, 5, index)).toEqual(error(-3));
      expect(ecall(PMU, 6, index)).toEqual(error(-3));
    }
  });

  test('are free again after the hart stopped or the machine was reset', () => {
    for (const end of ['stop', 'reset'] as const) {
      const { ecall, host, sbi } = setUp();
      ecall(PMU, 2, 0, ALL, AUTO_START, SET_TIMER, 0);
      ecall(PMU, 4, 0, 1, 0);
      ecall(0x54494d45, 0, 1);
      if (end === 'stop') ecall(0x48534d, 1);
      else sbi.reset();
      expect(ecall(PMU, 5, 3)).toEqual([0, 0]);
      expect(ecall(PMU, 2, 3, 1, 0, SET_TIMER, 0)).toEqual([0, 3]);
      expect(host.counters[0].cycle.isInhibited).toBe(false);
    }
  });
});

describe('event information', () => {
  function withEvents(...events: [index: number, data: bigint][]) {
    const machine = setUp();
    events.forEach(([index, data], entry) => {
      machine.host.memory.setUint32(RAM_BASE + 16 * entry, index);
      machine.host.memory.setUint32(RAM_BASE + 16 * entry + 4, 0xffffffff);
      machine.host.memory.setUint64(RAM_BASE + 16 * entry + 8, data);
    });
    return machine;
  }

  test('says which events are supported', () => {
    const { ecall, host } = withEvents(
      [CYCLES, 0n],
      [3, 0n],
      [SET_TIMER, 0n],
      [SET_TIMER, 1n],
      [INSTRUCTIONS, 0n],
    );
    expect(ecall(PMU, 8, RAM_BASE, 0, 5, 0)).toEqual([0, 0]);
    const outputs = [0, 1, 2, 3, 4].map((entry) => host.memory.getUint32(RAM_BASE + 16 * entry + 4));
    expect(outputs).toEqual([1, 0, 1, 0, 1]);
  });

  test('a reserved bit in any entry stops the call before it writes', () => {
    const { ecall, host } = withEvents([CYCLES, 0n], [1 << 20, 0n]);
    expect(ecall(PMU, 8, RAM_BASE, 0, 2, 0)).toEqual(error(-3));
    expect(host.memory.getUint32(RAM_BASE + 4)).toBe(0xffffffff);
  });

  test.each<[string, number, (number | bigint)[]]>([
    ['nothing to do', 0, [RAM_BASE, 0, 0, 0]],
    ['flags', -3, [RAM_BASE, 0, 1, 1]],
    ['misaligned', -3, [RAM_BASE + 8, 0, 1, 0]],
    ['high half', -5, [RAM_BASE, 1, 1, 0]],
    ['below RAM', -5, [0x1000, 0, 1, 0]],
    ['past RAM', -5, [RAM_BASE + RAM_SIZE - 16, 0, 2, 0]],
    ['wraps', -5, [RAM_BASE, 0, 2n ** 60n, 0]],
    ['more than one call takes', -1, [RAM_BASE, 0, 4097, 0]],
  ])('%s', (_, code, args) => {
    expect(setUp().ecall(PMU, 8, ...args)).toEqual(error(code));
  });
});
