/**
 * Random bytes as code in M, S and U mode, over random page tables, PMP and
 * CSRs: a run never throws, ends in time, counts exactly, writes nothing
 * outside guest RAM and the core's own state, and leaves a core that still
 * works. The seed is the name of the case: FUZZ_SEED=n runs it again,
 * FUZZ_FRESH=1 takes seeds nobody has tried, FUZZ_COUNT=n that many of them.
 */
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import * as CSR from '../../src/generated/csr.ts';
import { INSTRUCTIONS } from '../../src/generated/isa.ts';
import { CLINT, GuestProgram, PROBE, RAM_BASE, RAM_SIZE, SSWI } from '../support/guest-program.ts';
import { fuzzSeeds, Random } from '../support/random.ts';

const COUNT = Number(process.env.FUZZ_COUNT ?? 40);
const SLICES = 40;
const EXIT_BUDGET = 0;
const PAGES = RAM_SIZE / 4096;

const random64 = (random: Random): bigint => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());

/** Addresses where something is, or nearly. */
function address(random: Random): bigint {
  const page = RAM_BASE + BigInt(random.below(PAGES + 2)) * 4096n;
  switch (random.below(6)) {
    case 0:
      return BigInt(random.pick([CLINT, CLINT + 0x4000, CLINT + 0xbff8, SSWI, PROBE]) + random.below(64));
    case 1:
      return random64(random);
    case 2:
      return page - BigInt(random.below(8));
    default:
      return page + BigInt(random.below(4096) & (random.oneIn(3) ? ~0 : ~7));
  }
}

/** Mostly encodings of instructions with random operands, so that not all of it is illegal. */
function instruction(random: Random): number {
  if (random.oneIn(8)) return random.uint32();
  const row = random.pick(INSTRUCTIONS);
  const mask = Number(row.mask);
  return ((random.uint32() & ~mask) | Number(row.match)) >>> 0;
}

function fillCode(random: Random, guest: GuestProgram, page: bigint): void {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at <= 4092;) {
    const word = instruction(random);
    view.setUint32(at, word, true);
    at += (word & 3) === 3 ? 4 : 2;
  }
  guest.memory.write(page, bytes);
}

const FIRST_TABLE = 64;
/** Tables of each level of Sv39: the root's point to those of the next level, the last hold leaves. */
const TABLES = 16;
/** Holds an mret, by which harts get into lower modes. */
const MRET = RAM_BASE + 200n * 4096n;

/** A table that mostly makes sense, with leaves of every kind and some nonsense. */
function fillTable(random: Random, guest: GuestProgram, index: number): void {
  const page = RAM_BASE + BigInt(FIRST_TABLE + index) * 4096n;
  const level = 2 - Math.floor(index / TABLES);
  const next = FIRST_TABLE + TABLES * (3 - level);
  for (let at = 0n; at < 4096n; at += 8n) {
    const isTable = level > 0 && !random.oneIn(16);
    const within = isTable ? next + random.below(TABLES) : random.below(random.oneIn(3) ? PAGES : 64);
    const frame = random.oneIn(32) ? BigInt(random.uint32()) : (RAM_BASE >> 12n) + BigInt(within);
    const leaf = random.oneIn(8) ? BigInt(random.below(1024)) : 0xcfn | BigInt(random.below(2) << 4);
    const upper = random.oneIn(50) ? random64(random) & (0x3ffn << 54n) : 0n;
    guest.memory.setUint64(page + at, (frame << 10n) | (isTable ? 1n : leaf) | upper);
  }
}

const WRITABLE = CSR.CSRS.filter(({ isReadOnly }) => !isReadOnly).map(({ number }) => number);

function setHart(random: Random, guest: GuestProgram, hart: number): void {
  const { exports } = guest.core;
  for (let n = 1; n < 32; n++) guest.core.writeX(hart, n, address(random));
  for (let n = 0; n < 32; n++) guest.core.writeF(hart, n, random64(random));
  for (let i = 0; i < 30; i++) exports.modifyCsr(hart, random.pick(WRITABLE), random64(random));
  const page = (): bigint => BigInt(random.below(64));
  const root = (RAM_BASE >> 12n) + BigInt(FIRST_TABLE + random.below(TABLES));
  exports.modifyCsr(hart, CSR.CSR_SATP, (BigInt(random.pick([0, 8, 8, 8, 9, 10])) << 60n) | root);
  if (random.oneIn(2)) exports.modifyCsr(hart, CSR.CSR_MEDELEG, 0xffffn);
  if (!random.oneIn(4)) {
    exports.modifyCsr(hart, CSR.CSR_PMPADDR0, (1n << 54n) - 1n);
    exports.modifyCsr(hart, CSR.CSR_PMPCFG0, 0x1fn);
  }
  for (const csr of [CSR.CSR_MTVEC, CSR.CSR_STVEC, CSR.CSR_MEPC, CSR.CSR_SEPC]) {
    exports.modifyCsr(hart, csr, RAM_BASE + page() * 4096n + BigInt(random.below(1024) * 4));
  }
  guest.memory.setUint32(MRET, 0x30200073);
  exports.modifyCsr(
    hart,
    CSR.CSR_MSTATUS,
    (random64(random) & ~CSR.MSTATUS_MPP) | (BigInt(random.pick([0, 1, 3])) << 11n),
  );
  exports.startHart(hart, random.oneIn(4) ? RAM_BASE + page() * 4096n : MRET);
}

/** Linear memory outside RAM and what the core keeps there: nothing may write here. */
function guards(guest: GuestProgram): Uint8Array[] {
  // Before the machine record, between it and the hart areas, and behind the last field of the first of those.
  const places = [0, 0x30000, 0x13f000];
  return places.map((place) => new Uint8Array(guest.core.memory, place, 1024));
}

const KNOWN = assemble(`
  li a0, 0
  li a1, 100
  li a2, 0x80001000
  1: add a0, a0, a1
  sd a0, (a2)
  ld a3, (a2)
  addi a1, a1, -1
  bnez a1, 1b
  2: j 2b`).bytes;

describe('a core that executes nonsense', () => {
  it.each(fuzzSeeds(COUNT))('seed %i', (seed) => {
    const random = new Random(seed);
    const harts = 1 + random.below(4);
    const guest = new GuestProgram('nop', { harts, tickInstructions: 1 + random.below(20) });
    const { exports } = guest.core;
    for (const guard of guards(guest)) guard.fill(0xa5);
    for (let page = 0n; page < 64n; page++) fillCode(random, guest, RAM_BASE + page * 4096n);
    for (let index = 0; index < 3 * TABLES; index++) fillTable(random, guest, index);
    for (let hart = 0; hart < harts; hart++) setHart(random, guest, hart);

    for (let slice = 0; slice < SLICES; slice++) {
      const budget = random.pick([1, 2, 17, 1000, 5000]);
      const before = guest.instructionCount;
      const reason = exports.run(budget);
      const executed = guest.instructionCount - before;
      expect(executed).toBeLessThanOrEqual(budget);
      if (reason === EXIT_BUDGET) expect(executed).toBe(budget);
      switch (random.below(5)) {
        case 0:
          setHart(random, guest, random.below(harts));
          break;
        case 1:
          guest.setLine(random.pick([1, 3, 5, 7, 9, 11]), random.oneIn(2), random.below(harts));
          break;
        case 2:
          fillCode(random, guest, RAM_BASE + BigInt(random.below(64)) * 4096n);
          break;
        case 3:
          exports.flushTlbRange(random.below(harts), address(random), random64(random));
          break;
      }
    }
    for (const guard of guards(guest)) expect(guard.every((byte) => byte === 0xa5)).toBe(true);

    // The same core still runs a program as it should.
    guest.memory.write(RAM_BASE, KNOWN);
    for (let hart = 0; hart < harts; hart++) exports.resetHart(hart);
    exports.startHart(0, RAM_BASE);
    guest.execute(2000);
    expect(guest.x('a0')).toBe(5050n);
    expect(guest.x('a3')).toBe(5050n);
  });
});

describe('nonsense without address translation, cut up', () => {
  /** Everything that a guest could see, RAM as a checksum. */
  const outcome = (seed: number, slice: (random: Random) => number): string => {
    const random = new Random(seed);
    const harts = 1 + random.below(3);
    const guest = new GuestProgram('nop', { harts, tickInstructions: 1 + random.below(20) });
    for (let page = 0n; page < 64n; page++) fillCode(random, guest, RAM_BASE + page * 4096n);
    for (let hart = 0; hart < harts; hart++) {
      setHart(random, guest, hart);
      guest.core.exports.modifyCsr(hart, CSR.CSR_SATP, 0n);
    }
    const cuts = new Random(seed + 1);
    while (guest.instructionCount < 60_000) {
      const left = 60_000 - guest.instructionCount;
      const before = guest.instructionCount;
      guest.core.exports.run(Math.min(left, slice(cuts)));
      if (guest.instructionCount === before) break; // every hart waits
    }
    const words = new Uint32Array(guest.core.ram.buffer, guest.core.ram.byteOffset, RAM_SIZE / 4);
    const parts = [words.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0)].map(String);
    for (let hart = 0; hart < harts; hart++) {
      parts.push(guest.core.readPc(hart).toString(16));
      for (let n = 1; n < 32; n++) parts.push(guest.core.readX(hart, n).toString(16));
      for (const { number, name } of CSR.CSRS) parts.push(`${name} ${guest.csr(number, hart).toString(16)}`);
    }
    return parts.join('\n');
  };

  it.each(fuzzSeeds(Math.ceil(COUNT / 2)))('gives the same result (seed %i)', (seed) => {
    const whole = outcome(seed, () => 60_000);
    expect(outcome(seed, () => 7)).toBe(whole);
    expect(outcome(seed, (random) => 1 + random.below(3000))).toBe(whole);
  });
});
