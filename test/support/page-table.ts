/** Page tables in the memory of a guest program (privileged spec, 12.4 to 12.6). */
import type { GuestRam } from '../../src/machine/guest-ram.ts';

export const PTE_V = 1n << 0n;
export const PTE_R = 1n << 1n;
export const PTE_W = 1n << 2n;
export const PTE_X = 1n << 3n;
export const PTE_U = 1n << 4n;
export const PTE_G = 1n << 5n;
export const PTE_A = 1n << 6n;
export const PTE_D = 1n << 7n;
export const PTE_PBMT_SHIFT = 61n;
export const PTE_N = 1n << 63n;
/** A page of S-mode's that may be read and written. */
export const PTE_DATA = PTE_V | PTE_R | PTE_W | PTE_A | PTE_D;
export const PTE_ALL = PTE_DATA | PTE_X;

const PAGE = 4096n;

export const pteOf = (paddr: bigint, flags: bigint): bigint => ((paddr >> 12n) << 10n) | flags;

export class PageTables {
  private next: bigint;

  /** @param mode the satp mode. */
  constructor(
    private readonly memory: GuestRam,
    readonly mode: number,
    readonly root = 0x80400000n,
  ) {
    this.next = root + PAGE;
  }

  get levels(): number {
    return this.mode - 5;
  }

  get satp(): bigint {
    return (BigInt(this.mode) << 60n) | (this.root >> 12n);
  }

  /** Where the PTE of `vaddr` at `level` lies; tables on the way are made. */
  entry(vaddr: bigint, level = 0): bigint {
    let table = this.root;
    for (let at = this.levels - 1; ; at--) {
      const address = table + ((vaddr >> BigInt(12 + 9 * at)) & 0x1ffn) * 8n;
      if (at === level) return address;
      let pte = this.memory.getUint64(address);
      if (pte === 0n) {
        pte = pteOf(this.next, PTE_V);
        this.memory.setUint64(address, pte);
        this.next += PAGE;
      }
      table = (pte >> 10n) << 12n;
    }
  }

  read(vaddr: bigint, level = 0): bigint {
    return this.memory.getUint64(this.entry(vaddr, level));
  }

  /** Writes the leaf PTE of `vaddr` at `level`. */
  map(vaddr: bigint, paddr: bigint, flags: bigint, level = 0): void {
    this.memory.setUint64(this.entry(vaddr, level), pteOf(paddr, flags));
  }
}
