/**
 * Random programs that go on for ever: functions with loops, branches, jump
 * tables and calls of each other, of the statements of random-statements.ts,
 * under traps and timer interrupts. In M-mode without address translation, or in
 * S- and U-mode, where the code is mapped three times (the third time for
 * U-mode), and its pages are taken away and exchanged for others. Pages of data are
 * exchanged, too, and protected by the PMP.
 *
 *   0x80000000  code, 0x80200000  a copy of it with other patches
 *   0x80100000  memory of each hart, 0x80180000  memory of all, 0x80400000  page tables of each hart
 */
import type { Random } from '../support/random.ts';
import { GuestProgram, RAM_BASE, SV39, type GuestOptions } from '../support/guest-program.ts';
import { PageTables, PTE_ALL, PTE_DATA, PTE_R, PTE_U, PTE_V, PTE_W, PTE_A } from '../support/page-table.ts';
import {
  aluWord,
  branch,
  chance,
  GUARDED,
  label,
  Mixture,
  WORK,
  type Surroundings,
} from './random-statements.ts';
import { randomWalk } from './random-walks.ts';
import {
  ALIASES,
  CODE_PAGES,
  COPY,
  DATA_OFFSET,
  FRAME_OFFSET,
  HART_MEMORY,
  HART_MEMORY_SIZE,
  LEAF_TABLES,
  OTHER_TABLES,
  SCATTERED,
  SCATTERED_OWN,
  SCATTERED_SHARED,
  setUp,
  SHARED,
  TABLES,
  TABLES_SIZE,
  trapHandler,
  USER_DATA,
} from './random-traps.ts';

/** Pages of data that cannot be used by everyone, or for everything, each next to one that can be used for more. */
const GUARDED_FLAGS = [
  PTE_DATA | PTE_U,
  PTE_V | PTE_R | PTE_A | PTE_U,
  PTE_DATA | PTE_U,
  PTE_V | PTE_R | PTE_W | PTE_A | PTE_U,
  PTE_DATA,
  PTE_V | PTE_R | PTE_A,
  PTE_ALL | PTE_U,
  PTE_V | PTE_R | PTE_W | PTE_U,
  0n,
];
/** Bytes of a frame: ra and four counters. */
const FRAME = 48;
const COUNTERS = ['s7', 's8', 's9', 's10'];

/** What code may call: leaves are called through t0, functions through ra. */
type Callees = 'none' | 'leaves' | 'all';

class Generator {
  readonly around: Surroundings;
  private readonly mixture: Mixture;
  private readonly functions: string[];
  private readonly leaves: string[];
  private left = 0;
  /** One statement of so many is a walk. */
  private readonly walkInterval: number;

  constructor(
    private readonly random: Random,
    readonly mode: 'machine' | 'paged',
    harts: number,
  ) {
    this.around = { mode, harts, patches: [], blobs: [] };
    this.mixture = new Mixture(random, harts);
    this.walkInterval = random.pick([3, 4, 6, 20]);
    this.functions = Array.from({ length: 2 + random.below(8) }, (_, i) => `function${i}`);
    this.leaves = Array.from({ length: 1 + random.below(4) }, (_, i) => `leaf${i}`);
  }

  private simple(): string {
    this.left--;
    return this.mixture.pick(this.random, this.around);
  }

  private walk(counters: number): string {
    this.left -= 2;
    return randomWalk(this.random, this.around, COUNTERS[counters]);
  }

  private body(depth: number, counters: number, callable: Callees): string {
    const lines: string[] = [];
    for (let n = 1 + this.random.below(4); n > 0; n--) lines.push(this.statement(depth, counters, callable));
    return lines.join('\n');
  }

  private statement(depth: number, counters: number, callable: Callees): string {
    const { random } = this;
    if (random.oneIn(this.walkInterval)) return this.walk(counters);
    if (depth === 0 || this.left <= 0 || random.oneIn(3)) return this.simple();
    switch (random.below(9)) {
      case 0:
        return this.choice(depth, counters, callable);
      case 1:
      case 2:
      case 3:
        return counters < COUNTERS.length ? this.loop(depth, counters, callable) : this.simple();
      case 4:
        return counters < COUNTERS.length ? this.irreducible(depth, counters, callable) : this.simple();
      case 5:
        return this.jumpTable(depth, counters, callable);
      case 6:
      case 7:
        return this.call(callable);
      default:
        return this.simple();
    }
  }

  private choice(depth: number, counters: number, callable: Callees): string {
    const [other, end] = [label(), label()];
    const then = this.body(depth - 1, counters, callable);
    if (this.random.oneIn(2)) return `${branch(this.random, end)}\n ${then}\n ${end}:`;
    return `${branch(this.random, other)}\n ${then}\n j ${end}\n ${other}: ${this.body(depth - 1, counters, callable)}\n ${end}:`;
  }

  private iterations(): number {
    const { random } = this;
    return random.oneIn(20) ? 50 + random.below(200) : 1 + random.below(6);
  }

  private loop(depth: number, counters: number, callable: Callees): string {
    const { random } = this;
    const [again, end, counter] = [label(), label(), COUNTERS[counters]];
    const body = this.body(depth - 1, counters + 1, callable);
    const early = random.oneIn(3) ? branch(random, end) : '';
    const next = random.oneIn(4) ? `${chance(2)}\n beqz t4, ${again}` : '';
    const start = `li ${counter}, ${this.iterations()}`;
    if (random.oneIn(3)) {
      return `${start}\n ${again}: addi ${counter}, ${counter}, -1\n bltz ${counter}, ${end}\n ${body}\n ${early}\n j ${again}\n ${end}:`;
    }
    // A second back edge goes round without counting, and ends by chance.
    return `${start}\n ${again}: ${body}\n ${early}\n ${next}\n addi ${counter}, ${counter}, -1\n bgtz ${counter}, ${again}\n ${end}:`;
  }

  private irreducible(depth: number, counters: number, callable: Callees): string {
    const [top, middle, counter] = [label(), label(), COUNTERS[counters]];
    const first = this.body(depth - 1, counters + 1, callable);
    const second = this.body(depth - 1, counters + 1, callable);
    return `li ${counter}, ${this.iterations()}\n ${branch(this.random, middle)}\n ${top}: ${first}\n ${middle}: ${second}
      addi ${counter}, ${counter}, -1\n bgtz ${counter}, ${top}`;
  }

  private jumpTable(depth: number, counters: number, callable: Callees): string {
    const [table, end] = [label('table'), label()];
    const cases = Array.from({ length: 4 }, () => label('case'));
    const bodies = cases.map((name) => `${name}: ${this.body(depth - 1, counters, callable)}\n j ${end}`);
    return `${chance(2)}\n la t5, ${table}\n slli t4, t4, 2\n add t4, t4, t5\n lw t4, (t4)\n add t5, t5, t4\n jr t5
      .balign 4\n ${table}: ${cases.map((name) => `.word ${name} - ${table}`).join('\n ')}\n ${bodies.join('\n')}\n ${end}:`;
  }

  private call(callable: Callees): string {
    const { random } = this;
    // A leaf's link is t0, so that whoever has saved nothing may call it.
    if (callable === 'none') return this.simple();
    if (callable === 'leaves' || random.oneIn(3)) return `jal t0, ${random.pick(this.leaves)}`;
    const [over, target] = [label(), random.pick(this.functions)];
    const how = random.pick([
      `call ${target}`,
      `jal ra, ${target}`,
      `jal ra, ${target}`,
      `la t5, ${target}\n jalr ra, (t5)`,
      `la ra, ${over}\n j ${target}`,
      `auipc ra, 0\n addi ra, ra, 12\n j ${target}`.replace('j ', '.option push\n .option norvc\n j ') +
        '\n .option pop',
    ]);
    return `addi gp, gp, -1\n bltz gp, ${over}\n ${how}\n ${over}: addi gp, gp, 1`;
  }

  private leaf(name: string): string {
    this.left = 12;
    return `${name}: ${this.body(2, COUNTERS.length, 'none')}\n jr t0`;
  }

  /** One that calls nobody through ra, or one with a frame. */
  private function(name: string): string {
    const { random } = this;
    this.left = 30;
    if (random.oneIn(4)) return `${name}: ${this.body(2, COUNTERS.length, 'leaves')}\n ret`;
    const registers = ['ra', ...COUNTERS];
    const save = registers.map((register, i) => `sd ${register}, ${8 * i}(sp)`).join('\n ');
    const restore = registers.map((register, i) => `ld ${register}, ${8 * i}(sp)`).join('\n ');
    const leave = `${restore}\n addi sp, sp, ${FRAME}`;
    const out = label();
    const parts = [`${name}: addi sp, sp, -${FRAME}\n ${save}`, this.body(3, 0, 'all')];
    // At times straight back to the loop of the program, past all callers.
    if (random.oneIn(5)) parts.push(`${chance(5)}\n bnez t4, ${out}\n la t4, unwind\n jr t4\n ${out}:`);
    if (random.oneIn(4)) {
      const stay = label();
      parts.push(`${chance(1)}\n bnez t4, ${stay}\n ${leave}\n j ${random.pick(this.functions)}\n ${stay}:`);
    }
    if (random.oneIn(3)) parts.push(this.body(3, 0, 'all'));
    parts.push(`${leave}\n ret`);
    return parts.join('\n');
  }

  /** Code may start near the end of a page, at any halfword. */
  private place(): string {
    if (!this.random.oneIn(3)) return '';
    return `.balign 4096\n .skip ${4096 - 2 * (1 + this.random.below(150))}`;
  }

  /** The loop of the program: calls its functions, from one mapping of the code or another. */
  private main(): string {
    const { random } = this;
    const starts = this.functions.map(
      (name) => `addi gp, gp, -1\n call ${name}\n li gp, ${1 + random.below(6)}\n call elsewhere`,
    );
    return `unwind: mv sp, s6\n li gp, ${1 + random.below(6)}\n ${starts.join('\n')}\n j unwind
      # Goes on where the caller lies in another mapping, or in another mode.
      elsewhere: ${chance(3)}
      ${this.around.mode === 'machine' ? 'ret' : ''}
      addi t4, t4, -3
      bgtz t4, 1f
      # 6 or 7 GiB and on.
      addi t4, t4, 6
      li t5, 7
      bge t5, t4, 2f
      3: ecall
      ret
      2: li t5, 6
      blt t4, t5, 3b
      slli t4, t4, 30
      slli t5, ra, 34
      srli t5, t5, 34
      add t5, t5, t4
      jr t5
      1: ebreak
      ret`;
  }

  program(): string {
    const { random } = this;
    this.around.patches.push('patch_main');
    const parts = [
      ...this.leaves.map((name) => this.leaf(name)),
      ...this.functions.map((name) => this.function(name)),
    ];
    // The order decides what is near to what.
    for (let i = parts.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [parts[i], parts[j]] = [parts[j], parts[i]];
    }
    const compression = random.oneIn(3) ? '.option norvc' : '.option rvc';
    return `${compression}\n ${parts.map((part) => `${this.place()}\n ${part}`).join('\n')}
      .balign 4\n patch_main: addi a0, a0, 1\n ret\n ${this.main()}`;
  }
}

/** Whether and when code is translated. */
export type Translation = Pick<GuestOptions, 'jit' | 'threshold' | 'compile'>;

export interface RandomProgram {
  readonly description: string;
  /** A new machine with the program at its start. */
  make(jit: Translation): GuestProgram;
}

/** The program that a random sequence stands for. */
export function randomProgram(random: Random): RandomProgram {
  const mode = random.pick(['machine', 'paged', 'paged'] as const);
  const harts = random.pick([1, 1, 1, 2, 4]);
  const tickInstructions = 1 + random.below(10);
  const longest = random.pick([63, 511, 511, 2047]);
  const generator = new Generator(random, mode, harts);
  const text = generator.program();
  const values = WORK.map(
    (register) =>
      `li ${register}, ${BigInt.asIntN(64, (BigInt(random.uint32()) << 32n) >> BigInt(random.below(64)))}`,
  );
  // The handler has pages of its own: where protection stops it, a PTE that it changed gets no fence.
  const source = `${setUp(mode, mode === 'paged' ? DATA_OFFSET : 0n)}\n ${values.join('\n')}\n j unwind
    ${trapHandler(mode, longest)}\n .balign 4096\n ${text}`;
  const others = generator.around.patches.map(() => aluWord(random));
  return {
    description: `${mode}, ${harts} harts, ${tickInstructions} instructions a tick`,
    make(translation) {
      const guest = new GuestProgram(source, { harts, tickInstructions, ...translation });
      const { length } = guest.program.bytes;
      if (length > CODE_PAGES * 4096) throw new Error(`the program has ${length} bytes`);
      guest.memory.write(COPY, guest.program.bytes);
      generator.around.patches.forEach((place, i) => {
        guest.memory.setUint32(COPY + guest.symbol(place) - RAM_BASE, others[i]);
      });
      if (mode === 'paged') for (let hart = 0; hart < harts; hart++) mapFor(guest, hart);
      return guest;
    },
  };
}

/** Page tables of a hart for both of its address spaces; its trap handler knows the leaves of the first. */
function mapFor(guest: GuestProgram, hart: number): void {
  const { memory } = guest;
  const root = TABLES + BigInt(hart) * TABLES_SIZE;
  const leaves = HART_MEMORY + BigInt(hart) * HART_MEMORY_SIZE + FRAME_OFFSET + LEAF_TABLES;
  for (const [first, code] of [
    [root, RAM_BASE],
    [root + OTHER_TABLES, COPY],
  ]) {
    const tables = new PageTables(memory, SV39, first);
    tables.map(RAM_BASE, RAM_BASE, PTE_ALL, 2);
    tables.map(USER_DATA, RAM_BASE, PTE_DATA | PTE_U, 2);
    // The devices.
    tables.map(0n, 0n, PTE_DATA | PTE_U, 2);
    mapScattered(tables, hart, first === root ? 13 : 27);
    ALIASES.forEach((alias, index) => {
      const flags = index === 2 ? PTE_ALL | PTE_U : PTE_ALL;
      for (let page = 0n; page < BigInt(CODE_PAGES) * 4096n; page += 4096n)
        tables.map(alias + page, code + page, flags);
      if (first === root) memory.setUint64(leaves + BigInt(8 * index), tables.entry(alias));
    });
    if (first === root) memory.setUint64(leaves + BigInt(8 * ALIASES.length), tables.entry(SCATTERED));
    GUARDED_FLAGS.forEach((flags, page) => {
      tables.map(GUARDED + BigInt(page * 4096), SHARED + BigInt(page * 4096), flags);
    });
  }
}

/** Pages in an order that `step` makes: what lies next to a page in RAM must not lie next to it here. */
function mapScattered(tables: PageTables, hart: number, step: number): void {
  const own = HART_MEMORY + BigInt(hart) * HART_MEMORY_SIZE;
  for (let page = 0; page < SCATTERED_SHARED + SCATTERED_OWN; page++) {
    const paddr =
      page < SCATTERED_SHARED
        ? SHARED + BigInt(((page * step + 3) % SCATTERED_SHARED) * 4096)
        : own + BigInt(((page * step) % SCATTERED_OWN) * 4096);
    tables.map(SCATTERED + BigInt(page * 4096), paddr, PTE_DATA | PTE_U);
  }
}
