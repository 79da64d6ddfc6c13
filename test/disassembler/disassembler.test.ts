import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { disassemble } from '../../src/disassembler/disassembler.ts';
import { ROWS, hasIgnoredBits, randomWords, samplesOf } from '../support/instruction-samples.ts';

const SEED = Number(process.env['SEED'] ?? 1);

/** What assembling a text gives, as one little-endian number. */
function assembled(text: string, origin = 0x80000000n): number {
  const { bytes } = assemble(text, { origin });
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

describe('disassemble', () => {
  // Encodings worked out by hand from the specifications of these extensions.
  it.each([
    [0x0eb65533, 'czero.eqz a0,a2,a1'],
    [0x0eb67533, 'czero.nez a0,a2,a1'],
    [0x28c5a52f, 'amocas.w a0,a2,(a1)'],
    [0x2ec5b52f, 'amocas.d.aqrl a0,a2,(a1)'],
    [0x2cc5c52f, 'amocas.q.aq a0,a2,(a1)'],
    [0x00200033, 'ntl.p1'],
    [0x00500033, 'ntl.all'],
    [0x900a, 'c.ntl.p1'],
    [0x9016, 'c.ntl.all'],
    [0x81a8, 'c.lbu a0,2(a1)'],
    [0x81c8, 'c.lbu a0,1(a1)'],
    [0x85a8, 'c.lhu a0,2(a1)'],
    [0x85c8, 'c.lh a0,0(a1)'],
    [0x89e8, 'c.sb a0,3(a1)'],
    [0x8da8, 'c.sh a0,2(a1)'],
    [0x9d61, 'c.zext.b a0'],
    [0x9d65, 'c.sext.b a0'],
    [0x9d69, 'c.zext.h a0'],
    [0x9d6d, 'c.sext.h a0'],
    [0x9d71, 'c.zext.w a0'],
    [0x9d75, 'c.not a0'],
    [0x9d4d, 'c.mul a0,a1'],
    [0x0100000f, 'pause'],
    [0x00d00073, 'wrs.nto'],
    [0x0205e013, 'prefetch.i 32(a1)'],
  ])('%#x is %s', (word, text) => {
    expect(disassemble(word).text).toBe(text);
    expect(assembled(text)).toBe(word);
  });

  it('shows common forms by their names', () => {
    const texts = ['nop', 'li a0,-1', 'mv a0,a1', 'not a0,a1', 'neg a0,a1', 'sext.w a0,a1', 'zext.b a0,a1'];
    texts.push(
      'seqz a0,a1',
      'snez a0,a1',
      'ret',
      'jr a0',
      'csrr a0,mstatus',
      'csrwi satp,0',
      'fence',
      'fence rw,w',
    );
    texts.push(
      'fmv.d fa0,fa1',
      'fadd.s ft0,ft1,ft2',
      'fadd.s ft0,ft1,ft2,rtz',
      'lr.w.aq a0,(a1)',
      'sfence.vma a0',
    );
    for (const text of texts) expect(disassemble(assembled(text)).text).toBe(text);
  });

  it('gives targets relative without a pc, and as addresses with one', () => {
    expect(disassemble(0xfe0500e3)).toEqual({ text: 'beqz a0,.-32', length: 4 });
    expect(disassemble(0xfe0500e3, 0x80000100n).text).toBe('beqz a0,0x800000e0');
    expect(disassemble(0x0000a001, 0x10n)).toEqual({ text: 'c.j 0x10', length: 2 });
    expect(disassemble(0xffdff06f, 0n).text).toBe('j 0xfffffffffffffffc');
  });

  it('shows what is no instruction as data', () => {
    expect(disassemble(0xffffffff)).toEqual({ text: '.word 0xffffffff', length: 4 });
    expect(disassemble(0x9c7d)).toEqual({ text: '.half 0x9c7d', length: 2 });
    expect(disassemble(0)).toEqual({ text: 'c.unimp', length: 2 });
    // A reserved rounding mode; odd registers of amocas.q.
    expect(disassemble(0x0020d053 | (5 << 12)).text).toMatch(/^\.word/);
    expect(disassemble(0x28d5c52f).text).toMatch(/^\.word/);
  });

  it('writes every instruction so that the assembler gives it back', () => {
    const random = randomWords(SEED);
    const words = ROWS.flatMap((row) => samplesOf(row, 40, random));
    expect(words.length).toBeGreaterThan(8000);
    for (const word of words) {
      const { text } = disassemble(word);
      expect(text).not.toMatch(/^\./);
      if (assembled(text) !== word)
        expect(`${text}: ${assembled(text).toString(16)}`).toBe(word.toString(16));
    }
  });

  it('writes random words so that the assembler gives them back, with and without a pc', () => {
    const random = randomWords(SEED + 1);
    for (let i = 0; i < 10_000; i++) {
      const word = random();
      const pc = 0x80000000n + BigInt(random() & 0xfffe);
      const whole = (word & 3) === 3 ? word : word & 0xffff;
      if (hasIgnoredBits(whole)) continue;
      for (const text of [disassemble(word).text, disassemble(word, pc).text]) {
        if (assembled(text, pc) !== whole)
          expect(`${text}: ${assembled(text, pc).toString(16)}`).toBe(whole.toString(16));
      }
    }
  });
});
