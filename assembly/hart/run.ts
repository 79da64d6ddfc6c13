/**
 * The interpreter: runs one hart, from decoded block to decoded block. The
 * budget is charged a whole block at a time and given back where a block is
 * left early, so that counts are exact at every trap, exit and interrupt.
 *
 * Inside the loop the state lives in locals; `h` + H_PC and the counters are
 * brought up to date only where somebody may look: at system instructions,
 * before MMIO, at traps and on leaving.
 */
import {
  BLOCK_DEAD,
  BLOCK_TRANSLATED,
  B_COUNT,
  B_HEADER_SIZE,
  B_PADDR,
  B_REGION,
  H_CAUSE,
  H_EPOCH,
  H_JUMP_CACHE,
  H_LEAVE,
  H_PC,
  H_PRIV,
  H_SIDE_EXIT,
  H_SYNCED,
  H_TLB_READ,
  H_TLB_WRITE,
  H_TVAL,
  LEAVE_AFTER,
  LEAVE_SYNC,
  LEAVE_TRAP,
  RECORD_SIZE,
  REC_LEFT,
  REC_LEN,
  REC_NEXT,
  REC_OFF,
  REC_OP,
  REC_RD,
  REC_TAKEN,
  R_COST,
  R_PADDR,
  SCRATCH_BLOCK,
  X_SINK,
} from '../layout';
import { FIRST_SYSTEM, LAST_SYSTEM, Op } from '../generated/opcodes';
import { CAUSE_ILLEGAL_INSTRUCTION } from '../generated/csr';
import { imm, rs1, setRd } from '../isa/registers';
import { enterRegion, hotAt, isForced, MAX_DEPTH, noteArrival } from '../jit/tier';
import { noteIndirectJump } from '../jit/profile';
import { jumpIndex } from '../mmu/tlb';
import { arenaEpoch, decodeBlock, plainBlock } from './block';
import { isStopped } from './debug';
import { raiseIllegal } from './exception';
import { findBlock, findOnce, fetchRaw } from './fetch';
import { mustLeaveSlice } from './schedule';
import { startSlice, synchronize } from './slice';
import { executeSystem } from './system';
import { takeException, takeInterrupt } from './trap';
// <generated:imports>
import * as a from '../isa/a';
import * as d from '../isa/d';
import * as dConvert from '../isa/d-convert';
import * as f from '../isa/f';
import * as fConvert from '../isa/f-convert';
import * as m from '../isa/m';
import * as rv64i from '../isa/rv64i';
import * as rv64iMemory from '../isa/rv64i-memory';
import * as rv64iWord from '../isa/rv64i-word';
import * as zacas from '../isa/zacas';
import * as zba from '../isa/zba';
import * as zbb from '../isa/zbb';
import * as zbc from '../isa/zbc';
import * as zbs from '../isa/zbs';
import * as zfhmin from '../isa/zfhmin';
import * as zicond from '../isa/zicond';
// </generated:imports>

// Where control goes from the last record: a successor slot, or one of these.
const LEAVE: usize = 0;
const INDIRECT: usize = 1;

/** No instruction lies there. */
const NOWHERE: u64 = 1;
/** How far functions may move sp away from where their caller had it; further off there is another stack. */
const STACK_REACH: u64 = 0x10000;
const SP: usize = 2 << 3;

/** Runs `h` for at most `limit` instructions; returns how many it executed. */
export function runHart(h: usize, limit: u32): u32 {
  startSlice(h, limit);
  takeInterrupt(h);
  store<u32>(h, 0, H_SIDE_EXIT);
  const left = run(h, limit, NOWHERE, MAX_DEPTH);
  store<u64>(h, load<u64>(h, H_PC) & ~1, H_PC);
  synchronize(h, left);
  return (limit as i32) - left;
}

/**
 * Executes at most `limit` instructions; returns what is left of them. For translated
 * code that has called a function it ends at `stop`, where that returns to. If it ends
 * elsewhere, or what the callers rely on has changed meanwhile, H_PC is odd.
 */
export function run(h: usize, limit: i32, stop: u64, depth: i32): i32 {
  const epoch = load<u32>(h, H_EPOCH);
  const privilege = load<u32>(h, H_PRIV);
  const stack = load<u64>(h, SP) + STACK_REACH;
  let pc = load<u64>(h, H_PC);
  let budget = limit;
  let tlbRead = load<u32>(h, H_TLB_READ) as usize;
  let tlbWrite = load<u32>(h, H_TLB_WRITE) as usize;
  let jumps = load<u32>(h, H_JUMP_CACHE) as usize;
  let block: usize = 0;
  let successor: usize = 0; // the slot that led here and may remember the block found
  let once = false; // execute one instruction with exact counters, for MMIO
  let jumpedFrom: u64 = 0; // where the last indirect jump lies
  let isPlain = load<u32>(h, H_SIDE_EXIT) != 0; // the next block is to be interpreted, whatever was translated
  let isArrival = true; // control came to pc by one of the ways that make a block hot

  while (budget > 0) {
    if (stop != NOWHERE) {
      if (pc == stop && !isPlain) {
        if (epoch != load<u32>(h, H_EPOCH) || privilege != load<u32>(h, H_PRIV)) break;
        store<u64>(h, pc, H_PC);
        return budget;
      }
      // Frames of translated code that nobody will return to should not pile up.
      if (stack - load<u64>(h, SP) > 2 * STACK_REACH) break;
    }
    // Find the block at pc.
    if (once) {
      block = findOnce(h, pc);
    } else {
      const e = jumps + jumpIndex(pc);
      if (load<u64>(e) == (pc | 1) && load<u32>(e, 12) == load<u32>(h, H_EPOCH)) {
        block = load<u32>(e, 8);
      } else {
        const epoch = arenaEpoch;
        block = findBlock(h, pc);
        if (arenaEpoch != epoch) successor = 0;
      }
      if (hotAt && isArrival && block && block < SCRATCH_BLOCK) {
        if (noteArrival(h, pc, block)) successor = 0;
      }
      if (block && load<u32>(block) > (budget as u32)) {
        if (load<u32>(block) == BLOCK_DEAD) {
          store<u64>(e, 0);
          continue;
        }
        if (load<u32>(block) == BLOCK_TRANSLATED) {
          const region = load<u32>(block, B_REGION) as usize;
          if (!isPlain && budget >= load<i32>(region, R_COST)) {
            budget = enterRegion(h, region, pc, budget, depth);
            pc = load<u64>(h, H_PC) & ~1;
            isPlain = load<u32>(h, H_SIDE_EXIT) != 0;
            isArrival = true;
            successor = 0;
            if (mustLeaveSlice()) break;
            tlbRead = load<u32>(h, H_TLB_READ);
            tlbWrite = load<u32>(h, H_TLB_WRITE);
            jumps = load<u32>(h, H_JUMP_CACHE);
            continue;
          }
          block = plainBlock(region, load<u64>(region, R_PADDR));
          successor = 0;
        }
        if (load<u32>(block) > (budget as u32)) {
          // The budget ends inside this block.
          decodeBlock(SCRATCH_BLOCK, load<u64>(block, B_PADDR), budget as u32);
          block = SCRATCH_BLOCK;
          successor = 0;
        }
      }
    }
    if (!block) {
      if (isStopped()) break;
      budget--;
      store<u32>(h, 0, H_SYNCED);
      takeException(h, pc);
      pc = load<u64>(h, H_PC);
      tlbRead = load<u32>(h, H_TLB_READ);
      tlbWrite = load<u32>(h, H_TLB_WRITE);
      jumps = load<u32>(h, H_JUMP_CACHE);
      successor = 0;
      once = false;
      if (mustLeaveSlice()) break;
      continue;
    }
    if (successor) {
      if (block < SCRATCH_BLOCK) store<u32>(successor, block as u32);
      successor = 0;
    }

    // Run it, and what it leads to directly.
    let slot = INDIRECT;
    let r: usize = 0;
    while (true) {
      budget -= load<i32>(block, B_COUNT);
      if (budget < 0) {
        // The budget ends inside it, or it is dead: the lookup above decides what to do.
        budget += load<i32>(block, B_COUNT);
        if (load<u32>(block, B_COUNT) == BLOCK_DEAD) successor = r + slot;
        slot = INDIRECT;
        break;
      }
      r = block + B_HEADER_SIZE;
      while (true) {
        switch (load<u16>(r, REC_OP) as i32) {
          case Op.AUIPC:
            setRd(h, r, (pc as i64) + load<u16>(r, REC_OFF) + imm(r));
            r += RECORD_SIZE;
            continue;
          case Op.JAL:
            setRd(h, r, (pc as i64) + load<u16>(r, REC_OFF) + load<u8>(r, REC_LEN));
            slot = REC_TAKEN;
            break;
          case Op.JALR: {
            const target = ((rs1(h, r) + imm(r)) as u64) & ~1;
            jumpedFrom = pc + load<u16>(r, REC_OFF);
            setRd(h, r, jumpedFrom + load<u8>(r, REC_LEN));
            pc = target;
            slot = INDIRECT;
            break;
          }
          case Op.END:
            slot = REC_NEXT;
            break;
          // <generated:cases>
          case Op.MUL: m.executeMul(h, r); r += RECORD_SIZE; continue;
          case Op.MULH: m.executeMulh(h, r); r += RECORD_SIZE; continue;
          case Op.MULHSU: m.executeMulhsu(h, r); r += RECORD_SIZE; continue;
          case Op.MULHU: m.executeMulhu(h, r); r += RECORD_SIZE; continue;
          case Op.DIV: m.executeDiv(h, r); r += RECORD_SIZE; continue;
          case Op.DIVU: m.executeDivu(h, r); r += RECORD_SIZE; continue;
          case Op.REM: m.executeRem(h, r); r += RECORD_SIZE; continue;
          case Op.REMU: m.executeRemu(h, r); r += RECORD_SIZE; continue;
          case Op.MULW: m.executeMulw(h, r); r += RECORD_SIZE; continue;
          case Op.DIVW: m.executeDivw(h, r); r += RECORD_SIZE; continue;
          case Op.DIVUW: m.executeDivuw(h, r); r += RECORD_SIZE; continue;
          case Op.REMW: m.executeRemw(h, r); r += RECORD_SIZE; continue;
          case Op.REMUW: m.executeRemuw(h, r); r += RECORD_SIZE; continue;
          case Op.LUI: rv64i.executeLui(h, r); r += RECORD_SIZE; continue;
          case Op.ADDI: rv64i.executeAddi(h, r); r += RECORD_SIZE; continue;
          case Op.SLTI: rv64i.executeSlti(h, r); r += RECORD_SIZE; continue;
          case Op.SLTIU: rv64i.executeSltiu(h, r); r += RECORD_SIZE; continue;
          case Op.XORI: rv64i.executeXori(h, r); r += RECORD_SIZE; continue;
          case Op.ORI: rv64i.executeOri(h, r); r += RECORD_SIZE; continue;
          case Op.ANDI: rv64i.executeAndi(h, r); r += RECORD_SIZE; continue;
          case Op.ADD: rv64i.executeAdd(h, r); r += RECORD_SIZE; continue;
          case Op.SUB: rv64i.executeSub(h, r); r += RECORD_SIZE; continue;
          case Op.SLL: rv64i.executeSll(h, r); r += RECORD_SIZE; continue;
          case Op.SLT: rv64i.executeSlt(h, r); r += RECORD_SIZE; continue;
          case Op.SLTU: rv64i.executeSltu(h, r); r += RECORD_SIZE; continue;
          case Op.XOR: rv64i.executeXor(h, r); r += RECORD_SIZE; continue;
          case Op.SRL: rv64i.executeSrl(h, r); r += RECORD_SIZE; continue;
          case Op.SRA: rv64i.executeSra(h, r); r += RECORD_SIZE; continue;
          case Op.OR: rv64i.executeOr(h, r); r += RECORD_SIZE; continue;
          case Op.AND: rv64i.executeAnd(h, r); r += RECORD_SIZE; continue;
          case Op.SLLI: rv64i.executeSlli(h, r); r += RECORD_SIZE; continue;
          case Op.SRLI: rv64i.executeSrli(h, r); r += RECORD_SIZE; continue;
          case Op.SRAI: rv64i.executeSrai(h, r); r += RECORD_SIZE; continue;
          case Op.ADDIW: rv64iWord.executeAddiw(h, r); r += RECORD_SIZE; continue;
          case Op.SLLIW: rv64iWord.executeSlliw(h, r); r += RECORD_SIZE; continue;
          case Op.SRLIW: rv64iWord.executeSrliw(h, r); r += RECORD_SIZE; continue;
          case Op.SRAIW: rv64iWord.executeSraiw(h, r); r += RECORD_SIZE; continue;
          case Op.ADDW: rv64iWord.executeAddw(h, r); r += RECORD_SIZE; continue;
          case Op.SUBW: rv64iWord.executeSubw(h, r); r += RECORD_SIZE; continue;
          case Op.SLLW: rv64iWord.executeSllw(h, r); r += RECORD_SIZE; continue;
          case Op.SRLW: rv64iWord.executeSrlw(h, r); r += RECORD_SIZE; continue;
          case Op.SRAW: rv64iWord.executeSraw(h, r); r += RECORD_SIZE; continue;
          case Op.SH1ADD: zba.executeSh1add(h, r); r += RECORD_SIZE; continue;
          case Op.SH2ADD: zba.executeSh2add(h, r); r += RECORD_SIZE; continue;
          case Op.SH3ADD: zba.executeSh3add(h, r); r += RECORD_SIZE; continue;
          case Op.ADD_UW: zba.executeAddUw(h, r); r += RECORD_SIZE; continue;
          case Op.SH1ADD_UW: zba.executeSh1addUw(h, r); r += RECORD_SIZE; continue;
          case Op.SH2ADD_UW: zba.executeSh2addUw(h, r); r += RECORD_SIZE; continue;
          case Op.SH3ADD_UW: zba.executeSh3addUw(h, r); r += RECORD_SIZE; continue;
          case Op.SLLI_UW: zba.executeSlliUw(h, r); r += RECORD_SIZE; continue;
          case Op.ANDN: zbb.executeAndn(h, r); r += RECORD_SIZE; continue;
          case Op.ORN: zbb.executeOrn(h, r); r += RECORD_SIZE; continue;
          case Op.XNOR: zbb.executeXnor(h, r); r += RECORD_SIZE; continue;
          case Op.CLZ: zbb.executeClz(h, r); r += RECORD_SIZE; continue;
          case Op.CTZ: zbb.executeCtz(h, r); r += RECORD_SIZE; continue;
          case Op.CPOP: zbb.executeCpop(h, r); r += RECORD_SIZE; continue;
          case Op.MAX: zbb.executeMax(h, r); r += RECORD_SIZE; continue;
          case Op.MAXU: zbb.executeMaxu(h, r); r += RECORD_SIZE; continue;
          case Op.MIN: zbb.executeMin(h, r); r += RECORD_SIZE; continue;
          case Op.MINU: zbb.executeMinu(h, r); r += RECORD_SIZE; continue;
          case Op.SEXT_B: zbb.executeSextB(h, r); r += RECORD_SIZE; continue;
          case Op.SEXT_H: zbb.executeSextH(h, r); r += RECORD_SIZE; continue;
          case Op.ROL: zbb.executeRol(h, r); r += RECORD_SIZE; continue;
          case Op.ROR: zbb.executeRor(h, r); r += RECORD_SIZE; continue;
          case Op.ORC_B: zbb.executeOrcB(h, r); r += RECORD_SIZE; continue;
          case Op.CLZW: zbb.executeClzw(h, r); r += RECORD_SIZE; continue;
          case Op.CTZW: zbb.executeCtzw(h, r); r += RECORD_SIZE; continue;
          case Op.CPOPW: zbb.executeCpopw(h, r); r += RECORD_SIZE; continue;
          case Op.ROLW: zbb.executeRolw(h, r); r += RECORD_SIZE; continue;
          case Op.RORW: zbb.executeRorw(h, r); r += RECORD_SIZE; continue;
          case Op.RORIW: zbb.executeRoriw(h, r); r += RECORD_SIZE; continue;
          case Op.RORI: zbb.executeRori(h, r); r += RECORD_SIZE; continue;
          case Op.REV8: zbb.executeRev8(h, r); r += RECORD_SIZE; continue;
          case Op.ZEXT_H: zbb.executeZextH(h, r); r += RECORD_SIZE; continue;
          case Op.CLMUL: zbc.executeClmul(h, r); r += RECORD_SIZE; continue;
          case Op.CLMULR: zbc.executeClmulr(h, r); r += RECORD_SIZE; continue;
          case Op.CLMULH: zbc.executeClmulh(h, r); r += RECORD_SIZE; continue;
          case Op.BCLR: zbs.executeBclr(h, r); r += RECORD_SIZE; continue;
          case Op.BEXT: zbs.executeBext(h, r); r += RECORD_SIZE; continue;
          case Op.BINV: zbs.executeBinv(h, r); r += RECORD_SIZE; continue;
          case Op.BSET: zbs.executeBset(h, r); r += RECORD_SIZE; continue;
          case Op.BCLRI: zbs.executeBclri(h, r); r += RECORD_SIZE; continue;
          case Op.BEXTI: zbs.executeBexti(h, r); r += RECORD_SIZE; continue;
          case Op.BINVI: zbs.executeBinvi(h, r); r += RECORD_SIZE; continue;
          case Op.BSETI: zbs.executeBseti(h, r); r += RECORD_SIZE; continue;
          case Op.CZERO_EQZ: zicond.executeCzeroEqz(h, r); r += RECORD_SIZE; continue;
          case Op.CZERO_NEZ: zicond.executeCzeroNez(h, r); r += RECORD_SIZE; continue;
          case Op.LB: if (rv64iMemory.executeLb(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LH: if (rv64iMemory.executeLh(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LW: if (rv64iMemory.executeLw(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LBU: if (rv64iMemory.executeLbu(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LHU: if (rv64iMemory.executeLhu(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LWU: if (rv64iMemory.executeLwu(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LD: if (rv64iMemory.executeLd(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SB: if (rv64iMemory.executeSb(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SH: if (rv64iMemory.executeSh(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SW: if (rv64iMemory.executeSw(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SD: if (rv64iMemory.executeSd(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLD: if (d.executeFld(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLW: if (f.executeFlw(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLH: if (zfhmin.executeFlh(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSD: if (d.executeFsd(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSW: if (f.executeFsw(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSH: if (zfhmin.executeFsh(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMADD_D: if (d.executeFmaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMSUB_D: if (d.executeFmsubD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMSUB_D: if (d.executeFnmsubD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMADD_D: if (d.executeFnmaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FADD_D: if (d.executeFaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSUB_D: if (d.executeFsubD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMUL_D: if (d.executeFmulD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FDIV_D: if (d.executeFdivD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSQRT_D: if (d.executeFsqrtD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJ_D: if (d.executeFsgnjD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJN_D: if (d.executeFsgnjnD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJX_D: if (d.executeFsgnjxD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMIN_D: if (d.executeFminD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMAX_D: if (d.executeFmaxD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_D: if (dConvert.executeFcvtSD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_S: if (dConvert.executeFcvtDS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FEQ_D: if (d.executeFeqD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLT_D: if (d.executeFltD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLE_D: if (d.executeFleD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCLASS_D: if (d.executeFclassD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_W_D: if (dConvert.executeFcvtWD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_WU_D: if (dConvert.executeFcvtWuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_W: if (dConvert.executeFcvtDW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_WU: if (dConvert.executeFcvtDWu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_L_D: if (dConvert.executeFcvtLD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_LU_D: if (dConvert.executeFcvtLuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_X_D: if (dConvert.executeFmvXD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_L: if (dConvert.executeFcvtDL(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_LU: if (dConvert.executeFcvtDLu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_D_X: if (dConvert.executeFmvDX(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMADD_S: if (f.executeFmaddS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMSUB_S: if (f.executeFmsubS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMSUB_S: if (f.executeFnmsubS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMADD_S: if (f.executeFnmaddS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FADD_S: if (f.executeFaddS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSUB_S: if (f.executeFsubS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMUL_S: if (f.executeFmulS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FDIV_S: if (f.executeFdivS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSQRT_S: if (f.executeFsqrtS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJ_S: if (f.executeFsgnjS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJN_S: if (f.executeFsgnjnS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJX_S: if (f.executeFsgnjxS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMIN_S: if (f.executeFminS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMAX_S: if (f.executeFmaxS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_W_S: if (fConvert.executeFcvtWS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_WU_S: if (fConvert.executeFcvtWuS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_X_W: if (fConvert.executeFmvXW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FEQ_S: if (f.executeFeqS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLT_S: if (f.executeFltS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLE_S: if (f.executeFleS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCLASS_S: if (f.executeFclassS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_W: if (fConvert.executeFcvtSW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_WU: if (fConvert.executeFcvtSWu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_W_X: if (fConvert.executeFmvWX(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_L_S: if (fConvert.executeFcvtLS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_LU_S: if (fConvert.executeFcvtLuS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_L: if (fConvert.executeFcvtSL(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_LU: if (fConvert.executeFcvtSLu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_H: if (zfhmin.executeFcvtSH(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_H_S: if (zfhmin.executeFcvtHS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_X_H: if (zfhmin.executeFmvXH(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_H_X: if (zfhmin.executeFmvHX(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_H: if (zfhmin.executeFcvtDH(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_H_D: if (zfhmin.executeFcvtHD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LR_W: if (a.executeLrW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SC_W: if (a.executeScW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOSWAP_W: if (a.executeAmoswapW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOADD_W: if (a.executeAmoaddW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOXOR_W: if (a.executeAmoxorW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOAND_W: if (a.executeAmoandW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOOR_W: if (a.executeAmoorW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMIN_W: if (a.executeAmominW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAX_W: if (a.executeAmomaxW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMINU_W: if (a.executeAmominuW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAXU_W: if (a.executeAmomaxuW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LR_D: if (a.executeLrD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SC_D: if (a.executeScD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOSWAP_D: if (a.executeAmoswapD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOADD_D: if (a.executeAmoaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOXOR_D: if (a.executeAmoxorD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOAND_D: if (a.executeAmoandD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOOR_D: if (a.executeAmoorD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMIN_D: if (a.executeAmominD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAX_D: if (a.executeAmomaxD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMINU_D: if (a.executeAmominuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAXU_D: if (a.executeAmomaxuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOCAS_W: if (zacas.executeAmocasW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOCAS_D: if (zacas.executeAmocasD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOCAS_Q: if (zacas.executeAmocasQ(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.BEQ: if (rv64i.executeBeq(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BNE: if (rv64i.executeBne(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BLT: if (rv64i.executeBlt(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BGE: if (rv64i.executeBge(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BLTU: if (rv64i.executeBltu(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BGEU: if (rv64i.executeBgeu(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.FENCE: r += RECORD_SIZE; continue;
          // </generated:cases>
          default:
            // System instructions, and illegal ones.
            slot = LEAVE;
        }
        break;
      }
      if (slot <= INDIRECT) break;
      budget += load<u8>(r, REC_LEFT);
      pc += load<i32>(r + slot, 8);
      const next = load<u32>(r + slot) as usize;
      if (!next) break;
      block = next;
    }
    isPlain = false;
    if (slot != LEAVE) {
      once = false;
      if (slot == INDIRECT && jumpedFrom && hotAt && block < SCRATCH_BLOCK && load<u16>(r, REC_RD) == X_SINK) {
        noteIndirectJump(load<u64>(block, B_PADDR) + load<u16>(r, REC_OFF), pc - jumpedFrom);
      }
      jumpedFrom = 0;
      isArrival =
        isForced || slot == INDIRECT || load<i32>(r + slot, 8) <= 0 || (load<u16>(r, REC_OP) == Op.JAL && load<u16>(r, REC_RD) != X_SINK);
      // Remembered within a page only: another page may get another mapping.
      if (slot != INDIRECT && r < SCRATCH_BLOCK && !((pc ^ (pc - load<i32>(r + slot, 8))) >> 12)) {
        successor = r + slot;
      }
      continue;
    }

    // Something beside the straight path happened at record r.
    isArrival = true;
    const op = load<u16>(r, REC_OP) as u32;
    const at = pc + load<u16>(r, REC_OFF);
    let reason: u32;
    if (op >= FIRST_SYSTEM && op <= LAST_SYSTEM) {
      synchronize(h, budget + 1);
      store<u64>(h, at + load<u8>(r, REC_LEN), H_PC);
      store<u32>(h, LEAVE_AFTER, H_LEAVE);
      executeSystem(h, r);
      reason = load<u32>(h, H_LEAVE);
      pc = load<u64>(h, H_PC);
    } else {
      if (op == Op.ILLEGAL) raiseIllegal(h);
      reason = load<u32>(h, H_LEAVE);
      budget += load<u8>(r, REC_LEFT);
      if (reason == LEAVE_SYNC) {
        budget++;
        synchronize(h, budget);
        store<u64>(h, at, H_PC);
        store<u32>(h, 1, H_SYNCED);
        pc = at;
        once = true;
        continue;
      }
      pc = at + load<u8>(r, REC_LEN);
    }
    store<u32>(h, 0, H_SYNCED);
    once = false;
    if (reason == LEAVE_TRAP) {
      if (load<u32>(h, H_CAUSE) == CAUSE_ILLEGAL_INSTRUCTION) store<u64>(h, fetchRaw(h, at), H_TVAL);
      takeException(h, at);
    } else {
      store<u64>(h, pc, H_PC);
    }
    if (mustLeaveSlice()) {
      pc = load<u64>(h, H_PC);
      break;
    }
    takeInterrupt(h);
    pc = load<u64>(h, H_PC);
    tlbRead = load<u32>(h, H_TLB_READ);
    tlbWrite = load<u32>(h, H_TLB_WRITE);
    jumps = load<u32>(h, H_JUMP_CACHE);
  }
  store<u64>(h, pc | 1, H_PC);
  return budget;
}
