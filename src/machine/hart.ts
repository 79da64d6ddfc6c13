/** A hart's registers, to look at and to change while the machine stands still. */
import type { Core } from '../core/core.ts';
import { ArgumentError } from '../errors.ts';
import { CSRS } from '../generated/csr.ts';
import { floatRegister, integerRegister } from '../isa/registers.ts';
import type { HartRegisters, LocalHart } from './api.ts';

/** Privilege modes by their encoding (privileged spec, 1.2). */
const PRIVILEGE = ['user', 'supervisor', 'reserved', 'machine'] as const;

const csrNumbers = new Map(CSRS.map(({ name, number }) => [name, number]));

export class Hart implements LocalHart {
  constructor(
    private readonly core: Core,
    readonly index: number,
    /** Throws when the registers are not to be had any more. */
    private readonly check: () => void = () => {},
  ) {}

  get pc(): bigint {
    return this.core.readPc(this.index);
  }

  set pc(value: bigint) {
    // With the C extension instructions lie at even addresses, and bit 0 of what becomes pc is ignored.
    this.core.writePc(this.index, BigInt.asUintN(64, value) & ~1n);
  }

  get privilege(): 'user' | 'supervisor' | 'machine' {
    return PRIVILEGE[this.core.readPrivilege(this.index)] as 'user' | 'supervisor' | 'machine';
  }

  async read(register: string): Promise<bigint> {
    this.check();
    if (register === 'pc') return this.pc;
    const x = integerRegister(register);
    if (x !== undefined) return this.getX(x);
    const f = floatRegister(register);
    if (f !== undefined) return this.getF(f);
    return this.getCsr(csrNumber(register));
  }

  async write(register: string, value: bigint | number): Promise<void> {
    this.check();
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
      throw new ArgumentError(`${register}: expected a whole number, found ${String(value)}`);
    const bits = BigInt.asUintN(64, BigInt(value));
    const x = integerRegister(register);
    const f = floatRegister(register);
    if (register === 'pc') this.pc = bits;
    else if (x !== undefined) this.setX(x, bits);
    else if (f !== undefined) this.setF(f, bits);
    else this.setCsr(csrNumber(register), bits);
  }

  async registers(): Promise<HartRegisters> {
    this.check();
    const numbers = Array.from({ length: 32 }, (_, n) => n);
    return {
      pc: this.pc,
      privilege: this.privilege,
      x: numbers.map((n) => this.getX(n)),
      f: numbers.map((n) => this.getF(n)),
    };
  }

  equals(other: LocalHart): boolean {
    const { core, index } = other as Hart;
    const [ours, theirs] = [this.core.hartState(this.index), core.hartState(index)];
    const { unusedState } = this.core;
    for (let i = 0; i < ours.length; i++) {
      if (ours[i] !== theirs[i] && i >> 1 !== unusedState >> 1) return false;
    }
    return true;
  }

  getX(n: number): bigint {
    return this.core.readX(this.index, checkRegister(n));
  }

  setX(n: number, value: bigint): void {
    this.core.writeX(this.index, checkRegister(n), BigInt.asUintN(64, value));
  }

  getF(n: number): bigint {
    return this.core.readF(this.index, checkRegister(n));
  }

  setF(n: number, value: bigint): void {
    this.core.writeF(this.index, checkRegister(n), BigInt.asUintN(64, value));
  }

  getCsr(csr: number): bigint {
    const value = this.core.exports.inspectCsr(this.index, csr);
    if (!this.core.exports.csrExists())
      throw new ArgumentError(`hart ${this.index} has no CSR 0x${csr.toString(16)}`);
    return BigInt.asUintN(64, value);
  }

  setCsr(csr: number, value: bigint): void {
    if (!this.core.exports.modifyCsr(this.index, csr, value)) {
      throw new ArgumentError(`hart ${this.index} has no writable CSR 0x${csr.toString(16)}`);
    }
  }
}

function checkRegister(n: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 31)
    throw new ArgumentError(`expected a register number 0 to 31, got ${n}`);
  return n;
}

function csrNumber(name: string): number {
  const number = csrNumbers.get(name);
  if (number === undefined) {
    throw new ArgumentError(
      `expected pc, a register such as x10, a0 or fa0, or a CSR such as mstatus, found ${JSON.stringify(name)}`,
    );
  }
  return number;
}
