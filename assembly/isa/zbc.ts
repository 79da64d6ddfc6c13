/** Zbc: carry-less multiplication (ISA manual, chapter "B"). */
import { Wasm } from '../wasm/opcode';
import { brIf, emit, end, i64Const, localGet, localSet, localTee, open } from '../wasm/writer';
import { LOCAL_I64, emitRs1, emitRs2, emitSetRd } from './emit';
import { emitIsNotZero } from './emit-integer';
import { rs1, rs2, setRd } from './registers';

/**
 * Pushes the exclusive or of rs1 shifted by n ^ flip for each bit n that is set
 * in rs2: a loop, as the multiplications of the executor would be hundreds of bytes.
 * A shift to the right by ~n, which is 63 - n, gives bits 126 to 63 of the product.
 */
function emitSumOfShifts(r: usize, shift: u32, flip: i64): void {
  const sum = LOCAL_I64;
  const rest = LOCAL_I64 + 1;
  i64Const(0);
  localSet(sum);
  emitRs2(r);
  localTee(rest);
  emitIsNotZero();
  open(Wasm.IF);
  const loop = open(Wasm.LOOP);
  emitRs1(r);
  localGet(rest);
  emit(Wasm.I64_CTZ);
  if (flip) {
    i64Const(flip);
    emit(Wasm.I64_XOR);
  }
  emit(shift);
  localGet(sum);
  emit(Wasm.I64_XOR);
  localSet(sum);
  localGet(rest);
  i64Const(-1);
  emit(Wasm.I64_ADD);
  localGet(rest);
  emit(Wasm.I64_AND);
  localTee(rest);
  emitIsNotZero();
  brIf(loop);
  end();
  end();
  localGet(sum);
}

// Every fourth bit. A product of two such operands has its terms four bits
// apart and at most 15 of them on each, so that no carry reaches the next one
// (16 meet at bit 60 only, and carry out of the word): the lowest bit of each
// group is the carry-less sum.
const EVERY_FOURTH: u64 = 0x1111111111111111;

/** The low 64 bits of the carry-less product. */
function carrylessMultiply(a: u64, b: u64): u64 {
  const a0 = a & EVERY_FOURTH;
  const a1 = a & (EVERY_FOURTH << 1);
  const a2 = a & (EVERY_FOURTH << 2);
  const a3 = a & (EVERY_FOURTH << 3);
  const b0 = b & EVERY_FOURTH;
  const b1 = b & (EVERY_FOURTH << 1);
  const b2 = b & (EVERY_FOURTH << 2);
  const b3 = b & (EVERY_FOURTH << 3);
  return (
    (((a0 * b0) ^ (a1 * b3) ^ (a2 * b2) ^ (a3 * b1)) & EVERY_FOURTH) |
    (((a0 * b1) ^ (a1 * b0) ^ (a2 * b3) ^ (a3 * b2)) & (EVERY_FOURTH << 1)) |
    (((a0 * b2) ^ (a1 * b1) ^ (a2 * b0) ^ (a3 * b3)) & (EVERY_FOURTH << 2)) |
    (((a0 * b3) ^ (a1 * b2) ^ (a2 * b1) ^ (a3 * b0)) & (EVERY_FOURTH << 3))
  );
}

function reverseBits(value: u64): u64 {
  let v = value;
  v = ((v >> 1) & 0x5555555555555555) | ((v & 0x5555555555555555) << 1);
  v = ((v >> 2) & 0x3333333333333333) | ((v & 0x3333333333333333) << 2);
  v = ((v >> 4) & 0x0f0f0f0f0f0f0f0f) | ((v & 0x0f0f0f0f0f0f0f0f) << 4);
  return bswap<u64>(v);
}

/** Bits 126 to 63 of the product: without carries, reversed operands give the reversed product. */
function carrylessMultiplyReversed(a: u64, b: u64): u64 {
  return reverseBits(carrylessMultiply(reverseBits(a), reverseBits(b)));
}

// @ts-ignore: decorator
@inline
export function executeClmul(h: usize, r: usize): void {
  setRd(h, r, carrylessMultiply(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

export function emitClmul(r: usize): void {
  emitSumOfShifts(r, Wasm.I64_SHL, 0);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeClmulh(h: usize, r: usize): void {
  setRd(h, r, (carrylessMultiplyReversed(rs1(h, r) as u64, rs2(h, r) as u64) >> 1) as i64);
}

export function emitClmulh(r: usize): void {
  emitSumOfShifts(r, Wasm.I64_SHR_U, -1);
  i64Const(1);
  emit(Wasm.I64_SHR_U);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeClmulr(h: usize, r: usize): void {
  setRd(h, r, carrylessMultiplyReversed(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

export function emitClmulr(r: usize): void {
  emitSumOfShifts(r, Wasm.I64_SHR_U, -1);
  emitSetRd(r);
}
