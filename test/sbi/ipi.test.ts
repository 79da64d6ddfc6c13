import { expect, test } from 'vitest';
import { END, error, setUp } from './fake-host.ts';

const IPI = 0x735049;

function running() {
  const machine = setUp();
  machine.host.states.fill('started');
  return machine;
}

test.each<[string, number | bigint, number | bigint, boolean[]]>([
  ['some', 0b0101, 0, [true, false, true, false]],
  ['from a base', 0b11, 2, [false, false, true, true]],
  ['all', 0, -1, [true, true, true, true]],
  ['none', 0, 0, [false, false, false, false]],
  ['none, whatever the base', 0, 1000, [false, false, false, false]],
])('%s', (_, mask, base, expected) => {
  const { ecall, host } = running();
  expect(ecall(IPI, 0, mask, base)).toEqual([0, 0]);
  expect(host.softwareInterrupts).toEqual(expected);
});

test.each<[string, number | bigint, number | bigint]>([
  ['a hart that is not there', 0b10001, 0],
  ['a base beyond the harts', 1, 4],
  ['a sum that would wrap to hart 0', 0b100, END - 2n],
  ['the last bit', 1n << 63n, 0],
])('refuses %s and sends nothing', (_, mask, base) => {
  const { ecall, host } = running();
  expect(ecall(IPI, 0, mask, base)).toEqual(error(-3));
  expect(host.softwareInterrupts).not.toContain(true);
});

test('a stopped hart gets none, a suspended one does', () => {
  const { ecall, host } = running();
  host.states[1] = 'stopped';
  host.states[2] = 'suspended';
  expect(ecall(IPI, 0, 0b110, 0)).toEqual([0, 0]);
  expect(host.softwareInterrupts).toEqual([false, false, true, false]);
});
