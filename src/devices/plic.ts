/**
 * Platform-level interrupt controller (RISC-V PLIC 1.0.0) with SiFive's layout
 * and QEMU's parameters: 96 sources, priorities 0 to 7, an M and an S context
 * for each hart. All gateways are level-triggered.
 *
 *   0x000000  priority   4 bytes a source
 *   0x001000  pending    1 bit a source
 *   0x002000  enable     0x80 bytes a context
 *   0x200000  threshold, claim/complete   0x1000 bytes a context
 *
 * Where QEMU 7.2 departs from the PLIC specification this follows the
 * specification: a wire still high at completion makes a new request (1.2), a pending source interrupts as soon as it is enabled (1.5), bit 0 of the
 * enables is zero (6), claiming ignores the threshold (8), and completing a source
 * that is not enabled for the context does nothing (9).
 */
import type { FdtNode } from '../fdt/fdt.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { Device } from './device.ts';

export const PLIC_SOURCES = 96;
export const PLIC_MAX_PRIORITY = 7;
export const PRIORITY_BASE = 0x000000;
export const PENDING_BASE = 0x001000;
export const ENABLE_BASE = 0x002000;
export const ENABLE_STRIDE = 0x80;
export const CONTEXT_BASE = 0x200000;
export const CONTEXT_STRIDE = 0x1000;
export const CONTEXT_THRESHOLD = 0;
export const CONTEXT_CLAIM = 4;

/** Words of a bit array over the sources; source 0 does not exist and its bit is zero. */
const WORDS = (PLIC_SOURCES + 32) >> 5;
/** Bits of the last word that stand for a source. */
const LAST_WORD_MASK = 2 ** ((PLIC_SOURCES % 32) + 1) - 1;
const UNDRIVEN = 2;

export class Plic implements Device {
  readonly accessSizes = { min: 4, max: 4 } as const;

  private readonly priority = new Uint8Array(PLIC_SOURCES + 1);
  private readonly level = new Uint8Array(PLIC_SOURCES + 1);
  private readonly pending = new Uint32Array(WORDS);
  /** Sources that were claimed and not completed: their gateway is closed. */
  private readonly inService = new Uint32Array(WORDS);
  private readonly enable: Uint32Array;
  private readonly threshold: Uint8Array;
  /** Level last driven on each context's line, UNDRIVEN before the first. */
  private readonly output: Uint8Array;
  private readonly sources: InterruptLine[] = [];

  /** @param contexts external interrupt lines of the contexts: M and S of hart 0, M and S of hart 1, ... */
  constructor(private readonly contexts: readonly InterruptLine[]) {
    this.enable = new Uint32Array(contexts.length * WORDS);
    this.threshold = new Uint8Array(contexts.length);
    this.output = new Uint8Array(contexts.length).fill(UNDRIVEN);
    for (let source = 0; source <= PLIC_SOURCES; source++)
      this.sources.push({ set: (level) => this.setLevel(source, level) });
  }

  /**
   * The wire into source `number`.
   * @throws RangeError unless `number` is 1 to 96.
   */
  source(number: number): InterruptLine {
    if (!Number.isInteger(number) || number < 1 || number > PLIC_SOURCES)
      throw new RangeError(`PLIC source must be 1 to ${PLIC_SOURCES}, got ${number}`);
    return this.sources[number];
  }

  /** Clears all registers. A wire that is high makes a new request at once. */
  reset(): void {
    this.priority.fill(0);
    this.pending.fill(0);
    this.inService.fill(0);
    this.enable.fill(0);
    this.threshold.fill(0);
    // What the lines lead to may have been reset too.
    this.output.fill(UNDRIVEN);
    for (let source = 1; source <= PLIC_SOURCES; source++)
      if (this.level[source] !== 0) this.pending[source >> 5] |= 1 << (source & 31);
    this.update();
  }

  read(offset: number): number {
    if (offset < PENDING_BASE) return this.priority[offset >> 2] ?? 0;
    if (offset < ENABLE_BASE) return this.pending[(offset - PENDING_BASE) >> 2] ?? 0;
    if (offset < CONTEXT_BASE) {
      const index = this.enableIndex(offset);
      return index < 0 ? 0 : this.enable[index];
    }
    const context = Math.floor((offset - CONTEXT_BASE) / CONTEXT_STRIDE);
    if (context >= this.contexts.length) return 0;
    switch (offset % CONTEXT_STRIDE) {
      case CONTEXT_THRESHOLD:
        return this.threshold[context];
      case CONTEXT_CLAIM:
        return this.claim(context);
      default:
        return 0;
    }
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset < PENDING_BASE) {
      const source = offset >> 2;
      if (source < 1 || source > PLIC_SOURCES) return;
      this.priority[source] = value & PLIC_MAX_PRIORITY;
      this.update();
    } else if (offset < ENABLE_BASE) {
      return; // Pending bits are read-only.
    } else if (offset < CONTEXT_BASE) {
      const index = this.enableIndex(offset);
      if (index < 0) return;
      const word = index % WORDS;
      let mask = 0xffff_ffff;
      if (word === 0) mask = 0xffff_fffe;
      else if (word === WORDS - 1) mask = LAST_WORD_MASK;
      this.enable[index] = value & mask;
      this.update();
    } else {
      const context = Math.floor((offset - CONTEXT_BASE) / CONTEXT_STRIDE);
      if (context >= this.contexts.length) return;
      switch (offset % CONTEXT_STRIDE) {
        case CONTEXT_THRESHOLD:
          this.threshold[context] = value & PLIC_MAX_PRIORITY;
          this.update();
          break;
        case CONTEXT_CLAIM:
          this.complete(context, value);
          break;
      }
    }
  }

  fdtNode(): FdtNode {
    return {
      name: 'plic',
      properties: {
        compatible: ['sifive,plic-1.0.0', 'riscv,plic0'],
        'interrupt-controller': true,
        '#interrupt-cells': 1,
        '#address-cells': 0,
        'riscv,ndev': PLIC_SOURCES,
      },
    };
  }

  private enableIndex(offset: number): number {
    const context = Math.floor((offset - ENABLE_BASE) / ENABLE_STRIDE);
    const word = (offset % ENABLE_STRIDE) >> 2;
    return context < this.contexts.length && word < WORDS ? context * WORDS + word : -1;
  }

  private setLevel(source: number, level: boolean): void {
    if ((this.level[source] !== 0) === level) return;
    this.level[source] = level ? 1 : 0;
    if (!level) return;
    const word = source >> 5;
    const bit = 1 << (source & 31);
    if ((this.inService[word] & bit) !== 0) return;
    this.pending[word] |= bit;
    this.update();
  }

  /** The pending, enabled source of highest priority (lowest number among equals) above `floor`, or 0. */
  private best(context: number, floor: number): number {
    let bestSource = 0;
    let bestPriority = floor;
    for (let word = 0; word < WORDS; word++) {
      let bits = this.pending[word] & this.enable[context * WORDS + word];
      while (bits !== 0) {
        const source = (word << 5) + (31 - Math.clz32(bits & -bits));
        if (this.priority[source] > bestPriority) {
          bestSource = source;
          bestPriority = this.priority[source];
        }
        bits &= bits - 1;
      }
    }
    return bestSource;
  }

  private claim(context: number): number {
    const source = this.best(context, 0);
    if (source === 0) return 0;
    const bit = 1 << (source & 31);
    this.pending[source >> 5] &= ~bit;
    this.inService[source >> 5] |= bit;
    this.update();
    return source;
  }

  private complete(context: number, source: number): void {
    if (source < 1 || source > PLIC_SOURCES) return;
    const word = source >> 5;
    const bit = 1 << (source & 31);
    if ((this.enable[context * WORDS + word] & bit) === 0 || (this.inService[word] & bit) === 0) return;
    this.inService[word] &= ~bit;
    if (this.level[source] !== 0) this.pending[word] |= bit;
    this.update();
  }

  private update(): void {
    for (let context = 0; context < this.contexts.length; context++) {
      const level = this.best(context, this.threshold[context]) === 0 ? 0 : 1;
      if (level === this.output[context]) continue;
      this.output[context] = level;
      this.contexts[context].set(level === 1);
    }
  }
}
