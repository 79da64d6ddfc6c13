/** Loops that walk through memory (assembly/jit/page-loop.ts), against the interpreter: how they are shaped. */
import { describe, expect, it } from 'vitest';
import { scattered } from './page-loop-program.ts';
import { runLoops } from './page-loops.ts';

interface Walk {
  /** Bytes that the accesses span which are checked together, by group: those of two or four rounds where each moves evenly. */
  readonly spans: readonly number[];
  /** The loop but for its end: s0 walks on by STRIDE, s2 by 8, a0 gathers what was read. */
  readonly body: string;
}

const WALKS: Readonly<Record<string, Walk>> = {
  'loads at several offsets': {
    spans: [48],
    body: `ld a1, 0(s0)
      lbu a2, -1(s0)
      lh a3, 14(s0)
      lw a4, -32(s0)
      add a0, a0, a1
      xor a0, a0, a2
      sub a0, a0, a3
      add a0, a0, a4
      addi s0, s0, STRIDE`,
  },
  'stores at several offsets': {
    spans: [57],
    body: `sd a0, 0(s0)
      sb s1, -33(s0)
      sw a0, 20(s0)
      sh s1, -2(s0)
      addi a0, a0, 77
      addi s0, s0, STRIDE`,
  },
  'loads and stores by one base': {
    spans: [20],
    body: `lw a1, 4(s0)
      add a0, a0, a1
      sw a0, 8(s0)
      lhu a2, 16(s0)
      sb a2, -2(s0)
      lb a3, 9(s0)
      add a0, a0, a3
      addi s0, s0, STRIDE`,
  },
  'a base that moves before the access': {
    spans: [8 + 3 * 8, 1 + 3 * 8],
    body: `addi s0, s0, STRIDE
      ld a1, (s0)
      add a0, a0, a1
      sb a0, -3(s2)
      addi s2, s2, 8`,
  },
  'a base that moves between accesses': {
    spans: [28],
    body: `ld a1, (s0)
      addi s0, s0, 12
      sw a1, 4(s0)
      add a0, a0, a1
      addi s0, s0, -20
      ld a2, 16(s0)
      lbu a3, (s0)
      add a0, a0, a2
      sub a0, a0, a3
      addi s0, s0, STRIDE + 8`,
  },
  'a copy by two bases': {
    spans: [8 + 3 * 8, 16],
    body: `ld a1, (s0)
      ld a2, -8(s0)
      sd a1, (s2)
      xor a0, a0, a2
      addi s0, s0, STRIDE
      addi s2, s2, 8`,
  },
  'more bases than groups': {
    spans: [1, 2 + 8, 4 + 8, 8 + 8, 1 + 8, 2 + 8],
    body: `mv a7, s0
      lb a1, (s0)
      lh a2, (s2)
      lw a3, (s3)
      ld a4, (s4)
      lbu a5, 3(s5)
      lhu a6, -2(s6)
      ld t1, 8(s7)
      sd t1, (s8)
      add a0, a0, a1
      add a0, a0, a2
      add a0, a0, a3
      add a0, a0, a4
      add a0, a0, a5
      add a0, a0, a6
      addi s0, s0, STRIDE
      addi s2, s2, 8
      addi s3, s3, 8
      addi s4, s4, 8
      addi s5, s5, 8
      addi s6, s6, 8
      addi s7, s7, 8
      addi s8, s8, 8`,
  },
  'misaligned accesses before an aligned one': {
    spans: [13],
    body: `ld a1, 3(s0)
      lw a2, 5(s0)
      lhu a3, 7(s0)
      ld a4, 8(s0)
      add a0, a0, a1
      add a0, a0, a2
      add a0, a0, a3
      add a0, a0, a4
      addi s0, s0, STRIDE`,
  },
  'offsets that are too far apart': {
    spans: [8],
    body: `ld a1, -1200(s0)
      ld a2, 1200(s0)
      sd a2, 16(s0)
      add a0, a0, a1
      addi s0, s0, STRIDE`,
  },
  'floating-point registers': {
    spans: [24],
    body: `fld f1, (s0)
      flw f2, 8(s0)
      fsd f1, 16(s0)
      fsw f2, 4(s0)
      fmv.x.d a1, f1
      fmv.x.w a2, f2
      add a0, a0, a1
      add a0, a0, a2
      addi s0, s0, STRIDE`,
  },
  'atomics beside': {
    spans: [16],
    body: `ld a1, (s0)
      sw a1, 12(s0)
      amoadd.d a2, a1, (s9)
      lr.w a3, (s9)
      addi a3, a3, 1
      sc.w a4, a3, (s9)
      andi a5, s0, -8
      amoxor.d a6, a2, (a5)
      lw a7, 4(s0)
      add a0, a0, a7
      xor a0, a0, a2
      addi s0, s0, STRIDE`,
  },
};

/** Enough rounds to come to a third page, from near the end of the first one; to a second one, byte by byte. */
const roundsOf = (stride: number) => (stride === 1 ? 250 : stride < 4096 ? Math.ceil(4500 / stride) : 30);

interface Start {
  readonly stride: number;
  readonly misalignment: number;
}

function loopOf({ body }: Walk, { stride, misalignment }: Start): string {
  // What an immediate cannot hold is in a register.
  const text = stride < 2048 ? body : body.replace(/addi s0, s0, (STRIDE.*)$/m, 'li t3, $1\n add s0, s0, t3');
  return `
    li s0, PAGE + 0x1000 - 96 + ${misalignment}
    li s2, PAGE + 0x3000 - 40
    li s3, PAGE + 0x3000 - 80
    li s4, PAGE + 0x3000 - 120
    li s5, PAGE + 0x2000 - 16
    li s6, PAGE + 0x4000 - 64
    li s7, PAGE + 0x5000 - 64
    li s8, PAGE + 0x6000 - 64
    li s1, ${roundsOf(stride)}
    1: ${text.replaceAll('STRIDE', String(stride))}
    addi s1, s1, -1
    bnez s1, 1b`;
}

const walk = (shape: Walk, calls: number, starts: readonly Start[]) =>
  scattered(`
    csrwi fflags, 1
    li s10, ${calls}
    li s9, PAGE + 0x7000
    again: ${starts.map((start) => loopOf(shape, start)).join('\n')}
    addi s10, s10, -1
    bnez s10, again`);

const ALIGNED = [8, 24, 4096, 5000].map((stride) => ({ stride, misalignment: 0 }));
const MISALIGNED = [1, 3, 6].map((misalignment) => ({ stride: 24, misalignment }));

describe('a walk through pages', () => {
  it.each(Object.keys(WALKS))('%s', async (name) => {
    const { spans, known, share } = await runLoops(walk(WALKS[name], 12, ALIGNED));
    expect(spans).toEqual(expect.arrayContaining([...WALKS[name].spans]));
    expect(known).toBeGreaterThan(100);
    expect(share).toBeGreaterThan(0.6);
  });

  it.each(Object.keys(WALKS))('%s, byte by byte and misaligned', async (name) => {
    const { share } = await runLoops(walk(WALKS[name], 12, [{ stride: 1, misalignment: 0 }, ...MISALIGNED]));
    expect(share).toBeGreaterThan(0.3);
  });

  it.each(['loads and stores by one base', 'a copy by two bases', 'floating-point registers'])(
    '%s, after any number of instructions',
    async (name) => {
      const { share } = await runLoops(walk(WALKS[name], 6, ALIGNED.slice(1)), (index) => 1 + (index % 200));
      expect(share).toBeGreaterThan(0.5);
    },
  );
});
