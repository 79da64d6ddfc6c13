/** Zbb: basic bit manipulation (ISA manual, chapter "B"). */
import { Wasm } from '../wasm/opcode';
import { emit, i32Const, i64Const, localGet, localTee } from '../wasm/writer';
import { LOCAL_I64, emitRs1, emitRs1Low, emitRs2, emitRs2Low, emitSetRd, emitSetRdLow } from './emit';
import {
  BINARY_OF_WORDS,
  emitBinary,
  emitBinaryImmediate,
  emitBinaryImmediateLow,
  emitBinaryLow,
  emitCompare,
  emitUnary,
  emitUnaryLow,
} from './emit-integer';
import { imm, rs1, rs2, setRd } from './registers';
import { usesLow } from './words';

/** rd = rs1 combined with the complement of rs2. */
function emitWithNot(r: usize, opcode: u32): void {
  if (usesLow(r)) {
    emitRs1Low(r);
    emitRs2Low(r);
    i32Const(-1);
    emit(Wasm.I32_XOR);
    emit(opcode - BINARY_OF_WORDS);
    emitSetRdLow(r);
    return;
  }
  emitRs1(r);
  emitRs2(r);
  i64Const(-1);
  emit(Wasm.I64_XOR);
  emit(opcode);
  emitSetRd(r);
}

/** rd = rs1 where the comparison holds, else rs2. */
function emitSelect(r: usize, comparison: u32): void {
  emitRs1(r);
  emitRs2(r);
  emitCompare(r, comparison);
  emit(Wasm.SELECT);
  emitSetRd(r);
}

/** Swaps neighbours of `width` bits in the i64 on the stack; `mask` has the lower one of each pair. */
function emitSwap(width: i64, mask: i64): void {
  localTee(LOCAL_I64);
  i64Const(mask);
  emit(Wasm.I64_AND);
  i64Const(width);
  emit(Wasm.I64_SHL);
  localGet(LOCAL_I64);
  i64Const(width);
  emit(Wasm.I64_SHR_U);
  i64Const(mask);
  emit(Wasm.I64_AND);
  emit(Wasm.I64_OR);
}

// @ts-ignore: decorator
@inline
export function executeAndn(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & ~rs2(h, r));
}

export function emitAndn(r: usize): void {
  emitWithNot(r, Wasm.I64_AND);
}

// @ts-ignore: decorator
@inline
export function executeOrn(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | ~rs2(h, r));
}

export function emitOrn(r: usize): void {
  emitWithNot(r, Wasm.I64_OR);
}

// @ts-ignore: decorator
@inline
export function executeXnor(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ ~rs2(h, r));
}

export function emitXnor(r: usize): void {
  emitWithNot(r, Wasm.I64_XOR);
}

// @ts-ignore: decorator
@inline
export function executeClz(h: usize, r: usize): void {
  setRd(h, r, clz<i64>(rs1(h, r)));
}

export function emitClz(r: usize): void {
  emitUnary(r, Wasm.I64_CLZ);
}

// @ts-ignore: decorator
@inline
export function executeClzw(h: usize, r: usize): void {
  setRd(h, r, clz<i32>(rs1(h, r) as i32) as i64);
}

export function emitClzw(r: usize): void {
  emitUnaryLow(r, Wasm.I32_CLZ);
}

// @ts-ignore: decorator
@inline
export function executeCtz(h: usize, r: usize): void {
  setRd(h, r, ctz<i64>(rs1(h, r)));
}

export function emitCtz(r: usize): void {
  emitUnary(r, Wasm.I64_CTZ);
}

// @ts-ignore: decorator
@inline
export function executeCtzw(h: usize, r: usize): void {
  setRd(h, r, ctz<i32>(rs1(h, r) as i32) as i64);
}

export function emitCtzw(r: usize): void {
  emitUnaryLow(r, Wasm.I32_CTZ);
}

// @ts-ignore: decorator
@inline
export function executeCpop(h: usize, r: usize): void {
  setRd(h, r, popcnt<i64>(rs1(h, r)));
}

export function emitCpop(r: usize): void {
  emitUnary(r, Wasm.I64_POPCNT);
}

// @ts-ignore: decorator
@inline
export function executeCpopw(h: usize, r: usize): void {
  setRd(h, r, popcnt<i32>(rs1(h, r) as i32) as i64);
}

export function emitCpopw(r: usize): void {
  emitUnaryLow(r, Wasm.I32_POPCNT);
}

// @ts-ignore: decorator
@inline
export function executeMax(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, a > b));
}

export function emitMax(r: usize): void {
  emitSelect(r, Wasm.I64_GT_S);
}

// @ts-ignore: decorator
@inline
export function executeMaxu(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, (a as u64) > (b as u64)));
}

export function emitMaxu(r: usize): void {
  emitSelect(r, Wasm.I64_GT_U);
}

// @ts-ignore: decorator
@inline
export function executeMin(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, a < b));
}

export function emitMin(r: usize): void {
  emitSelect(r, Wasm.I64_LT_S);
}

// @ts-ignore: decorator
@inline
export function executeMinu(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, (a as u64) < (b as u64)));
}

export function emitMinu(r: usize): void {
  emitSelect(r, Wasm.I64_LT_U);
}

// @ts-ignore: decorator
@inline
export function executeSextB(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) as i8 as i64);
}

export function emitSextB(r: usize): void {
  emitUnary(r, Wasm.I64_EXTEND8_S);
}

// @ts-ignore: decorator
@inline
export function executeSextH(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) as i16 as i64);
}

export function emitSextH(r: usize): void {
  emitUnary(r, Wasm.I64_EXTEND16_S);
}

// @ts-ignore: decorator
@inline
export function executeZextH(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) as u16 as i64);
}

export function emitZextH(r: usize): void {
  emitRs1(r);
  i64Const(0xffff);
  emit(Wasm.I64_AND);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeRol(h: usize, r: usize): void {
  setRd(h, r, rotl<i64>(rs1(h, r), rs2(h, r)));
}

export function emitRol(r: usize): void {
  emitBinary(r, Wasm.I64_ROTL);
}

// @ts-ignore: decorator
@inline
export function executeRolw(h: usize, r: usize): void {
  setRd(h, r, rotl<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

export function emitRolw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_ROTL);
}

// @ts-ignore: decorator
@inline
export function executeRor(h: usize, r: usize): void {
  setRd(h, r, rotr<i64>(rs1(h, r), rs2(h, r)));
}

export function emitRor(r: usize): void {
  emitBinary(r, Wasm.I64_ROTR);
}

// @ts-ignore: decorator
@inline
export function executeRorw(h: usize, r: usize): void {
  setRd(h, r, rotr<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

export function emitRorw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_ROTR);
}

// @ts-ignore: decorator
@inline
export function executeRori(h: usize, r: usize): void {
  setRd(h, r, rotr<i64>(rs1(h, r), imm(r)));
}

export function emitRori(r: usize): void {
  emitBinaryImmediate(r, Wasm.I64_ROTR);
}

// @ts-ignore: decorator
@inline
export function executeRoriw(h: usize, r: usize): void {
  setRd(h, r, rotr<i32>(rs1(h, r) as i32, imm(r) as i32) as i64);
}

export function emitRoriw(r: usize): void {
  emitBinaryImmediateLow(r, Wasm.I32_ROTR);
}

// Adding 0x7f carries into bit 7 of every byte that has a low bit set, and never out of it.
// @ts-ignore: decorator
@inline
export function executeOrcB(h: usize, r: usize): void {
  const value = rs1(h, r);
  setRd(
    h,
    r,
    (((((value & 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f) | value) >> 7) & 0x0101010101010101) * 0xff,
  );
}

export function emitOrcB(r: usize): void {
  emitRs1(r);
  i64Const(0x7f7f7f7f7f7f7f7f);
  emit(Wasm.I64_AND);
  i64Const(0x7f7f7f7f7f7f7f7f);
  emit(Wasm.I64_ADD);
  emitRs1(r);
  emit(Wasm.I64_OR);
  i64Const(7);
  emit(Wasm.I64_SHR_U);
  i64Const(0x0101010101010101);
  emit(Wasm.I64_AND);
  i64Const(0xff);
  emit(Wasm.I64_MUL);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeRev8(h: usize, r: usize): void {
  setRd(h, r, bswap<i64>(rs1(h, r)));
}

export function emitRev8(r: usize): void {
  emitRs1(r);
  emitSwap(8, 0x00ff00ff00ff00ff);
  emitSwap(16, 0x0000ffff0000ffff);
  i64Const(32);
  emit(Wasm.I64_ROTL);
  emitSetRd(r);
}
