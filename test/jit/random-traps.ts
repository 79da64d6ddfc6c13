/**
 * What surrounds random programs: setting up a hart, and a handler for whatever
 * they do. tp points to a frame at the end of the hart's memory, where S-mode
 * sees it without translation:
 *
 *   0 t5, 8 t4, 16 t6   24 exceptions so far   32 random numbers
 *   64 leaf tables of the mappings of code, 88 that of the scattered pages   96 t4, t5, t6 in M-mode
 */
import { PTE_W } from '../support/page-table.ts';

export const CODE_PAGES = 48;
export const COPY = 0x80200000n;
export const HART_MEMORY = 0x80100000n;
export const HART_MEMORY_SIZE = 0x10000n;
export const SHARED = 0x80180000n;
export const FRAME_OFFSET = 0xf000n;
export const LEAF_TABLES = 64n;
const SCATTERED_TABLE = 88;
export const TABLES = 0x80400000n;
/** Page tables of a hart, and where those of its other address space are among them. */
export const TABLES_SIZE = 0x40000n;
export const OTHER_TABLES = 0x20000n;
const STACK_OFFSET = 0xe000n;
const GiB = 1n << 30n;
/** Where S- and U-mode see RAM as data, and how far that is from where it lies. */
export const USER_DATA = 4n * GiB;
export const DATA_OFFSET = USER_DATA - 2n * GiB;
/** Where the code is mapped besides, page by page: twice for S-mode, once for U-mode. */
export const ALIASES = [6n * GiB, 7n * GiB, 8n * GiB] as const;
/** Where pages of the memory of all harts are mapped in disorder, and after them some of the hart's own. */
export const SCATTERED = 10n * GiB;
export const SCATTERED_SHARED = 64;
export const SCATTERED_OWN = 12;

const SUM = 0x40000;
const FS = 0x6000;
const SPP = 0x100;

/** Brings a hart to where its program starts; data are seen `dataOffset` from where they lie. */
export function setUp(mode: 'machine' | 'paged', dataOffset: bigint): string {
  const common = `
    csrr t0, mhartid
    slli t1, t0, 16
    li t2, ${HART_MEMORY}
    add t1, t1, t2
    li tp, ${FRAME_OFFSET}
    add tp, tp, t1
    sd t0, 32(tp)
    li t2, ${dataOffset}
    add t1, t1, t2
    addi s0, t1, 2047
    addi s0, s0, 1
    li s1, ${SHARED + 2048n + dataOffset}
    li s6, ${STACK_OFFSET}
    add s6, s6, t1
    li s11, 0x1234567
    add s11, s11, t0
    li t1, ${FS}
    csrs mstatus, t1
    la t1, handler`;
  if (mode === 'machine') {
    return `${common}
      csrw mtvec, t1
      li t1, 0x80
      csrw mie, t1
      li t1, CLINT + 0x4000
      slli t0, t0, 3
      add t0, t0, t1
      li t1, 100
      sd t1, (t0)
      csrsi mstatus, 8`;
  }
  return `${common}
    csrw stvec, t1
    # All exceptions to S-mode, ecall from S-mode included, and its timer.
    li t1, -1
    csrw medeleg, t1
    csrw mideleg, t1
    csrw mcounteren, t1
    csrw scounteren, t1
    li t1, 1 << 63
    csrs menvcfg, t1
    li t1, 0xa0
    csrw mie, t1
    li t1, 100
    csrw stimecmp, t1
    # Entry 0 of the PMP is for what M-mode's timer does.
    li t1, -1
    csrw pmpaddr1, t1
    li t1, 0x1f00
    csrw pmpcfg0, t1
    la t1, m_handler
    csrw mtvec, t1
    slli t1, t0, 3
    li t2, CLINT + 0x4000
    add t1, t1, t2
    li t2, 300
    sd t2, (t1)
    slli t0, t0, 18
    li t1, ${TABLES}
    add t0, t0, t1
    srli t0, t0, 12
    li t1, 8 << 60
    or t0, t0, t1
    csrw satp, t0
    li t1, 0x1800
    csrc mstatus, t1
    li t1, 0x822 | ${SUM}
    csrs mstatus, t1
    la t1, 1f
    csrw mepc, t1
    mret
    1:`;
}

/** Sets t4 to the next random number of the frame. */
const NEXT = `
  ld t4, 32(tp)
  slli t6, t4, 2
  add t4, t4, t6
  addi t4, t4, 77
  slli t6, t4, 17
  xor t4, t4, t6
  srli t6, t4, 9
  xor t4, t4, t6
  sd t4, 32(tp)`;

/** What only S-mode does: it exchanges pages of code or the address space, and gives back pages that are gone. */
const PAGES = `
  # Another copy for a page of one mapping, or none.
  exchange:
  ${NEXT}
  srli t5, t4, 50
  andi t5, t5, 3
  bnez t5, 3f
  # The other address space.
  csrr t5, satp
  li t6, (1 << 44) | ${OTHER_TABLES >> 12n}
  xor t5, t5, t6
  csrw satp, t5
  j exchanged
  3: addi t5, t5, -1
  beqz t5, scatter
  srli t5, t4, 20
  andi t5, t5, 63
  li t6, ${CODE_PAGES}
  remu t5, t5, t6
  slli t5, t5, 3
  srli t6, t4, 30
  andi t6, t6, 1023
  li t4, 3
  remu t6, t6, t4
  slli t6, t6, 3
  add t6, t6, tp
  ld t6, ${LEAF_TABLES}(t6)
  add t6, t6, t5
  ld t5, (t6)
  ld t4, 32(tp)
  srli t4, t4, 41
  andi t4, t4, 3
  beqz t4, 1f
  li t4, ${COPY - 0x80000000n} >> 2
  xor t5, t5, t4
  j 2f
  1: andi t5, t5, -2
  2: sd t5, (t6)
  slli t6, t6, 52
  srli t6, t6, 43
  ${ALIASES.map((alias) => `li t5, ${alias}\n add t5, t5, t6\n sfence.vma t5`).join('\n')}
  j exchanged
  # Two neighbours among the scattered pages change places, or one what may be done with it.
  scatter:
  srli t5, t4, 20
  andi t5, t5, ${SCATTERED_SHARED - 2}
  slli t5, t5, 3
  ld t6, ${SCATTERED_TABLE}(tp)
  add t5, t5, t6
  andi t6, t4, 0x100
  ld t4, (t5)
  bnez t6, 1f
  xori t4, t4, ${PTE_W}
  sd t4, (t5)
  j 2f
  1: ld t6, 8(t5)
  sd t4, 8(t5)
  sd t6, (t5)
  2: slli t5, t5, 52
  srli t5, t5, 43
  li t6, ${SCATTERED}
  add t5, t5, t6
  sfence.vma t5
  li t6, 4096
  add t5, t5, t6
  sfence.vma t5
  exchanged:
  csrr t5, scause
  bltz t5, out
  j skip
  missing:
  csrr t5, stval
  srli t4, t5, 30
  addi t4, t4, -6
  li t6, 3
  bgeu t4, t6, lost
  slli t4, t4, 3
  add t4, t4, tp
  ld t4, ${LEAF_TABLES}(t4)
  slli t6, t5, 34
  srli t6, t6, 46
  li t5, ${CODE_PAGES}
  bgeu t6, t5, lost
  slli t6, t6, 3
  add t6, t6, t4
  ld t5, (t6)
  andi t4, t5, 1
  bnez t4, lost
  ori t5, t5, 1
  sd t5, (t6)
  csrr t5, stval
  sfence.vma t5
  j out
  # ecall changes between S- and U-mode at times.
  leave_user:
  ${NEXT}
  andi t4, t4, 7
  bnez t4, skip
  li t4, ${SPP}
  csrs sstatus, t4
  li t4, 6
  j change
  leave_supervisor:
  ${NEXT}
  andi t4, t4, 1
  bnez t4, skip
  li t4, ${SPP}
  csrc sstatus, t4
  li t4, 8
  change:
  slli t4, t4, 30
  csrr t5, sepc
  slli t5, t5, 34
  srli t5, t5, 34
  add t5, t5, t4
  csrw sepc, t5
  j skip`;

/** M-mode's timer: changes what may be done with a page of what all harts share or of code, or with a part of it. */
const PROTECT = `
  .balign 4
  m_handler:
  sd t4, 96(tp)
  sd t5, 104(tp)
  sd t6, 112(tp)
  ${NEXT}
  srli t6, t4, 13
  andi t6, t6, 3
  la t5, function0
  srli t5, t5, 12
  slli t5, t5, 12
  beqz t6, 1f
  srli t5, t4, 20
  andi t5, t5, 7
  slli t5, t5, 12
  li t6, ${SHARED}
  add t5, t5, t6
  1: srli t5, t5, 2
  andi t6, t4, 0x400
  # 512 bytes, or all of it.
  ori t5, t5, 0x13f
  beqz t6, 2f
  ori t5, t5, 0x1ff
  # Both registers, or one of them.
  2: andi t6, t4, 0x60
  beqz t6, 4f
  csrw pmpaddr0, t5
  addi t6, t6, -0x20
  beqz t6, 5f
  4: li t5, 0x1f00
  srli t6, t4, 33
  andi t6, t6, 15
  addi t6, t6, -8
  bltz t6, 3f
  ori t6, t6, 0x18
  or t5, t5, t6
  3: csrw pmpcfg0, t5
  5: srli t4, t4, 40
  andi t4, t4, 0x7ff
  rdtime t5
  add t4, t4, t5
  addi t4, t4, 200
  csrr t5, mhartid
  slli t5, t5, 3
  li t6, CLINT + 0x4000
  add t5, t5, t6
  sd t4, (t5)
  ld t4, 96(tp)
  ld t5, 104(tp)
  ld t6, 112(tp)
  mret`;

/** Moves t5 to the mapping for U-mode if the trap came from there. */
const WHERE_USER = `
  csrr t4, sstatus
  andi t4, t4, ${SPP}
  bnez t4, 1f
  slli t5, t5, 34
  srli t5, t5, 34
  li t4, 8 << 30
  add t5, t5, t4
  1:`;

/** A handler that goes on behind the instruction, and sets the timer to some time up to `longest` ticks away. */
export function trapHandler(mode: 'machine' | 'paged', longest: number): string {
  const x = mode === 'machine' ? 'm' : 's';
  const when = (cause: number, target: string): string => `li t4, ${cause}\n beq t5, t4, ${target}`;
  const special =
    mode === 'machine'
      ? when(1, 'lost')
      : [
          when(3, 'exchange'),
          when(8, 'leave_user'),
          when(9, 'leave_supervisor'),
          when(12, 'missing'),
          when(1, 'lost'),
        ].join('\n');
  const arm =
    mode === 'machine'
      ? 'csrr t4, mhartid\n slli t4, t4, 3\n li t6, CLINT + 0x4000\n add t4, t4, t6\n sd t5, (t4)'
      : 'csrw stimecmp, t5';
  return `
    .balign 4
    handler:
    sd t5, 0(tp)
    sd t4, 8(tp)
    sd t6, 16(tp)
    ${mode === 'paged' ? `li t4, ${SUM}\n csrs sstatus, t4` : ''}
    csrr t5, ${x}cause
    bltz t5, interrupt
    ld t4, 24(tp)
    addi t4, t4, 1
    sd t4, 24(tp)
    ${special}
    ${when(2, 'illegal')}
    skip:
    csrr t5, ${x}epc
    lhu t4, (t5)
    andi t4, t4, 3
    addi t4, t4, -3
    addi t5, t5, 2
    bnez t4, 1f
    addi t5, t5, 2
    1: csrw ${x}epc, t5
    out:
    ld t5, 0(tp)
    ld t4, 8(tp)
    ld t6, 16(tp)
    ${x}ret
    # The FPU may be off: it is switched on every second time.
    illegal:
    ld t4, 24(tp)
    andi t4, t4, 1
    beqz t4, skip
    li t4, ${FS}
    csrs ${x}status, t4
    j skip
    # Where there is no code: back to the loop.
    lost:
    la t5, unwind
    ${mode === 'paged' ? WHERE_USER : ''}
    csrw ${x}epc, t5
    j out
    interrupt:
    ${NEXT}
    srli t4, t4, 12
    andi t4, t4, ${longest}
    rdtime t5
    add t5, t5, t4
    addi t5, t5, 1
    ${arm}
    ${mode === 'paged' ? 'ld t4, 32(tp)\n srli t4, t4, 45\n andi t4, t4, 3\n beqz t4, exchange' : ''}
    # At times back to the loop of the program, which may be caught in another one.
    ld t4, 32(tp)
    srli t4, t4, 37
    andi t4, t4, 7
    beqz t4, lost
    j out
    ${mode === 'paged' ? `${PAGES}\n ${PROTECT}` : ''}`;
}
