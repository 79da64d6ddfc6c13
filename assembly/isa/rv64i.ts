/**
 * RV64I: arithmetic and branches (ISA manual, chapters 2 and 4). Jumps and auipc
 * need the pc and belong to the run loop; word arithmetic, loads and stores,
 * fences and system instructions stand in files of their own.
 *
 * Shifts need no mask: WebAssembly takes the count modulo the width as well.
 */
import { REC_RS1 } from '../layout';
import { Wasm } from '../wasm/opcode';
import { emit, i64Const, localGet, localTee } from '../wasm/writer';
import {
  emitImm,
  emitRs1,
  emitRs1Low,
  emitRs2,
  emitSetRd,
  emitSetRdLow,
  emitSetRdUnsigned,
  LOCAL_SHIFTED,
} from './emit';
import {
  emitAddRs2,
  emitBinary,
  emitBinaryImmediate,
  emitBitwise,
  emitBitwiseImmediate,
  emitCompare,
  emitCompareImmediate,
  emitEqual,
  emitSetIf,
  immediate,
  isZero,
} from './emit-integer';
import { isNarrow } from './narrow';
import { imm, rs1, rs2, setRd } from './registers';
import { shiftOf } from './shifted';

// The decoder left imm << 12, sign-extended, in the record.
// @ts-ignore: decorator
@inline
export function executeLui(h: usize, r: usize): void {
  setRd(h, r, imm(r));
}

export function emitLui(r: usize): void {
  emitImm(r);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeAddi(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) + imm(r));
}

export function emitAddi(r: usize): void {
  if (isZero(r, REC_RS1)) {
    emitImm(r);
  } else if (immediate(r) == 0 && isNarrow(load<u16>(r, REC_RS1))) {
    emitRs1Low(r);
    emitSetRdLow(r);
    return;
  } else {
    emitRs1(r);
    if (immediate(r) != 0) {
      emitImm(r);
      emit(Wasm.I64_ADD);
    }
  }
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeSlti(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) < imm(r)) as i64);
}

export function emitSlti(r: usize): void {
  emitCompareImmediate(r, Wasm.I64_LT_S);
  emitSetRdUnsigned(r);
}

// @ts-ignore: decorator
@inline
export function executeSltiu(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) < (imm(r) as u64)) as i64);
}

export function emitSltiu(r: usize): void {
  emitCompareImmediate(r, Wasm.I64_LT_U);
  emitSetRdUnsigned(r);
}

// @ts-ignore: decorator
@inline
export function executeXori(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ imm(r));
}

export function emitXori(r: usize): void {
  emitBitwiseImmediate(r, Wasm.I64_XOR);
}

// @ts-ignore: decorator
@inline
export function executeOri(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | imm(r));
}

export function emitOri(r: usize): void {
  emitBitwiseImmediate(r, Wasm.I64_OR);
}

// @ts-ignore: decorator
@inline
export function executeAndi(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & imm(r));
}

export function emitAndi(r: usize): void {
  // The result is not extended where it cannot be negative: that costs nothing.
  if (immediate(r) < 0) emitBitwiseImmediate(r, Wasm.I64_AND);
  else emitBinaryImmediate(r, Wasm.I64_AND);
}

// @ts-ignore: decorator
@inline
export function executeSlli(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) << imm(r));
}

export function emitSlli(r: usize): void {
  emitRs1(r);
  localTee(LOCAL_SHIFTED);
  emitImm(r);
  emit(Wasm.I64_SHL);
  emitSetRd(r);
}

// Without Zba and Zbb, compilers extend with a shift to the left and one back.

/** rd = rs1 >> imm, where rs1 is LOCAL_SHIFTED << `count`. */
function emitShiftBack(r: usize, count: i32): bool {
  const back = immediate(r);
  if (back == count && count >= 32) {
    localGet(LOCAL_SHIFTED);
    i64Const(-1 >>> count);
    emit(Wasm.I64_AND);
  } else if (count == 32 && back < 32) {
    localGet(LOCAL_SHIFTED);
    i64Const(0xffffffff);
    emit(Wasm.I64_AND);
    i64Const(32 - back);
    emit(Wasm.I64_SHL);
  } else {
    return false;
  }
  emitSetRd(r);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeSrli(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) >> (imm(r) as u64)) as i64);
}

export function emitSrli(r: usize): void {
  const count = shiftOf(r);
  if (count == 0 || !emitShiftBack(r, count)) emitBinaryImmediate(r, Wasm.I64_SHR_U);
}

// @ts-ignore: decorator
@inline
export function executeSrai(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) >> imm(r));
}

export function emitSrai(r: usize): void {
  const count = shiftOf(r);
  if (count != immediate(r) || (count != 32 && count != 48 && count != 56)) {
    emitBinaryImmediate(r, Wasm.I64_SHR_S);
    return;
  }
  localGet(LOCAL_SHIFTED);
  emit(count == 32 ? Wasm.I64_EXTEND32_S : count == 48 ? Wasm.I64_EXTEND16_S : Wasm.I64_EXTEND8_S);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeAdd(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) + rs2(h, r));
}

export function emitAdd(r: usize): void {
  if (isZero(r, REC_RS1)) {
    emitRs2(r);
  } else {
    emitRs1(r);
    emitAddRs2(r);
  }
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeSub(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) - rs2(h, r));
}

export function emitSub(r: usize): void {
  emitBinary(r, Wasm.I64_SUB);
}

// @ts-ignore: decorator
@inline
export function executeSll(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) << rs2(h, r));
}

export function emitSll(r: usize): void {
  emitBinary(r, Wasm.I64_SHL);
}

// @ts-ignore: decorator
@inline
export function executeSlt(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) < rs2(h, r)) as i64);
}

export function emitSlt(r: usize): void {
  emitSetIf(r, Wasm.I64_LT_S);
}

// @ts-ignore: decorator
@inline
export function executeSltu(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) < (rs2(h, r) as u64)) as i64);
}

export function emitSltu(r: usize): void {
  if (isZero(r, REC_RS1)) emitEqual(r, true);
  else emitCompare(r, Wasm.I64_LT_U);
  emitSetRdUnsigned(r);
}

// @ts-ignore: decorator
@inline
export function executeXor(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ rs2(h, r));
}

export function emitXor(r: usize): void {
  emitBitwise(r, Wasm.I64_XOR);
}

// @ts-ignore: decorator
@inline
export function executeSrl(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) >> (rs2(h, r) as u64)) as i64);
}

export function emitSrl(r: usize): void {
  emitBinary(r, Wasm.I64_SHR_U);
}

// @ts-ignore: decorator
@inline
export function executeSra(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) >> rs2(h, r));
}

export function emitSra(r: usize): void {
  emitBinary(r, Wasm.I64_SHR_S);
}

// @ts-ignore: decorator
@inline
export function executeOr(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | rs2(h, r));
}

export function emitOr(r: usize): void {
  emitBitwise(r, Wasm.I64_OR);
}

// @ts-ignore: decorator
@inline
export function executeAnd(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & rs2(h, r));
}

export function emitAnd(r: usize): void {
  emitBitwise(r, Wasm.I64_AND);
}

// @ts-ignore: decorator
@inline
export function executeBeq(h: usize, r: usize): bool {
  return rs1(h, r) == rs2(h, r);
}

export function emitBeq(r: usize): void {
  emitEqual(r, false);
}

// @ts-ignore: decorator
@inline
export function executeBne(h: usize, r: usize): bool {
  return rs1(h, r) != rs2(h, r);
}

export function emitBne(r: usize): void {
  emitEqual(r, true);
}

// @ts-ignore: decorator
@inline
export function executeBlt(h: usize, r: usize): bool {
  return rs1(h, r) < rs2(h, r);
}

export function emitBlt(r: usize): void {
  emitCompare(r, Wasm.I64_LT_S);
}

// @ts-ignore: decorator
@inline
export function executeBge(h: usize, r: usize): bool {
  return rs1(h, r) >= rs2(h, r);
}

export function emitBge(r: usize): void {
  emitCompare(r, Wasm.I64_GE_S);
}

// @ts-ignore: decorator
@inline
export function executeBltu(h: usize, r: usize): bool {
  return (rs1(h, r) as u64) < (rs2(h, r) as u64);
}

export function emitBltu(r: usize): void {
  emitCompare(r, Wasm.I64_LT_U);
}

// @ts-ignore: decorator
@inline
export function executeBgeu(h: usize, r: usize): bool {
  return (rs1(h, r) as u64) >= (rs2(h, r) as u64);
}

export function emitBgeu(r: usize): void {
  emitCompare(r, Wasm.I64_GE_U);
}
