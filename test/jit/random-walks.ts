/**
 * Loops of random programs that walk through memory by pointers, as the second
 * copies of assembly/jit/page-loop.ts are for: across pages, with accesses and
 * steps of all sizes, on some ways through the loop or on all.
 */
import type { Random } from '../support/random.ts';
import { SCATTERED, SCATTERED_OWN, SCATTERED_SHARED } from './random-traps.ts';
import {
  accessWord,
  aluWord,
  branch,
  chance,
  fpWord,
  GUARDED,
  GUARDED_PAGES,
  label,
  POINTERS,
  word,
  WORK,
  type Surroundings,
} from './random-statements.ts';

/** Counts the rounds. */
const COUNTER = 's3';

/** Memory that a pointer may go through. */
interface Window {
  readonly start: (offset: number) => string;
  readonly length: number;
}

/** s0 is in the middle of the first page of the hart's memory, s1 of what all share. */
const from = (base: string, length: number): Window => ({
  start: (offset) => `li $, ${offset - 2048}\n add $, $, ${base}`,
  length,
});
const OWN = from('s0', 0xc000);
const SHARED = from('s1', 0x60000);
const at = (address: bigint, pages: number): Window => ({
  start: (offset) => `li $, ${address + BigInt(offset)}`,
  length: pages * 4096,
});
const OWN_SCATTERED = at(SCATTERED + BigInt(SCATTERED_SHARED * 4096), SCATTERED_OWN);
/** These alone are there without address translation. */
const UNPAGED = [OWN, SHARED] as const;
const PAGED = [
  OWN,
  SHARED,
  OWN_SCATTERED,
  at(SCATTERED, SCATTERED_SHARED),
  at(SCATTERED, SCATTERED_SHARED),
  at(GUARDED, GUARDED_PAGES),
  at(GUARDED, GUARDED_PAGES),
] as const;

class Walk {
  private readonly pointers: readonly string[];
  private readonly windows: readonly Window[];
  /** How far a pointer moves in a round at most. */
  private readonly reach = new Map<string, number>();

  constructor(
    private readonly random: Random,
    private readonly mode: Surroundings['mode'],
  ) {
    this.pointers = POINTERS.slice(0, random.pick([1, 1, 2, 2, 3]));
    this.windows = this.pointers.map(() => random.pick(mode === 'paged' ? PAGED : UNPAGED));
  }

  private step(pointer: string): string {
    const { random } = this;
    const step = random.pick([1, 2, 4, 4, 8, 8, 8, 8, 16, 24, 40, 64, 1000, -4, -8, -8, -72, 4096, 5000]);
    this.reach.set(pointer, (this.reach.get(pointer) ?? 0) + Math.abs(step));
    return Math.abs(step) < 2048
      ? `addi ${pointer}, ${pointer}, ${step}`
      : `li t4, ${step}\n add ${pointer}, ${pointer}, t4`;
  }

  /** Somewhere else, as lists lead. */
  private jump(): string {
    const { random, pointers } = this;
    const pointer = random.pick(pointers);
    if (pointers.length > 1 && random.oneIn(3)) {
      const other = random.pick(pointers);
      const reach = Math.max(this.reach.get(pointer) ?? 0, this.reach.get(other) ?? 0);
      for (const each of [pointer, other]) this.reach.set(each, reach);
      return `mv t4, ${pointer}\n mv ${pointer}, ${other}\n mv ${other}, t4`;
    }
    const index = `andi t4, ${random.pick(WORK)}, 0x7f8\n slli t4, t4, ${random.below(5)}`;
    if (this.mode === 'machine' || random.oneIn(3))
      return `${index}\n add ${pointer}, ${random.pick(['s0', 's1'])}, t4`;
    return `${index}\n li t5, ${SCATTERED + 0x8000n}\n add ${pointer}, t4, t5`;
  }

  private access(): string {
    return word(accessWord(this.random, this.random.pick(this.pointers)));
  }

  private item(): string {
    const { random } = this;
    switch (random.below(12)) {
      case 0:
        return this.step(random.pick(this.pointers));
      case 1:
        return word(aluWord(random));
      case 2:
        return random.oneIn(3) ? word(fpWord(random)) : word(aluWord(random));
      case 3:
        return random.oneIn(3) ? this.jump() : this.access();
      case 4:
        return `andi t4, ${random.pick(this.pointers)}, -8\n amoadd.d ${random.pick(WORK)}, a0, (t4)`;
      default:
        return this.access();
    }
  }

  private items(count: number): string {
    return Array.from({ length: count }, () => this.item()).join('\n');
  }

  private part(again: string, end: string): string {
    const { random } = this;
    const [over, merge] = [label(), label()];
    switch (random.below(8)) {
      case 0:
        return `${branch(random, over)}\n ${this.items(1 + random.below(2))}\n ${over}:`;
      case 1:
        return `${branch(random, over)}\n ${random.pick([this.jump(), this.step(this.pointers[0])])}\n ${over}:`;
      case 2:
        return `${branch(random, over)}\n ${this.items(1)}\n j ${merge}\n ${over}: ${this.items(1)}\n ${merge}:`;
      case 3:
        if (random.oneIn(2)) return `${chance(4)}\n beqz t4, ${end}`;
        return `addi ${COUNTER}, ${COUNTER}, -1\n ${chance(1)}\n beqz t4, ${over}\n bgtz ${COUNTER}, ${again}\n ${over}:`;
      default:
        return this.items(1 + random.below(3));
    }
  }

  /** The loop; `outer` is a counter for one around it. */
  text(outer: string | undefined): string {
    const { random, pointers } = this;
    const [again, end, next] = [label('walk'), label(), label()];
    const parts = Array.from({ length: 1 + random.below(4) }, () => this.part(again, end));
    for (const pointer of pointers) {
      const at = random.below(parts.length + 1);
      parts.splice(at, 0, this.access());
      if (!random.oneIn(6)) parts.splice(random.below(parts.length + 1), 0, this.step(pointer));
    }
    const times = outer && random.oneIn(3) ? 2 + random.below(3) : 1;
    const rounds = random.oneIn(6) ? 60 + random.below(200) : 4 + random.below(20);
    const starts = pointers.map((pointer, i) => this.start(pointer, this.windows[i], rounds * times));
    const loop = `li ${COUNTER}, ${Math.min(rounds, ...starts.map((start) => Math.ceil(start.rounds / times)))}
      ${again}: ${parts.join('\n')}\n addi ${COUNTER}, ${COUNTER}, -1\n bgtz ${COUNTER}, ${again}\n ${end}:`;
    const setUp = starts.map(({ text }) => text).join('\n');
    if (times === 1) return `${setUp}\n ${loop}`;
    return `${setUp}\n li ${outer}, ${times}\n ${next}: ${loop}\n addi ${outer}, ${outer}, -1\n bgtz ${outer}, ${next}`;
  }

  /** Where a pointer starts, mostly so that it soon comes to the next page, and for how many rounds its window does. */
  private start(
    pointer: string,
    { start, length }: Window,
    wanted: number,
  ): { text: string; rounds: number } {
    const { random } = this;
    const reach = Math.max(1, this.reach.get(pointer) ?? 0);
    const rounds = Math.max(1, Math.min(wanted, Math.floor(length / 2 / reach)));
    const [low, high] = [length / 4, (length * 3) / 4];
    const page = Math.floor((low + random.below(high - low)) / 4096) * 4096;
    const near = random.pick([1, -1]) * 8 * random.below(12);
    const offset = random.oneIn(4) ? random.below(4096) & -8 : near;
    const text = start(page + offset + (random.oneIn(10) ? random.below(8) : 0));
    return { text: text.replaceAll('$', pointer), rounds };
  }
}

export function randomWalk(random: Random, { mode }: Surroundings, outer?: string): string {
  return new Walk(random, mode).text(outer);
}
