/** Programs without an operating system, as microbenchmarks and tests run them. */
import { afterEach, describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { createProgram, type Program, type ProgramOptions } from '../../src/bindings/node/index.ts';
import { buildElf } from '../images/elf-builder.ts';
import { JIT } from '../support/jit-mode.ts';

const RAM = 0x80000000n;

const programs: Program[] = [];
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.dispose()));
});

const load = async (source: string | Uint8Array, options: ProgramOptions & { worker?: boolean } = {}) => {
  const program = await createProgram(source, { jit: JIT, ...options });
  programs.push(program);
  return program;
};

const PRINT = `
print:  li   t0, 0x10000000
1:      lbu  t1, (a0)
        beqz t1, 2f
        sb   t1, (t0)
        addi a0, a0, 1
        j    1b
2:      ret`;

describe.each([false, true])('a program (worker: %s)', (worker) => {
  it('as text, to an ebreak and on', async () => {
    const program = await load(
      `
_start: la   a0, first
        call print
        li   a0, 7
        ebreak
        la   a0, second
        call print
        li   t0, 0x100000
        li   t1, 0x53333
        sw   t1, (t0)
        j    .
        ${PRINT}
first:  .asciz "one\\n"
second: .asciz "two\\n"`,
      { worker },
    );
    const first = await program.run();
    expect(first).toMatchObject({ stop: { reason: 'ebreak', hart: 0 }, code: undefined, output: 'one\n' });
    expect(first.registers[0].x[10]).toBe(7n);
    const second = await program.run();
    expect(second).toMatchObject({ stop: { reason: 'ended' }, code: 5, output: 'two\n' });
    expect(first.instructions + second.instructions).toBe((await program.machine.statistics()).instructions);
  });

  it('to a place, with input', async () => {
    const source = `
        li   s0, 0x10000000
next:   lbu  t0, 5(s0)
        andi t0, t0, 1
        beqz t0, next
        lbu  a0, (s0)
got:    add  s1, s1, a0
        j    next`;
    const program = await load(source, { worker, input: 'ABC' });
    expect((await program.run({ until: 'got' })).registers[0].x[10]).toBe(65n);
    expect((await program.run({ until: ['got'] })).registers[0].x[10]).toBe(66n);
    expect((await program.run({ until: assemble(source).symbols.get('got') })).stop).toMatchObject({
      reason: 'breakpoint',
    });
  });
});

describe('a program', () => {
  it('as an ELF file that ends by tohost', async () => {
    const { bytes, symbols } = assemble(`
        la   t0, tohost
        la   t1, value
        ld   a0, (t1)
        sd   a0, (t0)
        j    .
        .balign 64
tohost: .dword 0
value:  .dword (9 << 1) | 1`);
    const file = buildElf({
      segments: [{ virtual: RAM, bytes }],
      symbols: [...symbols].map(([name, value]) => ({ name, value })),
    });
    const program = await load(file);
    expect(await program.run()).toMatchObject({ code: 9, stop: { reason: 'tohost' } });
    await program.machine.memory.write(symbols.get('value')!, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    await program.machine.harts[0].write('pc', RAM);
    expect(await program.run()).toMatchObject({ code: 0 });
  });

  it('does the same each time, to the instruction', async () => {
    const source = `li s0, 100000\n 1: csrr a0, time\n add s1, s1, a0\n addi s0, s0, -1\n bnez s0, 1b\n ebreak`;
    const results = [];
    for (let i = 0; i < 2; i++) {
      const { instructions, registers, time } = await (await load(source)).run();
      expect(time).toBeGreaterThan(0);
      results.push({ instructions, registers });
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('counts instructions by kind, each one', async () => {
    const source = `
        li   s0, 1000
        la   s1, data
1:      ld   a0, (s1)
        sd   a0, 8(s1)
        mul  a1, a0, s0
        c.addi s0, -1
        bnez s0, 1b
        ebreak
        .balign 8
data:   .dword 5, 0`;
    const program = await load(source, { countInstructions: true });
    const { instructions } = await program.run();
    const counts = new Map((await program.machine.instructionCounts()).map((each) => [each.name, each]));
    expect(counts.get('ld')).toEqual({ name: 'ld', kind: 'load', count: 1000, compressed: 0 });
    expect(counts.get('mul')).toMatchObject({ kind: 'alu', count: 1000 });
    expect(counts.get('bne')).toMatchObject({ kind: 'branch', count: 1000 });
    expect(counts.get('addi')!.compressed).toBe(1000);
    expect([...counts.values()].reduce((sum, { count }) => sum + count, 0)).toBe(instructions);
  });

  it('may be stopped by limits and signals', async () => {
    const program = await load('j .', { limits: { instructions: 5000 } });
    expect(await program.run()).toMatchObject({
      stop: { reason: 'limit' },
      instructions: 5000,
      code: undefined,
    });
    const endless = await load('j .');
    await expect(endless.run({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it.each<[string, string | Uint8Array, RegExp | object]>([
    ['text that is wrong', 'addi a0, a1', { code: 'ASSEMBLY' }],
    ['a file that is empty', new Uint8Array(), { code: 'IMAGE_FORMAT' }],
    ['neither text nor bytes', 5 as never, { code: 'ARGUMENT' }],
    ['text whose start is elsewhere', 'nop\n_start: nop', { code: 'ARGUMENT' }],
  ])('is refused as %s', async (_, source, expected) => {
    await expect(load(source)).rejects.toMatchObject(expected);
  });
});
