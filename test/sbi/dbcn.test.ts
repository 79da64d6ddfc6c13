import { expect, test } from 'vitest';
import { END, error, RAM_BASE, RAM_SIZE, setUp } from './fake-host.ts';

const DBCN = 0x4442434e;
const encode = (text: string) => new Uint8Array(Buffer.from(text));

test('writes', () => {
  const { ecall, host } = setUp();
  host.memory.write(RAM_BASE + 5, encode('hello'));
  expect(ecall(DBCN, 0, 5, RAM_BASE + 5, 0)).toEqual([0, 5]);
  expect(ecall(DBCN, 0, 0, RAM_BASE, 0)).toEqual([0, 0]);
  expect(host.output).toBe('hello');
});

test('a long write is partial', () => {
  const { ecall, host } = setUp();
  expect(ecall(DBCN, 0, RAM_SIZE, RAM_BASE, 0)).toEqual([0, 65536]);
  expect(host.output.length).toBe(65536);
});

test('reads what is there', () => {
  const { ecall, host } = setUp();
  host.memory.bytes.fill(0xee);
  expect(ecall(DBCN, 1, 10, RAM_BASE, 0)).toEqual([0, 0]);
  host.input = [...encode('abc')];
  expect(ecall(DBCN, 1, 2, RAM_BASE + 1, 0)).toEqual([0, 2]);
  expect(ecall(DBCN, 1, 0, RAM_BASE, 0)).toEqual([0, 0]);
  expect([...host.memory.bytes.subarray(0, 4)]).toEqual([0xee, 97, 98, 0xee]);
  expect(ecall(DBCN, 1, RAM_SIZE, RAM_BASE, 0)).toEqual([0, 1]);
  expect(host.memory.bytes[0]).toBe(99);
});

test('writes a byte', () => {
  const { ecall, host } = setUp();
  expect(ecall(DBCN, 2, 0x141)).toEqual([0, 0]);
  expect(host.output).toBe('A');
});

test.each<[string, number | bigint, number | bigint, number | bigint]>([
  ['below RAM', 1, RAM_BASE - 1, 0],
  ['past RAM', 2, RAM_BASE + RAM_SIZE - 1, 0],
  ['high half set', 1, RAM_BASE, 1],
  ['longer than RAM', RAM_SIZE + 1, RAM_BASE, 0],
  ['wraps', END - 1n, RAM_BASE, 0],
  ['all ones', END - 1n, END - 1n, END - 1n],
])('refuses memory: %s', (_, size, low, high) => {
  const { ecall, host } = setUp();
  host.input = [1];
  expect(ecall(DBCN, 0, size, low, high)).toEqual(error(-3));
  expect(ecall(DBCN, 1, size, low, high)).toEqual(error(-3));
  expect(host.output).toBe('');
  expect(host.input).toEqual([1]);
});
