/**
 * How much floating point runs in translated code: by which way it is written,
 * and that this follows what the program computes.
 */
import { describe, expect, it } from 'vitest';
import { GuestProgram } from '../support/guest-program.ts';

/** Counters of the core, by their place. */
const INSTRUCTIONS = 0;
const REGIONS = 1;
const SIDE_EXITS = 7;

/** Side exits until a region is written anew. */
const MANY_EXITS = 1024;

interface Share {
  /** Of the program's instructions, those in translated code. */
  readonly translated: number;
  readonly sideExits: number;
  readonly regions: number;
  /** Bits of fs0 at the end. */
  readonly result: bigint;
}

function run(source: string): Share {
  const guest = new GuestProgram(
    `
    li t0, 0x6000 # FS
    csrs mstatus, t0
    ${source}
    fmv.x.d s1, fs0
    j finish

    # fa0 = the dot product of the vectors at a0 and a1 of a2 elements
    dot:
      fmv.d.x fa0, x0
    1:
      fld fa1, 0(a0)
      fld fa2, 0(a1)
      fmadd.d fa0, fa1, fa2, fa0
      fmul.d fa3, fa1, fa2
      fsub.d fa4, fa3, fa1
      fadd.d fa3, fa4, fa1
      fcvt.l.d t0, fa3, rtz
      fcvt.d.l fa4, t0
      fmax.d fa5, fa3, fa4
      addi a0, a0, 8
      addi a1, a1, 8
      addi a2, a2, -1
      bnez a2, 1b
      ret

    # fills the a2 doubles at a0 with multiples of fa0
    fill:
      li t0, 1
    1:
      fcvt.d.l fa1, t0
      fmul.d fa1, fa1, fa0
      fsd fa1, 0(a0)
      addi a0, a0, 8
      addi t0, t0, 1
      bleu t0, a2, 1b
      ret

    # twelve hundred dot products of vectors of a hundred multiples of fs1
    products:
      mv s2, ra
      li s3, 1200
      fmv.d.x fs0, x0
      li a0, DATA
      li a2, 100
      fmv.d fa0, fs1
      call fill
    1:
      li a0, DATA
      li a1, DATA
      li a2, 100
      call dot
      fadd.d fs0, fs0, fa0
      addi s3, s3, -1
      bnez s3, 1b
      jr s2
  `,
    { jit: 'on', threshold: 20 },
  );
  guest.run(1_000_000_000);
  return {
    translated: guest.core.jitCounter(INSTRUCTIONS) / guest.instructionCount,
    sideExits: guest.core.jitCounter(SIDE_EXITS),
    regions: guest.core.jitCounter(REGIONS),
    result: guest.x('s1'),
  };
}

const withStep = (text: string): string => `
  li t0, ${text}
  fmv.d.x fs1, t0
  call products
`;
const TWO = withStep('0x4000000000000000');
const TENTH = withStep('0x3fb999999999999a');

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]!;
}

describe('floating point in translated code', () => {
  it('is translated where every result is exact', () => {
    const share = run(TWO);
    expect(share.result).toBe(bitsOf(1200 * 4 * 338350));
    expect(share.translated).toBeGreaterThan(0.98);
    expect(share.sideExits).toBeLessThan(20);
  });

  it('is translated where results are inexact', () => {
    const share = run(TENTH);
    expect(share.translated).toBeGreaterThan(0.98);
    expect(share.sideExits).toBeLessThan(4 * MANY_EXITS);
  });

  it('is translated anew when results become inexact', () => {
    const share = run(TWO + TENTH);
    expect(share.translated).toBeGreaterThan(0.98);
    expect(share.sideExits).toBeLessThan(4 * MANY_EXITS);
  });

  it('is translated for both when that changes often, and then stays so', () => {
    const TURNS = 60;
    const turns = (count: number): Share =>
      run(`
        li s4, ${count}
      turn:
        ${TENTH}
        csrw fflags, x0
        ${TWO}
        addi s4, s4, -1
        bnez s4, turn
      `);
    const few = turns(TURNS);
    const many = turns(2 * TURNS);
    expect(many.translated).toBeGreaterThan(0.98);
    expect(many.regions).toBe(few.regions);
    // In each turn little leaves but the first inexact result.
    expect(many.sideExits - few.sideExits).toBeLessThan(40 * TURNS);
  });
});
