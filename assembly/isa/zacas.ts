/**
 * Zacas: atomic compare-and-swap (Zacas 1.0). rd holds the expected value and
 * gets the old one; amocas.q works on even/odd register pairs, where x0 names
 * a pair of zeros, and has no emitter.
 */
import { REC_RD, REC_RS2, X_SINK } from '../layout';
import { leaveAfterAccess, locateAtomic } from '../mmu/access';
import { ACCESS_WRITE } from '../mmu/walk';
import { raiseIllegal } from '../hart/exception';
import { Wasm } from '../wasm/opcode';
import { emit, end, localGet, memoryAccess, open } from '../wasm/writer';
import { emitLocateAtomic } from './access';
import { emitOldRd, emitRs2, emitSetRd, emitSetRdLow } from './emit';
import { LOCAL_ADDRESS, LOCAL_OLD, LOCAL_OLD_WORD, emitOld, emitOldWord } from './emit-atomic';
import { rs1, rs2, setRd } from './registers';

/** The value of a register named as destination: x0, which is written to the sink, reads as zero. */
// @ts-ignore: decorator
@inline
function readRd(h: usize, r: usize): i64 {
  const rd = load<u16>(r, REC_RD);
  return rd == X_SINK ? 0 : load<i64>(h + rd);
}

export function executeAmocasW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const old = load<i32>(host);
  if (old == (readRd(h, r) as i32)) store<i32>(host, rs2(h, r) as i32);
  setRd(h, r, old);
  return leaveAfterAccess(h);
}

export function emitAmocasW(r: usize): void {
  emitLocateAtomic(r, 4, true);
  emitOldWord();
  emitOldRd(r);
  emit(Wasm.I32_WRAP_I64);
  emit(Wasm.I32_EQ);
  open(Wasm.IF);
  localGet(LOCAL_ADDRESS);
  emitRs2(r);
  memoryAccess(Wasm.I64_STORE32, 0);
  end();
  localGet(LOCAL_OLD_WORD);
  emitSetRdLow(r);
}

export function executeAmocasD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const old = load<i64>(host);
  if (old == readRd(h, r)) store<i64>(host, rs2(h, r));
  setRd(h, r, old);
  return leaveAfterAccess(h);
}

export function emitAmocasD(r: usize): void {
  emitLocateAtomic(r, 8, true);
  emitOld();
  emitOldRd(r);
  emit(Wasm.I64_EQ);
  open(Wasm.IF);
  localGet(LOCAL_ADDRESS);
  emitRs2(r);
  memoryAccess(Wasm.I64_STORE, 0);
  end();
  localGet(LOCAL_OLD);
  emitSetRd(r);
}

export function executeAmocasQ(h: usize, r: usize): bool {
  const rd = load<u16>(r, REC_RD) as usize;
  const source = load<u16>(r, REC_RS2) as usize;
  // Odd register numbers are reserved; register n lies at 8 × n.
  if ((rd | source) & 8) return raiseIllegal(h);
  const host = locateAtomic(h, rs1(h, r) as u64, 16, ACCESS_WRITE);
  if (!host) return false;
  const low = load<u64>(host);
  const high = load<u64>(host, 8);
  const discards = rd == X_SINK;
  const expectedLow: u64 = discards ? 0 : load<u64>(h + rd);
  const expectedHigh: u64 = discards ? 0 : load<u64>(h + rd, 8);
  if (low == expectedLow && high == expectedHigh) {
    store<u64>(host, source ? load<u64>(h + source) : 0);
    store<u64>(host, source ? load<u64>(h + source, 8) : 0, 8);
  }
  if (!discards) {
    store<u64>(h + rd, low);
    store<u64>(h + rd, high, 8);
  }
  return leaveAfterAccess(h);
}
