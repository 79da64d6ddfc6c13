/**
 * Writes the function of a region: its locals, which guest registers live in while
 * it runs, its entry, its body, and the exits.
 */
import { JIT_LOCALS, MAX_GROUPS, T_COST, T_IS_LOOP, T_LABEL } from '../layout';
import { setLoopLocals } from '../isa/access';
import { assignLowLocals } from '../isa/narrow';
import { LOCAL_F32, LOCAL_PC, LOCAL_SHIFTED, setStyle } from '../isa/emit';
import { TYPE_F32, TYPE_F64, TYPE_I32, TYPE_I64, Wasm } from '../wasm/opcode';
import { emit, end, open, startLabels, writeByte, writeU32 } from '../wasm/writer';
import { declareExits, pushIsShort } from './emit-block';
import { emitBlocks } from './emit-tree';
import { closeExits, openExits } from './exits';
import { fpUse, inOrder, usedRegisters } from './flow';
import { findWords, lowRegisters } from './known-words';
import { emitTlbAtEntry } from './tlb-set';
import { leaveFor } from './transfer';

/** Gives each guest register that the region uses a local, and declares the locals. */
function declareLocals(hasLoops: bool): void {
  let next = fpUse ? LOCAL_F32 + 4 : LOCAL_SHIFTED + 1;
  let integers: u32 = 0;
  for (let left = usedRegisters; left; left &= left - 1) {
    const register = ctz(left) as u32;
    if (register < 32) integers++;
    store<u8>(JIT_LOCALS + (register as usize), next as u8);
    next++;
  }
  const floats = (popcnt(usedRegisters) as u32) - integers;
  setLoopLocals(next);
  if (hasLoops) next += 2 * MAX_GROUPS + 1;
  assignLowLocals(lowRegisters, next);
  const low = popcnt(lowRegisters) as u32;
  writeByte((fpUse ? 5 : 3) + (floats ? 1 : 0) + (hasLoops ? 2 : 0) + (low ? 1 : 0));
  writeU32(9);
  writeByte(TYPE_I32);
  writeU32(7);
  writeByte(TYPE_I64);
  if (fpUse) {
    writeU32(12);
    writeByte(TYPE_F64);
    writeU32(4);
    writeByte(TYPE_F32);
  }
  writeU32(integers);
  writeByte(TYPE_I64);
  if (floats) {
    writeU32(floats);
    writeByte(TYPE_F64);
  }
  if (hasLoops) {
    writeU32(MAX_GROUPS);
    writeByte(TYPE_I64);
    writeU32(MAX_GROUPS + 1);
    writeByte(TYPE_I32);
  }
  if (low) {
    writeU32(low);
    writeByte(TYPE_I32);
  }
}

/** Writes locals and code of the region for `slot`, whose `blocks` blocks were analysed. */
export function emitRegion(blocks: i32, slot: u32, written: u32): void {
  setStyle(written);
  let hasLoops = false;
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    store<u32>(block, 0, T_LABEL);
    if (load<u32>(block, T_IS_LOOP)) hasLoops = true;
  }
  findWords(blocks, hasLoops);
  declareLocals(hasLoops);
  declareExits(blocks);
  startLabels();
  const head = inOrder(0);
  pushIsShort(load<u32>(head, T_COST));
  open(Wasm.IF);
  leaveFor(LOCAL_PC);
  end();
  emitTlbAtEntry(slot);
  const tail = openExits();
  emitBlocks(blocks);
  emit(Wasm.UNREACHABLE);
  closeExits(tail, slot);
  writeByte(Wasm.END);
}
