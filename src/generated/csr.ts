// Generated from spec/tables by tools/generate. Do not edit.

/** A control and status register. */
export interface CsrDescription {
  readonly name: string;
  readonly number: number;
  /** By its number (privileged spec, 2.1). */
  readonly isReadOnly: boolean;
}

/** Number and name. Numbered ones in a row are one entry: name without the index, first index, how many. */
type Run = readonly [number: number, name: string, index?: number, count?: number];
const RUNS: readonly Run[] = [
  [0x1, 'fflags'],
  [0x2, 'frm'],
  [0x3, 'fcsr'],
  [0x100, 'sstatus'],
  [0x104, 'sie'],
  [0x105, 'stvec'],
  [0x106, 'scounteren'],
  [0x10a, 'senvcfg'],
  [0x140, 'sscratch'],
  [0x141, 'sepc'],
  [0x142, 'scause'],
  [0x143, 'stval'],
  [0x144, 'sip'],
  [0x14d, 'stimecmp'],
  [0x180, 'satp'],
  [0x300, 'mstatus'],
  [0x301, 'misa'],
  [0x302, 'medeleg'],
  [0x303, 'mideleg'],
  [0x304, 'mie'],
  [0x305, 'mtvec'],
  [0x306, 'mcounteren'],
  [0x30a, 'menvcfg'],
  [0x320, 'mcountinhibit'],
  [0x323, 'mhpmevent', 3, 29],
  [0x340, 'mscratch'],
  [0x341, 'mepc'],
  [0x342, 'mcause'],
  [0x343, 'mtval'],
  [0x344, 'mip'],
  [0x3a0, 'pmpcfg0'],
  [0x3a2, 'pmpcfg2'],
  [0x3a4, 'pmpcfg4'],
  [0x3a6, 'pmpcfg6'],
  [0x3a8, 'pmpcfg8'],
  [0x3aa, 'pmpcfg10'],
  [0x3ac, 'pmpcfg12'],
  [0x3ae, 'pmpcfg14'],
  [0x3b0, 'pmpaddr', 0, 64],
  [0x7a0, 'tselect'],
  [0x7a1, 'tdata', 1, 3],
  [0xb00, 'mcycle'],
  [0xb02, 'minstret'],
  [0xb03, 'mhpmcounter', 3, 29],
  [0xc00, 'cycle'],
  [0xc01, 'time'],
  [0xc02, 'instret'],
  [0xc03, 'hpmcounter', 3, 29],
  [0xf11, 'mvendorid'],
  [0xf12, 'marchid'],
  [0xf13, 'mimpid'],
  [0xf14, 'mhartid'],
  [0xf15, 'mconfigptr'],
];

/** Every CSR of the machine, by number. */
export const CSRS: readonly CsrDescription[] = RUNS.flatMap(([first, name, index = 0, count]) =>
  Array.from({ length: count ?? 1 }, (_, at) => ({
    name: count ? `${name}${index + at}` : name,
    number: first + at,
    isReadOnly: (first + at) >> 10 === 3,
  })),
);

export const CSR_FFLAGS = 0x1;
export const CSR_FRM = 0x2;
export const CSR_FCSR = 0x3;
export const CSR_SSTATUS = 0x100;
export const CSR_SIE = 0x104;
export const CSR_STVEC = 0x105;
export const CSR_SCOUNTEREN = 0x106;
export const CSR_SENVCFG = 0x10a;
export const CSR_SSCRATCH = 0x140;
export const CSR_SEPC = 0x141;
export const CSR_SCAUSE = 0x142;
export const CSR_STVAL = 0x143;
export const CSR_SIP = 0x144;
export const CSR_STIMECMP = 0x14d;
export const CSR_SATP = 0x180;
export const CSR_MSTATUS = 0x300;
export const CSR_MISA = 0x301;
export const CSR_MEDELEG = 0x302;
export const CSR_MIDELEG = 0x303;
export const CSR_MIE = 0x304;
export const CSR_MTVEC = 0x305;
export const CSR_MCOUNTEREN = 0x306;
export const CSR_MENVCFG = 0x30a;
export const CSR_MCOUNTINHIBIT = 0x320;
export const CSR_MHPMEVENT3 = 0x323;
export const CSR_MHPMEVENT4 = 0x324;
export const CSR_MHPMEVENT5 = 0x325;
export const CSR_MHPMEVENT6 = 0x326;
export const CSR_MHPMEVENT7 = 0x327;
export const CSR_MHPMEVENT8 = 0x328;
export const CSR_MHPMEVENT9 = 0x329;
export const CSR_MHPMEVENT10 = 0x32a;
export const CSR_MHPMEVENT11 = 0x32b;
export const CSR_MHPMEVENT12 = 0x32c;
export const CSR_MHPMEVENT13 = 0x32d;
export const CSR_MHPMEVENT14 = 0x32e;
export const CSR_MHPMEVENT15 = 0x32f;
export const CSR_MHPMEVENT16 = 0x330;
export const CSR_MHPMEVENT17 = 0x331;
export const CSR_MHPMEVENT18 = 0x332;
export const CSR_MHPMEVENT19 = 0x333;
export const CSR_MHPMEVENT20 = 0x334;
export const CSR_MHPMEVENT21 = 0x335;
export const CSR_MHPMEVENT22 = 0x336;
export const CSR_MHPMEVENT23 = 0x337;
export const CSR_MHPMEVENT24 = 0x338;
export const CSR_MHPMEVENT25 = 0x339;
export const CSR_MHPMEVENT26 = 0x33a;
export const CSR_MHPMEVENT27 = 0x33b;
export const CSR_MHPMEVENT28 = 0x33c;
export const CSR_MHPMEVENT29 = 0x33d;
export const CSR_MHPMEVENT30 = 0x33e;
export const CSR_MHPMEVENT31 = 0x33f;
export const CSR_MSCRATCH = 0x340;
export const CSR_MEPC = 0x341;
export const CSR_MCAUSE = 0x342;
export const CSR_MTVAL = 0x343;
export const CSR_MIP = 0x344;
export const CSR_PMPCFG0 = 0x3a0;
export const CSR_PMPCFG2 = 0x3a2;
export const CSR_PMPCFG4 = 0x3a4;
export const CSR_PMPCFG6 = 0x3a6;
export const CSR_PMPCFG8 = 0x3a8;
export const CSR_PMPCFG10 = 0x3aa;
export const CSR_PMPCFG12 = 0x3ac;
export const CSR_PMPCFG14 = 0x3ae;
export const CSR_PMPADDR0 = 0x3b0;
export const CSR_PMPADDR1 = 0x3b1;
export const CSR_PMPADDR2 = 0x3b2;
export const CSR_PMPADDR3 = 0x3b3;
export const CSR_PMPADDR4 = 0x3b4;
export const CSR_PMPADDR5 = 0x3b5;
export const CSR_PMPADDR6 = 0x3b6;
export const CSR_PMPADDR7 = 0x3b7;
export const CSR_PMPADDR8 = 0x3b8;
export const CSR_PMPADDR9 = 0x3b9;
export const CSR_PMPADDR10 = 0x3ba;
export const CSR_PMPADDR11 = 0x3bb;
export const CSR_PMPADDR12 = 0x3bc;
export const CSR_PMPADDR13 = 0x3bd;
export const CSR_PMPADDR14 = 0x3be;
export const CSR_PMPADDR15 = 0x3bf;
export const CSR_PMPADDR16 = 0x3c0;
export const CSR_PMPADDR17 = 0x3c1;
export const CSR_PMPADDR18 = 0x3c2;
export const CSR_PMPADDR19 = 0x3c3;
export const CSR_PMPADDR20 = 0x3c4;
export const CSR_PMPADDR21 = 0x3c5;
export const CSR_PMPADDR22 = 0x3c6;
export const CSR_PMPADDR23 = 0x3c7;
export const CSR_PMPADDR24 = 0x3c8;
export const CSR_PMPADDR25 = 0x3c9;
export const CSR_PMPADDR26 = 0x3ca;
export const CSR_PMPADDR27 = 0x3cb;
export const CSR_PMPADDR28 = 0x3cc;
export const CSR_PMPADDR29 = 0x3cd;
export const CSR_PMPADDR30 = 0x3ce;
export const CSR_PMPADDR31 = 0x3cf;
export const CSR_PMPADDR32 = 0x3d0;
export const CSR_PMPADDR33 = 0x3d1;
export const CSR_PMPADDR34 = 0x3d2;
export const CSR_PMPADDR35 = 0x3d3;
export const CSR_PMPADDR36 = 0x3d4;
export const CSR_PMPADDR37 = 0x3d5;
export const CSR_PMPADDR38 = 0x3d6;
export const CSR_PMPADDR39 = 0x3d7;
export const CSR_PMPADDR40 = 0x3d8;
export const CSR_PMPADDR41 = 0x3d9;
export const CSR_PMPADDR42 = 0x3da;
export const CSR_PMPADDR43 = 0x3db;
export const CSR_PMPADDR44 = 0x3dc;
export const CSR_PMPADDR45 = 0x3dd;
export const CSR_PMPADDR46 = 0x3de;
export const CSR_PMPADDR47 = 0x3df;
export const CSR_PMPADDR48 = 0x3e0;
export const CSR_PMPADDR49 = 0x3e1;
export const CSR_PMPADDR50 = 0x3e2;
export const CSR_PMPADDR51 = 0x3e3;
export const CSR_PMPADDR52 = 0x3e4;
export const CSR_PMPADDR53 = 0x3e5;
export const CSR_PMPADDR54 = 0x3e6;
export const CSR_PMPADDR55 = 0x3e7;
export const CSR_PMPADDR56 = 0x3e8;
export const CSR_PMPADDR57 = 0x3e9;
export const CSR_PMPADDR58 = 0x3ea;
export const CSR_PMPADDR59 = 0x3eb;
export const CSR_PMPADDR60 = 0x3ec;
export const CSR_PMPADDR61 = 0x3ed;
export const CSR_PMPADDR62 = 0x3ee;
export const CSR_PMPADDR63 = 0x3ef;
export const CSR_TSELECT = 0x7a0;
export const CSR_TDATA1 = 0x7a1;
export const CSR_TDATA2 = 0x7a2;
export const CSR_TDATA3 = 0x7a3;
export const CSR_MCYCLE = 0xb00;
export const CSR_MINSTRET = 0xb02;
export const CSR_MHPMCOUNTER3 = 0xb03;
export const CSR_MHPMCOUNTER4 = 0xb04;
export const CSR_MHPMCOUNTER5 = 0xb05;
export const CSR_MHPMCOUNTER6 = 0xb06;
export const CSR_MHPMCOUNTER7 = 0xb07;
export const CSR_MHPMCOUNTER8 = 0xb08;
export const CSR_MHPMCOUNTER9 = 0xb09;
export const CSR_MHPMCOUNTER10 = 0xb0a;
export const CSR_MHPMCOUNTER11 = 0xb0b;
export const CSR_MHPMCOUNTER12 = 0xb0c;
export const CSR_MHPMCOUNTER13 = 0xb0d;
export const CSR_MHPMCOUNTER14 = 0xb0e;
export const CSR_MHPMCOUNTER15 = 0xb0f;
export const CSR_MHPMCOUNTER16 = 0xb10;
export const CSR_MHPMCOUNTER17 = 0xb11;
export const CSR_MHPMCOUNTER18 = 0xb12;
export const CSR_MHPMCOUNTER19 = 0xb13;
export const CSR_MHPMCOUNTER20 = 0xb14;
export const CSR_MHPMCOUNTER21 = 0xb15;
export const CSR_MHPMCOUNTER22 = 0xb16;
export const CSR_MHPMCOUNTER23 = 0xb17;
export const CSR_MHPMCOUNTER24 = 0xb18;
export const CSR_MHPMCOUNTER25 = 0xb19;
export const CSR_MHPMCOUNTER26 = 0xb1a;
export const CSR_MHPMCOUNTER27 = 0xb1b;
export const CSR_MHPMCOUNTER28 = 0xb1c;
export const CSR_MHPMCOUNTER29 = 0xb1d;
export const CSR_MHPMCOUNTER30 = 0xb1e;
export const CSR_MHPMCOUNTER31 = 0xb1f;
export const CSR_CYCLE = 0xc00;
export const CSR_TIME = 0xc01;
export const CSR_INSTRET = 0xc02;
export const CSR_HPMCOUNTER3 = 0xc03;
export const CSR_HPMCOUNTER4 = 0xc04;
export const CSR_HPMCOUNTER5 = 0xc05;
export const CSR_HPMCOUNTER6 = 0xc06;
export const CSR_HPMCOUNTER7 = 0xc07;
export const CSR_HPMCOUNTER8 = 0xc08;
export const CSR_HPMCOUNTER9 = 0xc09;
export const CSR_HPMCOUNTER10 = 0xc0a;
export const CSR_HPMCOUNTER11 = 0xc0b;
export const CSR_HPMCOUNTER12 = 0xc0c;
export const CSR_HPMCOUNTER13 = 0xc0d;
export const CSR_HPMCOUNTER14 = 0xc0e;
export const CSR_HPMCOUNTER15 = 0xc0f;
export const CSR_HPMCOUNTER16 = 0xc10;
export const CSR_HPMCOUNTER17 = 0xc11;
export const CSR_HPMCOUNTER18 = 0xc12;
export const CSR_HPMCOUNTER19 = 0xc13;
export const CSR_HPMCOUNTER20 = 0xc14;
export const CSR_HPMCOUNTER21 = 0xc15;
export const CSR_HPMCOUNTER22 = 0xc16;
export const CSR_HPMCOUNTER23 = 0xc17;
export const CSR_HPMCOUNTER24 = 0xc18;
export const CSR_HPMCOUNTER25 = 0xc19;
export const CSR_HPMCOUNTER26 = 0xc1a;
export const CSR_HPMCOUNTER27 = 0xc1b;
export const CSR_HPMCOUNTER28 = 0xc1c;
export const CSR_HPMCOUNTER29 = 0xc1d;
export const CSR_HPMCOUNTER30 = 0xc1e;
export const CSR_HPMCOUNTER31 = 0xc1f;
export const CSR_MVENDORID = 0xf11;
export const CSR_MARCHID = 0xf12;
export const CSR_MIMPID = 0xf13;
export const CSR_MHARTID = 0xf14;
export const CSR_MCONFIGPTR = 0xf15;

export const FFLAGS_NX = 0x1n;
export const FFLAGS_UF = 0x2n;
export const FFLAGS_OF = 0x4n;
export const FFLAGS_DZ = 0x8n;
export const FFLAGS_NV = 0x10n;
export const FFLAGS_MASK = 0x1fn;
export const FCSR_FFLAGS = 0x1fn;
export const FCSR_FFLAGS_SHIFT = 0x0n;
export const FCSR_FRM = 0xe0n;
export const FCSR_FRM_SHIFT = 0x5n;
export const FCSR_MASK = 0xffn;
export const SSTATUS_SIE = 0x2n;
export const SSTATUS_SPIE = 0x20n;
export const SSTATUS_UBE = 0x40n;
export const SSTATUS_SPP = 0x100n;
export const SSTATUS_VS = 0x600n;
export const SSTATUS_VS_SHIFT = 0x9n;
export const SSTATUS_FS = 0x6000n;
export const SSTATUS_FS_SHIFT = 0xdn;
export const SSTATUS_XS = 0x18000n;
export const SSTATUS_XS_SHIFT = 0xfn;
export const SSTATUS_SUM = 0x40000n;
export const SSTATUS_MXR = 0x80000n;
export const SSTATUS_UXL = 0x300000000n;
export const SSTATUS_UXL_SHIFT = 0x20n;
export const SSTATUS_SD = 0x8000000000000000n;
export const SSTATUS_MASK = 0x80000003000de762n;
export const SIE_SSIE = 0x2n;
export const SIE_STIE = 0x20n;
export const SIE_SEIE = 0x200n;
export const SIE_MASK = 0x222n;
export const STVEC_MODE = 0x3n;
export const STVEC_MODE_SHIFT = 0x0n;
export const STVEC_BASE = 0xfffffffffffffffcn;
export const STVEC_BASE_SHIFT = 0x2n;
export const STVEC_MASK = 0xffffffffffffffffn;
export const SCOUNTEREN_CY = 0x1n;
export const SCOUNTEREN_TM = 0x2n;
export const SCOUNTEREN_IR = 0x4n;
export const SCOUNTEREN_HPM = 0xfffffff8n;
export const SCOUNTEREN_HPM_SHIFT = 0x3n;
export const SCOUNTEREN_MASK = 0xffffffffn;
export const SENVCFG_FIOM = 0x1n;
export const SENVCFG_CBIE = 0x30n;
export const SENVCFG_CBIE_SHIFT = 0x4n;
export const SENVCFG_CBCFE = 0x40n;
export const SENVCFG_CBZE = 0x80n;
export const SENVCFG_MASK = 0xf1n;
export const SCAUSE_CODE = 0x7fffffffffffffffn;
export const SCAUSE_CODE_SHIFT = 0x0n;
export const SCAUSE_INTERRUPT = 0x8000000000000000n;
export const SCAUSE_MASK = 0xffffffffffffffffn;
export const SIP_SSIP = 0x2n;
export const SIP_STIP = 0x20n;
export const SIP_SEIP = 0x200n;
export const SIP_MASK = 0x222n;
export const SATP_PPN = 0xfffffffffffn;
export const SATP_PPN_SHIFT = 0x0n;
export const SATP_ASID = 0xffff00000000000n;
export const SATP_ASID_SHIFT = 0x2cn;
export const SATP_MODE = 0xf000000000000000n;
export const SATP_MODE_SHIFT = 0x3cn;
export const SATP_MODE_BARE = 0x0n;
export const SATP_MODE_SV39 = 0x8n;
export const SATP_MODE_SV48 = 0x9n;
export const SATP_MODE_SV57 = 0xan;
export const SATP_MASK = 0xffffffffffffffffn;
export const MSTATUS_SIE = 0x2n;
export const MSTATUS_MIE = 0x8n;
export const MSTATUS_SPIE = 0x20n;
export const MSTATUS_UBE = 0x40n;
export const MSTATUS_MPIE = 0x80n;
export const MSTATUS_SPP = 0x100n;
export const MSTATUS_VS = 0x600n;
export const MSTATUS_VS_SHIFT = 0x9n;
export const MSTATUS_MPP = 0x1800n;
export const MSTATUS_MPP_SHIFT = 0xbn;
export const MSTATUS_FS = 0x6000n;
export const MSTATUS_FS_SHIFT = 0xdn;
export const MSTATUS_XS = 0x18000n;
export const MSTATUS_XS_SHIFT = 0xfn;
export const MSTATUS_MPRV = 0x20000n;
export const MSTATUS_SUM = 0x40000n;
export const MSTATUS_MXR = 0x80000n;
export const MSTATUS_TVM = 0x100000n;
export const MSTATUS_TW = 0x200000n;
export const MSTATUS_TSR = 0x400000n;
export const MSTATUS_UXL = 0x300000000n;
export const MSTATUS_UXL_SHIFT = 0x20n;
export const MSTATUS_SXL = 0xc00000000n;
export const MSTATUS_SXL_SHIFT = 0x22n;
export const MSTATUS_SBE = 0x1000000000n;
export const MSTATUS_MBE = 0x2000000000n;
export const MSTATUS_SD = 0x8000000000000000n;
export const MSTATUS_MASK = 0x8000003f007fffean;
export const MISA_EXTENSIONS = 0x3ffffffn;
export const MISA_EXTENSIONS_SHIFT = 0x0n;
export const MISA_MXL = 0xc000000000000000n;
export const MISA_MXL_SHIFT = 0x3en;
export const MISA_MASK = 0xc000000003ffffffn;
export const MIE_SSIE = 0x2n;
export const MIE_MSIE = 0x8n;
export const MIE_STIE = 0x20n;
export const MIE_MTIE = 0x80n;
export const MIE_SEIE = 0x200n;
export const MIE_MEIE = 0x800n;
export const MIE_MASK = 0xaaan;
export const MTVEC_MODE = 0x3n;
export const MTVEC_MODE_SHIFT = 0x0n;
export const MTVEC_BASE = 0xfffffffffffffffcn;
export const MTVEC_BASE_SHIFT = 0x2n;
export const MTVEC_MASK = 0xffffffffffffffffn;
export const MCOUNTEREN_CY = 0x1n;
export const MCOUNTEREN_TM = 0x2n;
export const MCOUNTEREN_IR = 0x4n;
export const MCOUNTEREN_HPM = 0xfffffff8n;
export const MCOUNTEREN_HPM_SHIFT = 0x3n;
export const MCOUNTEREN_MASK = 0xffffffffn;
export const MENVCFG_FIOM = 0x1n;
export const MENVCFG_CBIE = 0x30n;
export const MENVCFG_CBIE_SHIFT = 0x4n;
export const MENVCFG_CBCFE = 0x40n;
export const MENVCFG_CBZE = 0x80n;
export const MENVCFG_ADUE = 0x2000000000000000n;
export const MENVCFG_PBMTE = 0x4000000000000000n;
export const MENVCFG_STCE = 0x8000000000000000n;
export const MENVCFG_MASK = 0xe0000000000000f1n;
export const MCOUNTINHIBIT_CY = 0x1n;
export const MCOUNTINHIBIT_IR = 0x4n;
export const MCOUNTINHIBIT_HPM = 0xfffffff8n;
export const MCOUNTINHIBIT_HPM_SHIFT = 0x3n;
export const MCOUNTINHIBIT_MASK = 0xfffffffdn;
export const MCAUSE_CODE = 0x7fffffffffffffffn;
export const MCAUSE_CODE_SHIFT = 0x0n;
export const MCAUSE_INTERRUPT = 0x8000000000000000n;
export const MCAUSE_MASK = 0xffffffffffffffffn;
export const MIP_SSIP = 0x2n;
export const MIP_MSIP = 0x8n;
export const MIP_STIP = 0x20n;
export const MIP_MTIP = 0x80n;
export const MIP_SEIP = 0x200n;
export const MIP_MEIP = 0x800n;
export const MIP_MASK = 0xaaan;
export const PMPCFG_R = 0x1n;
export const PMPCFG_W = 0x2n;
export const PMPCFG_X = 0x4n;
export const PMPCFG_A = 0x18n;
export const PMPCFG_A_SHIFT = 0x3n;
export const PMPCFG_L = 0x80n;
export const PMPCFG_A_OFF = 0x0n;
export const PMPCFG_A_TOR = 0x1n;
export const PMPCFG_A_NA4 = 0x2n;
export const PMPCFG_A_NAPOT = 0x3n;
export const PMPCFG_MASK = 0x9fn;

export const CAUSE_MISALIGNED_FETCH = 0;
export const CAUSE_FETCH_ACCESS = 1;
export const CAUSE_ILLEGAL_INSTRUCTION = 2;
export const CAUSE_BREAKPOINT = 3;
export const CAUSE_MISALIGNED_LOAD = 4;
export const CAUSE_LOAD_ACCESS = 5;
export const CAUSE_MISALIGNED_STORE = 6;
export const CAUSE_STORE_ACCESS = 7;
export const CAUSE_USER_ECALL = 8;
export const CAUSE_SUPERVISOR_ECALL = 9;
export const CAUSE_MACHINE_ECALL = 11;
export const CAUSE_FETCH_PAGE_FAULT = 12;
export const CAUSE_LOAD_PAGE_FAULT = 13;
export const CAUSE_STORE_PAGE_FAULT = 15;
export const IRQ_S_SOFT = 1;
export const IRQ_M_SOFT = 3;
export const IRQ_S_TIMER = 5;
export const IRQ_M_TIMER = 7;
export const IRQ_S_EXT = 9;
export const IRQ_M_EXT = 11;

/** Exception code to its name in the privileged specification. */
export const EXCEPTION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'instruction address misaligned'],
  [1, 'instruction access fault'],
  [2, 'illegal instruction'],
  [3, 'breakpoint'],
  [4, 'load address misaligned'],
  [5, 'load access fault'],
  [6, 'store/AMO address misaligned'],
  [7, 'store/AMO access fault'],
  [8, 'environment call from U-mode'],
  [9, 'environment call from S-mode'],
  [11, 'environment call from M-mode'],
  [12, 'instruction page fault'],
  [13, 'load page fault'],
  [15, 'store/AMO page fault'],
]);

/** Interrupt code to its name in the privileged specification. */
export const INTERRUPT_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'supervisor software interrupt'],
  [3, 'machine software interrupt'],
  [5, 'supervisor timer interrupt'],
  [7, 'machine timer interrupt'],
  [9, 'supervisor external interrupt'],
  [11, 'machine external interrupt'],
]);
