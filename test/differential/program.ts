/**
 * Bare-metal programs of many independent blocks, to be run by two machines. Each block
 * gets its registers from a table, runs its body in M-mode, and leaves its registers,
 * traps and scratch memory in RAM, where the two are compared byte for byte.
 *
 *   0x80000000  code: start, trap handler, bodies
 *   0x80400000  inputs, INPUT_STRIDE a block: x0..x31, f0..f31, fcsr
 *   0x80600000  results, RESULT_STRIDE a block (see RESULT)
 *   0x80800000  scratch memory, SCRATCH_STRIDE a block; x2 and x8 point to its middle
 */
import { assemble } from '../../src/assembler/assembler.ts';

export const RAM_BASE = 0x8000_0000;
export const RAM_SIZE = 64 * 1024 * 1024;

const INPUTS = 0x8040_0000;
const INPUT_STRIDE = 1024;
const RESULTS = 0x8060_0000;
const RESULT_STRIDE = 1024;
const SCRATCH = 0x8080_0000;
export const SCRATCH_STRIDE = 0x4_0000;
/** Blocks that fit a program. */
export const MAX_BLOCKS = 96;

/** Registers that hold the address of scratch memory throughout a body. */
export const BASE_REGISTERS = [2, 8] as const;
/** Where they point in it: the middle of its first two pages. */
export const SCRATCH_CENTRE = 4096;

const TRAPS_KEPT = 12;
/** Offsets in a result. */
const RESULT = { x: 0, f: 256, fcsr: 512, mstatus: 520, save: 528, trapCount: 560, traps: 568 } as const;

export interface Block {
  /** Statements for the assembler; they fall through at the end. */
  readonly body: string;
  /** x1 to x31; those of BASE_REGISTERS are ignored. */
  readonly x: readonly bigint[];
  readonly f: readonly bigint[];
  readonly fcsr: number;
  /** Initial scratch memory from its start. */
  readonly scratch: Uint8Array;
}

export interface DifferentialProgram {
  /** RAM from RAM_BASE. */
  readonly image: Uint8Array;
  readonly blocks: readonly Block[];
}

/** Where the scratch memory of block `index` starts. */
export function scratchAddress(index: number): number {
  return SCRATCH + index * SCRATCH_STRIDE;
}

export function buildProgram(blocks: readonly Block[]): DifferentialProgram {
  if (blocks.length > MAX_BLOCKS) throw new RangeError(`expected at most ${MAX_BLOCKS} blocks`);
  const { bytes } = assemble(source(blocks), { origin: BigInt(RAM_BASE) });
  if (bytes.length > INPUTS - RAM_BASE) throw new RangeError('the code does not fit');
  const image = new Uint8Array(scratchAddress(blocks.length) - RAM_BASE);
  const view = new DataView(image.buffer);
  image.set(bytes);
  blocks.forEach(({ x, f, fcsr, scratch }, index) => {
    const input = INPUTS + index * INPUT_STRIDE - RAM_BASE;
    const centre = BigInt(scratchAddress(index) + SCRATCH_CENTRE);
    for (let i = 1; i < 32; i++) {
      const isBase = BASE_REGISTERS.some((register) => register === i);
      view.setBigUint64(input + 8 * i, isBase ? centre : BigInt.asUintN(64, x[i]), true);
    }
    for (let i = 0; i < 32; i++) view.setBigUint64(input + 256 + 8 * i, BigInt.asUintN(64, f[i]), true);
    view.setBigUint64(input + 512, BigInt(fcsr), true);
    image.set(scratch, scratchAddress(index) - RAM_BASE);
  });
  return { image, blocks };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

function source(blocks: readonly Block[]): string {
  const handler = `
_start:
  csrr t0, mhartid
  bnez t0, park
  la t0, handler
  csrw mtvec, t0
  li t0, ${RESULTS + MAX_BLOCKS * RESULT_STRIDE}
  csrw mscratch, t0
  # S- and U-mode may access everything. Without PMP these trap, which is as good.
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  csrw mepc, zero
  csrw mcause, zero
  csrw mtval, zero
  csrw mie, zero
  j block_0
park:
  wfi
  j park

# Logs cause, value and address, and goes on behind the instruction.
.align 2
handler:
  csrrw x31, mscratch, x31
  sd x30, ${RESULT.save}(x31)
  sd x29, ${RESULT.save + 8}(x31)
  sd x28, ${RESULT.save + 16}(x31)
  ld x30, ${RESULT.trapCount}(x31)
  li x29, ${TRAPS_KEPT}
  bgeu x30, x29, 1f
  slli x29, x30, 4
  slli x28, x30, 3
  add x29, x29, x28
  add x29, x29, x31
  csrr x28, mcause
  sd x28, ${RESULT.traps}(x29)
  csrr x28, mtval
  sd x28, ${RESULT.traps + 8}(x29)
  csrr x28, mepc
  sd x28, ${RESULT.traps + 16}(x29)
1:
  addi x30, x30, 1
  sd x30, ${RESULT.trapCount}(x31)
  csrr x29, mepc
  lhu x28, 0(x29)
  andi x28, x28, 3
  addi x28, x28, -3
  addi x29, x29, 2
  bnez x28, 2f
  addi x29, x29, 2
2:
  csrw mepc, x29
  ld x30, ${RESULT.save}(x31)
  ld x29, ${RESULT.save + 8}(x31)
  ld x28, ${RESULT.save + 16}(x31)
  csrrw x31, mscratch, x31
  mret
`;
  const parts = blocks.map(({ body }, index) => {
    const input = INPUTS + index * INPUT_STRIDE;
    const result = RESULTS + index * RESULT_STRIDE;
    return `
.align 2
block_${index}:
  li x1, 0x6000
  csrw mstatus, x1
  li x1, ${result}
  csrw mscratch, x1
  li x31, ${input}
  ld x1, 512(x31)
  csrw fcsr, x1
${numbers(0, 31)
  .map((i) => `  fld f${i}, ${256 + 8 * i}(x31)`)
  .join('\n')}
${numbers(1, 31)
  .map((i) => `  ld x${i}, ${8 * i}(x31)`)
  .join('\n')}
  .option push
  .option norvc
${body}
  .option pop
  .align 2
  csrrw x31, mscratch, x31
${numbers(1, 30)
  .map((i) => `  sd x${i}, ${RESULT.x + 8 * i}(x31)`)
  .join('\n')}
  csrr x30, mscratch
  sd x30, ${RESULT.x + 248}(x31)
  csrr x30, mstatus
  sd x30, ${RESULT.mstatus}(x31)
  li x30, 0x6000
  csrs mstatus, x30
  csrr x30, fcsr
  sd x30, ${RESULT.fcsr}(x31)
${numbers(0, 31)
  .map((i) => `  fsd f${i}, ${RESULT.f + 8 * i}(x31)`)
  .join('\n')}`;
  });
  return `${handler}${parts.join('\n')}
block_${blocks.length}:
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
  j park
`;
}

/** What differs between two runs, block by block; empty when they are equal. */
export function compareRuns(program: DifferentialProgram, a: Uint8Array, b: Uint8Array): string[] {
  const differences: string[] = [];
  program.blocks.forEach(({ body }, index) => {
    const found = [
      ...differingWords(a, b, RESULTS + index * RESULT_STRIDE, RESULT_STRIDE, nameOfResult),
      ...differingWords(a, b, scratchAddress(index), SCRATCH_STRIDE, (offset) => `scratch+${offset}`),
    ];
    if (found.length > 0) differences.push(`block ${index}:\n  ${found.join('\n  ')}\n${body}`);
  });
  return differences;
}

function differingWords(
  a: Uint8Array,
  b: Uint8Array,
  address: number,
  size: number,
  nameOf: (offset: number) => string | undefined,
): string[] {
  const start = address - RAM_BASE;
  const [left, right] = [a, b].map((bytes) => new DataView(bytes.buffer, bytes.byteOffset + start, size));
  const found: string[] = [];
  for (let offset = 0; offset < size && found.length < 16; offset += 8) {
    const [x, y] = [left.getBigUint64(offset, true), right.getBigUint64(offset, true)];
    const name = x === y ? undefined : nameOf(offset);
    if (name) found.push(`${name}: 0x${x.toString(16)} | 0x${y.toString(16)}`);
  }
  return found;
}

/** Undefined for words that say nothing about the guest's state. */
function nameOfResult(offset: number): string | undefined {
  if (offset < RESULT.f) return `x${offset / 8}`;
  if (offset < RESULT.fcsr) return `f${(offset - RESULT.f) / 8}`;
  if (offset === RESULT.fcsr) return 'fcsr';
  if (offset === RESULT.mstatus) return 'mstatus';
  if (offset === RESULT.trapCount) return 'traps';
  if (offset < RESULT.traps) return undefined;
  const field = (offset - RESULT.traps) / 8;
  return `trap ${Math.floor(field / 3)} ${['cause', 'value', 'pc'][field % 3]}`;
}
