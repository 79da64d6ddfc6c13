/**
 * Random page tables, and accesses through them as S- and U-mode would make them
 * (mstatus.MPRV), with SUM and MXR. A and D are always set in leaves: whether hardware
 * sets them is a choice (Svade, Svadu), and QEMU 7.2 has made another one.
 */
import type { Random } from '../support/random.ts';
import { RAM_BASE, RAM_SIZE, SCRATCH_STRIDE, scratchAddress, type Block } from './program.ts';

const PAGE = 4096;
const PAGES = SCRATCH_STRIDE / PAGE;
/** Pages from here on hold data; those before hold tables, the first one the root. */
const FIRST_DATA_PAGE = PAGES / 2;
/** Number of a page that is aligned to 2 MiB, and so large. */
const LARGE_PAGE = BigInt(scratchAddress(0) / PAGE);
/** Takes what was loaded; mapped nowhere. */
const LOG_PAGE = PAGES - 1;
const ACCESSES = 24;
/** Entries of a table that are used: the first ones. */
const USED_ENTRIES = 4;

const PTE_V = 1;
const PTE_R = 2;
const PTE_W = 4;
const PTE_X = 8;
const PTE_U = 0x10;
const PTE_G = 0x20;
const PTE_A = 0x40;
const PTE_D = 0x80;

const MODES = [
  { satp: 8n, levels: 3 },
  { satp: 9n, levels: 4 },
  { satp: 10n, levels: 5 },
] as const;

const MSTATUS_MPRV = 1 << 17;
const MSTATUS_SUM = 1 << 18;
const MSTATUS_MXR = 1 << 19;
const MSTATUS_MPP_S = 1 << 11;
const MSTATUS_FS = 3 << 13;

const OPERATIONS = [
  'lb',
  'lhu',
  'lw',
  'ld',
  'sb',
  'sh',
  'sw',
  'sd',
  'fld',
  'fsd',
  'amoadd.d',
  'lr.w',
] as const;
const SIZES: Record<(typeof OPERATIONS)[number], number> = {
  lb: 1,
  lhu: 2,
  lw: 4,
  ld: 8,
  sb: 1,
  sh: 2,
  sw: 4,
  sd: 8,
  fld: 8,
  fsd: 8,
  'amoadd.d': 8,
  'lr.w': 4,
};

export function pagingBlock(random: Random, index: number): Block {
  const base = scratchAddress(index);
  const { satp, levels } = random.pick(MODES);
  const scratch = random.bytes(SCRATCH_STRIDE);
  const view = new DataView(scratch.buffer);
  scratch.fill(0, 0, FIRST_DATA_PAGE * PAGE);
  let tables = 1;

  const pageNumber = (page: number) => BigInt((base + page * PAGE) / PAGE);

  function fill(table: number, level: number): void {
    for (let i = 0; i < USED_ENTRIES; i++) {
      view.setBigUint64(table * PAGE + 8 * i, entry(level), true);
    }
  }

  function entry(level: number): bigint {
    if (random.oneIn(10)) return BigInt(random.below(256) & ~PTE_V);
    const isPointer = level > 0 && !random.oneIn(6) && tables < FIRST_DATA_PAGE;
    if (isPointer) {
      const table = tables++;
      fill(table, level - 1);
      // At times with a bit that is reserved in a pointer.
      return (
        (pageNumber(table) << 10n) |
        BigInt(PTE_V | (random.oneIn(15) ? random.pick([PTE_U, PTE_A, PTE_D]) : 0))
      );
    }
    const permissions = [PTE_R, PTE_W, PTE_X, PTE_U, PTE_G].reduce(
      (bits, bit) => bits | (random.oneIn(3) ? 0 : bit),
      PTE_V | PTE_A | PTE_D,
    );
    if (level === 1 && random.oneIn(3)) {
      // Reads only: the page covers the memory of several blocks.
      return (LARGE_PAGE << 10n) | BigInt((permissions & ~PTE_W) | PTE_R);
    }
    const isLink = (permissions & (PTE_R | PTE_W | PTE_X)) === 0;
    const page = isLink ? 0 : FIRST_DATA_PAGE + random.below(LOG_PAGE - FIRST_DATA_PAGE);
    // A large page must be aligned to its size, which a page of data is not.
    return (pageNumber(page) << 10n) | BigInt(permissions);
  }
  fill(0, levels - 1);

  /**
   * None of those at which M-mode itself runs: with MPRV set, QEMU 7.2 takes its own
   * translation of a page of code for data, too.
   */
  const address = (size: number): bigint => {
    for (;;) {
      const virtual = anyAddress(size);
      if (virtual < RAM_BASE - PAGE || virtual >= RAM_BASE + RAM_SIZE) return virtual;
    }
  };

  const anyAddress = (size: number): bigint => {
    let virtual = 0n;
    for (let level = 0; level < levels; level++) {
      const entry = random.oneIn(20) ? random.below(512) : random.below(USED_ENTRIES);
      virtual = (virtual << 9n) | BigInt(entry);
    }
    const offset = random.oneIn(5) ? PAGE - size : random.below(PAGE / size) * size;
    virtual = (virtual << 12n) | BigInt(offset);
    // Bits above the mode's must equal its top bit.
    return random.oneIn(15) ? virtual | (1n << 60n) : BigInt.asIntN(9 * levels + 12, virtual);
  };

  const lines = [
    `  li x1, ${(satp << 60n) | pageNumber(0)}`,
    '  csrw satp, x1',
    '  sfence.vma',
    `  li x7, ${base + LOG_PAGE * PAGE}`,
  ];
  for (let i = 0; i < ACCESSES; i++) {
    const operation = random.pick(OPERATIONS);
    const isAtomic = operation.includes('.');
    const status =
      MSTATUS_MPRV |
      MSTATUS_FS |
      (random.oneIn(2) ? MSTATUS_MPP_S : 0) |
      (random.oneIn(2) ? MSTATUS_SUM : 0) |
      (random.oneIn(2) ? MSTATUS_MXR : 0);
    // Some plain accesses are misaligned, at times across a page.
    const skew = !isAtomic && random.oneIn(4) ? random.below(8) : 0;
    lines.push(
      `  li x5, ${address(SIZES[operation]) + BigInt(skew)}`,
      `  li x6, ${status}`,
      '  li x9, 0',
      '  csrw mstatus, x6',
      operation === 'amoadd.d'
        ? '  amoadd.d x9, x10, (x5)'
        : operation === 'lr.w'
          ? '  lr.w x9, (x5)'
          : `  ${operation} ${operation.startsWith('f') ? 'f1' : operation.startsWith('s') ? 'x11' : 'x9'}, 0(x5)`,
      `  li x6, ${MSTATUS_FS}`,
      '  csrw mstatus, x6',
      `  sd x9, ${8 * i}(x7)`,
    );
  }
  lines.push('  csrw satp, zero', '  sfence.vma');
  return {
    body: lines.join('\n'),
    x: Array.from({ length: 32 }, () => BigInt(random.uint32())),
    f: Array.from({ length: 32 }, () => BigInt(random.uint32())),
    fcsr: 0,
    scratch,
  };
}
