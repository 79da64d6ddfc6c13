/** Guest programs that run with address translation: S-mode's code and RAM lie where they lie without it. */
import { enter, GuestProgram, RAM_BASE, SV39, type GuestOptions, type Mode } from './guest-program.ts';
import { PageTables, PTE_ALL, PTE_DATA, PTE_U } from './page-table.ts';

const GiB = 1n << 30n;
/** Where U-mode sees RAM, and with it the program. */
export const USER = 4n * GiB;
/** A page for tests to map as they like; it comes first in its gigapage, and no page next to it is mapped. */
export const PAGE_VA = 6n * GiB;
export const ROOT = 0x80400000n;

export interface PagedOptions extends GuestOptions {
  /** The satp mode. Default Sv39. */
  readonly mode?: number;
  /** The mode the program starts in. Default S. */
  readonly from?: Mode;
  /** Code in M-mode before that. */
  readonly setup?: string;
}

export class PagedProgram extends GuestProgram {
  readonly tables: PageTables;

  constructor(source: string, options: PagedOptions = {}) {
    const { mode = SV39, from = 'S', setup = '' } = options;
    const satp = (BigInt(mode) << 60n) | (ROOT >> 12n);
    super(
      `.equ SATP, ${satp}
       .equ PAGE, ${PAGE_VA}
       .equ USER, ${USER}
       li t0, SATP
       csrw satp, t0
       ${setup}
       ${enter(from, from === 'U' ? USER - RAM_BASE : 0n)}
       ${source}`,
      options,
    );
    this.tables = new PageTables(this.memory, mode, ROOT);
    // A gigapage each: RAM for S-mode and for U-mode, and the devices.
    this.tables.map(2n * GiB, 2n * GiB, PTE_ALL, 2);
    this.tables.map(USER, 2n * GiB, PTE_ALL | PTE_U, 2);
    this.tables.map(0n, 0n, PTE_DATA, 2);
  }
}

/** Runs `source` in S-mode with the page at PAGE as `map` makes it. */
export function runPaged(
  source: string,
  map: (tables: PageTables) => void = () => {},
  options?: PagedOptions,
): PagedProgram {
  const guest = new PagedProgram(source, options);
  map(guest.tables);
  return guest.run();
}
