/**
 * Statements of random programs, as assembly. What they may use:
 *
 *   WORK and f registers   anything
 *   t4, t5                 addresses and conditions, dead between statements; t0 and t6 as links
 *   s7 to s10              loop counters, by depth
 *   s4, s5, t3; s3         pointers of walks; the counter of their rounds
 *   s0, s1                 memory of the hart's own, and memory that all harts share
 *   s11                    random numbers; gp  how much deeper calls may go
 */
import { FIELDS, INSTRUCTIONS, type InstructionDescription } from '../../src/generated/isa.ts';
import { fieldRange, insertField } from '../../src/isa/fields.ts';
import type { Random } from '../support/random.ts';
import { HOLE, PROBE } from '../support/guest-program.ts';
import { COPY, DATA_OFFSET } from './random-traps.ts';

export const WORK = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 't1', 't2', 's2'];
const WORK_NUMBERS = [10, 11, 12, 13, 14, 15, 16, 17, 6, 7, 18];
/** Registers of walks (random-walks.ts). */
export const POINTERS = ['s4', 's5', 't3'];
const POINTER_NUMBERS: Readonly<Record<string, number>> = { s4: 20, s5: 21, t3: 28 };
/** Registers c.* instructions can name among them. */
const SHORT = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
const BASES = [8, 9];

const rows = (kinds: readonly string[], except: readonly string[] = []): InstructionDescription[] =>
  INSTRUCTIONS.filter(
    ({ kind, aliasOf, name }) => kinds.includes(kind) && !aliasOf && !except.includes(name),
  );

const ALU = rows(['alu']);
const MEMORY = rows(['load', 'store', 'fload', 'fstore']);
const FP = rows(['fp']);
const AMO = rows(['amo']).filter(({ name }) => name.startsWith('amo') && name !== 'amocas.q');
const BRANCHES = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu'];

/** An instruction of `row` as a word, with registers and immediates that do no harm. */
export function randomWord(random: Random, row: InstructionDescription, base?: number, imm?: number): number {
  let raw = row.match;
  for (const operand of row.operands) {
    const field = FIELDS[operand];
    let value: number;
    if (operand === 'rd') value = random.oneIn(20) ? 0 : random.pick(WORK_NUMBERS);
    else if (operand === 'rs1' && base !== undefined) value = base;
    else if (operand === 'rs1' || operand === 'rs2')
      value = random.oneIn(12) ? random.below(32) : random.pick(WORK_NUMBERS);
    else if (operand === 'rm') value = random.oneIn(3) ? random.pick([0, 1, 2, 3, 4, 5]) : 7;
    else if (/^f[sd]/.test(operand)) value = random.below(8);
    else if (imm !== undefined) value = imm;
    else {
      const { min, max, step } = fieldRange(field);
      value = min + random.below((max - min) / step + 1) * step;
    }
    raw |= insertField(field, value);
  }
  return raw >>> 0;
}

export const word = (raw: number): string => `.4byte 0x${(raw >>> 0).toString(16)}`;

export const fpWord = (random: Random): number => randomWord(random, random.pick(FP));

const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, d: 8 };

/** A load or store near to where a pointer is, mostly aligned to its size. */
export function accessWord(random: Random, pointer: string): number {
  const row = random.pick(MEMORY);
  const size = SIZES[row.name.replace(/^f?[ls]|u$/g, '')];
  const index = random.oneIn(3) ? random.below(100) - 50 : random.pick([0, 0, 1, -1, 2, 3, -2]);
  const imm = index * size + (random.oneIn(20) ? 1 : 0);
  return randomWord(random, row, POINTER_NUMBERS[pointer], imm);
}

export const aluWord = (random: Random): number => randomWord(random, random.pick(ALU));

let labels = 0;
export const label = (name = 'L'): string => `${name}_${labels++}`;

/** Sets t4 to a random number below 2^bits. */
export const chance = (bits: number): string =>
  `li t4, 0x5851f42d\n mul s11, s11, t4\n addi s11, s11, 1021\n srli t4, s11, ${64 - bits - 20}\n andi t4, t4, ${2 ** bits - 1}`;

/** A branch that is taken or not. */
export function branch(random: Random, target: string): string {
  if (random.oneIn(2))
    return `${random.pick(BRANCHES)} ${random.pick(WORK)}, ${random.pick(WORK)}, ${target}`;
  return `${chance(1 + random.below(4))}\n ${random.pick(['beqz', 'bnez'])} t4, ${target}`;
}

/** What statements need to know of the program around them. */
export interface Surroundings {
  /** Places whose instruction is changed at times: 4 bytes each. */
  readonly patches: string[];
  /** Data between the code: 8 bytes each. */
  readonly blobs: string[];
  /** Whether there is an mstatus to change, or only what U-mode may do. */
  readonly mode: 'machine' | 'paged';
  readonly harts: number;
}

type Statement = (random: Random, around: Surroundings) => string;

const alu: Statement = (random) =>
  Array.from({ length: 1 + random.below(5) }, () => word(aluWord(random))).join('\n');

const compressed: Statement = (random) => {
  const [a, b] = [random.pick(SHORT), random.pick(SHORT)];
  return random.pick([
    `c.addi ${a}, ${1 + random.below(31)}`,
    `c.li ${a}, ${random.below(32)}`,
    `c.mv ${a}, ${b}`,
    `c.add ${a}, ${b}`,
    `c.sub ${a}, ${b}`,
    `c.slli ${a}, ${1 + random.below(63)}`,
    `c.addiw ${a}, 3`,
    `c.ld ${a}, ${8 * random.below(32)}(s0)`,
    `c.sw ${a}, ${4 * random.below(32)}(s0)`,
    'c.nop',
  ]);
};

const memory: Statement = (random) => word(randomWord(random, random.pick(MEMORY), random.pick(BASES)));

const indexed: Statement = (random) => {
  const index = `andi t4, ${random.pick(WORK)}, 0x7f8\n add t4, t4, ${random.pick(['s0', 's1'])}`;
  const [a, b] = [random.pick(WORK), random.pick(WORK)];
  return `${index}\n ${random.pick([`ld ${a}, (t4)`, `sd ${a}, (t4)`, `lw ${a}, 4(t4)\n sw ${b}, (t4)`, `sb ${a}, 3(t4)\n lhu ${b}, 2(t4)`])}`;
};

/** Where pages lie that not all may access in each way; nothing is there without address translation. */
export const GUARDED = 9n << 30n;
export const GUARDED_PAGES = 9;

const guarded: Statement = (random) =>
  `li t4, ${GUARDED + BigInt(4096 * random.below(GUARDED_PAGES) + 8 * random.below(511))}\n ${random.pick(['ld', 'ld', 'sd', 'lw', 'sb', 'amoadd.d', 'fld'])} REG, (t4)`
    .replace('amoadd.d REG', `amoadd.d ${random.pick(WORK)}, a0`)
    .replace('fld REG', 'fld f1')
    .replace('REG', random.pick(WORK));

/** Loads from pages that have the same place in the TLB. */
const wide: Statement = (random) => {
  const a = random.pick(WORK);
  return `li t5, ${5 << 20}\n slli t4, ${random.pick(WORK)}, 20\n and t4, t4, t5\n add t4, t4, s1\n ld ${a}, ${8 * random.below(8)}(t4)`;
};

const misaligned: Statement = (random) =>
  `${random.pick(['lw', 'ld', 'sd', 'lhu'])} ${random.pick(WORK)}, ${1 + random.below(200)}(s0)`;

/** Across a page, the end of the hart's memory included. */
const crossing: Statement = (random) =>
  `li t4, ${2048 + 4096 * random.below(3) - 1 - random.below(7)}\n add t4, t4, s0\n ${random.pick(['ld', 'sd', 'sw', 'lw'])} ${random.pick(WORK)}, (t4)`;

const fault: Statement = (random) => {
  const target = random.pick(['0', `${HOLE}`, '-1', '-4096', '0x7ffffff8', '1 << 40', '0x80100003']);
  const operation = random.pick([
    'ld $, (t4)',
    'sd $, (t4)',
    'lw $, (t4)',
    'lr.d $, (t4)',
    'amoadd.w $, a0, (t4)',
  ]);
  return `li t4, ${target}\n ${operation.replace('$', random.pick(WORK))}`;
};

const device: Statement = (random) => {
  const [a, offset] = [random.pick(WORK), 4 * random.below(16)];
  return `li t4, ${PROBE}\n ${random.pick([`sw ${a}, ${offset}(t4)`, `lw ${a}, ${offset}(t4)`, `lbu ${a}, ${offset + 1}(t4)`])}`;
};

const counter: Statement = (random) =>
  `${random.pick(['rdtime', 'rdcycle', 'rdinstret'])} ${random.pick(WORK)}`;

const amo: Statement = (random) => {
  const setup = `andi t4, ${random.pick(WORK)}, 0xf8\n add t4, t4, ${random.pick(['s0', 's1'])}`;
  return `${setup}\n ${word(randomWord(random, random.pick(AMO), 29))}`;
};

const reservation: Statement = (random) => {
  const [again, a] = [label(), random.pick(WORK)];
  const base = random.pick(['s0', 's1']);
  if (random.oneIn(3))
    return `lr.w ${a}, (${base})\n ${word(aluWord(random))}\n sc.w ${random.pick(WORK)}, ${a}, (${base})`;
  return `${again}: lr.d ${a}, (${base})\n addi ${a}, ${a}, 7\n sc.d t4, ${a}, (${base})\n bnez t4, ${again}`;
};

const fp: Statement = (random) =>
  Array.from({ length: 1 + random.below(6) }, () => word(randomWord(random, random.pick(FP)))).join('\n');

/** Ordinary numbers, so that arithmetic is not all NaN. */
const fpNumbers: Statement = (random) =>
  `andi t4, ${random.pick(WORK)}, 0xff\n fcvt.d.l f${random.below(8)}, t4\n fcvt.s.l f${random.below(8)}, t4`;

const fpState: Statement = (random) =>
  random.pick([
    `csrwi fflags, ${random.below(32)}`,
    'csrsi fflags, 1',
    'csrsi fflags, 1\n csrwi frm, 0',
    `csrwi frm, ${random.below(6)}`,
    `csrr ${random.pick(WORK)}, fcsr`,
    `frflags ${random.pick(WORK)}`,
  ]);

const status: Statement = (random, { mode }) => {
  const name = mode === 'machine' ? 'mstatus' : 'sstatus';
  return random.pick([
    `li t4, ${random.pick([0x2000, 0x4000, 0x6000])}\n csrc ${name}, t4`,
    `li t4, 0x6000\n csrs ${name}, t4`,
    `csrr ${random.pick(WORK)}, ${name}`,
    ...(mode === 'machine'
      ? ['csrci mstatus, 8\n addi a0, a0, 1\n csrsi mstatus, 8']
      : [
          'csrci sstatus, 2\n addi a0, a0, 1\n csrsi sstatus, 2',
          'li t4, 0x40000\n csrc sstatus, t4',
          'li t4, 0x80000\n csrs sstatus, t4',
        ]),
  ]);
};

const ecall: Statement = (random) =>
  random.pick(['ecall', 'ebreak', '.4byte 0xffffffff', '.2byte 0', 'fence', 'fence.i', 'pause']);

/** Copies code from the other copy or to it, where they differ in their patches. */
const copyCode: Statement = (random, { patches, mode }) => {
  const again = label();
  const [from, to] = random.oneIn(2) ? ['s4', 's5'] : ['s5', 's4'];
  const size = random.pick(['w', 'd']);
  const step = size === 'w' ? 4 : 8;
  const rounds = 4 + random.below(60);
  return `la s4, ${random.pick(patches)}
    andi s4, s4, -8
    addi s4, s4, ${-step * random.below(rounds)}
    li s5, 0x3fffffff
    and s5, s5, s4
    li t4, ${COPY + (mode === 'paged' ? DATA_OFFSET : 0n)}
    add s5, s5, t4
    li s3, ${rounds}
    ${again}: l${size} t4, (${from})
    s${size} t4, (${to})
    addi s4, s4, ${step}
    addi s5, s5, ${step}
    addi s3, s3, -1
    bgtz s3, ${again}
    ${random.oneIn(2) ? 'fence.i' : ''}`;
};

const wait: Statement = () => 'wfi';

/** Gives the next hart its turn. */
const yieldTurn: Statement = () => 'pause';

/** Code that changes code; at times without fence.i. */
const patch: Statement = (random, { patches }) => {
  const place = random.pick(patches);
  const change = random.pick([
    `li t5, ${aluWord(random)}\n sw t5, (t4)`,
    `li t5, ${aluWord(random)}\n sw t5, (t4)`,
    `li t5, ${0x00000463}\n sw t5, (t4)`, // beq x0, x0, .+8
    `li t5, ${0x0080006f}\n sw t5, (t4)`, // j .+8
    `lbu t5, 3(t4)\n xori t5, t5, ${1 << (1 + random.below(4))}\n sb t5, 3(t4)`,
    `lw t5, (t4)\n amoswap.w t5, t5, (t4)`,
  ]);
  return `la t4, ${place}\n ${change}\n ${random.oneIn(2) ? 'fence.i' : ''}`;
};

/** Where others patch: something that has no immediate in its upper byte that could jump. */
const patched: Statement = (random, { patches }) => {
  const place = label('patch');
  patches.push(place);
  return `.balign 4\n ${place}: addi ${random.pick(WORK)}, ${random.pick(WORK)}, ${random.below(2000)}\n nop`;
};

const blob: Statement = (random, { blobs }) => {
  const [place, over] = [label('blob'), label()];
  blobs.push(place);
  return `j ${over}\n .balign 8\n ${place}: .8byte ${random.uint32()}\n ${over}:`;
};

const useBlob: Statement = (random, { blobs }) => {
  if (blobs.length === 0) return 'nop';
  const a = random.pick(WORK);
  return `la t4, ${random.pick(blobs)}\n ${random.pick([`ld ${a}, (t4)`, `sd ${a}, (t4)`, `amoadd.d ${a}, ${a}, (t4)`, `sb ${a}, 1(t4)`])}`;
};

/** Statements by how often they are wanted. */
export const STATEMENTS: Readonly<Record<string, readonly [number, Statement]>> = {
  alu: [12, alu],
  compressed: [5, compressed],
  memory: [6, memory],
  indexed: [5, indexed],
  wide: [1, wide],
  guarded: [1, guarded],
  misaligned: [1, misaligned],
  crossing: [1, crossing],
  fault: [1, fault],
  device: [1, device],
  counter: [1, counter],
  amo: [2, amo],
  reservation: [1, reservation],
  fp: [3, fp],
  fpNumbers: [2, fpNumbers],
  fpState: [2, fpState],
  status: [1, status],
  ecall: [1, ecall],
  wait: [0, wait],
  yieldTurn: [0, yieldTurn],
  patch: [2, patch],
  patched: [2, patched],
  copyCode: [1, copyCode],
  blob: [1, blob],
  useBlob: [1, useBlob],
};
export type StatementName = keyof typeof STATEMENTS;

/** Chooses statements, each program its own mixture. */
export class Mixture {
  private readonly names: string[] = [];

  constructor(random: Random, harts: number) {
    for (const [name, [weight]] of Object.entries(STATEMENTS)) {
      // Some kinds are left out, so that the others are not always cut short by them.
      const factor = random.pick([0, 1, 1, 2, 4]);
      for (let i = 0; i < weight * factor; i++) this.names.push(name);
    }
    this.names.push('alu');
    if (random.oneIn(6)) this.names.push('wait');
    if (harts > 1) this.names.push('yieldTurn', 'yieldTurn', 'yieldTurn', 'yieldTurn');
  }

  pick(random: Random, around: Surroundings): string {
    return STATEMENTS[random.pick(this.names)][1](random, around);
  }
}
