/** Zbs: single-bit operations (ISA manual, chapter "B"). */
import { Wasm } from '../wasm/opcode';
import { emit, i64Const } from '../wasm/writer';
import { emitImm, emitRs1, emitRs2, emitSetRd } from './emit';
import { imm, rs1, rs2, setRd } from './registers';

function emitWithConstant(r: usize, opcode: u32, value: i64): void {
  emitRs1(r);
  i64Const(value);
  emit(opcode);
  emitSetRd(r);
}

/** rd = rs1 combined with 1 << rs2. */
function emitWithBit(r: usize, opcode: u32): void {
  emitRs1(r);
  i64Const(1);
  emitRs2(r);
  emit(Wasm.I64_SHL);
  emit(opcode);
  emitSetRd(r);
}

/** rd = one bit of the value on the stack, whose number lies above it. */
function emitExtractBit(r: usize): void {
  emit(Wasm.I64_SHR_U);
  i64Const(1);
  emit(Wasm.I64_AND);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeBclr(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & ~((1 as i64) << rs2(h, r)));
}

export function emitBclr(r: usize): void {
  emitRs1(r);
  i64Const(~1);
  emitRs2(r);
  emit(Wasm.I64_ROTL);
  emit(Wasm.I64_AND);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeBclri(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & ~((1 as i64) << imm(r)));
}

export function emitBclri(r: usize): void {
  emitWithConstant(r, Wasm.I64_AND, ~((1 as i64) << imm(r)));
}

// @ts-ignore: decorator
@inline
export function executeBext(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) >> rs2(h, r)) & 1);
}

export function emitBext(r: usize): void {
  emitRs1(r);
  emitRs2(r);
  emitExtractBit(r);
}

// @ts-ignore: decorator
@inline
export function executeBexti(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) >> imm(r)) & 1);
}

export function emitBexti(r: usize): void {
  emitRs1(r);
  emitImm(r);
  emitExtractBit(r);
}

// @ts-ignore: decorator
@inline
export function executeBinv(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ ((1 as i64) << rs2(h, r)));
}

export function emitBinv(r: usize): void {
  emitWithBit(r, Wasm.I64_XOR);
}

// @ts-ignore: decorator
@inline
export function executeBinvi(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ ((1 as i64) << imm(r)));
}

export function emitBinvi(r: usize): void {
  emitWithConstant(r, Wasm.I64_XOR, (1 as i64) << imm(r));
}

// @ts-ignore: decorator
@inline
export function executeBset(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | ((1 as i64) << rs2(h, r)));
}

export function emitBset(r: usize): void {
  emitWithBit(r, Wasm.I64_OR);
}

// @ts-ignore: decorator
@inline
export function executeBseti(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | ((1 as i64) << imm(r)));
}

export function emitBseti(r: usize): void {
  emitWithConstant(r, Wasm.I64_OR, (1 as i64) << imm(r));
}
