/**
 * RISC-V ACLINT 1.0 (1.0-rc4, a draft): machine timer and machine software interrupts in the
 * layout of SiFive's CLINT (`AclintClint`), and the supervisor software
 * interrupt device (`AclintSswi`).
 *
 *   0x0000  msip      4 bytes a hart
 *   0x4000  mtimecmp  8 bytes a hart
 *   0xbff8  mtime     8 bytes
 *
 * The comparators themselves live in the core, which needs the deadline in its
 * run loop: it drives MTIP, so that there is no timer line here.
 */
import type { FdtNode } from '../fdt/fdt.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { Device } from './device.ts';

export const MSIP_BASE = 0x0000;
export const MTIMECMP_BASE = 0x4000;
export const MTIME = 0xbff8;
/** Size of the CLINT window in bytes. */
export const CLINT_SIZE = 0x10000;
/** Size of the SSWI window in bytes. */
export const SSWI_SIZE = 0x4000;

/** mtime and the comparators, which the core holds. Values are unsigned 64-bit ticks. */
export interface MachineTimer {
  readTime(): bigint;
  writeTime(value: bigint): void;
  readTimecmp(hart: number): bigint;
  writeTimecmp(hart: number, value: bigint): void;
}

const MASK32 = 0xffff_ffffn;
const halfOf = (value: bigint, isHigh: boolean): number => Number((isHigh ? value >> 32n : value) & MASK32);
const withHalf = (value: bigint, isHigh: boolean, half: number): bigint =>
  isHigh ? (BigInt(half >>> 0) << 32n) | (value & MASK32) : (value & ~MASK32) | BigInt(half >>> 0);

export class AclintClint implements Device {
  readonly accessSizes = { min: 4, max: 8 } as const;

  /** Bit 0 of each msip register; the other bits are hardwired to zero. */
  private readonly msip: Uint8Array;

  /** @param msipLines MSIP of each hart, in hart order; their number is the number of harts. */
  constructor(
    private readonly timer: MachineTimer,
    private readonly msipLines: readonly InterruptLine[],
  ) {
    this.msip = new Uint8Array(msipLines.length);
  }

  /** Clears msip. mtime goes on, though ACLINT 1.0, 2.2, clears it; mtimecmp is reset by the core. */
  reset(): void {
    for (let hart = 0; hart < this.msip.length; hart++) this.writeMsip(hart, 0);
  }

  read(offset: number): number {
    if (offset < MTIMECMP_BASE) return this.msip[offset >> 2] ?? 0;
    const isHigh = (offset & 4) !== 0;
    if (offset >= MTIME) return offset < MTIME + 8 ? halfOf(this.timer.readTime(), isHigh) : 0;
    const hart = (offset - MTIMECMP_BASE) >> 3;
    return hart < this.msip.length ? halfOf(this.timer.readTimecmp(hart), isHigh) : 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset < MTIMECMP_BASE) {
      this.writeMsip(offset >> 2, value);
      return;
    }
    const isHigh = (offset & 4) !== 0;
    if (offset >= MTIME) {
      if (offset < MTIME + 8) this.timer.writeTime(withHalf(this.timer.readTime(), isHigh, value));
      return;
    }
    const hart = (offset - MTIMECMP_BASE) >> 3;
    if (hart < this.msip.length)
      this.timer.writeTimecmp(hart, withHalf(this.timer.readTimecmp(hart), isHigh, value));
  }

  read64(offset: number): bigint {
    if (offset === MTIME) return this.timer.readTime();
    const hart = (offset - MTIMECMP_BASE) >> 3;
    if (offset >= MTIMECMP_BASE && hart < this.msip.length) return this.timer.readTimecmp(hart);
    return (BigInt(this.read(offset + 4)) << 32n) | BigInt(this.read(offset));
  }

  write64(offset: number, value: bigint): void {
    const hart = (offset - MTIMECMP_BASE) >> 3;
    if (offset === MTIME) this.timer.writeTime(value);
    else if (offset >= MTIMECMP_BASE && hart < this.msip.length) this.timer.writeTimecmp(hart, value);
    else {
      this.write(offset, 4, halfOf(value, false));
      this.write(offset + 4, 4, halfOf(value, true));
    }
  }

  fdtNode(): FdtNode {
    return { name: 'clint', properties: { compatible: ['sifive,clint0', 'riscv,clint0'] } };
  }

  private writeMsip(hart: number, value: number): void {
    if (hart >= this.msip.length) return;
    this.msip[hart] = value & 1;
    this.msipLines[hart].set((value & 1) !== 0);
  }
}

/** Supervisor software interrupts: writing 1 to setssip of a hart raises its SSIP. */
export class AclintSswi implements Device {
  readonly accessSizes = { min: 4, max: 4 } as const;

  /**
   * @param ssipLines SSIP of each hart. ACLINT 1.0, 4: the write is an edge, and software clears
   * `sip.SSIP`; `set(true)` is that edge, and `set(false)` never comes.
   */
  constructor(private readonly ssipLines: readonly InterruptLine[]) {}

  reset(): void {}

  /** setssip always reads as zero. */
  read(): number {
    return 0;
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if ((value & 1) !== 0) this.ssipLines[offset >> 2]?.set(true);
  }

  fdtNode(): FdtNode {
    return {
      name: 'sswi',
      properties: {
        compatible: 'riscv,aclint-sswi',
        'interrupt-controller': true,
        '#address-cells': 0,
        '#interrupt-cells': 0,
      },
    };
  }
}
