/** The device tree of the board against what Linux's bindings ask of it. */
import { describe, expect, it } from 'vitest';
import { boardTree } from '../../src/machine/board-tree.ts';

const tree = boardTree({
  harts: 1,
  ramBase: 0x8000_0000,
  ramSize: 0x400_0000,
  paging: 'sv48',
  placements: [],
  append: '',
  rngSeed: new Uint8Array(32),
});
const cpu = tree.children!.find(({ name }) => name === 'cpus')!.children![0]!.properties;

describe('a hart (riscv/extensions.yaml)', () => {
  const extensions = cpu['riscv,isa-extensions'] as readonly string[];

  it.each([
    ['d', 'f'],
    ['zacas', 'zaamo'],
    ['zcb', 'zca'],
    ['zcd', 'zca'],
    ['zcd', 'd'],
  ])('lists with %s what it depends on, %s', (name, other) => {
    expect(extensions).toContain(name);
    expect(extensions).toContain(other);
  });

  it('has a string of the deprecated form, with the same names', () => {
    const isa = cpu['riscv,isa'] as string;
    expect(isa).toMatch(
      /^rv(?:64|32)imaf?d?q?c?b?k?j?p?v?h?(?:[hsxz](?:[0-9a-z])+)?(?:_[hsxz](?:[0-9a-z])+)*$/,
    );
    const [first, ...names] = isa.split('_');
    expect([...first!.slice('rv64'.length), ...names]).toEqual(extensions);
    expect(new Set(extensions).size).toBe(extensions.length);
  });
});
