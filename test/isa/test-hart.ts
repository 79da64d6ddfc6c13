/** One hart of the built core in M-mode that executes single instructions for the tests of the extensions. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { encode } from '../../src/assembler/encode.ts';
import { Core } from '../../src/core/core.ts';
import { CSR_FCSR, CSR_MCAUSE, CSR_MSTATUS, CSR_MTVAL, CSR_MTVEC } from '../../src/generated/csr.ts';
import { findInstruction, type Operands } from '../../src/isa/instructions.ts';
import { JIT } from '../support/jit-mode.ts';

const CODE = 0x80000000n;
const HANDLER = 0x80001000n;
export const DATA = 0x80002000n;
const RAM_SIZE = 1 << 20;
const SV48 = 9;

export const MSTATUS_FS_SHIFT = 13n;
export const FS_OFF = 0;
export const FS_CLEAN = 2;
export const FS_DIRTY = 3;

export const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
export const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);
export const u32 = (value: bigint): bigint => BigInt.asUintN(32, value);
export const s32 = (value: bigint): bigint => BigInt.asIntN(32, value);

/** Where signs, carries, words and shift counts change. */
export const INTEGERS: readonly bigint[] = [
  0n,
  1n,
  2n,
  31n,
  32n,
  63n,
  64n,
  0xffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x0102030405060708n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0x8000000000000001n,
  0xff00ff0000000100n,
  0xffffffff7fffffffn,
  0xffffffff80000000n,
  0xfffffffffffffffen,
  0xffffffffffffffffn,
];

/** mcause and mtval of an instruction that trapped. */
export interface Trap {
  readonly cause: bigint;
  readonly value: bigint;
}

export class TestHart {
  readonly core: Core;
  private placed = -1;

  constructor() {
    this.core = new Core({
      module: new WebAssembly.Module(readFileSync(new URL('../../dist/core.wasm', import.meta.url))),
      ramSize: RAM_SIZE,
      harts: 1,
      paging: SV48,
      tickInstructions: 100,
      host: { mmioRead: () => 0, mmioWrite: () => {}, time: () => 0 },
      jit: JIT,
    });
    this.writeCsr(CSR_MTVEC, HANDLER);
    this.setFs(FS_CLEAN);
  }

  readCsr(csr: number): bigint {
    return u64(this.core.exports.inspectCsr(0, csr));
  }

  writeCsr(csr: number, value: bigint): void {
    if (!this.core.exports.modifyCsr(0, csr, value)) throw new Error(`the hart refuses CSR ${csr}`);
  }

  setFs(state: number): void {
    this.writeCsr(CSR_MSTATUS, BigInt(state) << MSTATUS_FS_SHIFT);
  }

  get fs(): number {
    return Number((this.readCsr(CSR_MSTATUS) >> MSTATUS_FS_SHIFT) & 3n);
  }

  get fflags(): number {
    return Number(this.readCsr(CSR_FCSR) & 0x1fn);
  }

  setFcsr(frm: number, fflags: number): void {
    this.writeCsr(CSR_FCSR, BigInt((frm << 5) | fflags));
  }

  private run(word: number): void {
    if (word !== this.placed) {
      new DataView(this.core.memory, this.core.ram.byteOffset).setUint32(0, word, true);
      this.core.exports.noteHostWrite(CODE, 4);
      this.placed = word;
    }
    this.core.exports.startHart(0, CODE);
    this.core.exports.run(1);
  }

  /** Executes an instruction, which must not trap, and returns where the pc went, relative to it. */
  execute(name: string, operands: Operands): bigint {
    const trap = this.attempt(name, operands);
    if (trap) throw new Error(`${name} trapped, cause ${trap.cause}`);
    return this.core.readPc(0) - CODE;
  }

  /** Executes an instruction; its trap if it raised an exception. */
  attempt(name: string, operands: Operands): Trap | undefined {
    return this.attemptWord(wordOf(name, operands));
  }

  attemptWord(word: number): Trap | undefined {
    this.run(word);
    if (this.core.readPc(0) !== HANDLER) return undefined;
    return { cause: this.readCsr(CSR_MCAUSE), value: this.readCsr(CSR_MTVAL) };
  }

  /** x10 of `name x10, x11, x12` or `name x10, x11, imm`. */
  compute(name: string, a: bigint, b: bigint, imm = 0): bigint {
    this.core.writeX(0, 11, u64(a));
    this.core.writeX(0, 12, u64(b));
    this.execute(name, { rd: 10, rs1: 11, rs2: 12, imm });
    return this.core.readX(0, 10);
  }

  /** Bytes of RAM at an address, as a little-endian number. */
  peek(address: bigint, size: number): bigint {
    const start = Number(address - CODE);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.core.ram[start + i]!);
    return value;
  }

  poke(address: bigint, value: bigint, size: number): void {
    const start = Number(address - CODE);
    for (let i = 0; i < size; i++) this.core.ram[start + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }
}

export function wordOf(name: string, operands: Operands): number {
  const row = findInstruction(name);
  if (!row) throw new Error(`no instruction ${name} in the tables`);
  return encode(row, operands);
}

type Reference = (a: bigint, b: bigint) => bigint;

/** Compares register-register instructions with their definitions over all pairs of INTEGERS. */
export function expectRegisterForms(hart: TestHart, references: Readonly<Record<string, Reference>>): void {
  for (const [name, reference] of Object.entries(references)) {
    for (const a of INTEGERS) {
      for (const b of INTEGERS) {
        const actual = hart.compute(name, a, b);
        const expected = u64(reference(a, b));
        if (actual !== expected) {
          expect.fail(`${name} 0x${a.toString(16)}, 0x${b.toString(16)}: ${actual}, expected ${expected}`);
        }
      }
    }
  }
}

/** The same for register-immediate instructions, over the given immediates. */
export function expectImmediateForms(
  hart: TestHart,
  immediates: readonly number[],
  references: Readonly<Record<string, Reference>>,
): void {
  for (const [name, reference] of Object.entries(references)) {
    for (const a of INTEGERS) {
      for (const imm of immediates) {
        const actual = hart.compute(name, a, 0n, imm);
        const expected = u64(reference(a, BigInt(imm)));
        if (actual !== expected) {
          expect.fail(`${name} 0x${a.toString(16)}, ${imm}: ${actual}, expected ${expected}`);
        }
      }
    }
  }
}
