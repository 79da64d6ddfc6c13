import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { Core, EXIT_BUDGET, EXIT_IDLE } from '../../src/core/core.ts';
import { JIT } from '../support/jit-mode.ts';

const module = new WebAssembly.Module(readFileSync('dist/core.wasm'));

/** A hart that sets its timer to `deadline` and waits, with a host clock that `time` reads. */
function waiting(deadline: number, time: () => number): Core {
  const core = new Core({
    module,
    ramSize: 1 << 20,
    harts: 1,
    paging: 9,
    tickInstructions: 0,
    host: { mmioRead: () => 0, mmioWrite: () => {}, time },
    jit: JIT,
  });
  const { bytes } = assemble(`li t0, 0x80\n csrw mie, t0\n wfi\n li a0, 1\n 1: j 1b`, {
    origin: 0x80000000n,
  });
  core.ram.set(bytes);
  core.exports.writeTimecmp(0, BigInt(deadline));
  core.exports.startHart(0, 0x80000000n);
  return core;
}

test('a deadline that passes after the run has ended is not slept through', () => {
  let now = 0;
  const core = waiting(1000, () => now);
  expect(core.exports.run(100)).toBe(EXIT_IDLE);
  expect(core.exports.idleTicks()).toBe(1000);
  now = 1000;
  expect(core.exports.idleTicks()).toBe(0);
  expect(core.exports.run(100)).toBe(EXIT_BUDGET);
  expect(core.readX(0, 10)).toBe(1n);
});

test('without a timer the wait is endless', () => {
  const core = waiting(Number.MAX_SAFE_INTEGER, () => 0);
  core.exports.writeTimecmp(0, 2n ** 64n - 1n);
  expect(core.exports.run(100)).toBe(EXIT_IDLE);
  expect(core.exports.idleTicks()).toBe(Infinity);
});

test('a fence of the last page of the address space drops its translation', () => {
  const core = new Core({
    module,
    ramSize: 1 << 20,
    harts: 1,
    paging: 9,
    tickInstructions: 100,
    host: { mmioRead: () => 0, mmioWrite: () => {}, time: () => 0 },
    jit: JIT,
  });
  const view = new DataView(core.ram.buffer, core.ram.byteOffset, core.ram.length);
  const pte = (page: number, flags: number): bigint => (BigInt(0x80000 + page) << 10n) | BigInt(flags);
  // Three levels of Sv39 in pages 1 to 3; the last entry of each leads to the last page.
  view.setBigUint64(0x1ff8, pte(2, 0x01), true);
  view.setBigUint64(0x2ff8, pte(3, 0x01), true);
  view.setBigUint64(0x3ff8, pte(4, 0xc7), true);
  view.setBigUint64(0x4000, 4n, true);
  view.setBigUint64(0x5000, 5n, true);
  const last = 0xffff_ffff_ffff_f000n;
  const loaded = (): bigint => {
    expect(core.exports.loadAsSupervisor(0, last)).toBe(1);
    return core.exports.loadedValue();
  };
  core.exports.prepareSupervisor(0);
  core.exports.modifyCsr(0, 0x180, (8n << 60n) | 0x80001n);
  expect(loaded()).toBe(4n);
  view.setBigUint64(0x3ff8, pte(5, 0xc7), true);
  core.exports.flushTlbRange(0, last, 4096n);
  expect(loaded()).toBe(5n);
});
