/** Floating-point operands and results of single instructions, in bits. */
import { expect } from 'vitest';
import { CAUSE_ILLEGAL_INSTRUCTION } from '../../src/generated/csr.ts';
import { FS_CLEAN, FS_DIRTY, FS_OFF, TestHart, wordOf } from './test-hart.ts';

export const BOX_32 = 0xffffffff00000000n;
export const BOX_16 = 0xffffffffffff0000n;
export const NAN_64 = 0x7ff8000000000000n;
export const NAN_32 = 0x7fc00000n | BOX_32;
export const NAN_16 = 0x7e00n | BOX_16;

export const NX = 1;
export const UF = 2;
export const OF = 4;
export const DZ = 8;
export const NV = 16;

export const RNE = 0;
export const RTZ = 1;
export const RDN = 2;
export const RUP = 3;
export const RMM = 4;
export const DYN = 7;

const view = new DataView(new ArrayBuffer(8));

export function bits64(value: number): bigint {
  view.setFloat64(0, value);
  return Number.isNaN(value) ? NAN_64 : view.getBigUint64(0);
}

/** Rounded to binary32 and NaN-boxed. */
export function bits32(value: number): bigint {
  view.setFloat32(0, value);
  return Number.isNaN(value) ? NAN_32 : BigInt(view.getUint32(0)) | BOX_32;
}

export interface FloatOutcome {
  readonly bits: bigint;
  readonly flags: number;
  readonly fs: number;
}

export class FloatHart extends TestHart {
  /** f10 of an instruction with sources f11 to f13 and x11; fcsr clear and FS clean before. */
  toF(name: string, sources: readonly bigint[], rm = DYN, frm = RNE): FloatOutcome {
    this.prepare(sources, frm);
    this.execute(name, { fd: 10, fs1: 11, fs2: 12, fs3: 13, rs1: 11, rm });
    return this.outcome(this.core.readF(0, 10));
  }

  /** x10 likewise. */
  toX(name: string, sources: readonly bigint[], rm = DYN, frm = RNE): FloatOutcome {
    this.prepare(sources, frm);
    this.execute(name, { rd: 10, fs1: 11, fs2: 12, rm });
    return this.outcome(this.core.readX(0, 10));
  }

  private prepare(sources: readonly bigint[], frm: number): void {
    sources.forEach((bits, i) => this.core.writeF(0, 11 + i, bits));
    this.core.writeX(0, 11, sources[0] ?? 0n);
    this.setFs(FS_CLEAN);
    this.setFcsr(frm, 0);
    this.setFs(FS_CLEAN);
  }

  private outcome(bits: bigint): FloatOutcome {
    return { bits, flags: this.fflags, fs: this.fs };
  }

  /** Every instruction of the list is illegal while FS is off, and those that round with a reserved mode. */
  expectRefusals(rounding: readonly string[], others: readonly string[]): void {
    const operands = { rd: 10, fd: 10, fs1: 11, fs2: 12, fs3: 13, rs1: 11, rs2: 12 };
    const cause = BigInt(CAUSE_ILLEGAL_INSTRUCTION);
    this.prepare([0n, 0n, 0n], RNE);
    for (const name of rounding) {
      for (const rm of [5, 6]) {
        const word = wordOf(name, { ...operands, rm });
        expect(this.attemptWord(word), `${name} rm ${rm}`).toEqual({ cause, value: BigInt(word) });
      }
      for (const frm of [5, 6, 7]) {
        this.setFcsr(frm, 0);
        expect(this.attempt(name, { ...operands, rm: DYN })?.cause, `${name} frm ${frm}`).toBe(cause);
        expect(this.attempt(name, { ...operands, rm: RTZ }), `${name} frm ${frm}`).toBeUndefined();
      }
    }
    this.core.writeX(0, 11, 0x80002000n);
    for (const name of others) expect(this.attempt(name, { ...operands, imm: 0 }), name).toBeUndefined();
    this.setFs(FS_OFF);
    for (const name of [...rounding, ...others]) {
      expect(this.attempt(name, { ...operands, rm: RNE, imm: 0 })?.cause, `${name} with FS off`).toBe(cause);
    }
  }
}

export { FS_CLEAN, FS_DIRTY };
