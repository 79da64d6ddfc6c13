/** A hart's registers, to look at and to change while the machine stands still. */
import type { Core } from '../core/core.ts';

/** Privilege modes by their encoding (privileged spec, 1.2). */
const PRIVILEGE = ['user', 'supervisor', 'reserved', 'machine'] as const;

export class Hart {
  constructor(
    private readonly core: Core,
    readonly index: number,
  ) {}

  get pc(): bigint {
    return this.core.readPc(this.index);
  }

  set pc(value: bigint) {
    this.core.writePc(this.index, value);
  }

  get privilege(): 'user' | 'supervisor' | 'machine' {
    return PRIVILEGE[this.core.readPrivilege(this.index)] as 'user' | 'supervisor' | 'machine';
  }

  /** Whether all of the architectural state is that of a hart of another machine. */
  equals(other: Hart): boolean {
    const [ours, theirs] = [this.core.hartState(this.index), other.core.hartState(other.index)];
    const { unusedState } = this.core;
    for (let i = 0; i < ours.length; i++) {
      if (ours[i] !== theirs[i] && i >> 1 !== unusedState >> 1) return false;
    }
    return true;
  }

  /** Integer register x0 to x31, unsigned. */
  getX(n: number): bigint {
    return this.core.readX(this.index, checkRegister(n));
  }

  setX(n: number, value: bigint): void {
    this.core.writeX(this.index, checkRegister(n), BigInt.asUintN(64, value));
  }

  /** The 64 bits of floating-point register f0 to f31. */
  getF(n: number): bigint {
    return this.core.readF(this.index, checkRegister(n));
  }

  setF(n: number, value: bigint): void {
    this.core.writeF(this.index, checkRegister(n), BigInt.asUintN(64, value));
  }

  /**
   * A CSR by its number, as M-mode reads it.
   * @throws RangeError when the hart has no such CSR.
   */
  getCsr(csr: number): bigint {
    const value = this.core.exports.inspectCsr(this.index, csr);
    if (!this.core.exports.csrExists())
      throw new RangeError(`hart ${this.index} has no CSR 0x${csr.toString(16)}`);
    return BigInt.asUintN(64, value);
  }

  /**
   * Writes a CSR as M-mode would; WARL fields may keep other values.
   * @throws RangeError when there is no such CSR, or it is read-only.
   */
  setCsr(csr: number, value: bigint): void {
    if (!this.core.exports.modifyCsr(this.index, csr, value)) {
      throw new RangeError(`hart ${this.index} has no writable CSR 0x${csr.toString(16)}`);
    }
  }
}

function checkRegister(n: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 31)
    throw new RangeError(`expected a register number 0 to 31, got ${n}`);
  return n;
}
