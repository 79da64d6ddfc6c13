import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { Core, EXIT_BUDGET, EXIT_IDLE } from '../../src/core/core.ts';

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
