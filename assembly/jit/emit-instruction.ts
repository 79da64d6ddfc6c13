/** From decoded records to the emitters of assembly/isa: what they do not know ends a region. */
import { REC_OP } from '../layout';
import { Op } from '../generated/opcodes';
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

/** Whether `emitInstruction` knows instructions of this op. */
export function canEmit(op: u32): bool {
  switch (op) {
    // <generated:ops>
    case Op.MUL: case Op.MULH: case Op.MULHSU: case Op.MULHU: case Op.DIV: case Op.DIVU: case Op.REM:
    case Op.REMU: case Op.MULW: case Op.DIVW: case Op.DIVUW: case Op.REMW: case Op.REMUW: case Op.LUI:
    case Op.ADDI: case Op.SLTI: case Op.SLTIU: case Op.XORI: case Op.ORI: case Op.ANDI: case Op.ADD:
    case Op.SUB: case Op.SLL: case Op.SLT: case Op.SLTU: case Op.XOR: case Op.SRL: case Op.SRA:
    case Op.OR: case Op.AND: case Op.SLLI: case Op.SRLI: case Op.SRAI: case Op.ADDIW: case Op.SLLIW:
    case Op.SRLIW: case Op.SRAIW: case Op.ADDW: case Op.SUBW: case Op.SLLW: case Op.SRLW: case Op.SRAW:
    case Op.SH1ADD: case Op.SH2ADD: case Op.SH3ADD: case Op.ADD_UW: case Op.SH1ADD_UW:
    case Op.SH2ADD_UW: case Op.SH3ADD_UW: case Op.SLLI_UW: case Op.ANDN: case Op.ORN: case Op.XNOR:
    case Op.CLZ: case Op.CTZ: case Op.CPOP: case Op.MAX: case Op.MAXU: case Op.MIN: case Op.MINU:
    case Op.SEXT_B: case Op.SEXT_H: case Op.ROL: case Op.ROR: case Op.ORC_B: case Op.CLZW: case Op.CTZW:
    case Op.CPOPW: case Op.ROLW: case Op.RORW: case Op.RORIW: case Op.RORI: case Op.REV8:
    case Op.ZEXT_H: case Op.CLMUL: case Op.CLMULR: case Op.CLMULH: case Op.BCLR: case Op.BEXT:
    case Op.BINV: case Op.BSET: case Op.BCLRI: case Op.BEXTI: case Op.BINVI: case Op.BSETI:
    case Op.CZERO_EQZ: case Op.CZERO_NEZ: case Op.LB: case Op.LH: case Op.LW: case Op.LBU: case Op.LHU:
    case Op.LWU: case Op.LD: case Op.SB: case Op.SH: case Op.SW: case Op.SD: case Op.FLD: case Op.FLW:
    case Op.FLH: case Op.FSD: case Op.FSW: case Op.FSH: case Op.FMADD_D: case Op.FMSUB_D:
    case Op.FNMSUB_D: case Op.FNMADD_D: case Op.FADD_D: case Op.FSUB_D: case Op.FMUL_D: case Op.FDIV_D:
    case Op.FSQRT_D: case Op.FSGNJ_D: case Op.FSGNJN_D: case Op.FSGNJX_D: case Op.FMIN_D:
    case Op.FMAX_D: case Op.FCVT_S_D: case Op.FCVT_D_S: case Op.FEQ_D: case Op.FLT_D: case Op.FLE_D:
    case Op.FCLASS_D: case Op.FCVT_W_D: case Op.FCVT_WU_D: case Op.FCVT_D_W: case Op.FCVT_D_WU:
    case Op.FCVT_L_D: case Op.FCVT_LU_D: case Op.FMV_X_D: case Op.FCVT_D_L: case Op.FCVT_D_LU:
    case Op.FMV_D_X: case Op.FMADD_S: case Op.FMSUB_S: case Op.FNMSUB_S: case Op.FNMADD_S:
    case Op.FADD_S: case Op.FSUB_S: case Op.FMUL_S: case Op.FDIV_S: case Op.FSQRT_S: case Op.FSGNJ_S:
    case Op.FSGNJN_S: case Op.FSGNJX_S: case Op.FMIN_S: case Op.FMAX_S: case Op.FCVT_W_S:
    case Op.FCVT_WU_S: case Op.FMV_X_W: case Op.FEQ_S: case Op.FLT_S: case Op.FLE_S: case Op.FCLASS_S:
    case Op.FCVT_S_W: case Op.FCVT_S_WU: case Op.FMV_W_X: case Op.FCVT_L_S: case Op.FCVT_LU_S:
    case Op.FCVT_S_L: case Op.FCVT_S_LU: case Op.FCVT_S_H: case Op.FCVT_H_S: case Op.FMV_X_H:
    case Op.FMV_H_X: case Op.FCVT_D_H: case Op.FCVT_H_D: case Op.LR_W: case Op.SC_W: case Op.AMOSWAP_W:
    case Op.AMOADD_W: case Op.AMOXOR_W: case Op.AMOAND_W: case Op.AMOOR_W: case Op.AMOMIN_W:
    case Op.AMOMAX_W: case Op.AMOMINU_W: case Op.AMOMAXU_W: case Op.LR_D: case Op.SC_D:
    case Op.AMOSWAP_D: case Op.AMOADD_D: case Op.AMOXOR_D: case Op.AMOAND_D: case Op.AMOOR_D:
    case Op.AMOMIN_D: case Op.AMOMAX_D: case Op.AMOMINU_D: case Op.AMOMAXU_D: case Op.AMOCAS_W:
    case Op.AMOCAS_D: case Op.BEQ: case Op.BNE: case Op.BLT: case Op.BGE: case Op.BLTU: case Op.BGEU:
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
    case Op.MUL: m.emitMul(r); return true;
    case Op.MULH: m.emitMulh(r); return true;
    case Op.MULHSU: m.emitMulhsu(r); return true;
    case Op.MULHU: m.emitMulhu(r); return true;
    case Op.DIV: m.emitDiv(r); return true;
    case Op.DIVU: m.emitDivu(r); return true;
    case Op.REM: m.emitRem(r); return true;
    case Op.REMU: m.emitRemu(r); return true;
    case Op.MULW: m.emitMulw(r); return true;
    case Op.DIVW: m.emitDivw(r); return true;
    case Op.DIVUW: m.emitDivuw(r); return true;
    case Op.REMW: m.emitRemw(r); return true;
    case Op.REMUW: m.emitRemuw(r); return true;
    case Op.LUI: rv64i.emitLui(r); return true;
    case Op.ADDI: rv64i.emitAddi(r); return true;
    case Op.SLTI: rv64i.emitSlti(r); return true;
    case Op.SLTIU: rv64i.emitSltiu(r); return true;
    case Op.XORI: rv64i.emitXori(r); return true;
    case Op.ORI: rv64i.emitOri(r); return true;
    case Op.ANDI: rv64i.emitAndi(r); return true;
    case Op.ADD: rv64i.emitAdd(r); return true;
    case Op.SUB: rv64i.emitSub(r); return true;
    case Op.SLL: rv64i.emitSll(r); return true;
    case Op.SLT: rv64i.emitSlt(r); return true;
    case Op.SLTU: rv64i.emitSltu(r); return true;
    case Op.XOR: rv64i.emitXor(r); return true;
    case Op.SRL: rv64i.emitSrl(r); return true;
    case Op.SRA: rv64i.emitSra(r); return true;
    case Op.OR: rv64i.emitOr(r); return true;
    case Op.AND: rv64i.emitAnd(r); return true;
    case Op.SLLI: rv64i.emitSlli(r); return true;
    case Op.SRLI: rv64i.emitSrli(r); return true;
    case Op.SRAI: rv64i.emitSrai(r); return true;
    case Op.ADDIW: rv64iWord.emitAddiw(r); return true;
    case Op.SLLIW: rv64iWord.emitSlliw(r); return true;
    case Op.SRLIW: rv64iWord.emitSrliw(r); return true;
    case Op.SRAIW: rv64iWord.emitSraiw(r); return true;
    case Op.ADDW: rv64iWord.emitAddw(r); return true;
    case Op.SUBW: rv64iWord.emitSubw(r); return true;
    case Op.SLLW: rv64iWord.emitSllw(r); return true;
    case Op.SRLW: rv64iWord.emitSrlw(r); return true;
    case Op.SRAW: rv64iWord.emitSraw(r); return true;
    case Op.SH1ADD: zba.emitSh1add(r); return true;
    case Op.SH2ADD: zba.emitSh2add(r); return true;
    case Op.SH3ADD: zba.emitSh3add(r); return true;
    case Op.ADD_UW: zba.emitAddUw(r); return true;
    case Op.SH1ADD_UW: zba.emitSh1addUw(r); return true;
    case Op.SH2ADD_UW: zba.emitSh2addUw(r); return true;
    case Op.SH3ADD_UW: zba.emitSh3addUw(r); return true;
    case Op.SLLI_UW: zba.emitSlliUw(r); return true;
    case Op.ANDN: zbb.emitAndn(r); return true;
    case Op.ORN: zbb.emitOrn(r); return true;
    case Op.XNOR: zbb.emitXnor(r); return true;
    case Op.CLZ: zbb.emitClz(r); return true;
    case Op.CTZ: zbb.emitCtz(r); return true;
    case Op.CPOP: zbb.emitCpop(r); return true;
    case Op.MAX: zbb.emitMax(r); return true;
    case Op.MAXU: zbb.emitMaxu(r); return true;
    case Op.MIN: zbb.emitMin(r); return true;
    case Op.MINU: zbb.emitMinu(r); return true;
    case Op.SEXT_B: zbb.emitSextB(r); return true;
    case Op.SEXT_H: zbb.emitSextH(r); return true;
    case Op.ROL: zbb.emitRol(r); return true;
    case Op.ROR: zbb.emitRor(r); return true;
    case Op.ORC_B: zbb.emitOrcB(r); return true;
    case Op.CLZW: zbb.emitClzw(r); return true;
    case Op.CTZW: zbb.emitCtzw(r); return true;
    case Op.CPOPW: zbb.emitCpopw(r); return true;
    case Op.ROLW: zbb.emitRolw(r); return true;
    case Op.RORW: zbb.emitRorw(r); return true;
    case Op.RORIW: zbb.emitRoriw(r); return true;
    case Op.RORI: zbb.emitRori(r); return true;
    case Op.REV8: zbb.emitRev8(r); return true;
    case Op.ZEXT_H: zbb.emitZextH(r); return true;
    case Op.CLMUL: zbc.emitClmul(r); return true;
    case Op.CLMULR: zbc.emitClmulr(r); return true;
    case Op.CLMULH: zbc.emitClmulh(r); return true;
    case Op.BCLR: zbs.emitBclr(r); return true;
    case Op.BEXT: zbs.emitBext(r); return true;
    case Op.BINV: zbs.emitBinv(r); return true;
    case Op.BSET: zbs.emitBset(r); return true;
    case Op.BCLRI: zbs.emitBclri(r); return true;
    case Op.BEXTI: zbs.emitBexti(r); return true;
    case Op.BINVI: zbs.emitBinvi(r); return true;
    case Op.BSETI: zbs.emitBseti(r); return true;
    case Op.CZERO_EQZ: zicond.emitCzeroEqz(r); return true;
    case Op.CZERO_NEZ: zicond.emitCzeroNez(r); return true;
    case Op.LB: rv64iMemory.emitLb(r); return true;
    case Op.LH: rv64iMemory.emitLh(r); return true;
    case Op.LW: rv64iMemory.emitLw(r); return true;
    case Op.LBU: rv64iMemory.emitLbu(r); return true;
    case Op.LHU: rv64iMemory.emitLhu(r); return true;
    case Op.LWU: rv64iMemory.emitLwu(r); return true;
    case Op.LD: rv64iMemory.emitLd(r); return true;
    case Op.SB: rv64iMemory.emitSb(r); return true;
    case Op.SH: rv64iMemory.emitSh(r); return true;
    case Op.SW: rv64iMemory.emitSw(r); return true;
    case Op.SD: rv64iMemory.emitSd(r); return true;
    case Op.FLD: d.emitFld(r); return true;
    case Op.FLW: f.emitFlw(r); return true;
    case Op.FLH: zfhmin.emitFlh(r); return true;
    case Op.FSD: d.emitFsd(r); return true;
    case Op.FSW: f.emitFsw(r); return true;
    case Op.FSH: zfhmin.emitFsh(r); return true;
    case Op.FMADD_D: d.emitFmaddD(r); return true;
    case Op.FMSUB_D: d.emitFmsubD(r); return true;
    case Op.FNMSUB_D: d.emitFnmsubD(r); return true;
    case Op.FNMADD_D: d.emitFnmaddD(r); return true;
    case Op.FADD_D: d.emitFaddD(r); return true;
    case Op.FSUB_D: d.emitFsubD(r); return true;
    case Op.FMUL_D: d.emitFmulD(r); return true;
    case Op.FDIV_D: d.emitFdivD(r); return true;
    case Op.FSQRT_D: d.emitFsqrtD(r); return true;
    case Op.FSGNJ_D: d.emitFsgnjD(r); return true;
    case Op.FSGNJN_D: d.emitFsgnjnD(r); return true;
    case Op.FSGNJX_D: d.emitFsgnjxD(r); return true;
    case Op.FMIN_D: d.emitFminD(r); return true;
    case Op.FMAX_D: d.emitFmaxD(r); return true;
    case Op.FCVT_S_D: dConvert.emitFcvtSD(r); return true;
    case Op.FCVT_D_S: dConvert.emitFcvtDS(r); return true;
    case Op.FEQ_D: d.emitFeqD(r); return true;
    case Op.FLT_D: d.emitFltD(r); return true;
    case Op.FLE_D: d.emitFleD(r); return true;
    case Op.FCLASS_D: d.emitFclassD(r); return true;
    case Op.FCVT_W_D: dConvert.emitFcvtWD(r); return true;
    case Op.FCVT_WU_D: dConvert.emitFcvtWuD(r); return true;
    case Op.FCVT_D_W: dConvert.emitFcvtDW(r); return true;
    case Op.FCVT_D_WU: dConvert.emitFcvtDWu(r); return true;
    case Op.FCVT_L_D: dConvert.emitFcvtLD(r); return true;
    case Op.FCVT_LU_D: dConvert.emitFcvtLuD(r); return true;
    case Op.FMV_X_D: dConvert.emitFmvXD(r); return true;
    case Op.FCVT_D_L: dConvert.emitFcvtDL(r); return true;
    case Op.FCVT_D_LU: dConvert.emitFcvtDLu(r); return true;
    case Op.FMV_D_X: dConvert.emitFmvDX(r); return true;
    case Op.FMADD_S: f.emitFmaddS(r); return true;
    case Op.FMSUB_S: f.emitFmsubS(r); return true;
    case Op.FNMSUB_S: f.emitFnmsubS(r); return true;
    case Op.FNMADD_S: f.emitFnmaddS(r); return true;
    case Op.FADD_S: f.emitFaddS(r); return true;
    case Op.FSUB_S: f.emitFsubS(r); return true;
    case Op.FMUL_S: f.emitFmulS(r); return true;
    case Op.FDIV_S: f.emitFdivS(r); return true;
    case Op.FSQRT_S: f.emitFsqrtS(r); return true;
    case Op.FSGNJ_S: f.emitFsgnjS(r); return true;
    case Op.FSGNJN_S: f.emitFsgnjnS(r); return true;
    case Op.FSGNJX_S: f.emitFsgnjxS(r); return true;
    case Op.FMIN_S: f.emitFminS(r); return true;
    case Op.FMAX_S: f.emitFmaxS(r); return true;
    case Op.FCVT_W_S: fConvert.emitFcvtWS(r); return true;
    case Op.FCVT_WU_S: fConvert.emitFcvtWuS(r); return true;
    case Op.FMV_X_W: fConvert.emitFmvXW(r); return true;
    case Op.FEQ_S: f.emitFeqS(r); return true;
    case Op.FLT_S: f.emitFltS(r); return true;
    case Op.FLE_S: f.emitFleS(r); return true;
    case Op.FCLASS_S: f.emitFclassS(r); return true;
    case Op.FCVT_S_W: fConvert.emitFcvtSW(r); return true;
    case Op.FCVT_S_WU: fConvert.emitFcvtSWu(r); return true;
    case Op.FMV_W_X: fConvert.emitFmvWX(r); return true;
    case Op.FCVT_L_S: fConvert.emitFcvtLS(r); return true;
    case Op.FCVT_LU_S: fConvert.emitFcvtLuS(r); return true;
    case Op.FCVT_S_L: fConvert.emitFcvtSL(r); return true;
    case Op.FCVT_S_LU: fConvert.emitFcvtSLu(r); return true;
    case Op.FCVT_S_H: zfhmin.emitFcvtSH(r); return true;
    case Op.FCVT_H_S: zfhmin.emitFcvtHS(r); return true;
    case Op.FMV_X_H: zfhmin.emitFmvXH(r); return true;
    case Op.FMV_H_X: zfhmin.emitFmvHX(r); return true;
    case Op.FCVT_D_H: zfhmin.emitFcvtDH(r); return true;
    case Op.FCVT_H_D: zfhmin.emitFcvtHD(r); return true;
    case Op.LR_W: a.emitLrW(r); return true;
    case Op.SC_W: a.emitScW(r); return true;
    case Op.AMOSWAP_W: a.emitAmoswapW(r); return true;
    case Op.AMOADD_W: a.emitAmoaddW(r); return true;
    case Op.AMOXOR_W: a.emitAmoxorW(r); return true;
    case Op.AMOAND_W: a.emitAmoandW(r); return true;
    case Op.AMOOR_W: a.emitAmoorW(r); return true;
    case Op.AMOMIN_W: a.emitAmominW(r); return true;
    case Op.AMOMAX_W: a.emitAmomaxW(r); return true;
    case Op.AMOMINU_W: a.emitAmominuW(r); return true;
    case Op.AMOMAXU_W: a.emitAmomaxuW(r); return true;
    case Op.LR_D: a.emitLrD(r); return true;
    case Op.SC_D: a.emitScD(r); return true;
    case Op.AMOSWAP_D: a.emitAmoswapD(r); return true;
    case Op.AMOADD_D: a.emitAmoaddD(r); return true;
    case Op.AMOXOR_D: a.emitAmoxorD(r); return true;
    case Op.AMOAND_D: a.emitAmoandD(r); return true;
    case Op.AMOOR_D: a.emitAmoorD(r); return true;
    case Op.AMOMIN_D: a.emitAmominD(r); return true;
    case Op.AMOMAX_D: a.emitAmomaxD(r); return true;
    case Op.AMOMINU_D: a.emitAmominuD(r); return true;
    case Op.AMOMAXU_D: a.emitAmomaxuD(r); return true;
    case Op.AMOCAS_W: zacas.emitAmocasW(r); return true;
    case Op.AMOCAS_D: zacas.emitAmocasD(r); return true;
    case Op.BEQ: rv64i.emitBeq(r); return true;
    case Op.BNE: rv64i.emitBne(r); return true;
    case Op.BLT: rv64i.emitBlt(r); return true;
    case Op.BGE: rv64i.emitBge(r); return true;
    case Op.BLTU: rv64i.emitBltu(r); return true;
    case Op.BGEU: rv64i.emitBgeu(r); return true;
    case Op.FENCE: return true;
    // </generated:cases>
    default:
      return false;
  }
}
