/** Zicsr: reading and writing control and status registers (ISA manual, 6.1). */
import { REC_IMM, REC_RS2 } from '../layout';
import { csrAccessible, csrValue, readCsr, readForModify, writeCsr } from '../hart/csr';
import { raiseIllegal } from '../hart/exception';
import { rs1, setRd } from './registers';

const SWAP: u32 = 0;
const SET: u32 = 1;
const CLEAR: u32 = 2;

// The record's immediate is csr | zimm << 16; REC_RS2 holds the number in the rs1 field,
// because csrrs and csrrc with x0 (or a zero immediate) do not write.
function access(h: usize, r: usize, operation: u32, operand: u64): void {
  const csr = load<u32>(r, REC_IMM) & 0xfff;
  const writes = operation == SWAP || load<u16>(r, REC_RS2) != 0;
  if (!csrAccessible(h, csr, writes) || !readCsr(h, csr)) {
    raiseIllegal(h);
    return;
  }
  const old = csrValue;
  if (writes) {
    const base = readForModify(h, csr);
    writeCsr(h, csr, operation == SWAP ? operand : operation == SET ? base | operand : base & ~operand);
  }
  setRd(h, r, old);
}

// @ts-ignore: decorator
@inline
function zimm(r: usize): u64 {
  return load<u32>(r, REC_IMM) >> 16;
}

export function executeCsrrw(h: usize, r: usize): void {
  access(h, r, SWAP, rs1(h, r));
}

export function executeCsrrs(h: usize, r: usize): void {
  access(h, r, SET, rs1(h, r));
}

export function executeCsrrc(h: usize, r: usize): void {
  access(h, r, CLEAR, rs1(h, r));
}

export function executeCsrrwi(h: usize, r: usize): void {
  access(h, r, SWAP, zimm(r));
}

export function executeCsrrsi(h: usize, r: usize): void {
  access(h, r, SET, zimm(r));
}

export function executeCsrrci(h: usize, r: usize): void {
  access(h, r, CLEAR, zimm(r));
}
