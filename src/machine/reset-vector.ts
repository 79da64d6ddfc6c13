/**
 * The reset code at the start of the boot ROM, the same as on QEMU `virt`: every
 * hart starts here in M-mode and goes to `start` with a0 = mhartid, a1 = address of
 * the FDT, a2 = address of the fw_dynamic info.
 *
 *    0  auipc t0, 0
 *    4  addi  a2, t0, 40
 *    8  csrr  a0, mhartid
 *   12  ld    a1, 32(t0)
 *   16  ld    t0, 24(t0)
 *   20  jr    t0
 *   24  start          u64
 *   32  FDT            u64
 *   40  fw_dynamic info: six u64, below
 *
 * fw_dynamic info (OpenSBI, docs/firmware/fw_dynamic.md) tells firmware what to
 * start next. fw_jump firmware takes a0 and a1 alone and goes to its built-in
 * address, which for the generic platform is RAM base + 2 MiB.
 */

import { CSR_MHARTID } from '../generated/csr.ts';
import { MATCH_ADDI, MATCH_AUIPC, MATCH_CSRRS, MATCH_JALR, MATCH_LD } from '../generated/match.ts';

const T0 = 5;
const A0 = 10;
const A1 = 11;
const A2 = 12;

const START_OFFSET = 24;
const FDT_OFFSET = 32;
const INFO_OFFSET = 40;
const INFO_SIZE = 48;

export const FW_DYNAMIC_INFO_MAGIC = 0x4942534fn; // "OSBI"
export const FW_DYNAMIC_INFO_VERSION = 2n;
export const FW_DYNAMIC_INFO_NEXT_MODE_S = 1n;

export interface ResetVectorOptions {
  /** Where the harts go: the firmware, or a bare-metal program. */
  readonly start: number | bigint;
  readonly fdt: number | bigint;
  /** What firmware starts next, in S-mode. Default 0: nothing. */
  readonly next?: number | bigint;
  /** The hart that firmware should boot on. Default 0. */
  readonly bootHart?: number;
}

/** The bytes of the boot ROM from its first address on; they may lie at any 4-byte aligned address. */
export function resetVector(options: ResetVectorOptions): Uint8Array {
  const { start, fdt, next = 0, bootHart = 0 } = options;
  const bytes = new Uint8Array(INFO_OFFSET + INFO_SIZE);
  const view = new DataView(bytes.buffer);
  const code = [
    encode(MATCH_AUIPC, T0),
    encode(MATCH_ADDI, A2, T0, INFO_OFFSET),
    encode(MATCH_CSRRS, A0, 0, CSR_MHARTID),
    encode(MATCH_LD, A1, T0, FDT_OFFSET),
    encode(MATCH_LD, T0, T0, START_OFFSET),
    encode(MATCH_JALR, 0, T0),
  ];
  code.forEach((instruction, index) => view.setUint32(index * 4, instruction, true));
  const words = [
    BigInt(start),
    BigInt(fdt),
    FW_DYNAMIC_INFO_MAGIC,
    FW_DYNAMIC_INFO_VERSION,
    BigInt(next),
    FW_DYNAMIC_INFO_NEXT_MODE_S,
    0n, // options, none
    BigInt(bootHart),
  ];
  words.forEach((word, index) => view.setBigUint64(START_OFFSET + index * 8, word, true));
  return bytes;
}

/** I-type, immediate in 31:20, rs1 in 19:15, rd in 11:7; auipc has rd at the same place. */
function encode(match: number, rd: number, rs1 = 0, immediate = 0): number {
  return (match | (rd << 7) | (rs1 << 15) | (immediate << 20)) >>> 0;
}
