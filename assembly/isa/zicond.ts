/** Zicond: integer conditional operations (ISA manual, chapter "Zicond"). */
import { Wasm } from '../wasm/opcode';
import { emit, i64Const } from '../wasm/writer';
import { emitRs1, emitRs2, emitSetRd } from './emit';
import { rs1, rs2, setRd } from './registers';

/** rd = the lower of two values on the stack if rs2 is 0, else the upper. */
function emitSelectIfZero(r: usize): void {
  emitRs2(r);
  emit(Wasm.I64_EQZ);
  emit(Wasm.SELECT);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeCzeroEqz(h: usize, r: usize): void {
  setRd(h, r, select<i64>(0, rs1(h, r), rs2(h, r) == 0));
}

export function emitCzeroEqz(r: usize): void {
  i64Const(0);
  emitRs1(r);
  emitSelectIfZero(r);
}

// @ts-ignore: decorator
@inline
export function executeCzeroNez(h: usize, r: usize): void {
  setRd(h, r, select<i64>(0, rs1(h, r), rs2(h, r) != 0));
}

export function emitCzeroNez(r: usize): void {
  emitRs1(r);
  i64Const(0);
  emitSelectIfZero(r);
}
