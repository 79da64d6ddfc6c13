/** One instruction of the source to machine words, pseudo-instructions included. */
import { CSRS } from '../generated/csr.ts';
import type { CompressedInstructionDescription, InstructionDescription } from '../generated/isa.ts';
import {
  type Operands,
  defaultRounding,
  findCompressed,
  findInstruction,
  hasOrdering,
  immediateOf,
  syntaxOf,
} from '../isa/instructions.ts';
import { ACCEPTED_FORMS, ALIASES } from '../isa/pseudo.ts';
import { ROUNDING_MODES, floatRegister, integerRegister } from '../isa/registers.ts';
import { compress, encode, encodeCompressed } from './encode.ts';
import { AssemblyError } from './error.ts';

/** What an instruction needs of the assembler. */
export interface InstructionContext {
  /** Address of the instruction. */
  readonly address: bigint;
  /** Whether instructions are replaced by 16-bit forms where there is one. */
  readonly isCompressing: boolean;
  evaluate(text: string): bigint;
}

/** A machine word and its size in bytes. */
export interface Word {
  readonly value: number;
  readonly size: 2 | 4;
}

/** One way to write a mnemonic's operands. */
interface Form {
  readonly syntax: string;
  readonly row: InstructionDescription;
  readonly compressed?: CompressedInstructionDescription;
  readonly fixed: Readonly<Record<string, number | string>>;
}

const ORDERINGS: Readonly<Record<string, number>> = { aqrl: 3, aq: 2, rl: 1 };
const csrNumbers = new Map(CSRS.map((csr) => [csr.name, csr.number]));
const pseudosByName = new Map<string, Form[]>();
// `li` takes any constant, so it is no form of addi here.
for (const { name, syntax, instruction, fixed } of [...ALIASES, ...ACCEPTED_FORMS]) {
  if (name === 'li') continue;
  const forms = pseudosByName.get(name) ?? [];
  forms.push({ syntax, row: findInstruction(instruction)!, fixed });
  pseudosByName.set(name, forms);
}

function formsOf(name: string): Form[] {
  const forms: Form[] = [];
  const ordered = /^(.*)\.(aqrl|aq|rl)$/.exec(name);
  const base = ordered && findInstruction(ordered[1]!);
  if (base && hasOrdering(base)) {
    return [{ syntax: syntaxOf(base), row: base, fixed: { aqrl: ORDERINGS[ordered[2]!]! } }];
  }
  const row = findInstruction(name);
  if (row) {
    const syntax = syntaxOf(row);
    const fixed: Record<string, number> = hasOrdering(row) ? { aqrl: 0 } : {};
    if (syntax.endsWith(',rm')) {
      forms.push({ syntax: syntax.slice(0, -3), row, fixed: { ...fixed, rm: defaultRounding(row) } });
    }
    forms.push({ syntax, row, fixed });
  }
  const compressed = findCompressed(name);
  if (compressed) {
    forms.push({
      syntax: compressed.syntax,
      row: findInstruction(compressed.expandsTo)!,
      compressed,
      fixed: {},
    });
  }
  return [...forms, ...(pseudosByName.get(name) ?? [])];
}

export function parseInteger(text: string): number {
  const number = integerRegister(text);
  if (number === undefined) throw new AssemblyError(`expected an integer register, found "${text}"`);
  return number;
}

export function parseFloat(text: string): number {
  const number = floatRegister(text);
  if (number === undefined) throw new AssemblyError(`expected a floating-point register, found "${text}"`);
  return number;
}

function parseRounding(text: string): number {
  const mode = ROUNDING_MODES.indexOf(text);
  if (mode < 0) throw new AssemblyError(`expected a rounding mode such as rne, found "${text}"`);
  return mode;
}

function parseFenceSet(text: string): number {
  if (text === '0') return 0;
  if (!/^i?o?r?w?$/.test(text)) throw new AssemblyError(`expected a set such as rw or iorw, found "${text}"`);
  return [...'iorw'].reduce((bits, letter, i) => bits | (text.includes(letter) ? 8 >> i : 0), 0);
}

/** A value as a signed number; 64-bit values may also be written without a sign. */
function toNumber(value: bigint): number {
  return Number(value >= 1n << 63n && value < 1n << 64n ? value - (1n << 64n) : value);
}

function parseImmediate(context: InstructionContext, text: string, row: InstructionDescription): number {
  const value = context.evaluate(text);
  switch (immediateOf(row)) {
    case 'imm:b':
    case 'imm:j':
      return Number(BigInt.asIntN(64, value - context.address));
    case 'imm:u':
      if (value < 0n || value > 0xfffffn) {
        throw new AssemblyError(`expected an immediate from 0 to 0xfffff, found ${value}`);
      }
      return (Number(value) << 12) | 0;
    default:
      return toNumber(value);
  }
}

function parseCsr(context: InstructionContext, text: string): number {
  return csrNumbers.get(text) ?? toNumber(context.evaluate(text));
}

function parseOperand(
  context: InstructionContext,
  key: string,
  text: string,
  row: InstructionDescription,
): number {
  switch (key) {
    case 'rd':
    case 'rs1':
    case 'rs2':
      return parseInteger(text);
    case 'fd':
    case 'fs1':
    case 'fs2':
    case 'fs3':
      return parseFloat(text);
    case 'csr':
      return parseCsr(context, text);
    case 'rm':
      return parseRounding(text);
    case 'pred':
    case 'succ':
      return parseFenceSet(text);
    case 'imm':
      return parseImmediate(context, text, row);
    default:
      return toNumber(context.evaluate(text));
  }
}

/** `offset(register)` with the offset optional; undefined if `text` is not of that shape. */
function splitMemory(text: string): { offset: string; register: string } | undefined {
  const found = /^([^]*)\(\s*(\w+)\s*\)$/.exec(text);
  if (!found || integerRegister(found[2]!) === undefined) return undefined;
  return { offset: found[1]!.trim() || '0', register: found[2]! };
}

function parseForm(context: InstructionContext, form: Form, texts: readonly string[]): Operands {
  const operands: Operands = {};
  const items = form.syntax === '' ? [] : form.syntax.split(',');
  items.forEach((item, i) => {
    const text = texts[i]!;
    const memory = /^(\w*)\((\w+)\)$/.exec(item);
    if (memory) {
      const found = splitMemory(text);
      if (!found) throw new AssemblyError(`expected offset(register), found "${text}"`);
      const [, offset, base] = memory;
      if (offset) operands[offset] = parseImmediate(context, found.offset, form.row);
      else if (context.evaluate(found.offset) !== 0n)
        throw new AssemblyError(`expected (register), found "${text}"`);
      if (base === 'sp') checkStackPointer(found.register);
      else operands[base!] = parseInteger(found.register);
    } else if (item === 'sp') {
      checkStackPointer(text);
    } else {
      operands[item] = parseOperand(context, item, text, form.row);
    }
  });
  for (const [key, value] of Object.entries(form.fixed)) {
    operands[key] = typeof value === 'string' ? operands[value]! : value;
  }
  return operands;
}

function checkStackPointer(text: string): void {
  if (integerRegister(text) !== 2) throw new AssemblyError(`expected sp, found "${text}"`);
}

function encodeForm(context: InstructionContext, form: Form, operands: Operands): Word {
  if (form.compressed) {
    return { value: encodeCompressed(form.compressed, operands), size: 2 };
  }
  const immediate = immediateOf(form.row);
  if (context.isCompressing && immediate !== 'imm:b' && immediate !== 'imm:j') {
    const value = compress(form.row, operands);
    if (value !== undefined) return { value, size: 2 };
  }
  return { value: encode(form.row, operands), size: 4 };
}

/** Assembles an instruction that is one machine instruction. */
export function assembleSimple(context: InstructionContext, name: string, texts: readonly string[]): Word {
  const forms = formsOf(name);
  if (forms.length === 0) throw new AssemblyError(`expected an instruction, found "${name}"`);
  const reasons = new Set<string>();
  for (const form of forms) {
    const count = form.syntax === '' ? 0 : form.syntax.split(',').length;
    if (count !== texts.length) continue;
    try {
      return encodeForm(context, form, parseForm(context, form, texts));
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
      reasons.add(error.reason);
    }
  }
  if (reasons.size > 0) throw new AssemblyError([...reasons].join('; or '));
  const expected = [...new Set(forms.map((form) => `${name} ${form.syntax}`.trim()))].join('" or "');
  throw new AssemblyError(`expected "${expected}", found ${texts.length} operands`);
}

/** Encodes an instruction of given operand values, in its 16-bit form if that is asked for and possible. */
export function assembleValues(name: string, operands: Operands, isCompressing: boolean): Word {
  const row = findInstruction(name)!;
  const short = isCompressing ? compress(row, operands) : undefined;
  return short === undefined ? { value: encode(row, operands), size: 4 } : { value: short, size: 2 };
}
