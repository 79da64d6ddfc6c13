/**
 * Every integer instruction that is translated, against the interpreter: loops
 * over tables of operands, run both ways, must leave the same results, registers
 * and instruction counts.
 */
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/assembler/encode.ts';
import { FIELDS, INSTRUCTIONS, type InstructionDescription } from '../../src/generated/isa.ts';
import { fieldRange } from '../../src/isa/fields.ts';
import { type Operands, operandKey } from '../../src/isa/instructions.ts';
import { INTEGERS } from '../isa/test-hart.ts';
import { DATA, GuestProgram, HOLE, PROBE } from '../support/guest-program.ts';
import { Random } from '../support/random.ts';
import { translatedInstructions } from './run-both.ts';

const SEED = Number(process.env['SEED'] ?? 1);

const [A0, A1, A2, A4] = [10, 11, 12, 14];
/** What a0 to a5 hold before an instruction; the same registers are its results. */
type Row = readonly bigint[];
const COLUMNS = 6;
const ROW_SIZE = 8 * COLUMNS;

const OPERANDS = DATA;
/** Memory that instructions work on: around here all bytes are random. */
const CELL = DATA + 0x40000n;
const CELL_BYTES = 0x2000;
const PAGE_END = CELL + 0x1000n;
const RESULTS = DATA + 0x80000n;

const random = new Random(SEED);
const random64 = () => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
const MEMORY = random.bytes(CELL_BYTES);

/** One loop over the table of operands. */
interface Form {
  readonly text: string;
  readonly body: string;
}

const wordOf = (row: InstructionDescription, operands: Operands) =>
  `.word 0x${encode(row, operands).toString(16)}`;

function formOf(row: InstructionDescription, operands: Operands, before = '', after = ''): Form {
  const text = `${row.name} ${JSON.stringify(operands)}`;
  return { text, body: `${before}\n${wordOf(row, operands)}\n${after}` };
}

const eachColumn = (line: (n: number) => string) =>
  Array.from({ length: COLUMNS }, (_, n) => line(n)).join('\n');

// A trap skips its instruction: those under test are four bytes long.
const programOf = (forms: readonly Form[], rows: number) => `
  la t0, skip
  csrw mtvec, t0
  li s2, ${RESULTS}
  li s3, ${CELL}
  ${forms
    .map(
      ({ body }) => `
    li s0, ${OPERANDS}
    li s1, ${OPERANDS + BigInt(rows * ROW_SIZE)}
  1:
    ${eachColumn((n) => `ld a${n}, ${8 * n}(s0)`)}
    ${body}
    ${eachColumn((n) => `sd a${n}, ${8 * n}(s2)`)}
    addi s0, s0, ${ROW_SIZE}
    addi s2, s2, ${ROW_SIZE}
    bne s0, s1, 1b`,
    )
    .join('\n')}
  la t0, m_trap
  csrw mtvec, t0
  j finish
  .balign 4
  skip:
    csrr t5, mepc
    addi t5, t5, 4
    csrw mepc, t5
    addi s4, s4, 1
    mret
`;

interface Outcome {
  readonly results: BigUint64Array;
  readonly memory: string;
  readonly registers: readonly string[];
  readonly instructions: number;
  /** Of them, those that were not in translated code. */
  readonly interpreted: number;
}

function load(forms: readonly Form[], rows: readonly Row[], jit: 'off' | 'force'): GuestProgram {
  const guest = new GuestProgram(programOf(forms, rows.length), { jit });
  guest.memory.write(OPERANDS, new Uint8Array(BigUint64Array.from(rows.flat()).buffer));
  guest.memory.write(CELL, MEMORY);
  return guest;
}

const registersOf = ({ core }: GuestProgram) => [
  `pc = 0x${core.readPc(0).toString(16)}`,
  ...Array.from({ length: 32 }, (_, n) => `x${n} = 0x${core.readX(0, n).toString(16)}`),
];

function run(forms: readonly Form[], rows: readonly Row[], jit: 'off' | 'force'): Outcome {
  const guest = load(forms, rows, jit).run(20_000_000);
  const size = forms.length * rows.length * ROW_SIZE;
  return {
    results: new BigUint64Array(guest.memory.view(RESULTS, size).slice().buffer),
    memory: Buffer.from(guest.memory.view(CELL, CELL_BYTES)).toString('hex'),
    registers: registersOf(guest),
    instructions: guest.instructionCount,
    interpreted: guest.instructionCount - translatedInstructions(guest),
  };
}

const hex = (values: Iterable<bigint>) => [...values].map((value) => value.toString(16)).join(' ');

/** Runs the loops both ways and compares; returns how many instructions were interpreted an iteration. */
function compare(forms: readonly Form[], rows: readonly Row[]): number {
  const expected = run(forms, rows, 'off');
  const actual = run(forms, rows, 'force');
  const at = actual.results.findIndex((value, i) => value !== expected.results[i]);
  if (at >= 0) {
    const result = Math.floor(at / COLUMNS);
    const part = ({ results }: Outcome) => hex(results.subarray(result * COLUMNS, (result + 1) * COLUMNS));
    const form = forms[Math.floor(result / rows.length)]!;
    const operands = hex(rows[result % rows.length]!);
    expect.fail(`${form.text} with ${operands}:\n${part(actual)}, expected\n${part(expected)}`);
  }
  expect(actual.registers).toEqual(expected.registers);
  expect(actual.memory).toBe(expected.memory);
  expect(actual.instructions).toBe(expected.instructions);
  return actual.interpreted / (forms.length * rows.length);
}

/** Rows of pairs in a1, a2 of values that matter, and of random ones. */
function pairs(): Row[] {
  const chosen = INTEGERS.flatMap((a) => INTEGERS.map((b) => [a, b]));
  const others = Array.from({ length: 60 }, () => [random64(), random64()]);
  return [...chosen, ...others].map(([a, b]) => [random64(), a!, b!, 3n, 4n, 5n]);
}

function singles(): Row[] {
  const values = [...INTEGERS, ...Array.from({ length: 40 }, random64)];
  return values.map((value) => [1n, value, 2n, 3n, 4n, 5n]);
}

const REGISTERS: readonly Operands[] = [
  { rd: A0, rs1: A1, rs2: A2 },
  { rd: A1, rs1: A1, rs2: A2 },
  { rd: A2, rs1: A1, rs2: A2 },
  { rd: A1, rs1: A1, rs2: A1 },
  { rd: A0, rs1: 0, rs2: A2 },
  { rd: A0, rs1: A1, rs2: 0 },
  { rd: A0, rs1: 0, rs2: 0 },
  { rd: 0, rs1: A1, rs2: A2 },
];

/** The ends of an immediate's range, and some within. */
function immediatesOf(row: InstructionDescription): number[] {
  const name = row.operands.find((operand) => operandKey(operand) === 'imm')!;
  const { min, max, step } = fieldRange(FIELDS[name]!);
  const inside = [-1, 0, 1, 5, 7, 8, 31, 32, 255, 1024].map((value) => value * step);
  return [...new Set([min, max, ...inside.filter((value) => value > min && value < max)])];
}

function aluForms(row: InstructionDescription): Form[] {
  if (row.operands.includes('rs2')) return REGISTERS.map((registers) => formOf(row, registers));
  const registers = REGISTERS.filter(({ rs2 }) => rs2 === A2).map(({ rd, rs1 }) => ({ rd: rd!, rs1: rs1! }));
  const hasImmediate = row.operands.some((operand) => operandKey(operand) === 'imm');
  if (!hasImmediate) return registers.map((operands) => formOf(row, operands));
  return immediatesOf(row).flatMap((imm) => registers.map((operands) => formOf(row, { ...operands, imm })));
}

const branchForms = (row: InstructionDescription) =>
  REGISTERS.filter(({ rd }) => rd === A0 || rd === A1).map(({ rs1, rs2 }) =>
    formOf(row, { rs1: rs1!, rs2: rs2!, imm: 8 }, '', '.word 0x00150513 # addi a0, a0, 1'),
  );

const LOAD_REGISTERS = [
  { rd: A0, rs1: A4 },
  { rd: A4, rs1: A4 },
  { rd: 0, rs1: A4 },
  { rd: A0, rs1: 0 },
];
const STORE_REGISTERS = [
  { rs2: A1, rs1: A4 },
  { rs2: A4, rs1: A4 },
  { rs2: 0, rs1: A4 },
  { rs2: A1, rs1: 0 },
];

function memoryForms(row: InstructionDescription): Form[] {
  const registers: readonly Operands[] = row.kind === 'load' ? LOAD_REGISTERS : STORE_REGISTERS;
  const readBack = (imm: number) => `
    mv t0, a4
    addi t0, t0, ${imm}
    andi t0, t0, -8
    .word 0x0002b783 # ld a5, (t0)`;
  return [0, 3, -2048, 2047].flatMap((imm) =>
    registers.map((operands) => formOf(row, { ...operands, imm }, '', readBack(imm))),
  );
}

const addressRows = (addresses: readonly bigint[]): Row[] =>
  addresses.flatMap((address) => [0, 1, 2].map(() => [1n, random64(), 2n, 3n, address, 5n]));

const ALIGNED = Array.from({ length: 32 }, (_, i) => CELL + 0x900n + 8n * BigInt(i));
const AWKWARD = [
  ...Array.from({ length: 16 }, (_, i) => CELL + 0x800n + BigInt(i)),
  ...Array.from({ length: 16 }, (_, i) => PAGE_END - 8n + BigInt(i)),
  ...[0, 1, 2, 4, 0xfc].map((offset) => BigInt(PROBE + offset)),
  BigInt(HOLE),
];

const AMO_REGISTERS: readonly Operands[] = [
  { rd: A0, rs2: A2 },
  { rd: A2, rs2: A2 },
  { rd: A4, rs2: A2 },
  { rd: A0, rs2: A4 },
  { rd: 0, rs2: A2 },
  { rd: A0, rs2: 0 },
];

// The operand in memory comes from a3 and its new value goes there.
function atomicForms(row: InstructionDescription): Form[] {
  const word = row.name.endsWith('.w') ? '.w' : '.d';
  const set = 'sd a3, (s3)';
  const get = 'ld a3, (s3)';
  if (row.name.startsWith('lr')) {
    const conditional = `sc${word} a5, a1, (s3)\n${get}`;
    return [A0, A4, 0].map((rd) => formOf(row, { rd, rs1: A4 }, set, conditional));
  }
  const registers = AMO_REGISTERS.map((operands) => ({ ...operands, rs1: A4 }));
  const plain = registers.map((operands) => formOf(row, operands, set, get));
  if (!row.name.startsWith('sc')) return plain;
  const reserve = `${set}\nlr${word} a5, (s3)`;
  const twice = registers.map((operands) => wordOf(row, operands));
  return [
    ...plain,
    ...registers.map((operands) => formOf(row, operands, reserve, get)),
    ...registers.map((operands, i) => formOf(row, operands, `${reserve}\n${twice[i]!}`, get)),
  ];
}

function formsOf(row: InstructionDescription): Form[] {
  if (row.kind === 'amo') return atomicForms(row);
  if (row.kind === 'branch') return branchForms(row);
  return row.kind === 'alu' ? aluForms(row) : memoryForms(row);
}

/** Old values in memory a3, operands a2, and for amocas what is expected in a0: often what is there. */
function atomicRows(addresses: readonly bigint[]): Row[] {
  const values = INTEGERS.filter((_, i) => i % 2 === 0);
  return addresses.flatMap((address) =>
    values.flatMap((old) =>
      values.map((operand) => [random.pick([old, old >> 32n, operand]), 7n, operand, old, address, 5n]),
    ),
  );
}

const rowsOf = (kind: InstructionDescription['kind']) =>
  INSTRUCTIONS.filter((row) => row.kind === kind && !row.aliasOf).map((row) => [row.name, row] as const);

/** Were the instruction under test interpreted, there would be 1 an iteration, and not only those of new pages. */
const FEW = 0.5;

describe(`translated instructions, seed ${SEED}`, () => {
  describe('arithmetic', () => {
    const [two, one] = [pairs(), singles()];
    it.each(rowsOf('alu'))('%s', (_, row) => {
      expect(compare(aluForms(row), row.operands.includes('rs2') ? two : one)).toBeLessThan(FEW);
    });
  });

  describe('branches', () => {
    const rows = pairs();
    it.each(rowsOf('branch'))('%s', (_, row) => {
      expect(compare(branchForms(row), rows)).toBeLessThan(FEW);
    });
  });

  describe('loads and stores', () => {
    const rows = addressRows(ALIGNED);
    it.each([...rowsOf('load'), ...rowsOf('store')])('%s', (_, row) => {
      const registers = row.kind === 'load' ? LOAD_REGISTERS : STORE_REGISTERS;
      const forms = registers.slice(0, 3).map((operands) => formOf(row, { ...operands, imm: 8 }));
      expect(compare(forms, rows)).toBeLessThan(FEW);
    });

    const awkward = addressRows(AWKWARD);
    it.each([...rowsOf('load'), ...rowsOf('store')])('%s at awkward addresses', (_, row) => {
      compare(memoryForms(row), awkward);
    });
  });

  describe('atomics', () => {
    const rows = atomicRows([CELL]);
    const atomics = rowsOf('amo').filter(([name]) => name !== 'amocas.q');
    it.each(atomics)('%s', (_, row) => {
      expect(compare(atomicForms(row), rows)).toBeLessThan(FEW);
    });

    const awkward = atomicRows([4n, 1n, 2n, 6n, 8n, 56n, 64n].map((offset) => CELL + offset));
    const elsewhere = atomicRows([BigInt(PROBE), BigInt(HOLE)]);
    it.each(atomics)('%s at awkward addresses', (_, row) => {
      compare(atomicForms(row), [...awkward, ...elsewhere]);
    });
  });

  it('stop after any number of instructions', () => {
    const kinds = ['alu', 'branch', 'load', 'store', 'amo'] as const;
    const forms = kinds.flatMap(rowsOf).map(([, row]) => formsOf(row)[0]!);
    const rows = atomicRows([CELL]).slice(0, 8);
    const [expected, actual] = [load(forms, rows, 'off'), load(forms, rows, 'force')];
    while (!expected.finish) {
      const count = 1 + random.below(100);
      expected.execute(count);
      actual.execute(count);
      expect(registersOf(actual)).toEqual(registersOf(expected));
      expect(actual.instructionCount).toBe(expected.instructionCount);
    }
    expect(translatedInstructions(actual)).toBeGreaterThan(expected.instructionCount / 2);
  });
});
