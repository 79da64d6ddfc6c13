/** Programs of loops among pages that lie next to each other only as they are mapped. */
import { DATA } from '../support/guest-program.ts';
import { PTE_DATA } from '../support/page-table.ts';
import { PAGE_VA, PagedProgram, type PagedOptions } from '../support/paged-program.ts';
import { Random } from '../support/random.ts';
import type { Make } from './run-both.ts';

const PAGES = 64n;
/** Where programs see these pages once more: they have the same places in the TLB there. */
const AGAIN = PAGE_VA + (4n << 20n);
const MEMORY = new Random(2).bytes(Number(PAGES) * 4096);

/** In which page of RAM the page at PAGE + 4096 `index` lies: an access of the next page must not find it by chance. */
const physical = (index: bigint): bigint => DATA + ((index * 37n + 11n) % PAGES) * 4096n;

/** Writes to where a program sees it. */
export function write64({ memory }: PagedProgram, vaddr: bigint, value: bigint): void {
  memory.setUint64(physical((vaddr - PAGE_VA) >> 12n) + (vaddr & 0xfffn), value);
}

/** A program in S-mode with pages of random bytes at PAGE. */
export const scattered =
  (source: string, options: PagedOptions = {}, prepare: (guest: PagedProgram) => void = () => {}): Make =>
  (translation) => {
    const setup = `li t0, 0x6000\n csrs mstatus, t0\n li t0, -1\n csrw mcounteren, t0\n ${options.setup ?? ''}`;
    const guest = new PagedProgram(source, { ...translation, ...options, setup });
    for (let page = 0n; page < PAGES; page++) {
      guest.tables.map(PAGE_VA + page * 4096n, physical(page), PTE_DATA);
      guest.tables.map(AGAIN + page * 4096n, physical(page), PTE_DATA);
    }
    guest.memory.write(DATA, MEMORY);
    prepare(guest);
    return guest;
  };

/** Nodes of lists in these four pages, 32 bytes each: next, value, and room for what is stored. */
const LIST = PAGE_VA + 0x8000n;
const NODES = 400;

/** The nodes follow each other, but for every tenth or so. */
function writeList(guest: PagedProgram): void {
  const random = new Random(3);
  const places = Array.from({ length: 512 }, (_, i) => LIST + BigInt(32 * i));
  for (let i = 0; i < 60; i++) {
    const [a, b] = [random.below(NODES), random.below(512)];
    [places[a], places[b]] = [places[b], places[a]];
  }
  for (let i = 0; i < NODES; i++) {
    write64(guest, places[i], i === NODES - 1 ? 0n : places[i + 1]);
    write64(guest, places[i] + 8n, BigInt(random.uint32()));
  }
  write64(guest, LIST - 8n, places[0]);
}

/** Runs `source` ten times: s0 to s4 point near to the ends of pages, s5 to a list, s9 counts. */
export const tenTimes = (source: string): Make =>
  scattered(
    `
    li s11, 10
    again: li s0, PAGE + 0x1000 - 160
    li s1, PAGE + 0x2000 - 96
    li s2, PAGE + 0x3000 - 320
    li s3, PAGE + 0x4000
    li s4, PAGE + 0x5000 - 8
    li s5, ${LIST - 8n}
    ld s5, (s5)
    li s9, 120
    ${source}
    addi s11, s11, -1
    bnez s11, again
    j finish
    target: addi a0, a0, 13
    ret`,
    {},
    writeList,
  );
