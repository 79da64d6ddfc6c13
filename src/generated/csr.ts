// Generated from spec/tables by tools/generate. Do not edit.

/** A control and status register. Field masks are in place; pmpcfg's are those of one entry's byte. */
export interface CsrDescription {
  readonly name: string;
  readonly number: number;
  /** Lowest privilege mode that may access it. */
  readonly privilege: 'U' | 'S' | 'M';
  readonly isReadOnly: boolean;
  readonly fields: readonly { readonly name: string; readonly high: number; readonly low: number }[];
}

/** Every CSR of the machine, by number. */
export const CSRS: readonly CsrDescription[] = [
  {
    name: 'fflags',
    number: 0x1,
    privilege: 'U',
    isReadOnly: false,
    fields: [
      { name: 'NX', high: 0, low: 0 },
      { name: 'UF', high: 1, low: 1 },
      { name: 'OF', high: 2, low: 2 },
      { name: 'DZ', high: 3, low: 3 },
      { name: 'NV', high: 4, low: 4 },
    ],
  },
  { name: 'frm', number: 0x2, privilege: 'U', isReadOnly: false, fields: [] },
  {
    name: 'fcsr',
    number: 0x3,
    privilege: 'U',
    isReadOnly: false,
    fields: [
      { name: 'FFLAGS', high: 4, low: 0 },
      { name: 'FRM', high: 7, low: 5 },
    ],
  },
  {
    name: 'sstatus',
    number: 0x100,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'SIE', high: 1, low: 1 },
      { name: 'SPIE', high: 5, low: 5 },
      { name: 'UBE', high: 6, low: 6 },
      { name: 'SPP', high: 8, low: 8 },
      { name: 'VS', high: 10, low: 9 },
      { name: 'FS', high: 14, low: 13 },
      { name: 'XS', high: 16, low: 15 },
      { name: 'SUM', high: 18, low: 18 },
      { name: 'MXR', high: 19, low: 19 },
      { name: 'UXL', high: 33, low: 32 },
      { name: 'SD', high: 63, low: 63 },
    ],
  },
  {
    name: 'sie',
    number: 0x104,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'SSIE', high: 1, low: 1 },
      { name: 'STIE', high: 5, low: 5 },
      { name: 'SEIE', high: 9, low: 9 },
    ],
  },
  {
    name: 'stvec',
    number: 0x105,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'MODE', high: 1, low: 0 },
      { name: 'BASE', high: 63, low: 2 },
    ],
  },
  {
    name: 'scounteren',
    number: 0x106,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'CY', high: 0, low: 0 },
      { name: 'TM', high: 1, low: 1 },
      { name: 'IR', high: 2, low: 2 },
      { name: 'HPM', high: 31, low: 3 },
    ],
  },
  {
    name: 'senvcfg',
    number: 0x10a,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'FIOM', high: 0, low: 0 },
      { name: 'CBIE', high: 5, low: 4 },
      { name: 'CBCFE', high: 6, low: 6 },
      { name: 'CBZE', high: 7, low: 7 },
    ],
  },
  { name: 'sscratch', number: 0x140, privilege: 'S', isReadOnly: false, fields: [] },
  { name: 'sepc', number: 0x141, privilege: 'S', isReadOnly: false, fields: [] },
  {
    name: 'scause',
    number: 0x142,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'CODE', high: 62, low: 0 },
      { name: 'INTERRUPT', high: 63, low: 63 },
    ],
  },
  { name: 'stval', number: 0x143, privilege: 'S', isReadOnly: false, fields: [] },
  {
    name: 'sip',
    number: 0x144,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'SSIP', high: 1, low: 1 },
      { name: 'STIP', high: 5, low: 5 },
      { name: 'SEIP', high: 9, low: 9 },
    ],
  },
  { name: 'stimecmp', number: 0x14d, privilege: 'S', isReadOnly: false, fields: [] },
  {
    name: 'satp',
    number: 0x180,
    privilege: 'S',
    isReadOnly: false,
    fields: [
      { name: 'PPN', high: 43, low: 0 },
      { name: 'ASID', high: 59, low: 44 },
      { name: 'MODE', high: 63, low: 60 },
    ],
  },
  {
    name: 'mstatus',
    number: 0x300,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'SIE', high: 1, low: 1 },
      { name: 'MIE', high: 3, low: 3 },
      { name: 'SPIE', high: 5, low: 5 },
      { name: 'UBE', high: 6, low: 6 },
      { name: 'MPIE', high: 7, low: 7 },
      { name: 'SPP', high: 8, low: 8 },
      { name: 'VS', high: 10, low: 9 },
      { name: 'MPP', high: 12, low: 11 },
      { name: 'FS', high: 14, low: 13 },
      { name: 'XS', high: 16, low: 15 },
      { name: 'MPRV', high: 17, low: 17 },
      { name: 'SUM', high: 18, low: 18 },
      { name: 'MXR', high: 19, low: 19 },
      { name: 'TVM', high: 20, low: 20 },
      { name: 'TW', high: 21, low: 21 },
      { name: 'TSR', high: 22, low: 22 },
      { name: 'UXL', high: 33, low: 32 },
      { name: 'SXL', high: 35, low: 34 },
      { name: 'SBE', high: 36, low: 36 },
      { name: 'MBE', high: 37, low: 37 },
      { name: 'SD', high: 63, low: 63 },
    ],
  },
  {
    name: 'misa',
    number: 0x301,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'EXTENSIONS', high: 25, low: 0 },
      { name: 'MXL', high: 63, low: 62 },
    ],
  },
  { name: 'medeleg', number: 0x302, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mideleg', number: 0x303, privilege: 'M', isReadOnly: false, fields: [] },
  {
    name: 'mie',
    number: 0x304,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'SSIE', high: 1, low: 1 },
      { name: 'MSIE', high: 3, low: 3 },
      { name: 'STIE', high: 5, low: 5 },
      { name: 'MTIE', high: 7, low: 7 },
      { name: 'SEIE', high: 9, low: 9 },
      { name: 'MEIE', high: 11, low: 11 },
    ],
  },
  {
    name: 'mtvec',
    number: 0x305,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'MODE', high: 1, low: 0 },
      { name: 'BASE', high: 63, low: 2 },
    ],
  },
  {
    name: 'mcounteren',
    number: 0x306,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'CY', high: 0, low: 0 },
      { name: 'TM', high: 1, low: 1 },
      { name: 'IR', high: 2, low: 2 },
      { name: 'HPM', high: 31, low: 3 },
    ],
  },
  {
    name: 'menvcfg',
    number: 0x30a,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'FIOM', high: 0, low: 0 },
      { name: 'CBIE', high: 5, low: 4 },
      { name: 'CBCFE', high: 6, low: 6 },
      { name: 'CBZE', high: 7, low: 7 },
      { name: 'ADUE', high: 61, low: 61 },
      { name: 'PBMTE', high: 62, low: 62 },
      { name: 'STCE', high: 63, low: 63 },
    ],
  },
  {
    name: 'mcountinhibit',
    number: 0x320,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'CY', high: 0, low: 0 },
      { name: 'IR', high: 2, low: 2 },
      { name: 'HPM', high: 31, low: 3 },
    ],
  },
  { name: 'mhpmevent3', number: 0x323, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent4', number: 0x324, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent5', number: 0x325, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent6', number: 0x326, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent7', number: 0x327, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent8', number: 0x328, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent9', number: 0x329, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent10', number: 0x32a, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent11', number: 0x32b, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent12', number: 0x32c, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent13', number: 0x32d, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent14', number: 0x32e, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent15', number: 0x32f, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent16', number: 0x330, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent17', number: 0x331, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent18', number: 0x332, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent19', number: 0x333, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent20', number: 0x334, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent21', number: 0x335, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent22', number: 0x336, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent23', number: 0x337, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent24', number: 0x338, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent25', number: 0x339, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent26', number: 0x33a, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent27', number: 0x33b, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent28', number: 0x33c, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent29', number: 0x33d, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent30', number: 0x33e, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmevent31', number: 0x33f, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mscratch', number: 0x340, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mepc', number: 0x341, privilege: 'M', isReadOnly: false, fields: [] },
  {
    name: 'mcause',
    number: 0x342,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'CODE', high: 62, low: 0 },
      { name: 'INTERRUPT', high: 63, low: 63 },
    ],
  },
  { name: 'mtval', number: 0x343, privilege: 'M', isReadOnly: false, fields: [] },
  {
    name: 'mip',
    number: 0x344,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'SSIP', high: 1, low: 1 },
      { name: 'MSIP', high: 3, low: 3 },
      { name: 'STIP', high: 5, low: 5 },
      { name: 'MTIP', high: 7, low: 7 },
      { name: 'SEIP', high: 9, low: 9 },
      { name: 'MEIP', high: 11, low: 11 },
    ],
  },
  {
    name: 'pmpcfg0',
    number: 0x3a0,
    privilege: 'M',
    isReadOnly: false,
    fields: [
      { name: 'R', high: 0, low: 0 },
      { name: 'W', high: 1, low: 1 },
      { name: 'X', high: 2, low: 2 },
      { name: 'A', high: 4, low: 3 },
      { name: 'L', high: 7, low: 7 },
    ],
  },
  { name: 'pmpcfg2', number: 0x3a2, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpcfg4', number: 0x3a4, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpcfg6', number: 0x3a6, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpcfg8', number: 0x3a8, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpcfg10', number: 0x3aa, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpcfg12', number: 0x3ac, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpcfg14', number: 0x3ae, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr0', number: 0x3b0, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr1', number: 0x3b1, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr2', number: 0x3b2, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr3', number: 0x3b3, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr4', number: 0x3b4, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr5', number: 0x3b5, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr6', number: 0x3b6, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr7', number: 0x3b7, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr8', number: 0x3b8, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr9', number: 0x3b9, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr10', number: 0x3ba, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr11', number: 0x3bb, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr12', number: 0x3bc, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr13', number: 0x3bd, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr14', number: 0x3be, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr15', number: 0x3bf, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr16', number: 0x3c0, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr17', number: 0x3c1, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr18', number: 0x3c2, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr19', number: 0x3c3, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr20', number: 0x3c4, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr21', number: 0x3c5, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr22', number: 0x3c6, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr23', number: 0x3c7, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr24', number: 0x3c8, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr25', number: 0x3c9, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr26', number: 0x3ca, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr27', number: 0x3cb, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr28', number: 0x3cc, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr29', number: 0x3cd, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr30', number: 0x3ce, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr31', number: 0x3cf, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr32', number: 0x3d0, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr33', number: 0x3d1, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr34', number: 0x3d2, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr35', number: 0x3d3, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr36', number: 0x3d4, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr37', number: 0x3d5, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr38', number: 0x3d6, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr39', number: 0x3d7, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr40', number: 0x3d8, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr41', number: 0x3d9, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr42', number: 0x3da, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr43', number: 0x3db, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr44', number: 0x3dc, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr45', number: 0x3dd, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr46', number: 0x3de, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr47', number: 0x3df, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr48', number: 0x3e0, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr49', number: 0x3e1, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr50', number: 0x3e2, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr51', number: 0x3e3, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr52', number: 0x3e4, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr53', number: 0x3e5, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr54', number: 0x3e6, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr55', number: 0x3e7, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr56', number: 0x3e8, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr57', number: 0x3e9, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr58', number: 0x3ea, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr59', number: 0x3eb, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr60', number: 0x3ec, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr61', number: 0x3ed, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr62', number: 0x3ee, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'pmpaddr63', number: 0x3ef, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'tselect', number: 0x7a0, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'tdata1', number: 0x7a1, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'tdata2', number: 0x7a2, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'tdata3', number: 0x7a3, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mcycle', number: 0xb00, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'minstret', number: 0xb02, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter3', number: 0xb03, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter4', number: 0xb04, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter5', number: 0xb05, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter6', number: 0xb06, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter7', number: 0xb07, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter8', number: 0xb08, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter9', number: 0xb09, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter10', number: 0xb0a, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter11', number: 0xb0b, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter12', number: 0xb0c, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter13', number: 0xb0d, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter14', number: 0xb0e, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter15', number: 0xb0f, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter16', number: 0xb10, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter17', number: 0xb11, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter18', number: 0xb12, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter19', number: 0xb13, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter20', number: 0xb14, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter21', number: 0xb15, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter22', number: 0xb16, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter23', number: 0xb17, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter24', number: 0xb18, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter25', number: 0xb19, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter26', number: 0xb1a, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter27', number: 0xb1b, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter28', number: 0xb1c, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter29', number: 0xb1d, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter30', number: 0xb1e, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'mhpmcounter31', number: 0xb1f, privilege: 'M', isReadOnly: false, fields: [] },
  { name: 'cycle', number: 0xc00, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'time', number: 0xc01, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'instret', number: 0xc02, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter3', number: 0xc03, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter4', number: 0xc04, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter5', number: 0xc05, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter6', number: 0xc06, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter7', number: 0xc07, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter8', number: 0xc08, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter9', number: 0xc09, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter10', number: 0xc0a, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter11', number: 0xc0b, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter12', number: 0xc0c, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter13', number: 0xc0d, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter14', number: 0xc0e, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter15', number: 0xc0f, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter16', number: 0xc10, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter17', number: 0xc11, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter18', number: 0xc12, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter19', number: 0xc13, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter20', number: 0xc14, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter21', number: 0xc15, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter22', number: 0xc16, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter23', number: 0xc17, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter24', number: 0xc18, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter25', number: 0xc19, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter26', number: 0xc1a, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter27', number: 0xc1b, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter28', number: 0xc1c, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter29', number: 0xc1d, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter30', number: 0xc1e, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'hpmcounter31', number: 0xc1f, privilege: 'U', isReadOnly: true, fields: [] },
  { name: 'mvendorid', number: 0xf11, privilege: 'M', isReadOnly: true, fields: [] },
  { name: 'marchid', number: 0xf12, privilege: 'M', isReadOnly: true, fields: [] },
  { name: 'mimpid', number: 0xf13, privilege: 'M', isReadOnly: true, fields: [] },
  { name: 'mhartid', number: 0xf14, privilege: 'M', isReadOnly: true, fields: [] },
  { name: 'mconfigptr', number: 0xf15, privilege: 'M', isReadOnly: true, fields: [] },
];

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
