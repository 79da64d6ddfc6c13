import { expect, test } from 'vitest';
import { setUp } from './fake-host.ts';

test('names version and machine', () => {
  const { ecall } = setUp();
  expect(ecall(0x10, 0)).toEqual([0, 3 << 24]);
  expect(ecall(0x10, 1)).toEqual([0, 0x4857]);
  expect(ecall(0x10, 2)).toEqual([0, 0x10203]);
  expect(ecall(0x10, 4)).toEqual([0, 1]);
  expect(ecall(0x10, 5)).toEqual([0, 2]);
  expect(ecall(0x10, 6)).toEqual([0, 3]);
  expect(ecall(0x10, 7)).toEqual([-2, 0]);
});

test('probes what is there and nothing else', () => {
  const { ecall } = setUp();
  const probe = (eid: number | bigint) => ecall(0x10, 3, eid)![1];
  const present = [
    0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x53525354, 0x4442434e, 0x53555350, 0x504d55,
  ];
  for (const eid of [...present, 0, 1, 2, 3, 4, 5, 6, 7, 8]) expect(probe(eid)).toBe(1);
  // NACL, STA, CPPC, SSE, FWFT, DBTR, MPXY and no extensions at all.
  const absent = [0x4e41434c, 0x535441, 0x43505043, 0x535345, 0x46574654, 0x44425452, 0x4d505859];
  for (const eid of [...absent, 9, 0x11, -1, 0x10n + 2n ** 32n]) expect(probe(eid)).toBe(0);
});
