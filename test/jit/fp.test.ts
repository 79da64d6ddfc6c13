/**
 * Every floating-point instruction in translated code, against the interpreter:
 * loops over tables of operands, run both ways, must leave the same results, fcsr
 * and instruction counts. Other tests hold the interpreter against a reference.
 *
 * How code is written depends on whether inexact had been accrued when it was
 * translated, and on what made it leave since: so the tables come with it set,
 * clear and both.
 */
import { describe, expect, it, vi } from 'vitest';
import { encode } from '../../src/assembler/encode.ts';
import { type InstructionDescription, INSTRUCTIONS } from '../../src/generated/isa.ts';
import type { Operands } from '../../src/isa/instructions.ts';
import {
  integralBorders,
  nearTie,
  Random,
  randomInteger,
  randomOperand,
  ROUNDS,
  SEED,
  specialIntegers,
  specialOperands,
} from '../fpu/operands.ts';
import {
  BINARY16,
  BINARY32,
  BINARY64,
  biasOf,
  encode as encodeNumber,
  type Format,
  I64,
  NX,
} from '../fpu/reference.ts';
import { DYN, RNE } from '../isa/float-hart.ts';
import { DATA, GuestProgram } from '../support/guest-program.ts';

vi.setConfig({ testTimeout: 20_000 * ROUNDS });

/** fa1, fa2, fa3, a5 and fcsr before an instruction, and fa0, which nothing reads. */
const COLUMNS = 6;
/** fa0, fa1, a4 and fcsr after it. */
const RESULT_COLUMNS = 4;
const RESULTS = DATA + 0x100000n;
/** There is memory for so many at a time. */
const MOST_ROWS = 8000;

const REGISTERS: readonly Operands[] = [
  { fd: 10, fs1: 11, fs2: 12, fs3: 13, rd: 14, rs1: 15 },
  { fd: 11, fs1: 11, fs2: 11, fs3: 11, rd: 0, rs1: 15 },
  { fd: 11, fs1: 12, fs2: 11, fs3: 13, rd: 14, rs1: 0 },
  { fd: 11, fs1: 12, fs2: 13, fs3: 11, rd: 15, rs1: 15 },
];

/** An instruction as one loop over the table executes it. */
interface Form {
  readonly text: string;
  readonly word: number;
}

function formsOf(row: InstructionDescription): Form[] {
  const modes = row.operands.includes('rm') ? [DYN, RNE, 1, 2, 3, 4, 5, 6] : [RNE];
  const operands = [
    ...modes.map((rm) => ({ ...REGISTERS[0], rm })),
    ...REGISTERS.slice(1).map((registers) => ({ ...registers, rm: modes[0]! })),
  ];
  return operands.map((values) => ({
    text: `${row.name} ${JSON.stringify(values)}`,
    word: encode(row, values),
  }));
}

// An illegal instruction is skipped. Accesses to fcsr end translated code.
const programOf = (forms: readonly Form[], rows: number, fcsr: bigint): string => `
  la t0, skip
  csrw mtvec, t0
  li t0, 0x2000 # FS
  csrs mstatus, t0
  li s2, ${RESULTS}
  li t1, ${fcsr}
  csrw fcsr, t1
  la t1, loops
  jr t1 # so that the rest is translated from now on
  loops:
  ${forms
    .map(
      ({ word }) => `
    li s0, ${DATA}
    li s1, ${DATA + BigInt(rows * 8 * COLUMNS)}
  1:
    ld t1, 32(s0)
    csrw fcsr, t1
    fld fa0, 40(s0)
    fld fa1, 0(s0)
    fld fa2, 8(s0)
    fld fa3, 16(s0)
    ld a5, 24(s0)
    li a4, -1
    .word 0x${word.toString(16)}
    fsd fa0, 0(s2)
    fsd fa1, 8(s2)
    sd a4, 16(s2)
    csrr t1, fcsr
    sd t1, 24(s2)
    addi s0, s0, ${8 * COLUMNS}
    addi s2, s2, ${8 * RESULT_COLUMNS}
    bne s0, s1, 1b`,
    )
    .join('\n')}
  la t0, m_trap
  csrw mtvec, t0
  j finish
  .balign 4
  skip:
    csrr t1, mepc
    addi t1, t1, 4
    csrw mepc, t1
    li a4, -2
    mret
`;

interface Outcome {
  readonly results: BigUint64Array;
  readonly instructions: number;
  /** Of them, those that were not in translated code. */
  readonly interpreted: number;
}

function run(forms: readonly Form[], rows: readonly bigint[][], jit: 'off' | 'force'): Outcome {
  const guest = new GuestProgram(programOf(forms, rows.length, rows[0]![4]!), { jit });
  guest.memory.write(DATA, new Uint8Array(BigUint64Array.from(rows.flat()).buffer));
  guest.run(1_000_000 * forms.length);
  const size = 8 * RESULT_COLUMNS * forms.length * rows.length;
  return {
    results: new BigUint64Array(guest.memory.view(RESULTS, size).slice().buffer),
    instructions: guest.instructionCount,
    interpreted: guest.instructionCount - guest.core.jitCounter(0),
  };
}

/** Runs the loops both ways and compares; returns how many instructions were interpreted an iteration. */
function compare(forms: readonly Form[], rows: readonly bigint[][]): number {
  const expected = run(forms, rows, 'off');
  const actual = run(forms, rows, 'force');
  const at = actual.results.findIndex((value, i) => value !== expected.results[i]);
  if (at >= 0) {
    const index = Math.floor(at / RESULT_COLUMNS);
    const hex = (values: Iterable<bigint>): string => [...values].map((x) => x.toString(16)).join(' ');
    const part = ({ results }: Outcome): string =>
      hex(results.subarray(index * RESULT_COLUMNS, (index + 1) * RESULT_COLUMNS));
    const operands = hex(rows[index % rows.length]!);
    const { text } = forms[Math.floor(index / rows.length)]!;
    expect.fail(`${text} with ${operands}:\n${part(actual)}, expected\n${part(expected)}, FPU_SEED=${SEED}`);
  }
  expect(actual.instructions).toBe(expected.instructions);
  return actual.interpreted / (forms.length * rows.length);
}

const FORMATS: Readonly<Record<string, Format>> = { d: BINARY64, s: BINARY32, w: BINARY32, h: BINARY16 };

/** The format of the f sources: that of the last suffix, or of moves the one that is not x. */
function sourceFormat(row: InstructionDescription): Format {
  const [operation, ...suffixes] = row.name.split('.');
  const suffix = operation === 'fmv' ? suffixes.find((name) => name !== 'x')! : suffixes.at(-1)!;
  return FORMATS[suffix] ?? BINARY64;
}

const boxOf = (format: Format): bigint => BigInt.asUintN(64, -1n << BigInt(format.width));

/** NaN-boxed, but for one in fifty. */
function boxed(random: Random, format: Format, bits: bigint): bigint {
  if (format === BINARY64) return bits;
  const flaw = 1n << BigInt(format.width + random.below(64 - format.width));
  return bits | (random.below(50) === 0 ? boxOf(format) ^ flaw : boxOf(format));
}

/** a × b as the host rounds it; for binary16, for which it does not, a. */
function product(format: Format, a: bigint, b: bigint): bigint {
  const bits = new BigUint64Array([a, b]);
  const numbers = format === BINARY64 ? new Float64Array(bits.buffer) : new Float32Array(bits.buffer);
  if (format !== BINARY16) numbers[0]! *= numbers[numbers.length / 2]!;
  return bits[0]!;
}

/** As most programs have them: positive, and neither huge nor tiny. */
function ordinary(random: Random, { width, fraction }: Format): bigint {
  const bias = 2 ** (width - fraction - 2) - 1;
  return (BigInt(bias + random.below(8)) << BigInt(fraction)) | random.bits(fraction);
}

/** Two numbers whose product has about as many bits as a significand. */
function nearExact(random: Random, { width, fraction }: Format): [bigint, bigint] {
  const bias = 2 ** (width - fraction - 2) - 1;
  /** From 1 to 2, its significand of `length` bits. */
  const number = (length: number): bigint => {
    const bits = length < 2 ? 0n : random.bits(length - 1) | 1n;
    return (BigInt(bias) << BigInt(fraction)) | (bits << BigInt(fraction - Math.max(length - 1, 0)));
  };
  const length = random.pick([1 + random.below(fraction), Math.floor(fraction / 2) + 1]);
  return [number(length), number(Math.max(1, fraction + random.below(4) - length))];
}

function* sources(random: Random, format: Format, count: number): Generator<bigint[]> {
  const { width } = format;
  const special = specialOperands(format);
  if (count === 1) for (const a of [...special, ...integralBorders(format)]) yield [a];
  if (count === 2) for (const a of special) for (const b of special) yield [a, b];
  const neighbour = (x: bigint): bigint =>
    BigInt.asUintN(width, (x ^ (BigInt(random.below(2)) << BigInt(width - 1))) + BigInt(random.below(3) - 1));
  for (let i = 0; i < 500 * ROUNDS; i++) {
    const a = randomOperand(random, format);
    const b = random.pick([neighbour(a), randomOperand(random, format), randomOperand(random, format, a)]);
    const ab = product(format, a, b);
    yield [a, b, random.pick([neighbour(ab), randomOperand(random, format, ab), random.pick(special)])];
    yield [0, 1, 2].map(() => ordinary(random, format));
    const [x, y] = nearExact(random, format);
    const xy = product(format, x, y);
    yield random.pick([
      [x, y, xy],
      [xy, y, x],
      [neighbour(product(format, x, x)), x, neighbour(xy)],
      [product(format, x, x), y, randomOperand(random, format, xy)],
    ]);
    if (count === 3) yield nearTie(random, format);
  }
}

/** fcsr before an instruction. */
const STATES: Readonly<Record<string, (random: Random) => number>> = {
  set: (random) => (random.below(16) === 0 ? random.below(256) : NX),
  clear: (random) => (random.below(16) === 0 ? random.below(256) : 0),
  both: (random) => random.pick([0, NX]),
};

function rowsOf(row: InstructionDescription, state: string): bigint[][] {
  const random = new Random(SEED);
  const format = sourceFormat(row);
  const count = row.operands.filter((operand) => operand.startsWith('fs')).length;
  const integers = specialIntegers(I64);
  return Array.from(sources(random, format, count), (values, i) => [
    ...[0, 1, 2].map((n) => boxed(random, format, values[n] ?? 0n)),
    i < integers.length ? integers[i]! : randomInteger(random, I64),
    BigInt(STATES[state]!(random)),
    0x123456789abcdefn,
  ]);
}

/** Instructions that are interpreted an iteration: those around the loop. */
const INTERPRETED = 2.5;

describe.each(INSTRUCTIONS.filter(({ kind }) => kind === 'fp'))('$name', (row) => {
  it.each(Object.keys(STATES))('does what it does in the interpreter with inexact %s', (state) => {
    const rows = rowsOf(row, state);
    for (let i = 0; i < rows.length; i += MOST_ROWS) compare(formsOf(row), rows.slice(i, i + MOST_ROWS));
  });

  it('is translated', () => {
    const random = new Random(SEED);
    const format = sourceFormat(row);
    const rows = Array.from({ length: 100 }, () => [
      ...[0, 1, 2].map(() => boxOf(format) | ordinary(random, format)),
      randomInteger(random, I64),
      BigInt(NX),
      0n,
    ]);
    expect(compare(formsOf(row).slice(0, 1), rows)).toBeLessThan(INTERPRETED);
  });

  it('is translated where it is exact and nothing inexact was before', () => {
    const random = new Random(SEED);
    const format = sourceFormat(row);
    const power = (n: number): bigint => encodeNumber(format, false, biasOf(format) + n, 0n);
    const rows = Array.from({ length: 100 }, () => [
      ...[2 * random.below(4), random.below(4), random.below(4)].map((n) => boxOf(format) | power(n)),
      BigInt(random.below(1000)),
      0n,
      0n,
    ]);
    expect(compare(formsOf(row).slice(0, 1), rows)).toBeLessThan(INTERPRETED);
  });
});
