/** From decoded records to the emitters of assembly/isa: what they do not know ends a region. */
import { REC_OP } from '../layout';
import { Op } from '../generated/opcodes';
// <generated:imports>
import {
  emitAmoaddD,
  emitAmoaddW,
  emitAmoandD,
  emitAmoandW,
  emitAmomaxD,
  emitAmomaxW,
  emitAmomaxuD,
  emitAmomaxuW,
  emitAmominD,
  emitAmominW,
  emitAmominuD,
  emitAmominuW,
  emitAmoorD,
  emitAmoorW,
  emitAmoswapD,
  emitAmoswapW,
  emitAmoxorD,
  emitAmoxorW,
  emitLrD,
  emitLrW,
  emitScD,
  emitScW,
} from '../isa/a';
import {
  emitFaddD,
  emitFclassD,
  emitFdivD,
  emitFeqD,
  emitFld,
  emitFleD,
  emitFltD,
  emitFmaddD,
  emitFmaxD,
  emitFminD,
  emitFmsubD,
  emitFmulD,
  emitFnmaddD,
  emitFnmsubD,
  emitFsd,
  emitFsgnjD,
  emitFsgnjnD,
  emitFsgnjxD,
  emitFsqrtD,
  emitFsubD,
} from '../isa/d';
import {
  emitFcvtDL,
  emitFcvtDLu,
  emitFcvtDS,
  emitFcvtDW,
  emitFcvtDWu,
  emitFcvtLD,
  emitFcvtLuD,
  emitFcvtSD,
  emitFcvtWD,
  emitFcvtWuD,
  emitFmvDX,
  emitFmvXD,
} from '../isa/d-convert';
import {
  emitFaddS,
  emitFclassS,
  emitFdivS,
  emitFeqS,
  emitFleS,
  emitFltS,
  emitFlw,
  emitFmaddS,
  emitFmaxS,
  emitFminS,
  emitFmsubS,
  emitFmulS,
  emitFnmaddS,
  emitFnmsubS,
  emitFsgnjS,
  emitFsgnjnS,
  emitFsgnjxS,
  emitFsqrtS,
  emitFsubS,
  emitFsw,
} from '../isa/f';
import {
  emitFcvtLS,
  emitFcvtLuS,
  emitFcvtSL,
  emitFcvtSLu,
  emitFcvtSW,
  emitFcvtSWu,
  emitFcvtWS,
  emitFcvtWuS,
  emitFmvWX,
  emitFmvXW,
} from '../isa/f-convert';
import {
  emitDiv,
  emitDivu,
  emitDivuw,
  emitDivw,
  emitMul,
  emitMulh,
  emitMulhsu,
  emitMulhu,
  emitMulw,
  emitRem,
  emitRemu,
  emitRemuw,
  emitRemw,
} from '../isa/m';
import {
  emitAdd,
  emitAddi,
  emitAnd,
  emitAndi,
  emitBeq,
  emitBge,
  emitBgeu,
  emitBlt,
  emitBltu,
  emitBne,
  emitLui,
  emitOr,
  emitOri,
  emitSll,
  emitSlli,
  emitSlt,
  emitSlti,
  emitSltiu,
  emitSltu,
  emitSra,
  emitSrai,
  emitSrl,
  emitSrli,
  emitSub,
  emitXor,
  emitXori,
} from '../isa/rv64i';
import {
  emitLb,
  emitLbu,
  emitLd,
  emitLh,
  emitLhu,
  emitLw,
  emitLwu,
  emitSb,
  emitSd,
  emitSh,
  emitSw,
} from '../isa/rv64i-memory';
import {
  emitAddiw,
  emitAddw,
  emitSlliw,
  emitSllw,
  emitSraiw,
  emitSraw,
  emitSrliw,
  emitSrlw,
  emitSubw,
} from '../isa/rv64i-word';
import { emitAmocasD, emitAmocasW } from '../isa/zacas';
import {
  emitAddUw,
  emitSh1add,
  emitSh1addUw,
  emitSh2add,
  emitSh2addUw,
  emitSh3add,
  emitSh3addUw,
  emitSlliUw,
} from '../isa/zba';
import {
  emitAndn,
  emitClz,
  emitClzw,
  emitCpop,
  emitCpopw,
  emitCtz,
  emitCtzw,
  emitMax,
  emitMaxu,
  emitMin,
  emitMinu,
  emitOrcB,
  emitOrn,
  emitRev8,
  emitRol,
  emitRolw,
  emitRor,
  emitRori,
  emitRoriw,
  emitRorw,
  emitSextB,
  emitSextH,
  emitXnor,
  emitZextH,
} from '../isa/zbb';
import { emitClmul, emitClmulh, emitClmulr } from '../isa/zbc';
import {
  emitBclr,
  emitBclri,
  emitBext,
  emitBexti,
  emitBinv,
  emitBinvi,
  emitBset,
  emitBseti,
} from '../isa/zbs';
import {
  emitFcvtDH,
  emitFcvtHD,
  emitFcvtHS,
  emitFcvtSH,
  emitFlh,
  emitFmvHX,
  emitFmvXH,
  emitFsh,
} from '../isa/zfhmin';
import { emitCzeroEqz, emitCzeroNez } from '../isa/zicond';
// </generated:imports>

/** Whether `emitInstruction` knows instructions of this op. */
export function canEmit(op: u32): bool {
  switch (op) {
    // <generated:ops>
    case Op.MUL:
    case Op.MULH:
    case Op.MULHSU:
    case Op.MULHU:
    case Op.DIV:
    case Op.DIVU:
    case Op.REM:
    case Op.REMU:
    case Op.MULW:
    case Op.DIVW:
    case Op.DIVUW:
    case Op.REMW:
    case Op.REMUW:
    case Op.LUI:
    case Op.ADDI:
    case Op.SLTI:
    case Op.SLTIU:
    case Op.XORI:
    case Op.ORI:
    case Op.ANDI:
    case Op.ADD:
    case Op.SUB:
    case Op.SLL:
    case Op.SLT:
    case Op.SLTU:
    case Op.XOR:
    case Op.SRL:
    case Op.SRA:
    case Op.OR:
    case Op.AND:
    case Op.SLLI:
    case Op.SRLI:
    case Op.SRAI:
    case Op.ADDIW:
    case Op.SLLIW:
    case Op.SRLIW:
    case Op.SRAIW:
    case Op.ADDW:
    case Op.SUBW:
    case Op.SLLW:
    case Op.SRLW:
    case Op.SRAW:
    case Op.SH1ADD:
    case Op.SH2ADD:
    case Op.SH3ADD:
    case Op.ADD_UW:
    case Op.SH1ADD_UW:
    case Op.SH2ADD_UW:
    case Op.SH3ADD_UW:
    case Op.SLLI_UW:
    case Op.ANDN:
    case Op.ORN:
    case Op.XNOR:
    case Op.CLZ:
    case Op.CTZ:
    case Op.CPOP:
    case Op.MAX:
    case Op.MAXU:
    case Op.MIN:
    case Op.MINU:
    case Op.SEXT_B:
    case Op.SEXT_H:
    case Op.ROL:
    case Op.ROR:
    case Op.ORC_B:
    case Op.CLZW:
    case Op.CTZW:
    case Op.CPOPW:
    case Op.ROLW:
    case Op.RORW:
    case Op.RORIW:
    case Op.RORI:
    case Op.REV8:
    case Op.ZEXT_H:
    case Op.CLMUL:
    case Op.CLMULR:
    case Op.CLMULH:
    case Op.BCLR:
    case Op.BEXT:
    case Op.BINV:
    case Op.BSET:
    case Op.BCLRI:
    case Op.BEXTI:
    case Op.BINVI:
    case Op.BSETI:
    case Op.CZERO_EQZ:
    case Op.CZERO_NEZ:
    case Op.LB:
    case Op.LH:
    case Op.LW:
    case Op.LBU:
    case Op.LHU:
    case Op.LWU:
    case Op.LD:
    case Op.SB:
    case Op.SH:
    case Op.SW:
    case Op.SD:
    case Op.FLD:
    case Op.FLW:
    case Op.FLH:
    case Op.FSD:
    case Op.FSW:
    case Op.FSH:
    case Op.FMADD_D:
    case Op.FMSUB_D:
    case Op.FNMSUB_D:
    case Op.FNMADD_D:
    case Op.FADD_D:
    case Op.FSUB_D:
    case Op.FMUL_D:
    case Op.FDIV_D:
    case Op.FSQRT_D:
    case Op.FSGNJ_D:
    case Op.FSGNJN_D:
    case Op.FSGNJX_D:
    case Op.FMIN_D:
    case Op.FMAX_D:
    case Op.FCVT_S_D:
    case Op.FCVT_D_S:
    case Op.FEQ_D:
    case Op.FLT_D:
    case Op.FLE_D:
    case Op.FCLASS_D:
    case Op.FCVT_W_D:
    case Op.FCVT_WU_D:
    case Op.FCVT_D_W:
    case Op.FCVT_D_WU:
    case Op.FCVT_L_D:
    case Op.FCVT_LU_D:
    case Op.FMV_X_D:
    case Op.FCVT_D_L:
    case Op.FCVT_D_LU:
    case Op.FMV_D_X:
    case Op.FMADD_S:
    case Op.FMSUB_S:
    case Op.FNMSUB_S:
    case Op.FNMADD_S:
    case Op.FADD_S:
    case Op.FSUB_S:
    case Op.FMUL_S:
    case Op.FDIV_S:
    case Op.FSQRT_S:
    case Op.FSGNJ_S:
    case Op.FSGNJN_S:
    case Op.FSGNJX_S:
    case Op.FMIN_S:
    case Op.FMAX_S:
    case Op.FCVT_W_S:
    case Op.FCVT_WU_S:
    case Op.FMV_X_W:
    case Op.FEQ_S:
    case Op.FLT_S:
    case Op.FLE_S:
    case Op.FCLASS_S:
    case Op.FCVT_S_W:
    case Op.FCVT_S_WU:
    case Op.FMV_W_X:
    case Op.FCVT_L_S:
    case Op.FCVT_LU_S:
    case Op.FCVT_S_L:
    case Op.FCVT_S_LU:
    case Op.FCVT_S_H:
    case Op.FCVT_H_S:
    case Op.FMV_X_H:
    case Op.FMV_H_X:
    case Op.FCVT_D_H:
    case Op.FCVT_H_D:
    case Op.LR_W:
    case Op.SC_W:
    case Op.AMOSWAP_W:
    case Op.AMOADD_W:
    case Op.AMOXOR_W:
    case Op.AMOAND_W:
    case Op.AMOOR_W:
    case Op.AMOMIN_W:
    case Op.AMOMAX_W:
    case Op.AMOMINU_W:
    case Op.AMOMAXU_W:
    case Op.LR_D:
    case Op.SC_D:
    case Op.AMOSWAP_D:
    case Op.AMOADD_D:
    case Op.AMOXOR_D:
    case Op.AMOAND_D:
    case Op.AMOOR_D:
    case Op.AMOMIN_D:
    case Op.AMOMAX_D:
    case Op.AMOMINU_D:
    case Op.AMOMAXU_D:
    case Op.AMOCAS_W:
    case Op.AMOCAS_D:
    case Op.BEQ:
    case Op.BNE:
    case Op.BLT:
    case Op.BGE:
    case Op.BLTU:
    case Op.BGEU:
    case Op.FENCE:
    // </generated:ops>
      return true;
    default:
      return false;
  }
}

/**
 * Writes what the instruction in record `r` does. A conditional branch pushes
 * its condition, an i32; all others leave the stack as it was. False, with
 * nothing written, for one that `canEmit` does not know.
 */
export function emitInstruction(r: usize): bool {
  switch (load<u16>(r, REC_OP) as u32) {
    // <generated:cases>
    case Op.MUL: emitMul(r); return true;
    case Op.MULH: emitMulh(r); return true;
    case Op.MULHSU: emitMulhsu(r); return true;
    case Op.MULHU: emitMulhu(r); return true;
    case Op.DIV: emitDiv(r); return true;
    case Op.DIVU: emitDivu(r); return true;
    case Op.REM: emitRem(r); return true;
    case Op.REMU: emitRemu(r); return true;
    case Op.MULW: emitMulw(r); return true;
    case Op.DIVW: emitDivw(r); return true;
    case Op.DIVUW: emitDivuw(r); return true;
    case Op.REMW: emitRemw(r); return true;
    case Op.REMUW: emitRemuw(r); return true;
    case Op.LUI: emitLui(r); return true;
    case Op.ADDI: emitAddi(r); return true;
    case Op.SLTI: emitSlti(r); return true;
    case Op.SLTIU: emitSltiu(r); return true;
    case Op.XORI: emitXori(r); return true;
    case Op.ORI: emitOri(r); return true;
    case Op.ANDI: emitAndi(r); return true;
    case Op.ADD: emitAdd(r); return true;
    case Op.SUB: emitSub(r); return true;
    case Op.SLL: emitSll(r); return true;
    case Op.SLT: emitSlt(r); return true;
    case Op.SLTU: emitSltu(r); return true;
    case Op.XOR: emitXor(r); return true;
    case Op.SRL: emitSrl(r); return true;
    case Op.SRA: emitSra(r); return true;
    case Op.OR: emitOr(r); return true;
    case Op.AND: emitAnd(r); return true;
    case Op.SLLI: emitSlli(r); return true;
    case Op.SRLI: emitSrli(r); return true;
    case Op.SRAI: emitSrai(r); return true;
    case Op.ADDIW: emitAddiw(r); return true;
    case Op.SLLIW: emitSlliw(r); return true;
    case Op.SRLIW: emitSrliw(r); return true;
    case Op.SRAIW: emitSraiw(r); return true;
    case Op.ADDW: emitAddw(r); return true;
    case Op.SUBW: emitSubw(r); return true;
    case Op.SLLW: emitSllw(r); return true;
    case Op.SRLW: emitSrlw(r); return true;
    case Op.SRAW: emitSraw(r); return true;
    case Op.SH1ADD: emitSh1add(r); return true;
    case Op.SH2ADD: emitSh2add(r); return true;
    case Op.SH3ADD: emitSh3add(r); return true;
    case Op.ADD_UW: emitAddUw(r); return true;
    case Op.SH1ADD_UW: emitSh1addUw(r); return true;
    case Op.SH2ADD_UW: emitSh2addUw(r); return true;
    case Op.SH3ADD_UW: emitSh3addUw(r); return true;
    case Op.SLLI_UW: emitSlliUw(r); return true;
    case Op.ANDN: emitAndn(r); return true;
    case Op.ORN: emitOrn(r); return true;
    case Op.XNOR: emitXnor(r); return true;
    case Op.CLZ: emitClz(r); return true;
    case Op.CTZ: emitCtz(r); return true;
    case Op.CPOP: emitCpop(r); return true;
    case Op.MAX: emitMax(r); return true;
    case Op.MAXU: emitMaxu(r); return true;
    case Op.MIN: emitMin(r); return true;
    case Op.MINU: emitMinu(r); return true;
    case Op.SEXT_B: emitSextB(r); return true;
    case Op.SEXT_H: emitSextH(r); return true;
    case Op.ROL: emitRol(r); return true;
    case Op.ROR: emitRor(r); return true;
    case Op.ORC_B: emitOrcB(r); return true;
    case Op.CLZW: emitClzw(r); return true;
    case Op.CTZW: emitCtzw(r); return true;
    case Op.CPOPW: emitCpopw(r); return true;
    case Op.ROLW: emitRolw(r); return true;
    case Op.RORW: emitRorw(r); return true;
    case Op.RORIW: emitRoriw(r); return true;
    case Op.RORI: emitRori(r); return true;
    case Op.REV8: emitRev8(r); return true;
    case Op.ZEXT_H: emitZextH(r); return true;
    case Op.CLMUL: emitClmul(r); return true;
    case Op.CLMULR: emitClmulr(r); return true;
    case Op.CLMULH: emitClmulh(r); return true;
    case Op.BCLR: emitBclr(r); return true;
    case Op.BEXT: emitBext(r); return true;
    case Op.BINV: emitBinv(r); return true;
    case Op.BSET: emitBset(r); return true;
    case Op.BCLRI: emitBclri(r); return true;
    case Op.BEXTI: emitBexti(r); return true;
    case Op.BINVI: emitBinvi(r); return true;
    case Op.BSETI: emitBseti(r); return true;
    case Op.CZERO_EQZ: emitCzeroEqz(r); return true;
    case Op.CZERO_NEZ: emitCzeroNez(r); return true;
    case Op.LB: emitLb(r); return true;
    case Op.LH: emitLh(r); return true;
    case Op.LW: emitLw(r); return true;
    case Op.LBU: emitLbu(r); return true;
    case Op.LHU: emitLhu(r); return true;
    case Op.LWU: emitLwu(r); return true;
    case Op.LD: emitLd(r); return true;
    case Op.SB: emitSb(r); return true;
    case Op.SH: emitSh(r); return true;
    case Op.SW: emitSw(r); return true;
    case Op.SD: emitSd(r); return true;
    case Op.FLD: emitFld(r); return true;
    case Op.FLW: emitFlw(r); return true;
    case Op.FLH: emitFlh(r); return true;
    case Op.FSD: emitFsd(r); return true;
    case Op.FSW: emitFsw(r); return true;
    case Op.FSH: emitFsh(r); return true;
    case Op.FMADD_D: emitFmaddD(r); return true;
    case Op.FMSUB_D: emitFmsubD(r); return true;
    case Op.FNMSUB_D: emitFnmsubD(r); return true;
    case Op.FNMADD_D: emitFnmaddD(r); return true;
    case Op.FADD_D: emitFaddD(r); return true;
    case Op.FSUB_D: emitFsubD(r); return true;
    case Op.FMUL_D: emitFmulD(r); return true;
    case Op.FDIV_D: emitFdivD(r); return true;
    case Op.FSQRT_D: emitFsqrtD(r); return true;
    case Op.FSGNJ_D: emitFsgnjD(r); return true;
    case Op.FSGNJN_D: emitFsgnjnD(r); return true;
    case Op.FSGNJX_D: emitFsgnjxD(r); return true;
    case Op.FMIN_D: emitFminD(r); return true;
    case Op.FMAX_D: emitFmaxD(r); return true;
    case Op.FCVT_S_D: emitFcvtSD(r); return true;
    case Op.FCVT_D_S: emitFcvtDS(r); return true;
    case Op.FEQ_D: emitFeqD(r); return true;
    case Op.FLT_D: emitFltD(r); return true;
    case Op.FLE_D: emitFleD(r); return true;
    case Op.FCLASS_D: emitFclassD(r); return true;
    case Op.FCVT_W_D: emitFcvtWD(r); return true;
    case Op.FCVT_WU_D: emitFcvtWuD(r); return true;
    case Op.FCVT_D_W: emitFcvtDW(r); return true;
    case Op.FCVT_D_WU: emitFcvtDWu(r); return true;
    case Op.FCVT_L_D: emitFcvtLD(r); return true;
    case Op.FCVT_LU_D: emitFcvtLuD(r); return true;
    case Op.FMV_X_D: emitFmvXD(r); return true;
    case Op.FCVT_D_L: emitFcvtDL(r); return true;
    case Op.FCVT_D_LU: emitFcvtDLu(r); return true;
    case Op.FMV_D_X: emitFmvDX(r); return true;
    case Op.FMADD_S: emitFmaddS(r); return true;
    case Op.FMSUB_S: emitFmsubS(r); return true;
    case Op.FNMSUB_S: emitFnmsubS(r); return true;
    case Op.FNMADD_S: emitFnmaddS(r); return true;
    case Op.FADD_S: emitFaddS(r); return true;
    case Op.FSUB_S: emitFsubS(r); return true;
    case Op.FMUL_S: emitFmulS(r); return true;
    case Op.FDIV_S: emitFdivS(r); return true;
    case Op.FSQRT_S: emitFsqrtS(r); return true;
    case Op.FSGNJ_S: emitFsgnjS(r); return true;
    case Op.FSGNJN_S: emitFsgnjnS(r); return true;
    case Op.FSGNJX_S: emitFsgnjxS(r); return true;
    case Op.FMIN_S: emitFminS(r); return true;
    case Op.FMAX_S: emitFmaxS(r); return true;
    case Op.FCVT_W_S: emitFcvtWS(r); return true;
    case Op.FCVT_WU_S: emitFcvtWuS(r); return true;
    case Op.FMV_X_W: emitFmvXW(r); return true;
    case Op.FEQ_S: emitFeqS(r); return true;
    case Op.FLT_S: emitFltS(r); return true;
    case Op.FLE_S: emitFleS(r); return true;
    case Op.FCLASS_S: emitFclassS(r); return true;
    case Op.FCVT_S_W: emitFcvtSW(r); return true;
    case Op.FCVT_S_WU: emitFcvtSWu(r); return true;
    case Op.FMV_W_X: emitFmvWX(r); return true;
    case Op.FCVT_L_S: emitFcvtLS(r); return true;
    case Op.FCVT_LU_S: emitFcvtLuS(r); return true;
    case Op.FCVT_S_L: emitFcvtSL(r); return true;
    case Op.FCVT_S_LU: emitFcvtSLu(r); return true;
    case Op.FCVT_S_H: emitFcvtSH(r); return true;
    case Op.FCVT_H_S: emitFcvtHS(r); return true;
    case Op.FMV_X_H: emitFmvXH(r); return true;
    case Op.FMV_H_X: emitFmvHX(r); return true;
    case Op.FCVT_D_H: emitFcvtDH(r); return true;
    case Op.FCVT_H_D: emitFcvtHD(r); return true;
    case Op.LR_W: emitLrW(r); return true;
    case Op.SC_W: emitScW(r); return true;
    case Op.AMOSWAP_W: emitAmoswapW(r); return true;
    case Op.AMOADD_W: emitAmoaddW(r); return true;
    case Op.AMOXOR_W: emitAmoxorW(r); return true;
    case Op.AMOAND_W: emitAmoandW(r); return true;
    case Op.AMOOR_W: emitAmoorW(r); return true;
    case Op.AMOMIN_W: emitAmominW(r); return true;
    case Op.AMOMAX_W: emitAmomaxW(r); return true;
    case Op.AMOMINU_W: emitAmominuW(r); return true;
    case Op.AMOMAXU_W: emitAmomaxuW(r); return true;
    case Op.LR_D: emitLrD(r); return true;
    case Op.SC_D: emitScD(r); return true;
    case Op.AMOSWAP_D: emitAmoswapD(r); return true;
    case Op.AMOADD_D: emitAmoaddD(r); return true;
    case Op.AMOXOR_D: emitAmoxorD(r); return true;
    case Op.AMOAND_D: emitAmoandD(r); return true;
    case Op.AMOOR_D: emitAmoorD(r); return true;
    case Op.AMOMIN_D: emitAmominD(r); return true;
    case Op.AMOMAX_D: emitAmomaxD(r); return true;
    case Op.AMOMINU_D: emitAmominuD(r); return true;
    case Op.AMOMAXU_D: emitAmomaxuD(r); return true;
    case Op.AMOCAS_W: emitAmocasW(r); return true;
    case Op.AMOCAS_D: emitAmocasD(r); return true;
    case Op.BEQ: emitBeq(r); return true;
    case Op.BNE: emitBne(r); return true;
    case Op.BLT: emitBlt(r); return true;
    case Op.BGE: emitBge(r); return true;
    case Op.BLTU: emitBltu(r); return true;
    case Op.BGEU: emitBgeu(r); return true;
    case Op.FENCE: return true;
    // </generated:cases>
    default:
      return false;
  }
}
