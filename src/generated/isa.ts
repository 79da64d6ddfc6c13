// Generated from spec/tables by tools/generate. Do not edit.

/** Instruction bits `high..low` are operand bits `high - low + to .. to`. */
export interface FieldPiece {
  readonly high: number;
  readonly low: number;
  readonly to: number;
}

/** Where an operand lies; a signed one is extended from the top of its first piece. */
export interface InstructionField {
  readonly pieces: readonly FieldPiece[];
  readonly isSigned: boolean;
}

/**
 * What an instruction does: `alu` computes on x registers; `load` and `store` are those of x
 * registers, `fload` and `fstore` those of f registers, and `fp` is all else that has to do with
 * these; `amo` are atomics, lr and sc included; `branch` conditional branches; `pc` jumps and
 * auipc; `nop` is fence; `system` the rest: CSR instructions, ecall, wfi, sfence.vma, cbo.zero.
 */
export type InstructionKind =
  'alu' | 'load' | 'store' | 'fload' | 'fstore' | 'fp' | 'amo' | 'branch' | 'pc' | 'nop' | 'system';

interface InstructionRow {
  readonly name: string;
  readonly extension: string;
  readonly mask: number;
  readonly match: number;
  /** Another name for some encodings of that instruction. */
  readonly aliasOf?: string;
}

/** A 32-bit instruction; operands are names of FIELDS. */
export interface InstructionDescription extends InstructionRow {
  readonly operands: readonly string[];
  readonly kind: InstructionKind;
}

/** A 16-bit instruction. */
export interface CompressedInstructionDescription extends InstructionRow {
  /** Operands as written, in the operand names of the expansion. */
  readonly syntax: string;
  readonly expandsTo: string;
  /** Operand of the expansion (`imm` for any immediate) to a name of COMPRESSED_FIELDS, `x0`.., or a constant. */
  readonly sources: Readonly<Record<string, string | number>>;
  /** What is not reserved, as `operand != value`. */
  readonly constraints: readonly string[];
}

export const FIELDS: Readonly<Record<string, InstructionField>> = {
  rd: { pieces: [{ high: 11, low: 7, to: 0 }], isSigned: false },
  rs1: { pieces: [{ high: 19, low: 15, to: 0 }], isSigned: false },
  rs2: { pieces: [{ high: 24, low: 20, to: 0 }], isSigned: false },
  fd: { pieces: [{ high: 11, low: 7, to: 0 }], isSigned: false },
  fs1: { pieces: [{ high: 19, low: 15, to: 0 }], isSigned: false },
  fs2: { pieces: [{ high: 24, low: 20, to: 0 }], isSigned: false },
  fs3: { pieces: [{ high: 31, low: 27, to: 0 }], isSigned: false },
  rm: { pieces: [{ high: 14, low: 12, to: 0 }], isSigned: false },
  csr: { pieces: [{ high: 31, low: 20, to: 0 }], isSigned: false },
  zimm5: { pieces: [{ high: 19, low: 15, to: 0 }], isSigned: false },
  aqrl: { pieces: [{ high: 26, low: 25, to: 0 }], isSigned: false },
  pred: { pieces: [{ high: 27, low: 24, to: 0 }], isSigned: false },
  succ: { pieces: [{ high: 23, low: 20, to: 0 }], isSigned: false },
  shamt5: { pieces: [{ high: 24, low: 20, to: 0 }], isSigned: false },
  shamt6: { pieces: [{ high: 25, low: 20, to: 0 }], isSigned: false },
  'imm:i': { pieces: [{ high: 31, low: 20, to: 0 }], isSigned: true },
  'imm:s': {
    pieces: [
      { high: 31, low: 25, to: 5 },
      { high: 11, low: 7, to: 0 },
    ],
    isSigned: true,
  },
  'imm:b': {
    pieces: [
      { high: 31, low: 31, to: 12 },
      { high: 7, low: 7, to: 11 },
      { high: 30, low: 25, to: 5 },
      { high: 11, low: 8, to: 1 },
    ],
    isSigned: true,
  },
  'imm:u': { pieces: [{ high: 31, low: 12, to: 12 }], isSigned: true },
  'imm:j': {
    pieces: [
      { high: 31, low: 31, to: 20 },
      { high: 19, low: 12, to: 12 },
      { high: 20, low: 20, to: 11 },
      { high: 30, low: 21, to: 1 },
    ],
    isSigned: true,
  },
  'imm:prefetch': { pieces: [{ high: 31, low: 25, to: 5 }], isSigned: true },
};

/** Fields of 16-bit instructions; those with an apostrophe are three bits wide and mean x8 to x15. */
export const COMPRESSED_FIELDS: Readonly<Record<string, InstructionField>> = {
  rd: { pieces: [{ high: 11, low: 7, to: 0 }], isSigned: false },
  rs2: { pieces: [{ high: 6, low: 2, to: 0 }], isSigned: false },
  "rd'": { pieces: [{ high: 4, low: 2, to: 0 }], isSigned: false },
  "rs1'": { pieces: [{ high: 9, low: 7, to: 0 }], isSigned: false },
  "rs2'": { pieces: [{ high: 4, low: 2, to: 0 }], isSigned: false },
  ci: {
    pieces: [
      { high: 12, low: 12, to: 5 },
      { high: 6, low: 2, to: 0 },
    ],
    isSigned: true,
  },
  'ci.lui': {
    pieces: [
      { high: 12, low: 12, to: 17 },
      { high: 6, low: 2, to: 12 },
    ],
    isSigned: true,
  },
  'ci.16sp': {
    pieces: [
      { high: 12, low: 12, to: 9 },
      { high: 4, low: 3, to: 7 },
      { high: 5, low: 5, to: 6 },
      { high: 2, low: 2, to: 5 },
      { high: 6, low: 6, to: 4 },
    ],
    isSigned: true,
  },
  'ci.lwsp': {
    pieces: [
      { high: 3, low: 2, to: 6 },
      { high: 12, low: 12, to: 5 },
      { high: 6, low: 4, to: 2 },
    ],
    isSigned: false,
  },
  'ci.ldsp': {
    pieces: [
      { high: 4, low: 2, to: 6 },
      { high: 12, low: 12, to: 5 },
      { high: 6, low: 5, to: 3 },
    ],
    isSigned: false,
  },
  'c.shamt': {
    pieces: [
      { high: 12, low: 12, to: 5 },
      { high: 6, low: 2, to: 0 },
    ],
    isSigned: false,
  },
  'css.sw': {
    pieces: [
      { high: 8, low: 7, to: 6 },
      { high: 12, low: 9, to: 2 },
    ],
    isSigned: false,
  },
  'css.sd': {
    pieces: [
      { high: 9, low: 7, to: 6 },
      { high: 12, low: 10, to: 3 },
    ],
    isSigned: false,
  },
  ciw: {
    pieces: [
      { high: 10, low: 7, to: 6 },
      { high: 12, low: 11, to: 4 },
      { high: 5, low: 5, to: 3 },
      { high: 6, low: 6, to: 2 },
    ],
    isSigned: false,
  },
  'cl.w': {
    pieces: [
      { high: 5, low: 5, to: 6 },
      { high: 12, low: 10, to: 3 },
      { high: 6, low: 6, to: 2 },
    ],
    isSigned: false,
  },
  'cl.d': {
    pieces: [
      { high: 6, low: 5, to: 6 },
      { high: 12, low: 10, to: 3 },
    ],
    isSigned: false,
  },
  cb: {
    pieces: [
      { high: 12, low: 12, to: 8 },
      { high: 6, low: 5, to: 6 },
      { high: 2, low: 2, to: 5 },
      { high: 11, low: 10, to: 3 },
      { high: 4, low: 3, to: 1 },
    ],
    isSigned: true,
  },
  cj: {
    pieces: [
      { high: 12, low: 12, to: 11 },
      { high: 8, low: 8, to: 10 },
      { high: 10, low: 9, to: 8 },
      { high: 6, low: 6, to: 7 },
      { high: 7, low: 7, to: 6 },
      { high: 2, low: 2, to: 5 },
      { high: 11, low: 11, to: 4 },
      { high: 5, low: 3, to: 1 },
    ],
    isSigned: true,
  },
  'zcb.byte': {
    pieces: [
      { high: 5, low: 5, to: 1 },
      { high: 6, low: 6, to: 0 },
    ],
    isSigned: false,
  },
  'zcb.half': { pieces: [{ high: 5, low: 5, to: 1 }], isSigned: false },
};

/**
 * A line for instructions that differ in name and match alone: extension, kind, mask and operands,
 * and behind a semicolon each name with its match. As text it is a third of the size for a page.
 */
const ROWS = `
A amo f9f0707f rd rs1 aqrl;lr.w:1000202f
A amo f800707f rd rs1 rs2 aqrl;sc.w:1800202f amoswap.w:800202f amoadd.w:202f amoxor.w:2000202f amoand.w:6000202f amoor.w:4000202f amomin.w:8000202f amomax.w:a000202f amominu.w:c000202f amomaxu.w:e000202f
A amo f9f0707f rd rs1 aqrl;lr.d:1000302f
A amo f800707f rd rs1 rs2 aqrl;sc.d:1800302f amoswap.d:800302f amoadd.d:302f amoxor.d:2000302f amoand.d:6000302f amoor.d:4000302f amomin.d:8000302f amomax.d:a000302f amominu.d:c000302f amomaxu.d:e000302f
D fload 707f fd rs1 imm:i;fld:3007
D fstore 707f rs1 fs2 imm:s;fsd:3027
D fp 600007f fd fs1 fs2 fs3 rm;fmadd.d:2000043 fmsub.d:2000047 fnmsub.d:200004b fnmadd.d:200004f
D fp fe00007f fd fs1 fs2 rm;fadd.d:2000053 fsub.d:a000053 fmul.d:12000053 fdiv.d:1a000053
D fp fff0007f fd fs1 rm;fsqrt.d:5a000053
D fp fe00707f fd fs1 fs2;fsgnj.d:22000053 fsgnjn.d:22001053 fsgnjx.d:22002053 fmin.d:2a000053 fmax.d:2a001053
D fp fff0007f fd fs1 rm;fcvt.s.d:40100053 fcvt.d.s:42000053
D fp fe00707f rd fs1 fs2;feq.d:a2002053 flt.d:a2001053 fle.d:a2000053
D fp fff0707f rd fs1;fclass.d:e2001053
D fp fff0007f rd fs1 rm;fcvt.w.d:c2000053 fcvt.wu.d:c2100053
D fp fff0007f fd rs1 rm;fcvt.d.w:d2000053 fcvt.d.wu:d2100053
D fp fff0007f rd fs1 rm;fcvt.l.d:c2200053 fcvt.lu.d:c2300053
D fp fff0707f rd fs1;fmv.x.d:e2000053
D fp fff0007f fd rs1 rm;fcvt.d.l:d2200053 fcvt.d.lu:d2300053
D fp fff0707f fd rs1;fmv.d.x:f2000053
F fload 707f fd rs1 imm:i;flw:2007
F fstore 707f rs1 fs2 imm:s;fsw:2027
F fp 600007f fd fs1 fs2 fs3 rm;fmadd.s:43 fmsub.s:47 fnmsub.s:4b fnmadd.s:4f
F fp fe00007f fd fs1 fs2 rm;fadd.s:53 fsub.s:8000053 fmul.s:10000053 fdiv.s:18000053
F fp fff0007f fd fs1 rm;fsqrt.s:58000053
F fp fe00707f fd fs1 fs2;fsgnj.s:20000053 fsgnjn.s:20001053 fsgnjx.s:20002053 fmin.s:28000053 fmax.s:28001053
F fp fff0007f rd fs1 rm;fcvt.w.s:c0000053 fcvt.wu.s:c0100053
F fp fff0707f rd fs1;fmv.x.w:e0000053
F fp fe00707f rd fs1 fs2;feq.s:a0002053 flt.s:a0001053 fle.s:a0000053
F fp fff0707f rd fs1;fclass.s:e0001053
F fp fff0007f fd rs1 rm;fcvt.s.w:d0000053 fcvt.s.wu:d0100053
F fp fff0707f fd rs1;fmv.w.x:f0000053
F fp fff0007f rd fs1 rm;fcvt.l.s:c0200053 fcvt.lu.s:c0300053
F fp fff0007f fd rs1 rm;fcvt.s.l:d0200053 fcvt.s.lu:d0300053
M alu fe00707f rd rs1 rs2;mul:2000033 mulh:2001033 mulhsu:2002033 mulhu:2003033 div:2004033 divu:2005033 rem:2006033 remu:2007033 mulw:200003b divw:200403b divuw:200503b remw:200603b remuw:200703b
privileged system ffffffff;ecall:73 ebreak:100073
privileged system fe007fff rs1 rs2;sfence.vma:12000073
privileged system ffffffff;sret:10200073 mret:30200073 wfi:10500073
RV64I alu 7f rd imm:u;lui:37
RV64I pc 7f rd imm:u;auipc:17
RV64I pc 7f rd imm:j;jal:6f
RV64I pc 707f rd rs1 imm:i;jalr:67
RV64I branch 707f rs1 rs2 imm:b;beq:63 bne:1063 blt:4063 bge:5063 bltu:6063 bgeu:7063
RV64I load 707f rd rs1 imm:i;lb:3 lh:1003 lw:2003 lbu:4003 lhu:5003
RV64I store 707f rs1 rs2 imm:s;sb:23 sh:1023 sw:2023
RV64I alu 707f rd rs1 imm:i;addi:13 slti:2013 sltiu:3013 xori:4013 ori:6013 andi:7013
RV64I alu fe00707f rd rs1 rs2;add:33 sub:40000033 sll:1033 slt:2033 sltu:3033 xor:4033 srl:5033 sra:40005033 or:6033 and:7033
RV64I nop 707f;fence:f
RV64I nop fff0707f;fence.tso:8330000f:fence
RV64I load 707f rd rs1 imm:i;lwu:6003 ld:3003
RV64I store 707f rs1 rs2 imm:s;sd:3023
RV64I alu fc00707f rd rs1 shamt6;slli:1013 srli:5013 srai:40005013
RV64I alu 707f rd rs1 imm:i;addiw:1b
RV64I alu fe00707f rd rs1 shamt5;slliw:101b srliw:501b sraiw:4000501b
RV64I alu fe00707f rd rs1 rs2;addw:3b subw:4000003b sllw:103b srlw:503b sraw:4000503b
Svinval system fe007fff rs1 rs2;sinval.vma:16000073
Svinval system ffffffff;sfence.w.inval:18000073 sfence.inval.ir:18100073
Zacas amo f800707f rd rs1 rs2 aqrl;amocas.w:2800202f amocas.d:2800302f
Zacas amo f81070ff rd rs1 rs2 aqrl;amocas.q:2800402f
Zawrs system ffffffff;wrs.nto:d00073 wrs.sto:1d00073
Zba alu fe00707f rd rs1 rs2;sh1add:20002033 sh2add:20004033 sh3add:20006033 add.uw:800003b sh1add.uw:2000203b sh2add.uw:2000403b sh3add.uw:2000603b
Zba alu fc00707f rd rs1 shamt6;slli.uw:800101b
Zbb alu fe00707f rd rs1 rs2;andn:40007033 orn:40006033 xnor:40004033
Zbb alu fff0707f rd rs1;clz:60001013 ctz:60101013 cpop:60201013
Zbb alu fe00707f rd rs1 rs2;max:a006033 maxu:a007033 min:a004033 minu:a005033
Zbb alu fff0707f rd rs1;sext.b:60401013 sext.h:60501013
Zbb alu fe00707f rd rs1 rs2;rol:60001033 ror:60005033
Zbb alu fff0707f rd rs1;orc.b:28705013 clzw:6000101b ctzw:6010101b cpopw:6020101b
Zbb alu fe00707f rd rs1 rs2;rolw:6000103b rorw:6000503b
Zbb alu fe00707f rd rs1 shamt5;roriw:6000501b
Zbb alu fc00707f rd rs1 shamt6;rori:60005013
Zbb alu fff0707f rd rs1;rev8:6b805013 zext.h:800403b
Zbc alu fe00707f rd rs1 rs2;clmul:a001033 clmulr:a002033 clmulh:a003033
Zbs alu fe00707f rd rs1 rs2;bclr:48001033 bext:48005033 binv:68001033 bset:28001033
Zbs alu fc00707f rd rs1 shamt6;bclri:48001013 bexti:48005013 binvi:68001013 bseti:28001013
Zfhmin fload 707f fd rs1 imm:i;flh:1007
Zfhmin fstore 707f rs1 fs2 imm:s;fsh:1027
Zfhmin fp fff0007f fd fs1 rm;fcvt.s.h:40200053 fcvt.h.s:44000053
Zfhmin fp fff0707f rd fs1;fmv.x.h:e4000053
Zfhmin fp fff0707f fd rs1;fmv.h.x:f4000053
Zfhmin fp fff0007f fd fs1 rm;fcvt.d.h:42200053 fcvt.h.d:44100053
Zicbom system fff07fff rs1;cbo.clean:10200f cbo.flush:20200f cbo.inval:200f
Zicbop alu 1f07fff rs1 imm:prefetch;prefetch.i:6013:ori prefetch.r:106013:ori prefetch.w:306013:ori
Zicboz system fff07fff rs1;cbo.zero:40200f
Zicond alu fe00707f rd rs1 rs2;czero.eqz:e005033 czero.nez:e007033
Zicsr system 707f rd rs1 csr;csrrw:1073 csrrs:2073 csrrc:3073
Zicsr system 707f rd csr zimm5;csrrwi:5073 csrrsi:6073 csrrci:7073
Zifencei system 707f;fence.i:100f
Zihintntl alu ffffffff;ntl.p1:200033:add ntl.pall:300033:add ntl.s1:400033:add ntl.all:500033:add
Zihintpause system ffffffff;pause:100000f`;

export const INSTRUCTIONS: readonly InstructionDescription[] = ROWS.trim()
  .split('\n')
  .flatMap((line) => {
    const [common, rows] = line.split(';');
    const [extension, kind, mask, ...operands] = common.split(' ');
    return rows.split(' ').map((row) => {
      const [name, match, aliasOf] = row.split(':');
      return {
        ...{ name, extension, mask: parseInt(mask, 16), match: parseInt(match, 16) },
        ...(aliasOf && { aliasOf }),
        ...{ operands, kind: kind as InstructionKind },
      };
    });
  });

export const COMPRESSED_INSTRUCTIONS: readonly CompressedInstructionDescription[] = [
  {
    name: 'c.addi4spn',
    extension: 'C',
    mask: 0xe003,
    match: 0x0,
    syntax: 'rd,sp,imm',
    expandsTo: 'addi',
    sources: { rd: "rd'", rs1: 'x2', imm: 'ciw' },
    constraints: ['imm != 0'],
  },
  {
    name: 'c.fld',
    extension: 'C',
    mask: 0xe003,
    match: 0x2000,
    syntax: 'fd,imm(rs1)',
    expandsTo: 'fld',
    sources: { fd: "rd'", rs1: "rs1'", imm: 'cl.d' },
    constraints: [],
  },
  {
    name: 'c.lw',
    extension: 'C',
    mask: 0xe003,
    match: 0x4000,
    syntax: 'rd,imm(rs1)',
    expandsTo: 'lw',
    sources: { rd: "rd'", rs1: "rs1'", imm: 'cl.w' },
    constraints: [],
  },
  {
    name: 'c.ld',
    extension: 'C',
    mask: 0xe003,
    match: 0x6000,
    syntax: 'rd,imm(rs1)',
    expandsTo: 'ld',
    sources: { rd: "rd'", rs1: "rs1'", imm: 'cl.d' },
    constraints: [],
  },
  {
    name: 'c.fsd',
    extension: 'C',
    mask: 0xe003,
    match: 0xa000,
    syntax: 'fs2,imm(rs1)',
    expandsTo: 'fsd',
    sources: { rs1: "rs1'", fs2: "rs2'", imm: 'cl.d' },
    constraints: [],
  },
  {
    name: 'c.sw',
    extension: 'C',
    mask: 0xe003,
    match: 0xc000,
    syntax: 'rs2,imm(rs1)',
    expandsTo: 'sw',
    sources: { rs1: "rs1'", rs2: "rs2'", imm: 'cl.w' },
    constraints: [],
  },
  {
    name: 'c.sd',
    extension: 'C',
    mask: 0xe003,
    match: 0xe000,
    syntax: 'rs2,imm(rs1)',
    expandsTo: 'sd',
    sources: { rs1: "rs1'", rs2: "rs2'", imm: 'cl.d' },
    constraints: [],
  },
  {
    name: 'c.nop',
    extension: 'C',
    mask: 0xffff,
    match: 0x1,
    aliasOf: 'c.addi',
    syntax: '',
    expandsTo: 'addi',
    sources: { rd: 'rd', rs1: 'rd', imm: 'ci' },
    constraints: [],
  },
  {
    name: 'c.addi',
    extension: 'C',
    mask: 0xe003,
    match: 0x1,
    syntax: 'rd,imm',
    expandsTo: 'addi',
    sources: { rd: 'rd', rs1: 'rd', imm: 'ci' },
    constraints: [],
  },
  {
    name: 'c.addiw',
    extension: 'C',
    mask: 0xe003,
    match: 0x2001,
    syntax: 'rd,imm',
    expandsTo: 'addiw',
    sources: { rd: 'rd', rs1: 'rd', imm: 'ci' },
    constraints: ['rd != 0'],
  },
  {
    name: 'c.li',
    extension: 'C',
    mask: 0xe003,
    match: 0x4001,
    syntax: 'rd,imm',
    expandsTo: 'addi',
    sources: { rd: 'rd', rs1: 'x0', imm: 'ci' },
    constraints: [],
  },
  {
    name: 'c.addi16sp',
    extension: 'C',
    mask: 0xef83,
    match: 0x6101,
    syntax: 'sp,imm',
    expandsTo: 'addi',
    sources: { rd: 'x2', rs1: 'x2', imm: 'ci.16sp' },
    constraints: ['imm != 0'],
  },
  {
    name: 'c.lui',
    extension: 'C',
    mask: 0xe003,
    match: 0x6001,
    syntax: 'rd,imm',
    expandsTo: 'lui',
    sources: { rd: 'rd', imm: 'ci.lui' },
    constraints: ['imm != 0'],
  },
  {
    name: 'c.srli',
    extension: 'C',
    mask: 0xec03,
    match: 0x8001,
    syntax: 'rd,imm',
    expandsTo: 'srli',
    sources: { rd: "rs1'", rs1: "rs1'", imm: 'c.shamt' },
    constraints: [],
  },
  {
    name: 'c.srai',
    extension: 'C',
    mask: 0xec03,
    match: 0x8401,
    syntax: 'rd,imm',
    expandsTo: 'srai',
    sources: { rd: "rs1'", rs1: "rs1'", imm: 'c.shamt' },
    constraints: [],
  },
  {
    name: 'c.andi',
    extension: 'C',
    mask: 0xec03,
    match: 0x8801,
    syntax: 'rd,imm',
    expandsTo: 'andi',
    sources: { rd: "rs1'", rs1: "rs1'", imm: 'ci' },
    constraints: [],
  },
  {
    name: 'c.sub',
    extension: 'C',
    mask: 0xfc63,
    match: 0x8c01,
    syntax: 'rd,rs2',
    expandsTo: 'sub',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.xor',
    extension: 'C',
    mask: 0xfc63,
    match: 0x8c21,
    syntax: 'rd,rs2',
    expandsTo: 'xor',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.or',
    extension: 'C',
    mask: 0xfc63,
    match: 0x8c41,
    syntax: 'rd,rs2',
    expandsTo: 'or',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.and',
    extension: 'C',
    mask: 0xfc63,
    match: 0x8c61,
    syntax: 'rd,rs2',
    expandsTo: 'and',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.subw',
    extension: 'C',
    mask: 0xfc63,
    match: 0x9c01,
    syntax: 'rd,rs2',
    expandsTo: 'subw',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.addw',
    extension: 'C',
    mask: 0xfc63,
    match: 0x9c21,
    syntax: 'rd,rs2',
    expandsTo: 'addw',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.j',
    extension: 'C',
    mask: 0xe003,
    match: 0xa001,
    syntax: 'imm',
    expandsTo: 'jal',
    sources: { rd: 'x0', imm: 'cj' },
    constraints: [],
  },
  {
    name: 'c.beqz',
    extension: 'C',
    mask: 0xe003,
    match: 0xc001,
    syntax: 'rs1,imm',
    expandsTo: 'beq',
    sources: { rs1: "rs1'", rs2: 'x0', imm: 'cb' },
    constraints: [],
  },
  {
    name: 'c.bnez',
    extension: 'C',
    mask: 0xe003,
    match: 0xe001,
    syntax: 'rs1,imm',
    expandsTo: 'bne',
    sources: { rs1: "rs1'", rs2: 'x0', imm: 'cb' },
    constraints: [],
  },
  {
    name: 'c.slli',
    extension: 'C',
    mask: 0xe003,
    match: 0x2,
    syntax: 'rd,imm',
    expandsTo: 'slli',
    sources: { rd: 'rd', rs1: 'rd', imm: 'c.shamt' },
    constraints: [],
  },
  {
    name: 'c.fldsp',
    extension: 'C',
    mask: 0xe003,
    match: 0x2002,
    syntax: 'fd,imm(sp)',
    expandsTo: 'fld',
    sources: { fd: 'rd', rs1: 'x2', imm: 'ci.ldsp' },
    constraints: [],
  },
  {
    name: 'c.lwsp',
    extension: 'C',
    mask: 0xe003,
    match: 0x4002,
    syntax: 'rd,imm(sp)',
    expandsTo: 'lw',
    sources: { rd: 'rd', rs1: 'x2', imm: 'ci.lwsp' },
    constraints: ['rd != 0'],
  },
  {
    name: 'c.ldsp',
    extension: 'C',
    mask: 0xe003,
    match: 0x6002,
    syntax: 'rd,imm(sp)',
    expandsTo: 'ld',
    sources: { rd: 'rd', rs1: 'x2', imm: 'ci.ldsp' },
    constraints: ['rd != 0'],
  },
  {
    name: 'c.jr',
    extension: 'C',
    mask: 0xf07f,
    match: 0x8002,
    syntax: 'rs1',
    expandsTo: 'jalr',
    sources: { rd: 'x0', rs1: 'rd', imm: 0 },
    constraints: ['rs1 != 0'],
  },
  {
    name: 'c.mv',
    extension: 'C',
    mask: 0xf003,
    match: 0x8002,
    syntax: 'rd,rs2',
    expandsTo: 'add',
    sources: { rd: 'rd', rs1: 'x0', rs2: 'rs2' },
    constraints: [],
  },
  {
    name: 'c.ebreak',
    extension: 'C',
    mask: 0xffff,
    match: 0x9002,
    syntax: '',
    expandsTo: 'ebreak',
    sources: {},
    constraints: [],
  },
  {
    name: 'c.jalr',
    extension: 'C',
    mask: 0xf07f,
    match: 0x9002,
    syntax: 'rs1',
    expandsTo: 'jalr',
    sources: { rd: 'x1', rs1: 'rd', imm: 0 },
    constraints: [],
  },
  {
    name: 'c.add',
    extension: 'C',
    mask: 0xf003,
    match: 0x9002,
    syntax: 'rd,rs2',
    expandsTo: 'add',
    sources: { rd: 'rd', rs1: 'rd', rs2: 'rs2' },
    constraints: [],
  },
  {
    name: 'c.fsdsp',
    extension: 'C',
    mask: 0xe003,
    match: 0xa002,
    syntax: 'fs2,imm(sp)',
    expandsTo: 'fsd',
    sources: { rs1: 'x2', fs2: 'rs2', imm: 'css.sd' },
    constraints: [],
  },
  {
    name: 'c.swsp',
    extension: 'C',
    mask: 0xe003,
    match: 0xc002,
    syntax: 'rs2,imm(sp)',
    expandsTo: 'sw',
    sources: { rs1: 'x2', rs2: 'rs2', imm: 'css.sw' },
    constraints: [],
  },
  {
    name: 'c.sdsp',
    extension: 'C',
    mask: 0xe003,
    match: 0xe002,
    syntax: 'rs2,imm(sp)',
    expandsTo: 'sd',
    sources: { rs1: 'x2', rs2: 'rs2', imm: 'css.sd' },
    constraints: [],
  },
  {
    name: 'c.lbu',
    extension: 'Zcb',
    mask: 0xfc03,
    match: 0x8000,
    syntax: 'rd,imm(rs1)',
    expandsTo: 'lbu',
    sources: { rd: "rd'", rs1: "rs1'", imm: 'zcb.byte' },
    constraints: [],
  },
  {
    name: 'c.lhu',
    extension: 'Zcb',
    mask: 0xfc43,
    match: 0x8400,
    syntax: 'rd,imm(rs1)',
    expandsTo: 'lhu',
    sources: { rd: "rd'", rs1: "rs1'", imm: 'zcb.half' },
    constraints: [],
  },
  {
    name: 'c.lh',
    extension: 'Zcb',
    mask: 0xfc43,
    match: 0x8440,
    syntax: 'rd,imm(rs1)',
    expandsTo: 'lh',
    sources: { rd: "rd'", rs1: "rs1'", imm: 'zcb.half' },
    constraints: [],
  },
  {
    name: 'c.sb',
    extension: 'Zcb',
    mask: 0xfc03,
    match: 0x8800,
    syntax: 'rs2,imm(rs1)',
    expandsTo: 'sb',
    sources: { rs1: "rs1'", rs2: "rs2'", imm: 'zcb.byte' },
    constraints: [],
  },
  {
    name: 'c.sh',
    extension: 'Zcb',
    mask: 0xfc43,
    match: 0x8c00,
    syntax: 'rs2,imm(rs1)',
    expandsTo: 'sh',
    sources: { rs1: "rs1'", rs2: "rs2'", imm: 'zcb.half' },
    constraints: [],
  },
  {
    name: 'c.zext.b',
    extension: 'Zcb',
    mask: 0xfc7f,
    match: 0x9c61,
    syntax: 'rd',
    expandsTo: 'andi',
    sources: { rd: "rs1'", rs1: "rs1'", imm: 255 },
    constraints: [],
  },
  {
    name: 'c.sext.b',
    extension: 'Zcb',
    mask: 0xfc7f,
    match: 0x9c65,
    syntax: 'rd',
    expandsTo: 'sext.b',
    sources: { rd: "rs1'", rs1: "rs1'" },
    constraints: [],
  },
  {
    name: 'c.zext.h',
    extension: 'Zcb',
    mask: 0xfc7f,
    match: 0x9c69,
    syntax: 'rd',
    expandsTo: 'zext.h',
    sources: { rd: "rs1'", rs1: "rs1'" },
    constraints: [],
  },
  {
    name: 'c.sext.h',
    extension: 'Zcb',
    mask: 0xfc7f,
    match: 0x9c6d,
    syntax: 'rd',
    expandsTo: 'sext.h',
    sources: { rd: "rs1'", rs1: "rs1'" },
    constraints: [],
  },
  {
    name: 'c.zext.w',
    extension: 'Zcb',
    mask: 0xfc7f,
    match: 0x9c71,
    syntax: 'rd',
    expandsTo: 'add.uw',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: 'x0' },
    constraints: [],
  },
  {
    name: 'c.not',
    extension: 'Zcb',
    mask: 0xfc7f,
    match: 0x9c75,
    syntax: 'rd',
    expandsTo: 'xori',
    sources: { rd: "rs1'", rs1: "rs1'", imm: -1 },
    constraints: [],
  },
  {
    name: 'c.mul',
    extension: 'Zcb',
    mask: 0xfc63,
    match: 0x9c41,
    syntax: 'rd,rs2',
    expandsTo: 'mul',
    sources: { rd: "rs1'", rs1: "rs1'", rs2: "rs2'" },
    constraints: [],
  },
  {
    name: 'c.ntl.p1',
    extension: 'Zihintntl',
    mask: 0xffff,
    match: 0x900a,
    aliasOf: 'c.add',
    syntax: '',
    expandsTo: 'add',
    sources: { rd: 'x0', rs1: 'x0', rs2: 'x2' },
    constraints: [],
  },
  {
    name: 'c.ntl.pall',
    extension: 'Zihintntl',
    mask: 0xffff,
    match: 0x900e,
    aliasOf: 'c.add',
    syntax: '',
    expandsTo: 'add',
    sources: { rd: 'x0', rs1: 'x0', rs2: 'x3' },
    constraints: [],
  },
  {
    name: 'c.ntl.s1',
    extension: 'Zihintntl',
    mask: 0xffff,
    match: 0x9012,
    aliasOf: 'c.add',
    syntax: '',
    expandsTo: 'add',
    sources: { rd: 'x0', rs1: 'x0', rs2: 'x4' },
    constraints: [],
  },
  {
    name: 'c.ntl.all',
    extension: 'Zihintntl',
    mask: 0xffff,
    match: 0x9016,
    aliasOf: 'c.add',
    syntax: '',
    expandsTo: 'add',
    sources: { rd: 'x0', rs1: 'x0', rs2: 'x5' },
    constraints: [],
  },
];
