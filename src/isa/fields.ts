/** Operand fields of an instruction word: their place is described in the generated tables. */
import type { InstructionField } from '../generated/isa.ts';

/** The operand value that `raw` holds in `field`, sign-extended where the field is signed. */
export function extractField(field: InstructionField, raw: number): number {
  let value = 0;
  for (const { high, low, to } of field.pieces) {
    const bits = (raw >>> low) & (2 ** (high - low + 1) - 1);
    value |= bits << to;
  }
  if (!field.isSigned) return value >>> 0;
  const { high, low, to } = field.pieces[0]!;
  const unused = 31 - (to + high - low);
  return (value << unused) >> unused;
}

/** The instruction bits that hold `value`; bits of it that the field has no place for are lost. */
export function insertField(field: InstructionField, value: number): number {
  let raw = 0;
  for (const { high, low, to } of field.pieces) {
    raw |= ((value >>> to) & (2 ** (high - low + 1) - 1)) << low;
  }
  return raw >>> 0;
}

export interface FieldRange {
  readonly min: number;
  readonly max: number;
  /** Values are multiples of this. */
  readonly step: number;
}

/** The values that a field can hold. */
export function fieldRange(field: InstructionField): FieldRange {
  let all = 0;
  for (const { high, low, to } of field.pieces) all += (2 ** (high - low + 1) - 1) * 2 ** to;
  const { high, low, to } = field.pieces[0]!;
  const top = 2 ** (to + high - low);
  const step = Math.min(...field.pieces.map((piece) => 2 ** piece.to));
  return field.isSigned ? { min: -top, max: all - top, step } : { min: 0, max: all, step };
}
