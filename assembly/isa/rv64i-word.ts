/**
 * RV64I: arithmetic on words, whose results are sign-extended (ISA manual, 4.2).
 * Shift counts need no mask here either.
 */
import { REC_RS1 } from '../layout';
import { Wasm } from '../wasm/opcode';
import { emit } from '../wasm/writer';
import { emitImm, emitImmLow, emitRs1Low, emitSetRd, emitSetRdLow } from './emit';
import { emitBinaryImmediateLow, emitBinaryLow, immediate, isZero } from './emit-integer';
import { imm, rs1, rs2, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function executeAddiw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) + imm(r)) as i32 as i64);
}

export function emitAddiw(r: usize): void {
  if (isZero(r, REC_RS1)) {
    emitImm(r);
    emitSetRd(r);
    return;
  }
  emitRs1Low(r);
  if (immediate(r) != 0) {
    emitImmLow(r);
    emit(Wasm.I32_ADD);
  }
  emitSetRdLow(r);
}

// @ts-ignore: decorator
@inline
export function executeSlliw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) << (imm(r) as i32)) as i64);
}

export function emitSlliw(r: usize): void {
  emitBinaryImmediateLow(r, Wasm.I32_SHL);
}

// @ts-ignore: decorator
@inline
export function executeSrliw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32) >> (imm(r) as u32)) as i32 as i64);
}

export function emitSrliw(r: usize): void {
  emitBinaryImmediateLow(r, Wasm.I32_SHR_U);
}

// @ts-ignore: decorator
@inline
export function executeSraiw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) >> (imm(r) as i32)) as i64);
}

export function emitSraiw(r: usize): void {
  emitBinaryImmediateLow(r, Wasm.I32_SHR_S);
}

// @ts-ignore: decorator
@inline
export function executeAddw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) + rs2(h, r)) as i32 as i64);
}

export function emitAddw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_ADD);
}

// @ts-ignore: decorator
@inline
export function executeSubw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) - rs2(h, r)) as i32 as i64);
}

export function emitSubw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_SUB);
}

// @ts-ignore: decorator
@inline
export function executeSllw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) << (rs2(h, r) as i32)) as i64);
}

export function emitSllw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_SHL);
}

// @ts-ignore: decorator
@inline
export function executeSrlw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32) >> (rs2(h, r) as u32)) as i32 as i64);
}

export function emitSrlw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_SHR_U);
}

// @ts-ignore: decorator
@inline
export function executeSraw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) >> (rs2(h, r) as i32)) as i64);
}

export function emitSraw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_SHR_S);
}
