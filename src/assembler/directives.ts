/** The directives that put something into a section. */
import { AssemblyError } from './error.ts';
import type { Section } from './image.ts';
import { literalBytes } from './literal.ts';

/** What directives need of the assembler. */
export interface DirectiveContext {
  readonly section: Section;
  /** The value of `.`. */
  address: bigint;
  evaluate(text: string): bigint;
}

/** Bytes of each value that a data directive writes. */
const DATA_SIZES: Readonly<Record<string, number>> = {
  '.byte': 1,
  '.half': 2,
  '.short': 2,
  '.2byte': 2,
  '.word': 4,
  '.long': 4,
  '.4byte': 4,
  '.dword': 8,
  '.quad': 8,
  '.8byte': 8,
};

/** Directives that say something to a linker or debugger; there is none here. */
const WITHOUT_EFFECT = new Set(
  '.globl .global .local .weak .hidden .type .size .file .ident .attribute'.split(' '),
);

function checkCount(name: string, operands: readonly string[], least: number, most: number): void {
  if (operands.length >= least && operands.length <= most) return;
  const expected = least === most ? `${least}` : `${least} to ${most}`;
  throw new AssemblyError(`expected ${expected} operands of ${name}, found ${operands.length}`);
}

function data(context: DirectiveContext, size: number, operands: readonly string[]): void {
  const bits = BigInt(8 * size);
  for (const operand of operands) {
    context.address = context.section.address;
    const value = context.evaluate(operand);
    if (value < -(1n << (bits - 1n)) || value >= 1n << bits) {
      throw new AssemblyError(`expected a value of ${bits} bits, found ${value}`);
    }
    context.section.append(value, size);
  }
}

function strings(
  context: DirectiveContext,
  operands: readonly string[],
  terminator: readonly number[],
): void {
  for (const operand of operands) {
    if (!/^"[^]*"$/.test(operand)) throw new AssemblyError(`expected a string in quotes, found ${operand}`);
    context.section.appendBytes([...literalBytes(operand.slice(1, -1)), ...terminator]);
  }
}

/** A size or count: not negative, and small enough to be a slip if larger. */
function count(context: DirectiveContext, text: string): number {
  const value = context.evaluate(text);
  if (value < 0n || value > 0x7fffffffn)
    throw new AssemblyError(`expected a size from 0 to 2^31, found ${value}`);
  return Number(value);
}

function byte(context: DirectiveContext, text: string | undefined): number {
  return text === undefined ? 0 : Number(BigInt.asUintN(8, context.evaluate(text)));
}

function align(context: DirectiveContext, alignment: number, fill: string | undefined): void {
  if (alignment < 1 || (alignment & (alignment - 1)) !== 0) {
    throw new AssemblyError(`expected a power of two to align to, found ${alignment}`);
  }
  const { section } = context;
  section.alignment = Math.max(section.alignment, alignment);
  const gap = Number(BigInt.asUintN(64, -section.address) & (BigInt(alignment) - 1n));
  if (fill !== undefined || !section.isCode) {
    section.fill(gap, byte(context, fill));
    return;
  }
  // Code is filled with nops: a lone odd byte, c.nop, then nop.
  section.fill(gap & 1, 0);
  if ((gap & 2) !== 0) section.append(0x0001n, 2);
  for (let i = 0; i < gap >> 2; i++) section.append(0x13n, 4);
}

/** Runs a directive; false if it is not one of these. */
export function runDirective(context: DirectiveContext, name: string, operands: readonly string[]): boolean {
  const size = DATA_SIZES[name];
  if (size !== undefined) {
    data(context, size, operands);
    return true;
  }
  switch (name) {
    case '.ascii':
      strings(context, operands, []);
      return true;
    case '.asciz':
    case '.string':
      strings(context, operands, [0]);
      return true;
    case '.align':
    case '.p2align': {
      checkCount(name, operands, 1, 2);
      const power = count(context, operands[0]!);
      if (power > 24) throw new AssemblyError(`expected a power of two up to 24 for ${name}, found ${power}`);
      align(context, 2 ** power, operands[1]);
      return true;
    }
    case '.balign':
      checkCount(name, operands, 1, 2);
      align(context, count(context, operands[0]!), operands[1]);
      return true;
    case '.space':
    case '.zero':
    case '.skip':
      checkCount(name, operands, 1, 2);
      context.section.fill(count(context, operands[0]!), byte(context, operands[1]));
      return true;
    default:
      return WITHOUT_EFFECT.has(name);
  }
}
