/** Instruction words for every row of the ISA tables: edge values and seeded random ones. */
import {
  COMPRESSED_INSTRUCTIONS,
  type CompressedInstructionDescription,
  INSTRUCTIONS,
  type InstructionDescription,
} from '../../src/generated/isa.ts';
import { decode } from '../../src/isa/instructions.ts';

/** A generator of 32-bit words (xorshift), the same for the same seed. */
export function randomWords(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

export type Row = InstructionDescription | CompressedInstructionDescription;

export const ROWS: readonly Row[] = [...INSTRUCTIONS, ...COMPRESSED_INSTRUCTIONS];

/** Bits that an instruction ignores: words with them set have no text of their own. */
export function hasIgnoredBits(word: number): boolean {
  const decoded = decode(word);
  if (!decoded || decoded.compressed) return false;
  const { name } = decoded.instruction;
  if (name === 'fence') return (word & 0xf00fff80) !== 0 && word >>> 0 !== 0x8330000f;
  if (name === 'fence.i') return (word & 0xffff8f80) !== 0;
  return false;
}

/** Words of `row`: all free bits 0, all 1, alternating, and random; reserved encodings are left out. */
export function samplesOf(row: Row, count: number, random: () => number): number[] {
  const free = 'kind' in row ? ~row.mask >>> 0 : ~row.mask & 0xffff;
  const patterns = [0, 0xffffffff, 0x55555555, 0xaaaaaaaa];
  while (patterns.length < count) patterns.push(random());
  const words = patterns.map((pattern) => ((pattern & free) | row.match) >>> 0);
  return [...new Set(words)].filter((word) => {
    const decoded = decode(word);
    const rm = decoded?.operands['rm'];
    return decoded !== undefined && rm !== 5 && rm !== 6 && !hasIgnoredBits(word);
  });
}
