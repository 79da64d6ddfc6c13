/** Random instruction streams, made from the tables of the instruction set. */
import {
  INSTRUCTIONS,
  COMPRESSED_INSTRUCTIONS,
  FIELDS,
  type InstructionDescription,
} from '../../src/generated/isa.ts';
import { fieldRange, insertField } from '../../src/isa/fields.ts';
import { decode } from '../../src/isa/instructions.ts';
import type { Random } from '../support/random.ts';
import { BASE_REGISTERS, SCRATCH_CENTRE, type Block } from './program.ts';

export type StreamKind = 'integer' | 'compressed' | 'memory' | 'float' | 'atomic' | 'csr' | 'trap' | 'mixed';
export const STREAM_KINDS: readonly StreamKind[] = [
  'integer',
  'compressed',
  'memory',
  'float',
  'atomic',
  'csr',
  'trap',
  'mixed',
];

/** What QEMU 7.2 has as well. */
const INTEGER = ['RV64I', 'M', 'Zba', 'Zbb', 'Zbc', 'Zbs'];
const FLOAT = ['F', 'D', 'Zfhmin'];

const BODY_LENGTH = 32;

const rowsOf = (extensions: readonly string[], kinds: readonly string[]) =>
  INSTRUCTIONS.filter(
    (row) => extensions.includes(row.extension) && kinds.includes(row.kind) && row.aliasOf === undefined,
  );

/** Where QEMU 7.2 is wrong: its ctzw counts on into the upper half when the lower is zero. */
const WRONG_IN_QEMU = ['ctzw'];

const ALU = rowsOf(INTEGER, ['alu']).filter(({ name }) => !WRONG_IN_QEMU.includes(name));
const BRANCHES = INSTRUCTIONS.filter(
  ({ name, kind }) => kind === 'branch' || name === 'jal' || name === 'auipc',
);
const LOADS_AND_STORES = rowsOf([...INTEGER, ...FLOAT], ['load', 'store', 'fload', 'fstore']);
const FP = rowsOf(FLOAT, ['fp']);
const AMO = rowsOf(['A'], ['amo']).filter(({ name }) => name.startsWith('amo'));
const COMPRESSED_NAMES = new Set(
  COMPRESSED_INSTRUCTIONS.filter(({ extension }) => extension === 'C').map(({ name }) => name),
);

/** CSRs in which both keep the same bits. QEMU 7.2 wrongly keeps bit 0 of sepc and mepc. */
const CSRS = ['fflags', 'frm', 'fcsr', 'sscratch', 'scause', 'stval', 'mtval', 'mcause'];
/** SIE, SPIE, MPIE, SPP, SUM, MXR, TVM, TW, TSR of mstatus: no bit that changes what M-mode does here. */
const MSTATUS_BITS = [1, 5, 7, 8, 18, 19, 20, 21, 22];

const SPECIAL_X = [
  0n,
  1n,
  2n,
  -1n,
  -2n,
  1n << 63n,
  (1n << 63n) - 1n,
  1n << 31n,
  (1n << 31n) - 1n,
  -(1n << 31n),
  1n << 32n,
];

/** Zeros, infinities, quiet and signalling NaNs, subnormals, the smallest and largest normal numbers, one. */
const SPECIAL_D = [
  0n,
  0x8000000000000000n,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0xfff8000000000123n,
  1n,
  0x000fffffffffffffn,
  0x0010000000000000n,
  0x7fefffffffffffffn,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x3ff0000000000001n,
  0x43e0000000000000n,
  0xc3e0000000000000n,
  0x41dfffffffc00000n,
  0x41e0000000000000n,
  0x43f0000000000000n,
  0x3fe0000000000000n,
  0x36a0000000000000n,
  0x380fffffe0000000n,
];
const SPECIAL_S = [
  0n,
  0x80000000n,
  0x7f800000n,
  0xff800000n,
  0x7fc00000n,
  0x7f800001n,
  0xffc00123n,
  1n,
  0x007fffffn,
  0x00800000n,
  0x7f7fffffn,
  0x3f800000n,
  0xbf800000n,
  0x3f800001n,
  0x4f000000n,
  0xcf000000n,
  0x5f000000n,
  0x5f800000n,
  0x3f000000n,
  0x33800000n,
  0x387fe000n,
  0x477ff000n,
];
const SPECIAL_H = [0n, 0x8000n, 0x7c00n, 0xfc00n, 0x7e00n, 0x7c01n, 1n, 0x3ffn, 0x400n, 0x7bffn, 0x3c00n];

const BOX_S = 0xffffffff00000000n;
const BOX_H = 0xffffffffffff0000n;

export function randomBlock(random: Random, kind: StreamKind): Block {
  return {
    body: randomBody(random, kind),
    x: Array.from({ length: 32 }, () => randomX(random)),
    f: Array.from({ length: 32 }, () => randomF(random)),
    fcsr:
      (random.oneIn(12) ? random.below(8) : random.below(5)) * 32 + (random.oneIn(2) ? 0 : random.below(32)),
    scratch: random.bytes(2 * SCRATCH_CENTRE),
  };
}

function randomBody(random: Random, kind: StreamKind): string {
  const lines: string[] = [];
  for (let i = 0; i < BODY_LENGTH; i++) {
    const chosen = kind === 'mixed' ? random.pick(STREAM_KINDS) : kind;
    lines.push(...randomStatements(random, chosen === 'mixed' ? 'integer' : chosen));
  }
  return lines.join('\n');
}

function randomStatements(random: Random, kind: Exclude<StreamKind, 'mixed'>): string[] {
  switch (kind) {
    case 'integer':
      return random.oneIn(8) ? randomJump(random) : [word(randomInstruction(random, random.pick(ALU)))];
    case 'compressed':
      return [randomCompressed(random)];
    case 'memory':
      return [word(randomInstruction(random, random.pick(LOADS_AND_STORES)))];
    case 'float':
      return [word(randomInstruction(random, random.pick(FP)))];
    case 'atomic':
      return random.oneIn(3) ? reservation(random) : [word(randomInstruction(random, random.pick(AMO)))];
    case 'csr':
      return [randomCsr(random)];
    case 'trap':
      return [randomTrap(random)];
  }
}

const word = (raw: number) =>
  `  .4byte 0x${(raw >>> 0).toString(16)} # ${decode(raw)?.instruction.name ?? 'illegal'}`;

/** A destination that leaves the addresses of scratch memory alone. */
function destination(random: Random): number {
  for (;;) {
    const register = random.below(32);
    if (!isBase(register)) return register;
  }
}

const isBase = (register: number) => BASE_REGISTERS.some((base) => base === register);

function randomInstruction(random: Random, row: InstructionDescription): number {
  const isMemory = ['load', 'store', 'fload', 'fstore', 'amo'].includes(row.kind);
  let raw = row.match;
  for (const operand of row.operands) {
    const field = FIELDS[operand];
    let value: number;
    if (operand === 'rd') value = destination(random);
    else if (operand === 'rs1' && isMemory) value = random.pick(BASE_REGISTERS);
    else if (operand === 'rm') value = random.oneIn(16) ? random.below(8) : random.pick([0, 1, 2, 3, 4, 7]);
    else {
      const { min, max, step } = fieldRange(field);
      value = min + random.below((max - min) / step + 1) * step;
    }
    raw |= insertField(field, value);
  }
  return raw >>> 0;
}

/** Over one instruction: taken or not, both ways meet again. */
function randomJump(random: Random): string[] {
  const row = random.pick(BRANCHES);
  let raw = row.match;
  for (const operand of row.operands) {
    if (operand === 'rd') raw |= insertField(FIELDS.rd, destination(random));
    else if (operand === 'imm:u') raw |= insertField(FIELDS[operand], random.uint32() | 0);
    else if (operand.startsWith('imm:')) raw |= insertField(FIELDS[operand], 8);
    else raw |= insertField(FIELDS[operand], random.below(32));
  }
  return [word(raw), word(randomInstruction(random, random.pick(ALU)))];
}

/** Any 16-bit encoding of C but those that leave the body. */
function randomCompressed(random: Random): string {
  for (;;) {
    const raw = random.uint32() & 0xffff;
    if ((raw & 3) === 3) continue;
    const decoded = decode(raw);
    if (!decoded?.compressed || !COMPRESSED_NAMES.has(decoded.compressed.name)) continue;
    const { kind, name } = decoded.instruction;
    const { rd, rs1 } = decoded.operands;
    if (kind === 'branch' || kind === 'pc' || name === 'jalr' || kind === 'system') continue;
    if (rd !== undefined && isBase(rd)) continue;
    if (['load', 'store', 'fload', 'fstore'].includes(kind) && !isBase(rs1)) continue;
    return `  .2byte 0x${raw.toString(16)} # ${decoded.compressed.name}`;
  }
}

/** A pair with nothing that could break the reservation between, and at times an sc that must fail. */
function reservation(random: Random): string[] {
  const size = random.pick(['w', 'd']);
  const order = () => random.pick(['', '.aq', '.rl', '.aqrl']);
  const sc = () => `  sc.${size}${order()} x${destination(random)}, x${random.below(32)}, (x8)`;
  const load = `  lr.${size}${order()} x${destination(random)}, (x8)`;
  return [load, word(randomInstruction(random, random.pick(ALU))), sc(), ...(random.oneIn(3) ? [sc()] : [])];
}

function randomCsr(random: Random): string {
  const rd = `x${destination(random)}`;
  if (random.oneIn(3)) {
    const bits = MSTATUS_BITS.filter(() => random.oneIn(2)).reduce((mask, bit) => mask + 2 ** bit, 0);
    return `  li x31, ${bits}\n  ${random.pick(['csrrs', 'csrrc'])} ${rd}, mstatus, x31`;
  }
  const csr = random.pick(CSRS);
  return random.oneIn(2)
    ? `  ${random.pick(['csrrw', 'csrrs', 'csrrc'])} ${rd}, ${csr}, x${random.below(32)}`
    : `  ${random.pick(['csrrwi', 'csrrsi', 'csrrci'])} ${rd}, ${csr}, ${random.below(32)}`;
}

const OPCODE_SYSTEM = 0x73;

/**
 * What ends in the trap handler: no such instruction, no such memory or CSR, a misaligned
 * AMO, ecall. Addresses are aligned: QEMU 7.2 rounds them down in mtval outside RAM.
 */
function randomTrap(random: Random): string {
  const rd = `x${destination(random)}`;
  switch (random.below(8)) {
    case 0:
      return '  ecall';
    case 1:
      return `  ${random.pick(['lb', 'lhu', 'lw', 'ld'])} ${rd}, ${8 * random.below(512) - 2048}(x0)`;
    case 2:
      return `  ${random.pick(['sb', 'sh', 'sw', 'sd'])} ${rd}, ${8 * random.below(512) - 2048}(x0)`;
    case 3:
      return `  addi x9, x8, ${1 + random.below(3)}\n  ${random.pick(['amoadd.w', 'amoswap.d', 'amomax.w'])} ${rd}, x10, (x9)`;
    case 4: // read-only, or not there
      return `  csrrw ${rd}, ${random.pick(['0xf11', '0xf14', '0x5c0', '0x7ff', '0x9ff', '0x015'])}, x1`;
    case 5:
      return randomIllegal16(random);
    default:
      return randomIllegal32(random);
  }
}

/** QEMU 7.2 has the hypervisor's instructions, which are among the system ones. */
function randomIllegal32(random: Random): string {
  for (;;) {
    const raw = (random.uint32() | 3) >>> 0;
    const isLong = (raw & 0x1f) === 0x1f;
    if (!isLong && (raw & 0x7f) !== OPCODE_SYSTEM && decode(raw) === undefined) return word(raw);
  }
}

function randomIllegal16(random: Random): string {
  for (;;) {
    const raw = random.uint32() & 0xffff;
    if ((raw & 3) !== 3 && decode(raw) === undefined) return `  .2byte 0x${raw.toString(16)} # illegal`;
  }
}

function random64(random: Random): bigint {
  return (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
}

function randomX(random: Random): bigint {
  switch (random.below(4)) {
    case 0:
      return random.pick(SPECIAL_X);
    case 1:
      return BigInt(random.uint32() | 0) >> BigInt(random.below(32));
    case 2:
      return 1n << BigInt(random.below(64));
    default:
      return random64(random);
  }
}

function randomF(random: Random): bigint {
  const value = random64(random);
  switch (random.below(9)) {
    case 0:
      return value;
    case 1:
    case 2:
      return random.pick(SPECIAL_D);
    case 3: // near one, so that sums cancel and products stay in range
      return (value & 0x800fffffffffffffn) | (BigInt(0x3f0 + random.below(32)) << 52n);
    case 4:
      return BOX_S | (value & 0xffffffffn);
    case 5:
      return BOX_S | random.pick(SPECIAL_S);
    case 6:
      return BOX_S | (value & 0x807fffffn) | (BigInt(0x70 + random.below(32)) << 23n);
    case 7:
      return BOX_H | random.pick(SPECIAL_H);
    default:
      return BOX_H | (value & 0xffffn);
  }
}
