// Generated from spec/tables by tools/generate. Do not edit.

import { F_BASE, REC_IMM, REC_RD, REC_RS1, REC_RS2, X_BASE, X_SINK } from '../layout';
import { Format } from './decode-table';

/** Where integer register `n` is written: x0 drops what is written to it. */
// @ts-ignore: decorator
@inline
function destination(n: u32): u32 {
  return n == 0 ? X_SINK : X_BASE + (n << 3);
}

/** Fills registers and immediate of the decoded record `r` from the instruction `raw`. */
export function decodeOperands(format: u32, raw: u32, r: usize): void {
  switch (format) {
    case Format.NONE:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_RS1_RS2:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_IMM_U:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, raw & 0xfffff000, REC_IMM);
      return;
    case Format.RD_RS1_IMM_I:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw as i32) >> 20) as u32, REC_IMM);
      return;
    case Format.RD_RS1_SHAMT6:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 20) & 0x3f, REC_IMM);
      return;
    case Format.RD_RS1_SHAMT5:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 20) & 0x1f, REC_IMM);
      return;
    case Format.RD_RS1:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RS1_RS2_IMM_S:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, (((((raw as i32) >> 25) << 5)) as u32) | ((raw >> 7) & 0x1f), REC_IMM);
      return;
    case Format.FD_RS1_IMM_I:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw as i32) >> 20) as u32, REC_IMM);
      return;
    case Format.RS1_FS2_IMM_S:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, F_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, (((((raw as i32) >> 25) << 5)) as u32) | ((raw >> 7) & 0x1f), REC_IMM);
      return;
    case Format.FD_FS1_FS2_FS3_RM:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, F_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, ((raw >> 12) & 0x7) | ((F_BASE + (((raw >> 27) & 0x1f) << 3)) << 16), REC_IMM);
      return;
    case Format.FD_FS1_FS2_RM:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, F_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, (raw >> 12) & 0x7, REC_IMM);
      return;
    case Format.FD_FS1_RM:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 12) & 0x7, REC_IMM);
      return;
    case Format.FD_FS1_FS2:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, F_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_FS1_FS2:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, F_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_FS1:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_FS1_RM:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, F_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 12) & 0x7, REC_IMM);
      return;
    case Format.FD_RS1_RM:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 12) & 0x7, REC_IMM);
      return;
    case Format.FD_RS1:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_RS1_AQRL:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 25) & 0x3, REC_IMM);
      return;
    case Format.RD_RS1_RS2_AQRL:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, (raw >> 25) & 0x3, REC_IMM);
      return;
    case Format.RS1_RS2_IMM_B:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, (((((raw as i32) >> 31) << 12)) as u32) | ((raw << 4) & 0x800) | ((raw >> 20) & 0x7e0) | ((raw >> 7) & 0x1e), REC_IMM);
      return;
    case Format.RD_IMM_J:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (((((raw as i32) >> 31) << 20)) as u32) | (raw & 0xff000) | ((raw >> 9) & 0x800) | ((raw >> 20) & 0x7fe), REC_IMM);
      return;
    case Format.RS1_RS2:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 20) & 0x1f) << 3), REC_RS2);
      store<u32>(r, (raw >> 15) & 0x3ff, REC_IMM);
      return;
    case Format.RS1:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.RD_RS1_CSR:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 15) & 0x1f) << 3), REC_RS1);
      store<u16>(r, (raw >> 15) & 0x1f, REC_RS2);
      store<u32>(r, (raw >> 20) & 0xfff, REC_IMM);
      return;
    case Format.RD_CSR_ZIMM5:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, (raw >> 15) & 0x1f, REC_RS2);
      store<u32>(r, (raw >> 20) & 0xfff | (((raw >> 15) & 0x1f) << 16), REC_IMM);
      return;
    case Format.C_RD_RDP_RS1_X2_IMM_I_CIW:
      store<u16>(r, destination(8 + ((raw >> 2) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw >> 1) & 0x3c0) | ((raw >> 7) & 0x30) | ((raw >> 2) & 0x8) | ((raw >> 4) & 0x4), REC_IMM);
      return;
    case Format.C_FD_RDP_RS1_RS1P_IMM_I_CL_D:
      store<u16>(r, F_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw << 1) & 0xc0) | ((raw >> 7) & 0x38), REC_IMM);
      return;
    case Format.C_RD_RDP_RS1_RS1P_IMM_I_CL_W:
      store<u16>(r, destination(8 + ((raw >> 2) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw << 1) & 0x40) | ((raw >> 7) & 0x38) | ((raw >> 4) & 0x4), REC_IMM);
      return;
    case Format.C_RD_RDP_RS1_RS1P_IMM_I_CL_D:
      store<u16>(r, destination(8 + ((raw >> 2) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw << 1) & 0xc0) | ((raw >> 7) & 0x38), REC_IMM);
      return;
    case Format.C_RS1_RS1P_FS2_RS2P_IMM_S_CL_D:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, F_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RS2);
      store<u32>(r, ((raw << 1) & 0xc0) | ((raw >> 7) & 0x38), REC_IMM);
      return;
    case Format.C_RS1_RS1P_RS2_RS2P_IMM_S_CL_W:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RS2);
      store<u32>(r, ((raw << 1) & 0x40) | ((raw >> 7) & 0x38) | ((raw >> 4) & 0x4), REC_IMM);
      return;
    case Format.C_RS1_RS1P_RS2_RS2P_IMM_S_CL_D:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RS2);
      store<u32>(r, ((raw << 1) & 0xc0) | ((raw >> 7) & 0x38), REC_IMM);
      return;
    case Format.C_RD_RD_RS1_RD_IMM_I_CI:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 7) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 5)) as u32) | ((raw >> 2) & 0x1f), REC_IMM);
      return;
    case Format.C_RD_RD_RS1_X0_IMM_I_CI:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 5)) as u32) | ((raw >> 2) & 0x1f), REC_IMM);
      return;
    case Format.C_RD_X2_RS1_X2_IMM_I_CI_16SP:
      store<u16>(r, X_BASE + 16, REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 9)) as u32) | ((raw << 4) & 0x180) | ((raw << 1) & 0x40) | ((raw << 3) & 0x20) | ((raw >> 2) & 0x10), REC_IMM);
      return;
    case Format.C_RD_RD_IMM_U_CI_LUI:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 17)) as u32) | ((raw << 10) & 0x1f000), REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P_SHAMT6_C_SHAMT:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw >> 7) & 0x20) | ((raw >> 2) & 0x1f), REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P_IMM_I_CI:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 5)) as u32) | ((raw >> 2) & 0x1f), REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P_RS2_RS2P:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RD_X0_IMM_J_CJ:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 11)) as u32) | ((raw << 2) & 0x400) | ((raw >> 1) & 0x300) | ((raw << 1) & 0x80) | ((raw >> 1) & 0x40) | ((raw << 3) & 0x20) | ((raw >> 7) & 0x10) | ((raw >> 2) & 0xe), REC_IMM);
      return;
    case Format.C_RS1_RS1P_RS2_X0_IMM_B_CB:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((((((raw << 19) as i32) >> 31) << 8)) as u32) | ((raw << 1) & 0xc0) | ((raw << 3) & 0x20) | ((raw >> 7) & 0x18) | ((raw >> 2) & 0x6), REC_IMM);
      return;
    case Format.C_RD_RD_RS1_RD_SHAMT6_C_SHAMT:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 7) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw >> 7) & 0x20) | ((raw >> 2) & 0x1f), REC_IMM);
      return;
    case Format.C_FD_RD_RS1_X2_IMM_I_CI_LDSP:
      store<u16>(r, F_BASE + (((raw >> 7) & 0x1f) << 3), REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw << 4) & 0x1c0) | ((raw >> 7) & 0x20) | ((raw >> 2) & 0x18), REC_IMM);
      return;
    case Format.C_RD_RD_RS1_X2_IMM_I_CI_LWSP:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw << 4) & 0xc0) | ((raw >> 7) & 0x20) | ((raw >> 2) & 0x1c), REC_IMM);
      return;
    case Format.C_RD_RD_RS1_X2_IMM_I_CI_LDSP:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw << 4) & 0x1c0) | ((raw >> 7) & 0x20) | ((raw >> 2) & 0x18), REC_IMM);
      return;
    case Format.C_RD_X0_RS1_RD_IMM_I_0:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 7) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RD_RD_RS1_X0_RS2_RS2:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE, REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 2) & 0x1f) << 3), REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RD_X1_RS1_RD_IMM_I_0:
      store<u16>(r, X_BASE + 8, REC_RD);
      store<u16>(r, X_BASE + (((raw >> 7) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RD_RD_RS1_RD_RS2_RS2:
      store<u16>(r, destination((raw >> 7) & 0x1f), REC_RD);
      store<u16>(r, X_BASE + (((raw >> 7) & 0x1f) << 3), REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 2) & 0x1f) << 3), REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RS1_X2_FS2_RS2_IMM_S_CSS_SD:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, F_BASE + (((raw >> 2) & 0x1f) << 3), REC_RS2);
      store<u32>(r, ((raw >> 1) & 0x1c0) | ((raw >> 7) & 0x38), REC_IMM);
      return;
    case Format.C_RS1_X2_RS2_RS2_IMM_S_CSS_SW:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 2) & 0x1f) << 3), REC_RS2);
      store<u32>(r, ((raw >> 1) & 0xc0) | ((raw >> 7) & 0x3c), REC_IMM);
      return;
    case Format.C_RS1_X2_RS2_RS2_IMM_S_CSS_SD:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + 16, REC_RS1);
      store<u16>(r, X_BASE + (((raw >> 2) & 0x1f) << 3), REC_RS2);
      store<u32>(r, ((raw >> 1) & 0x1c0) | ((raw >> 7) & 0x38), REC_IMM);
      return;
    case Format.C_RD_RDP_RS1_RS1P_IMM_I_ZCB_BYTE:
      store<u16>(r, destination(8 + ((raw >> 2) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, ((raw >> 4) & 0x2) | ((raw >> 6) & 0x1), REC_IMM);
      return;
    case Format.C_RD_RDP_RS1_RS1P_IMM_I_ZCB_HALF:
      store<u16>(r, destination(8 + ((raw >> 2) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, (raw >> 4) & 0x2, REC_IMM);
      return;
    case Format.C_RS1_RS1P_RS2_RS2P_IMM_S_ZCB_BYTE:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RS2);
      store<u32>(r, ((raw >> 4) & 0x2) | ((raw >> 6) & 0x1), REC_IMM);
      return;
    case Format.C_RS1_RS1P_RS2_RS2P_IMM_S_ZCB_HALF:
      store<u16>(r, X_SINK, REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE + ((8 + ((raw >> 2) & 0x7)) << 3), REC_RS2);
      store<u32>(r, (raw >> 4) & 0x2, REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P_IMM_I_255:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 255, REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P_RS2_X0:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0, REC_IMM);
      return;
    case Format.C_RD_RS1P_RS1_RS1P_IMM_I_MINUS_1:
      store<u16>(r, destination(8 + ((raw >> 7) & 0x7)), REC_RD);
      store<u16>(r, X_BASE + ((8 + ((raw >> 7) & 0x7)) << 3), REC_RS1);
      store<u16>(r, X_BASE, REC_RS2);
      store<u32>(r, 0xffffffff, REC_IMM);
      return;
    default:
      return;
  }
}
