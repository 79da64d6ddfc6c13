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
import {
  executeAmoaddD,
  executeAmoaddW,
  executeAmoandD,
  executeAmoandW,
  executeAmomaxD,
  executeAmomaxW,
  executeAmomaxuD,
  executeAmomaxuW,
  executeAmominD,
  executeAmominW,
  executeAmominuD,
  executeAmominuW,
  executeAmoorD,
  executeAmoorW,
  executeAmoswapD,
  executeAmoswapW,
  executeAmoxorD,
  executeAmoxorW,
  executeLrD,
  executeLrW,
  executeScD,
  executeScW,
} from '../isa/a';
import {
  executeFaddD,
  executeFclassD,
  executeFdivD,
  executeFeqD,
  executeFld,
  executeFleD,
  executeFltD,
  executeFmaddD,
  executeFmaxD,
  executeFminD,
  executeFmsubD,
  executeFmulD,
  executeFnmaddD,
  executeFnmsubD,
  executeFsd,
  executeFsgnjD,
  executeFsgnjnD,
  executeFsgnjxD,
  executeFsqrtD,
  executeFsubD,
} from '../isa/d';
import {
  executeFcvtDL,
  executeFcvtDLu,
  executeFcvtDS,
  executeFcvtDW,
  executeFcvtDWu,
  executeFcvtLD,
  executeFcvtLuD,
  executeFcvtSD,
  executeFcvtWD,
  executeFcvtWuD,
  executeFmvDX,
  executeFmvXD,
} from '../isa/d-convert';
import {
  executeFaddS,
  executeFclassS,
  executeFdivS,
  executeFeqS,
  executeFleS,
  executeFltS,
  executeFlw,
  executeFmaddS,
  executeFmaxS,
  executeFminS,
  executeFmsubS,
  executeFmulS,
  executeFnmaddS,
  executeFnmsubS,
  executeFsgnjS,
  executeFsgnjnS,
  executeFsgnjxS,
  executeFsqrtS,
  executeFsubS,
  executeFsw,
} from '../isa/f';
import {
  executeFcvtLS,
  executeFcvtLuS,
  executeFcvtSL,
  executeFcvtSLu,
  executeFcvtSW,
  executeFcvtSWu,
  executeFcvtWS,
  executeFcvtWuS,
  executeFmvWX,
  executeFmvXW,
} from '../isa/f-convert';
import {
  executeDiv,
  executeDivu,
  executeDivuw,
  executeDivw,
  executeMul,
  executeMulh,
  executeMulhsu,
  executeMulhu,
  executeMulw,
  executeRem,
  executeRemu,
  executeRemuw,
  executeRemw,
} from '../isa/m';
import {
  executeAdd,
  executeAddi,
  executeAnd,
  executeAndi,
  executeBeq,
  executeBge,
  executeBgeu,
  executeBlt,
  executeBltu,
  executeBne,
  executeLui,
  executeOr,
  executeOri,
  executeSll,
  executeSlli,
  executeSlt,
  executeSlti,
  executeSltiu,
  executeSltu,
  executeSra,
  executeSrai,
  executeSrl,
  executeSrli,
  executeSub,
  executeXor,
  executeXori,
} from '../isa/rv64i';
import {
  executeLb,
  executeLbu,
  executeLd,
  executeLh,
  executeLhu,
  executeLw,
  executeLwu,
  executeSb,
  executeSd,
  executeSh,
  executeSw,
} from '../isa/rv64i-memory';
import {
  executeAddiw,
  executeAddw,
  executeSlliw,
  executeSllw,
  executeSraiw,
  executeSraw,
  executeSrliw,
  executeSrlw,
  executeSubw,
} from '../isa/rv64i-word';
import { executeAmocasD, executeAmocasQ, executeAmocasW } from '../isa/zacas';
import {
  executeAddUw,
  executeSh1add,
  executeSh1addUw,
  executeSh2add,
  executeSh2addUw,
  executeSh3add,
  executeSh3addUw,
  executeSlliUw,
} from '../isa/zba';
import {
  executeAndn,
  executeClz,
  executeClzw,
  executeCpop,
  executeCpopw,
  executeCtz,
  executeCtzw,
  executeMax,
  executeMaxu,
  executeMin,
  executeMinu,
  executeOrcB,
  executeOrn,
  executeRev8,
  executeRol,
  executeRolw,
  executeRor,
  executeRori,
  executeRoriw,
  executeRorw,
  executeSextB,
  executeSextH,
  executeXnor,
  executeZextH,
} from '../isa/zbb';
import { executeClmul, executeClmulh, executeClmulr } from '../isa/zbc';
import {
  executeBclr,
  executeBclri,
  executeBext,
  executeBexti,
  executeBinv,
  executeBinvi,
  executeBset,
  executeBseti,
} from '../isa/zbs';
import {
  executeFcvtDH,
  executeFcvtHD,
  executeFcvtHS,
  executeFcvtSH,
  executeFlh,
  executeFmvHX,
  executeFmvXH,
  executeFsh,
} from '../isa/zfhmin';
import { executeCzeroEqz, executeCzeroNez } from '../isa/zicond';
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
          case Op.MUL: executeMul(h, r); r += RECORD_SIZE; continue;
          case Op.MULH: executeMulh(h, r); r += RECORD_SIZE; continue;
          case Op.MULHSU: executeMulhsu(h, r); r += RECORD_SIZE; continue;
          case Op.MULHU: executeMulhu(h, r); r += RECORD_SIZE; continue;
          case Op.DIV: executeDiv(h, r); r += RECORD_SIZE; continue;
          case Op.DIVU: executeDivu(h, r); r += RECORD_SIZE; continue;
          case Op.REM: executeRem(h, r); r += RECORD_SIZE; continue;
          case Op.REMU: executeRemu(h, r); r += RECORD_SIZE; continue;
          case Op.MULW: executeMulw(h, r); r += RECORD_SIZE; continue;
          case Op.DIVW: executeDivw(h, r); r += RECORD_SIZE; continue;
          case Op.DIVUW: executeDivuw(h, r); r += RECORD_SIZE; continue;
          case Op.REMW: executeRemw(h, r); r += RECORD_SIZE; continue;
          case Op.REMUW: executeRemuw(h, r); r += RECORD_SIZE; continue;
          case Op.LUI: executeLui(h, r); r += RECORD_SIZE; continue;
          case Op.ADDI: executeAddi(h, r); r += RECORD_SIZE; continue;
          case Op.SLTI: executeSlti(h, r); r += RECORD_SIZE; continue;
          case Op.SLTIU: executeSltiu(h, r); r += RECORD_SIZE; continue;
          case Op.XORI: executeXori(h, r); r += RECORD_SIZE; continue;
          case Op.ORI: executeOri(h, r); r += RECORD_SIZE; continue;
          case Op.ANDI: executeAndi(h, r); r += RECORD_SIZE; continue;
          case Op.ADD: executeAdd(h, r); r += RECORD_SIZE; continue;
          case Op.SUB: executeSub(h, r); r += RECORD_SIZE; continue;
          case Op.SLL: executeSll(h, r); r += RECORD_SIZE; continue;
          case Op.SLT: executeSlt(h, r); r += RECORD_SIZE; continue;
          case Op.SLTU: executeSltu(h, r); r += RECORD_SIZE; continue;
          case Op.XOR: executeXor(h, r); r += RECORD_SIZE; continue;
          case Op.SRL: executeSrl(h, r); r += RECORD_SIZE; continue;
          case Op.SRA: executeSra(h, r); r += RECORD_SIZE; continue;
          case Op.OR: executeOr(h, r); r += RECORD_SIZE; continue;
          case Op.AND: executeAnd(h, r); r += RECORD_SIZE; continue;
          case Op.SLLI: executeSlli(h, r); r += RECORD_SIZE; continue;
          case Op.SRLI: executeSrli(h, r); r += RECORD_SIZE; continue;
          case Op.SRAI: executeSrai(h, r); r += RECORD_SIZE; continue;
          case Op.ADDIW: executeAddiw(h, r); r += RECORD_SIZE; continue;
          case Op.SLLIW: executeSlliw(h, r); r += RECORD_SIZE; continue;
          case Op.SRLIW: executeSrliw(h, r); r += RECORD_SIZE; continue;
          case Op.SRAIW: executeSraiw(h, r); r += RECORD_SIZE; continue;
          case Op.ADDW: executeAddw(h, r); r += RECORD_SIZE; continue;
          case Op.SUBW: executeSubw(h, r); r += RECORD_SIZE; continue;
          case Op.SLLW: executeSllw(h, r); r += RECORD_SIZE; continue;
          case Op.SRLW: executeSrlw(h, r); r += RECORD_SIZE; continue;
          case Op.SRAW: executeSraw(h, r); r += RECORD_SIZE; continue;
          case Op.SH1ADD: executeSh1add(h, r); r += RECORD_SIZE; continue;
          case Op.SH2ADD: executeSh2add(h, r); r += RECORD_SIZE; continue;
          case Op.SH3ADD: executeSh3add(h, r); r += RECORD_SIZE; continue;
          case Op.ADD_UW: executeAddUw(h, r); r += RECORD_SIZE; continue;
          case Op.SH1ADD_UW: executeSh1addUw(h, r); r += RECORD_SIZE; continue;
          case Op.SH2ADD_UW: executeSh2addUw(h, r); r += RECORD_SIZE; continue;
          case Op.SH3ADD_UW: executeSh3addUw(h, r); r += RECORD_SIZE; continue;
          case Op.SLLI_UW: executeSlliUw(h, r); r += RECORD_SIZE; continue;
          case Op.ANDN: executeAndn(h, r); r += RECORD_SIZE; continue;
          case Op.ORN: executeOrn(h, r); r += RECORD_SIZE; continue;
          case Op.XNOR: executeXnor(h, r); r += RECORD_SIZE; continue;
          case Op.CLZ: executeClz(h, r); r += RECORD_SIZE; continue;
          case Op.CTZ: executeCtz(h, r); r += RECORD_SIZE; continue;
          case Op.CPOP: executeCpop(h, r); r += RECORD_SIZE; continue;
          case Op.MAX: executeMax(h, r); r += RECORD_SIZE; continue;
          case Op.MAXU: executeMaxu(h, r); r += RECORD_SIZE; continue;
          case Op.MIN: executeMin(h, r); r += RECORD_SIZE; continue;
          case Op.MINU: executeMinu(h, r); r += RECORD_SIZE; continue;
          case Op.SEXT_B: executeSextB(h, r); r += RECORD_SIZE; continue;
          case Op.SEXT_H: executeSextH(h, r); r += RECORD_SIZE; continue;
          case Op.ROL: executeRol(h, r); r += RECORD_SIZE; continue;
          case Op.ROR: executeRor(h, r); r += RECORD_SIZE; continue;
          case Op.ORC_B: executeOrcB(h, r); r += RECORD_SIZE; continue;
          case Op.CLZW: executeClzw(h, r); r += RECORD_SIZE; continue;
          case Op.CTZW: executeCtzw(h, r); r += RECORD_SIZE; continue;
          case Op.CPOPW: executeCpopw(h, r); r += RECORD_SIZE; continue;
          case Op.ROLW: executeRolw(h, r); r += RECORD_SIZE; continue;
          case Op.RORW: executeRorw(h, r); r += RECORD_SIZE; continue;
          case Op.RORIW: executeRoriw(h, r); r += RECORD_SIZE; continue;
          case Op.RORI: executeRori(h, r); r += RECORD_SIZE; continue;
          case Op.REV8: executeRev8(h, r); r += RECORD_SIZE; continue;
          case Op.ZEXT_H: executeZextH(h, r); r += RECORD_SIZE; continue;
          case Op.CLMUL: executeClmul(h, r); r += RECORD_SIZE; continue;
          case Op.CLMULR: executeClmulr(h, r); r += RECORD_SIZE; continue;
          case Op.CLMULH: executeClmulh(h, r); r += RECORD_SIZE; continue;
          case Op.BCLR: executeBclr(h, r); r += RECORD_SIZE; continue;
          case Op.BEXT: executeBext(h, r); r += RECORD_SIZE; continue;
          case Op.BINV: executeBinv(h, r); r += RECORD_SIZE; continue;
          case Op.BSET: executeBset(h, r); r += RECORD_SIZE; continue;
          case Op.BCLRI: executeBclri(h, r); r += RECORD_SIZE; continue;
          case Op.BEXTI: executeBexti(h, r); r += RECORD_SIZE; continue;
          case Op.BINVI: executeBinvi(h, r); r += RECORD_SIZE; continue;
          case Op.BSETI: executeBseti(h, r); r += RECORD_SIZE; continue;
          case Op.CZERO_EQZ: executeCzeroEqz(h, r); r += RECORD_SIZE; continue;
          case Op.CZERO_NEZ: executeCzeroNez(h, r); r += RECORD_SIZE; continue;
          case Op.LB: if (executeLb(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LH: if (executeLh(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LW: if (executeLw(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LBU: if (executeLbu(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LHU: if (executeLhu(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LWU: if (executeLwu(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LD: if (executeLd(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SB: if (executeSb(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SH: if (executeSh(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SW: if (executeSw(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SD: if (executeSd(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLD: if (executeFld(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLW: if (executeFlw(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLH: if (executeFlh(h, r, tlbRead)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSD: if (executeFsd(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSW: if (executeFsw(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSH: if (executeFsh(h, r, tlbWrite)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMADD_D: if (executeFmaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMSUB_D: if (executeFmsubD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMSUB_D: if (executeFnmsubD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMADD_D: if (executeFnmaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FADD_D: if (executeFaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSUB_D: if (executeFsubD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMUL_D: if (executeFmulD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FDIV_D: if (executeFdivD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSQRT_D: if (executeFsqrtD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJ_D: if (executeFsgnjD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJN_D: if (executeFsgnjnD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJX_D: if (executeFsgnjxD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMIN_D: if (executeFminD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMAX_D: if (executeFmaxD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_D: if (executeFcvtSD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_S: if (executeFcvtDS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FEQ_D: if (executeFeqD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLT_D: if (executeFltD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLE_D: if (executeFleD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCLASS_D: if (executeFclassD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_W_D: if (executeFcvtWD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_WU_D: if (executeFcvtWuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_W: if (executeFcvtDW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_WU: if (executeFcvtDWu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_L_D: if (executeFcvtLD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_LU_D: if (executeFcvtLuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_X_D: if (executeFmvXD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_L: if (executeFcvtDL(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_LU: if (executeFcvtDLu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_D_X: if (executeFmvDX(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMADD_S: if (executeFmaddS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMSUB_S: if (executeFmsubS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMSUB_S: if (executeFnmsubS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FNMADD_S: if (executeFnmaddS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FADD_S: if (executeFaddS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSUB_S: if (executeFsubS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMUL_S: if (executeFmulS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FDIV_S: if (executeFdivS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSQRT_S: if (executeFsqrtS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJ_S: if (executeFsgnjS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJN_S: if (executeFsgnjnS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FSGNJX_S: if (executeFsgnjxS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMIN_S: if (executeFminS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMAX_S: if (executeFmaxS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_W_S: if (executeFcvtWS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_WU_S: if (executeFcvtWuS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_X_W: if (executeFmvXW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FEQ_S: if (executeFeqS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLT_S: if (executeFltS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FLE_S: if (executeFleS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCLASS_S: if (executeFclassS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_W: if (executeFcvtSW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_WU: if (executeFcvtSWu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_W_X: if (executeFmvWX(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_L_S: if (executeFcvtLS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_LU_S: if (executeFcvtLuS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_L: if (executeFcvtSL(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_LU: if (executeFcvtSLu(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_S_H: if (executeFcvtSH(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_H_S: if (executeFcvtHS(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_X_H: if (executeFmvXH(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FMV_H_X: if (executeFmvHX(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_D_H: if (executeFcvtDH(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.FCVT_H_D: if (executeFcvtHD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LR_W: if (executeLrW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SC_W: if (executeScW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOSWAP_W: if (executeAmoswapW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOADD_W: if (executeAmoaddW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOXOR_W: if (executeAmoxorW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOAND_W: if (executeAmoandW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOOR_W: if (executeAmoorW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMIN_W: if (executeAmominW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAX_W: if (executeAmomaxW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMINU_W: if (executeAmominuW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAXU_W: if (executeAmomaxuW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.LR_D: if (executeLrD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.SC_D: if (executeScD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOSWAP_D: if (executeAmoswapD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOADD_D: if (executeAmoaddD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOXOR_D: if (executeAmoxorD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOAND_D: if (executeAmoandD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOOR_D: if (executeAmoorD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMIN_D: if (executeAmominD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAX_D: if (executeAmomaxD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMINU_D: if (executeAmominuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOMAXU_D: if (executeAmomaxuD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOCAS_W: if (executeAmocasW(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOCAS_D: if (executeAmocasD(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.AMOCAS_Q: if (executeAmocasQ(h, r)) { r += RECORD_SIZE; continue; } slot = LEAVE; break;
          case Op.BEQ: if (executeBeq(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BNE: if (executeBne(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BLT: if (executeBlt(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BGE: if (executeBge(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BLTU: if (executeBltu(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
          case Op.BGEU: if (executeBgeu(h, r)) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;
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
