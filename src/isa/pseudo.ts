/**
 * Pseudo-instructions that stand for one instruction with some operands fixed
 * (RISC-V Assembly Programmer's Manual).
 */
import { CSR_CYCLE, CSR_FCSR, CSR_FFLAGS, CSR_FRM, CSR_INSTRET, CSR_TIME } from '../generated/csr.ts';

export interface PseudoInstruction {
  readonly name: string;
  /** Operands as written, in the keys of the instruction below. */
  readonly syntax: string;
  readonly instruction: string;
  /** Operand key to its value, or to the key of the operand that it repeats. */
  readonly fixed: Readonly<Record<string, number | string>>;
}

function pseudo(
  name: string,
  syntax: string,
  instruction: string,
  fixed: Record<string, number | string> = {},
): PseudoInstruction {
  return { name, syntax, instruction, fixed };
}

const floatMoves = (width: string): PseudoInstruction[] => [
  pseudo(`fmv.${width}`, 'fd,fs1', `fsgnj.${width}`, { fs2: 'fs1' }),
  pseudo(`fneg.${width}`, 'fd,fs1', `fsgnjn.${width}`, { fs2: 'fs1' }),
  pseudo(`fabs.${width}`, 'fd,fs1', `fsgnjx.${width}`, { fs2: 'fs1' }),
];

const floatCsr = (read: string, write: string, csr: number, hasImmediate: boolean): PseudoInstruction[] => [
  pseudo(read, 'rd', 'csrrs', { csr, rs1: 0 }),
  pseudo(write, 'rs1', 'csrrw', { csr, rd: 0 }),
  pseudo(write, 'rd,rs1', 'csrrw', { csr }),
  ...(hasImmediate
    ? [
        pseudo(`${write}i`, 'zimm5', 'csrrwi', { csr, rd: 0 }),
        pseudo(`${write}i`, 'rd,zimm5', 'csrrwi', { csr }),
      ]
    : []),
];

/** The forms that a disassembler shows, the more specific before the more general. */
export const ALIASES: readonly PseudoInstruction[] = [
  pseudo('nop', '', 'addi', { rd: 0, rs1: 0, imm: 0 }),
  pseudo('li', 'rd,imm', 'addi', { rs1: 0 }),
  pseudo('mv', 'rd,rs1', 'addi', { imm: 0 }),
  pseudo('not', 'rd,rs1', 'xori', { imm: -1 }),
  pseudo('zext.b', 'rd,rs1', 'andi', { imm: 255 }),
  pseudo('sext.w', 'rd,rs1', 'addiw', { imm: 0 }),
  pseudo('zext.w', 'rd,rs1', 'add.uw', { rs2: 0 }),
  pseudo('neg', 'rd,rs2', 'sub', { rs1: 0 }),
  pseudo('negw', 'rd,rs2', 'subw', { rs1: 0 }),
  pseudo('seqz', 'rd,rs1', 'sltiu', { imm: 1 }),
  pseudo('snez', 'rd,rs2', 'sltu', { rs1: 0 }),
  pseudo('sltz', 'rd,rs1', 'slt', { rs2: 0 }),
  pseudo('sgtz', 'rd,rs2', 'slt', { rs1: 0 }),
  pseudo('beqz', 'rs1,imm', 'beq', { rs2: 0 }),
  pseudo('bnez', 'rs1,imm', 'bne', { rs2: 0 }),
  pseudo('bgez', 'rs1,imm', 'bge', { rs2: 0 }),
  pseudo('bltz', 'rs1,imm', 'blt', { rs2: 0 }),
  pseudo('blez', 'rs2,imm', 'bge', { rs1: 0 }),
  pseudo('bgtz', 'rs2,imm', 'blt', { rs1: 0 }),
  pseudo('j', 'imm', 'jal', { rd: 0 }),
  pseudo('jal', 'imm', 'jal', { rd: 1 }),
  pseudo('ret', '', 'jalr', { rd: 0, rs1: 1, imm: 0 }),
  pseudo('jr', 'rs1', 'jalr', { rd: 0, imm: 0 }),
  pseudo('jr', 'imm(rs1)', 'jalr', { rd: 0 }),
  pseudo('jalr', 'rs1', 'jalr', { rd: 1, imm: 0 }),
  pseudo('jalr', 'imm(rs1)', 'jalr', { rd: 1 }),
  pseudo('fence', '', 'fence', { pred: 15, succ: 15 }),
  pseudo('sfence.vma', '', 'sfence.vma', { rs1: 0, rs2: 0 }),
  pseudo('sfence.vma', 'rs1', 'sfence.vma', { rs2: 0 }),
  pseudo('unimp', '', 'csrrw', { csr: CSR_CYCLE, rd: 0, rs1: 0 }),
  pseudo('rdcycle', 'rd', 'csrrs', { csr: CSR_CYCLE, rs1: 0 }),
  pseudo('rdtime', 'rd', 'csrrs', { csr: CSR_TIME, rs1: 0 }),
  pseudo('rdinstret', 'rd', 'csrrs', { csr: CSR_INSTRET, rs1: 0 }),
  ...floatCsr('frcsr', 'fscsr', CSR_FCSR, false),
  ...floatCsr('frrm', 'fsrm', CSR_FRM, true),
  ...floatCsr('frflags', 'fsflags', CSR_FFLAGS, true),
  pseudo('csrr', 'rd,csr', 'csrrs', { rs1: 0 }),
  pseudo('csrw', 'csr,rs1', 'csrrw', { rd: 0 }),
  pseudo('csrs', 'csr,rs1', 'csrrs', { rd: 0 }),
  pseudo('csrc', 'csr,rs1', 'csrrc', { rd: 0 }),
  pseudo('csrwi', 'csr,zimm5', 'csrrwi', { rd: 0 }),
  pseudo('csrsi', 'csr,zimm5', 'csrrsi', { rd: 0 }),
  pseudo('csrci', 'csr,zimm5', 'csrrci', { rd: 0 }),
  ...floatMoves('s'),
  ...floatMoves('d'),
];

/** GNU as takes the immediate form also under the name of the register form. */
const immediateForms = [
  'add',
  'slt',
  'sltu',
  'xor',
  'or',
  'and',
  'sll',
  'srl',
  'sra',
  'addw',
  'sllw',
  'srlw',
  'sraw',
];
const immediateName = (name: string) =>
  name === 'sltu' ? 'sltiu' : name.endsWith('w') ? `${name.slice(0, -1)}iw` : `${name}i`;

/** Forms that an assembler accepts besides. */
export const ACCEPTED_FORMS: readonly PseudoInstruction[] = [
  pseudo('bgt', 'rs2,rs1,imm', 'blt'),
  pseudo('ble', 'rs2,rs1,imm', 'bge'),
  pseudo('bgtu', 'rs2,rs1,imm', 'bltu'),
  pseudo('bleu', 'rs2,rs1,imm', 'bgeu'),
  pseudo('sgt', 'rd,rs2,rs1', 'slt'),
  pseudo('sgtu', 'rd,rs2,rs1', 'sltu'),
  pseudo('jalr', 'rd,rs1', 'jalr', { imm: 0 }),
  pseudo('jalr', 'rd,rs1,imm', 'jalr'),
  pseudo('jr', 'rs1,imm', 'jalr', { rd: 0 }),
  pseudo('csrw', 'csr,zimm5', 'csrrwi', { rd: 0 }),
  pseudo('csrs', 'csr,zimm5', 'csrrsi', { rd: 0 }),
  pseudo('csrc', 'csr,zimm5', 'csrrci', { rd: 0 }),
  pseudo('csrrw', 'rd,csr,zimm5', 'csrrwi'),
  pseudo('csrrs', 'rd,csr,zimm5', 'csrrsi'),
  pseudo('csrrc', 'rd,csr,zimm5', 'csrrci'),
  pseudo('fmv.x.s', 'rd,fs1', 'fmv.x.w'),
  pseudo('fmv.s.x', 'fd,rs1', 'fmv.w.x'),
  ...['s', 'd'].flatMap((width) => [
    pseudo(`fgt.${width}`, 'rd,fs2,fs1', `flt.${width}`),
    pseudo(`fge.${width}`, 'rd,fs2,fs1', `fle.${width}`),
  ]),
  ...immediateForms.map((name) => pseudo(name, 'rd,rs1,imm', immediateName(name))),
];
