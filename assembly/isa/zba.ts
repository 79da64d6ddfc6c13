/**
 * Zba: address generation (ISA manual, chapter "B"). The .uw forms zero-extend
 * the low word of rs1 first.
 */
import { Wasm } from '../wasm/opcode';
import { emit, i64Const } from '../wasm/writer';
import { emitImm, emitRs1, emitSetRd } from './emit';
import { emitAddRs2, emitRs1Unsigned } from './emit-integer';
import { imm, rs1, rs2, setRd } from './registers';

/** rd = the i64 on the stack << shift, + rs2. */
function emitShiftAddRs2(r: usize, shift: i64): void {
  i64Const(shift);
  emit(Wasm.I64_SHL);
  emitAddRs2(r);
  emitSetRd(r);
}

function emitShiftAdd(r: usize, shift: i64): void {
  emitRs1(r);
  emitShiftAddRs2(r, shift);
}

function emitShiftAddUnsigned(r: usize, shift: i64): void {
  emitRs1Unsigned(r);
  emitShiftAddRs2(r, shift);
}

// @ts-ignore: decorator
@inline
export function executeAddUw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) as u32 as i64) + rs2(h, r));
}

export function emitAddUw(r: usize): void {
  emitRs1Unsigned(r);
  emitAddRs2(r);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeSh1add(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) << 1) + rs2(h, r));
}

export function emitSh1add(r: usize): void {
  emitShiftAdd(r, 1);
}

// @ts-ignore: decorator
@inline
export function executeSh2add(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) << 2) + rs2(h, r));
}

export function emitSh2add(r: usize): void {
  emitShiftAdd(r, 2);
}

// @ts-ignore: decorator
@inline
export function executeSh3add(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) << 3) + rs2(h, r));
}

export function emitSh3add(r: usize): void {
  emitShiftAdd(r, 3);
}

// @ts-ignore: decorator
@inline
export function executeSh1addUw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32 as i64) << 1) + rs2(h, r));
}

export function emitSh1addUw(r: usize): void {
  emitShiftAddUnsigned(r, 1);
}

// @ts-ignore: decorator
@inline
export function executeSh2addUw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32 as i64) << 2) + rs2(h, r));
}

export function emitSh2addUw(r: usize): void {
  emitShiftAddUnsigned(r, 2);
}

// @ts-ignore: decorator
@inline
export function executeSh3addUw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32 as i64) << 3) + rs2(h, r));
}

export function emitSh3addUw(r: usize): void {
  emitShiftAddUnsigned(r, 3);
}

// @ts-ignore: decorator
@inline
export function executeSlliUw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) as u32 as i64) << imm(r));
}

export function emitSlliUw(r: usize): void {
  emitRs1Unsigned(r);
  emitImm(r);
  emit(Wasm.I64_SHL);
  emitSetRd(r);
}
