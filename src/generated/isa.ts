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

/** Fields by their lines: name, whether it is signed or unsigned, and its pieces. */
const fieldsOf = (lines: string): Readonly<Record<string, InstructionField>> =>
  Object.fromEntries(
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const [name, sign, ...pieces] = line.split(' ');
        const piece = (text: string): FieldPiece => {
          const [high, low, to] = text.split('.').map(Number);
          return { high, low, to };
        };
        return [name, { pieces: pieces.map(piece), isSigned: sign === 's' }];
      }),
  );

// Tables are text, which is a third of the size for a page.

export const FIELDS = fieldsOf(`
rd u 11.7.0
rs1 u 19.15.0
rs2 u 24.20.0
fd u 11.7.0
fs1 u 19.15.0
fs2 u 24.20.0
fs3 u 31.27.0
rm u 14.12.0
csr u 31.20.0
zimm5 u 19.15.0
aqrl u 26.25.0
pred u 27.24.0
succ u 23.20.0
shamt5 u 24.20.0
shamt6 u 25.20.0
imm:i s 31.20.0
imm:s s 31.25.5 11.7.0
imm:b s 31.31.12 7.7.11 30.25.5 11.8.1
imm:u s 31.12.12
imm:j s 31.31.20 19.12.12 20.20.11 30.21.1
imm:prefetch s 31.25.5`);

/** Fields of 16-bit instructions; those with an apostrophe are three bits wide and mean x8 to x15. */
export const COMPRESSED_FIELDS = fieldsOf(`
rd u 11.7.0
rs2 u 6.2.0
rd' u 4.2.0
rs1' u 9.7.0
rs2' u 4.2.0
ci s 12.12.5 6.2.0
ci.lui s 12.12.17 6.2.12
ci.16sp s 12.12.9 4.3.7 5.5.6 2.2.5 6.6.4
ci.lwsp u 3.2.6 12.12.5 6.4.2
ci.ldsp u 4.2.6 12.12.5 6.5.3
c.shamt u 12.12.5 6.2.0
css.sw u 8.7.6 12.9.2
css.sd u 9.7.6 12.10.3
ciw u 10.7.6 12.11.4 5.5.3 6.6.2
cl.w u 5.5.6 12.10.3 6.6.2
cl.d u 6.5.6 12.10.3
cb s 12.12.8 6.5.6 2.2.5 11.10.3 4.3.1
cj s 12.12.11 8.8.10 10.9.8 6.6.7 7.7.6 2.2.5 11.11.4 5.3.1
zcb.byte u 5.5.1 6.6.0
zcb.half u 5.5.1`);

/**
 * A line for instructions that differ in name and match alone: extension, kind, mask and operands,
 * and behind a semicolon each name with its match.
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

/** A line an instruction: name, extension, mask, match, alias, syntax, expansion, sources, constraints. */
const COMPRESSED_ROWS = `
c.addi4spn|C|e003|0||rd,sp,imm|addi|rd=rd' rs1=x2 imm=ciw|imm != 0
c.fld|C|e003|2000||fd,imm(rs1)|fld|fd=rd' rs1=rs1' imm=cl.d|
c.lw|C|e003|4000||rd,imm(rs1)|lw|rd=rd' rs1=rs1' imm=cl.w|
c.ld|C|e003|6000||rd,imm(rs1)|ld|rd=rd' rs1=rs1' imm=cl.d|
c.fsd|C|e003|a000||fs2,imm(rs1)|fsd|rs1=rs1' fs2=rs2' imm=cl.d|
c.sw|C|e003|c000||rs2,imm(rs1)|sw|rs1=rs1' rs2=rs2' imm=cl.w|
c.sd|C|e003|e000||rs2,imm(rs1)|sd|rs1=rs1' rs2=rs2' imm=cl.d|
c.nop|C|ffff|1|c.addi||addi|rd=rd rs1=rd imm=ci|
c.addi|C|e003|1||rd,imm|addi|rd=rd rs1=rd imm=ci|
c.addiw|C|e003|2001||rd,imm|addiw|rd=rd rs1=rd imm=ci|rd != 0
c.li|C|e003|4001||rd,imm|addi|rd=rd rs1=x0 imm=ci|
c.addi16sp|C|ef83|6101||sp,imm|addi|rd=x2 rs1=x2 imm=ci.16sp|imm != 0
c.lui|C|e003|6001||rd,imm|lui|rd=rd imm=ci.lui|imm != 0
c.srli|C|ec03|8001||rd,imm|srli|rd=rs1' rs1=rs1' imm=c.shamt|
c.srai|C|ec03|8401||rd,imm|srai|rd=rs1' rs1=rs1' imm=c.shamt|
c.andi|C|ec03|8801||rd,imm|andi|rd=rs1' rs1=rs1' imm=ci|
c.sub|C|fc63|8c01||rd,rs2|sub|rd=rs1' rs1=rs1' rs2=rs2'|
c.xor|C|fc63|8c21||rd,rs2|xor|rd=rs1' rs1=rs1' rs2=rs2'|
c.or|C|fc63|8c41||rd,rs2|or|rd=rs1' rs1=rs1' rs2=rs2'|
c.and|C|fc63|8c61||rd,rs2|and|rd=rs1' rs1=rs1' rs2=rs2'|
c.subw|C|fc63|9c01||rd,rs2|subw|rd=rs1' rs1=rs1' rs2=rs2'|
c.addw|C|fc63|9c21||rd,rs2|addw|rd=rs1' rs1=rs1' rs2=rs2'|
c.j|C|e003|a001||imm|jal|rd=x0 imm=cj|
c.beqz|C|e003|c001||rs1,imm|beq|rs1=rs1' rs2=x0 imm=cb|
c.bnez|C|e003|e001||rs1,imm|bne|rs1=rs1' rs2=x0 imm=cb|
c.slli|C|e003|2||rd,imm|slli|rd=rd rs1=rd imm=c.shamt|
c.fldsp|C|e003|2002||fd,imm(sp)|fld|fd=rd rs1=x2 imm=ci.ldsp|
c.lwsp|C|e003|4002||rd,imm(sp)|lw|rd=rd rs1=x2 imm=ci.lwsp|rd != 0
c.ldsp|C|e003|6002||rd,imm(sp)|ld|rd=rd rs1=x2 imm=ci.ldsp|rd != 0
c.jr|C|f07f|8002||rs1|jalr|rd=x0 rs1=rd imm=0|rs1 != 0
c.mv|C|f003|8002||rd,rs2|add|rd=rd rs1=x0 rs2=rs2|
c.ebreak|C|ffff|9002|||ebreak||
c.jalr|C|f07f|9002||rs1|jalr|rd=x1 rs1=rd imm=0|
c.add|C|f003|9002||rd,rs2|add|rd=rd rs1=rd rs2=rs2|
c.fsdsp|C|e003|a002||fs2,imm(sp)|fsd|rs1=x2 fs2=rs2 imm=css.sd|
c.swsp|C|e003|c002||rs2,imm(sp)|sw|rs1=x2 rs2=rs2 imm=css.sw|
c.sdsp|C|e003|e002||rs2,imm(sp)|sd|rs1=x2 rs2=rs2 imm=css.sd|
c.lbu|Zcb|fc03|8000||rd,imm(rs1)|lbu|rd=rd' rs1=rs1' imm=zcb.byte|
c.lhu|Zcb|fc43|8400||rd,imm(rs1)|lhu|rd=rd' rs1=rs1' imm=zcb.half|
c.lh|Zcb|fc43|8440||rd,imm(rs1)|lh|rd=rd' rs1=rs1' imm=zcb.half|
c.sb|Zcb|fc03|8800||rs2,imm(rs1)|sb|rs1=rs1' rs2=rs2' imm=zcb.byte|
c.sh|Zcb|fc43|8c00||rs2,imm(rs1)|sh|rs1=rs1' rs2=rs2' imm=zcb.half|
c.zext.b|Zcb|fc7f|9c61||rd|andi|rd=rs1' rs1=rs1' imm=255|
c.sext.b|Zcb|fc7f|9c65||rd|sext.b|rd=rs1' rs1=rs1'|
c.zext.h|Zcb|fc7f|9c69||rd|zext.h|rd=rs1' rs1=rs1'|
c.sext.h|Zcb|fc7f|9c6d||rd|sext.h|rd=rs1' rs1=rs1'|
c.zext.w|Zcb|fc7f|9c71||rd|add.uw|rd=rs1' rs1=rs1' rs2=x0|
c.not|Zcb|fc7f|9c75||rd|xori|rd=rs1' rs1=rs1' imm=-1|
c.mul|Zcb|fc63|9c41||rd,rs2|mul|rd=rs1' rs1=rs1' rs2=rs2'|
c.ntl.p1|Zihintntl|ffff|900a|c.add||add|rd=x0 rs1=x0 rs2=x2|
c.ntl.pall|Zihintntl|ffff|900e|c.add||add|rd=x0 rs1=x0 rs2=x3|
c.ntl.s1|Zihintntl|ffff|9012|c.add||add|rd=x0 rs1=x0 rs2=x4|
c.ntl.all|Zihintntl|ffff|9016|c.add||add|rd=x0 rs1=x0 rs2=x5|`;

export const COMPRESSED_INSTRUCTIONS: readonly CompressedInstructionDescription[] = COMPRESSED_ROWS.trim()
  .split('\n')
  .map((line) => {
    const [name, extension, mask, match, aliasOf, syntax, expandsTo, sources, constraints] = line.split('|');
    const valueOf = (text: string): string | number => (/^-?\d+$/.test(text) ? Number(text) : text);
    return {
      ...{ name, extension, mask: parseInt(mask, 16), match: parseInt(match, 16) },
      ...(aliasOf && { aliasOf }),
      ...{ syntax, expandsTo },
      sources: Object.fromEntries(
        sources
          .split(' ')
          .filter(Boolean)
          .map((source) => {
            const [operand, value] = source.split('=');
            return [operand, valueOf(value)];
          }),
      ),
      constraints: constraints ? constraints.split('&') : [],
    };
  });
