/** Pseudo-instructions that become several instructions. */
import { findInstruction } from '../isa/instructions.ts';
import { AssemblyError } from './error.ts';
import {
  type InstructionContext,
  type Word,
  assembleValues,
  parseFloat,
  parseInteger,
} from './instruction.ts';

const RA = 1;
const T1 = 6;

/** Sign-extended low 12 bits. */
export function low12(value: bigint): number {
  return Number(BigInt.asIntN(12, value));
}

/** What lui or auipc add so that low12 completes the value, as their 20-bit immediate. */
export function high20(value: bigint): number {
  return Number(BigInt.asUintN(20, (value + 0x800n) >> 12n));
}

/** Loads a constant: addi, lui and addiw, or a shorter constant shifted, and addi. */
function loadConstant(rd: number, value: bigint, isCompressing: boolean): Word[] {
  const make = (name: string, operands: Record<string, number>) =>
    assembleValues(name, operands, isCompressing);
  const low = low12(value);
  if (value === BigInt.asIntN(32, value)) {
    if (value === BigInt(low)) return [make('addi', { rd, rs1: 0, imm: low })];
    const upper = make('lui', { rd, imm: (high20(value) << 12) | 0 });
    return low === 0 ? [upper] : [upper, make('addiw', { rd, rs1: rd, imm: low })];
  }
  // As a signed 64-bit value, for the sum may leave that range.
  let high = BigInt.asIntN(64, value - BigInt(low));
  let shift = 0;
  while ((high & 1n) === 0n) {
    high >>= 1n;
    shift++;
  }
  const words = [...loadConstant(rd, high, isCompressing), make('slli', { rd, rs1: rd, imm: shift })];
  return low === 0 ? words : [...words, make('addi', { rd, rs1: rd, imm: low })];
}

/** auipc and an instruction that takes the low part of a pc-relative address. */
function pcRelative(
  context: InstructionContext,
  target: string,
  base: number,
  name: string,
  operands: Record<string, number>,
): Word[] {
  const offset = BigInt.asIntN(64, context.evaluate(target) - context.address);
  if (offset < -0x80000800n || offset >= 0x7ffff800n) {
    throw new AssemblyError(`expected a target within 2 GiB, found ${target} at a distance of ${offset}`);
  }
  return [
    assembleValues('auipc', { rd: base, imm: (high20(offset) << 12) | 0 }, false),
    assembleValues(name, { ...operands, rs1: base, imm: low12(offset) }, false),
  ];
}

function checkCount(name: string, expected: string, texts: readonly string[]): void {
  const count = expected.split(',').length;
  if (texts.length !== count) {
    throw new AssemblyError(`expected "${name} ${expected}", found ${texts.length} operands`);
  }
}

/** `ld rd,symbol` and `sd rs2,symbol,rt`: an access to an address instead of offset(register). */
function expandAccess(
  context: InstructionContext,
  name: string,
  texts: readonly string[],
): Word[] | undefined {
  const kind = findInstruction(name)?.kind;
  const [register, target, scratch] = texts;
  if (register === undefined || target === undefined || target.endsWith(')')) return undefined;
  if (kind === 'load' && scratch === undefined) {
    const rd = parseInteger(register);
    return pcRelative(context, target, rd, name, { rd });
  }
  if (scratch === undefined || texts.length > 3) return undefined;
  switch (kind) {
    case 'store':
      return pcRelative(context, target, parseInteger(scratch), name, { rs2: parseInteger(register) });
    case 'fload':
      return pcRelative(context, target, parseInteger(scratch), name, { fd: parseFloat(register) });
    case 'fstore':
      return pcRelative(context, target, parseInteger(scratch), name, { fs2: parseFloat(register) });
    default:
      return undefined;
  }
}

/** The instructions of a pseudo-instruction; undefined if `name` is none of these. */
export function expand(
  context: InstructionContext,
  name: string,
  texts: readonly string[],
): Word[] | undefined {
  switch (name) {
    case 'li': {
      checkCount(name, 'rd,imm', texts);
      const value = context.evaluate(texts[1]!);
      if (value < -(1n << 63n) || value >= 1n << 64n)
        throw new AssemblyError(`expected 64 bits, found ${value}`);
      return loadConstant(parseInteger(texts[0]!), BigInt.asIntN(64, value), context.isCompressing);
    }
    case 'la':
    case 'lla': {
      checkCount(name, 'rd,symbol', texts);
      const rd = parseInteger(texts[0]!);
      return pcRelative(context, texts[1]!, rd, 'addi', { rd });
    }
    case 'call': {
      if (texts.length === 2) {
        const rd = parseInteger(texts[0]!);
        return pcRelative(context, texts[1]!, rd, 'jalr', { rd });
      }
      checkCount(name, 'symbol', texts);
      return pcRelative(context, texts[0]!, RA, 'jalr', { rd: RA });
    }
    case 'tail':
      checkCount(name, 'symbol', texts);
      return pcRelative(context, texts[0]!, T1, 'jalr', { rd: 0 });
    case 'jump':
      checkCount(name, 'symbol,rt', texts);
      return pcRelative(context, texts[0]!, parseInteger(texts[1]!), 'jalr', { rd: 0 });
    case 'c.unimp':
      return [{ value: 0, size: 2 }];
    default:
      return expandAccess(context, name, texts);
  }
}
