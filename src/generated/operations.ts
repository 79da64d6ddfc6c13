// Generated from spec/tables by tools/generate. Do not edit.

import type { InstructionKind } from './isa.ts';

/** Number of the first operation in the core (Op in assembly/generated/opcodes.ts). */
export const FIRST_OPERATION = 2;

const NAMES: Readonly<Record<InstructionKind, string>> = {
  alu: 'mul mulh mulhsu mulhu div divu rem remu mulw divw divuw remw remuw lui addi slti sltiu xori ori andi add sub sll slt sltu xor srl sra or and slli srli srai addiw slliw srliw sraiw addw subw sllw srlw sraw sh1add sh2add sh3add add.uw sh1add.uw sh2add.uw sh3add.uw slli.uw andn orn xnor clz ctz cpop max maxu min minu sext.b sext.h rol ror orc.b clzw ctzw cpopw rolw rorw roriw rori rev8 zext.h clmul clmulr clmulh bclr bext binv bset bclri bexti binvi bseti czero.eqz czero.nez',
  load: 'lb lh lw lbu lhu lwu ld',
  store: 'sb sh sw sd',
  fload: 'fld flw flh',
  fstore: 'fsd fsw fsh',
  fp: 'fmadd.d fmsub.d fnmsub.d fnmadd.d fadd.d fsub.d fmul.d fdiv.d fsqrt.d fsgnj.d fsgnjn.d fsgnjx.d fmin.d fmax.d fcvt.s.d fcvt.d.s feq.d flt.d fle.d fclass.d fcvt.w.d fcvt.wu.d fcvt.d.w fcvt.d.wu fcvt.l.d fcvt.lu.d fmv.x.d fcvt.d.l fcvt.d.lu fmv.d.x fmadd.s fmsub.s fnmsub.s fnmadd.s fadd.s fsub.s fmul.s fdiv.s fsqrt.s fsgnj.s fsgnjn.s fsgnjx.s fmin.s fmax.s fcvt.w.s fcvt.wu.s fmv.x.w feq.s flt.s fle.s fclass.s fcvt.s.w fcvt.s.wu fmv.w.x fcvt.l.s fcvt.lu.s fcvt.s.l fcvt.s.lu fcvt.s.h fcvt.h.s fmv.x.h fmv.h.x fcvt.d.h fcvt.h.d',
  amo: 'lr.w sc.w amoswap.w amoadd.w amoxor.w amoand.w amoor.w amomin.w amomax.w amominu.w amomaxu.w lr.d sc.d amoswap.d amoadd.d amoxor.d amoand.d amoor.d amomin.d amomax.d amominu.d amomaxu.d amocas.w amocas.d amocas.q',
  branch: 'beq bne blt bge bltu bgeu',
  pc: 'auipc jal jalr',
  nop: 'fence',
  system:
    'ecall ebreak sfence.vma sret mret wfi sinval.vma sfence.w.inval sfence.inval.ir wrs.nto wrs.sto cbo.clean cbo.flush cbo.inval cbo.zero csrrw csrrs csrrc csrrwi csrrsi csrrci fence.i pause',
};

/** What the core executes, by number from there on; 16-bit instructions are among their expansions. */
export const OPERATIONS: readonly { readonly name: string; readonly kind: InstructionKind }[] =
  Object.entries(NAMES).flatMap(([kind, names]) =>
    names.split(' ').map((name) => ({ name, kind: kind as InstructionKind })),
  );
