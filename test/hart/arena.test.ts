import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { Core } from '../../src/core/core.ts';
import { UNFORCED } from '../support/jit-mode.ts';

test('more code than the block arena holds', () => {
  const core = new Core({
    module: new WebAssembly.Module(readFileSync('dist/core.wasm')),
    ramSize: 8 << 20,
    harts: 1,
    paging: 9,
    tickInstructions: 100,
    host: { mmioRead: () => 0, mmioWrite: () => {}, time: () => 0 },
    jit: { mode: UNFORCED },
  });
  // A block every four bytes, each some 80 bytes decoded: many times what the arena has.
  const block = assemble('c.addi a0, 1\n c.j next\n next:').bytes;
  const end = assemble('c.addi a1, 1\n li t0, 0x80000000\n jr t0', { origin: 0x80000000n }).bytes;
  const blocks = (core.ram.length - end.length - 4) >> 2;
  for (let i = 0; i < blocks; i++) core.ram.set(block, i * 4);
  core.ram.set(end, blocks * 4);
  core.exports.startHart(0, 0x80000000n);
  // Twice through, so that what was dropped is decoded again.
  for (let i = 0; i < 100 && core.readX(0, 11) < 2n; i++) core.exports.run(100_000);
  expect(core.readX(0, 11)).toBe(2n);
  expect(core.readX(0, 10) >= BigInt(blocks * 2)).toBe(true);
  const rest = core.readX(0, 10) - BigInt(blocks * 2);
  expect(core.instructionCount).toBeGreaterThanOrEqual(BigInt(blocks * 4) + rest * 2n);
});
