/** Words that stay an i32 while a loop runs (assembly/isa/narrow.ts), against the interpreter. */
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { tenTimes } from './page-loop-program.ts';
import { runLoops } from './page-loops.ts';

/** The rest of a round: an access of a base that moves, so that the loop is written twice. */
const NEXT = `
    addi s0, s0, 4
    addi s9, s9, -1
    bnez s9, 1b`;

const LOOPS: Readonly<Record<string, string>> = {
  'used whole, and not again before the end': `
    1: lw a1, (s0)
    addw a2, a1, a0
    add a0, a0, a2
    srliw a3, a2, 13
    slliw a4, a2, 19
    or a4, a4, a3
    xor a0, a0, a4
    mv a5, a4
    sext.w a6, a5 ${NEXT}`,
  'words on one way alone': `
    1: lw a1, (s0)
    andi t0, s9, 1
    addw a2, a2, a1
    beqz t0, 2f
    slli a2, a2, 7
    subw a3, a1, a2
    2: add a0, a0, a3
    xor a0, a0, a2 ${NEXT}`,
  'left in the middle': `
    1: lw a1, (s0)
    mulw a2, a1, a1
    subw a3, a2, a0
    andi t0, s9, 0x1ff
    sltiu t0, t0, 70
    bnez t0, 2f
    addw a0, a0, a3
    sraiw a4, a3, 3
    andi t0, a1, 255
    beqz t0, 3f
    addw a5, a4, a2 ${NEXT}
    2: add a0, a0, a3
    3: add a0, a0, a4
    add a0, a0, a5`,
  'as addresses and as what is stored': `
    li a4, 0
    1: lw a1, (s0)
    andi a2, a4, 60
    add a3, s1, a2
    lw a5, (a3)
    addw a5, a5, a1
    sd a5, 64(s1)
    sh a5, 96(s1)
    addiw a4, a4, 4
    add a0, a0, a5 ${NEXT}`,
  'within a list': `
    1: lw a1, 8(s5)
    ld s5, (s5)
    addw a0, a0, a1
    negw a2, a0
    sltu a3, a2, a1
    addw a0, a0, a3
    bnez s5, 1b`,
  'across an access that may leave, and floating point': `
    li t0, 0x6000
    csrs sstatus, t0
    1: lw a1, (s0)
    addw a2, a1, a2
    fcvt.d.w f0, a2
    fadd.d f1, f1, f0
    fcvt.w.d a3, f0, rtz
    and a4, a2, a1
    slli a4, a4, 48
    srli a4, a4, 52
    add a4, a4, s2
    lbu a5, (a4)
    addw a6, a5, a3
    amoadd.w a7, a6, (s1)
    addw a0, a7, a6 ${NEXT}`,
  'that end a round as words of another kind': `
    sext.w a2, a0
    1: add a3, a3, a2
    lw a1, (s0)
    addiw a2, a1, 5
    add a0, a0, a2
    andi a2, a0, 15 ${NEXT}
    add a0, a0, a2`,
  'of bytes and halves': `
    1: lb a1, (s0)
    lh a2, 2(s0)
    lhu a3, 2(s0)
    addw a4, a1, a2
    xor a5, a1, a2
    and a6, a2, a3
    slt a7, a5, a6
    add a0, a0, a7
    add a0, a0, a5 ${NEXT}`,
};

describe('a loop with words', () => {
  it.each(Object.keys(LOOPS))('%s', async (name) => {
    const { known, share } = await runLoops(tenTimes(LOOPS[name]));
    // Where ways meet, forced translation starts regions of its own.
    if (name !== 'words on one way alone') expect(known).toBeGreaterThan(50);
    expect(share).toBeGreaterThan(0.5);
  });
});

const REGISTERS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 't1', 't2'];
const WORD = ['addw', 'subw', 'mulw', 'sllw', 'srlw', 'sraw', 'divw', 'remuw', 'rolw'];
const WHOLE = ['add', 'sub', 'xor', 'or', 'and', 'andn', 'sltu', 'sll', 'mul', 'min', 'czero.eqz'];
const IMMEDIATE = ['addiw', 'addi', 'xori', 'andi', 'slti'];

/** A loop of random operations on words and whole registers, with ways around some of them and out. */
function randomLoop(random: Random): string {
  const register = (): string => random.pick(REGISTERS);
  const values = REGISTERS.map((name, index) => `li ${name}, ${random.uint32()}${index % 2 ? '' : ' << 20'}`);
  const lines = [...values, '1: lw a1, (s0)'];
  for (let i = 0; i < 22; i++) {
    const operands = `${register()}, ${register()}`;
    const kind = random.below(10);
    if (kind < 4) lines.push(`${random.pick(WORD)} ${operands}, ${register()}`);
    else if (kind < 6) lines.push(`${random.pick(WHOLE)} ${operands}, ${register()}`);
    else if (kind < 7) lines.push(`${random.pick(IMMEDIATE)} ${operands}, ${random.below(64) - 32}`);
    else if (kind < 8) lines.push(random.oneIn(2) ? `mv ${operands}` : `sext.w ${operands}`);
    else if (kind < 9)
      lines.push(`lw ${register()}, ${4 * random.below(16)}(s1)`, `sd ${register()}, 64(s1)`);
    else if (i % 5 === 0)
      lines.push(`beq ${random.pick(['a1', 'a2', 'a3'])}, ${random.pick(['a4', 'a5', 'a6'])}, 4f`);
    else lines.push(`${random.pick(['beq', 'blt', 'bgeu'])} ${operands}, 2f`);
    if (i % 6 === 5) lines.push('2:');
  }
  return `${lines.join('\n')}\n2: ${NEXT}\n4: add a0, a0, a2`;
}

it.each(Array.from({ length: 40 }, (_, seed) => seed))('random loop %i', async (seed) => {
  const { guest } = await runLoops(tenTimes(randomLoop(new Random(1500 + seed))));
  expect(guest.x('s11')).toBe(0n);
});
