/** What a guest can see of a machine, compared between two of them. */
import { CSR_SATP, CSRS } from '../generated/csr.ts';
import type { GuestMemory } from '../memory.ts';
import type { LocalHart } from '../machine/api.ts';

/** The part of a machine that is compared. */
export interface ObservedMachine {
  readonly harts: readonly LocalHart[];
  readonly memory: GuestMemory;
  readonly instructionCount: bigint;
}

/** Something that two machines do not agree on. */
export interface StateDifference {
  /** As `hart 0 x10`, `hart 1 sepc` or `memory 0x80001000`. */
  readonly what: string;
  readonly reference: string;
  readonly subject: string;
}

/** Differing words of RAM that are listed at most. */
const WORDS_LISTED = 16;
const PAGE = 4096;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Those of the CSRs that harts have, which is the same for all of them. */
let csrs: typeof CSRS | undefined;

function csrsOf(hart: LocalHart): typeof CSRS {
  return (csrs ??= CSRS.filter(({ number }) => {
    try {
      hart.getCsr(number);
      return true;
    } catch {
      return false;
    }
  }));
}

function* fieldsOf(hart: LocalHart): Generator<readonly [string, bigint | string]> {
  yield ['pc', hart.pc];
  yield ['privilege', hart.privilege];
  for (let n = 1; n < 32; n++) yield [`x${n}`, hart.getX(n)];
  for (let n = 0; n < 32; n++) yield [`f${n}`, hart.getF(n)];
  for (const { name, number } of csrsOf(hart)) yield [name, hart.getCsr(number)];
}

/** How the registers of two machines differ; empty when they are equal. */
export function compareHarts(reference: ObservedMachine, subject: ObservedMachine): StateDifference[] {
  const found: StateDifference[] = [];
  const note = (what: string, a: bigint | string, b: bigint | string): void => {
    const text = (value: bigint | string): string => (typeof value === 'bigint' ? hex(value) : value);
    if (a !== b) found.push({ what, reference: text(a), subject: text(b) });
  };
  note('instructions', String(reference.instructionCount), String(subject.instructionCount));
  reference.harts.forEach((hart, index) => {
    if (hart.equals(subject.harts[index])) return;
    const before = found.length;
    const others = fieldsOf(subject.harts[index]);
    for (const [name, value] of fieldsOf(hart)) note(`hart ${index} ${name}`, value, others.next().value![1]);
    // What no register shows, as the reservation.
    if (found.length === before) note(`hart ${index}`, 'some hidden state', 'another one');
  });
  return found;
}

/** How the RAM of two machines of the same size differs; empty when it is equal. */
export function compareMemory(reference: ObservedMachine, subject: ObservedMachine): StateDifference[] {
  const found: StateDifference[] = [];
  const { base, size } = reference.memory;
  const words = (machine: ObservedMachine): BigUint64Array => {
    const view = machine.memory.view(base, size);
    return new BigUint64Array(view.buffer, view.byteOffset, size / 8);
  };
  // As doubles a NaN would differ from itself: as 32-bit words, which need no object each.
  const halves = (machine: ObservedMachine): Int32Array => {
    const view = machine.memory.view(base, size);
    return new Int32Array(view.buffer, view.byteOffset, size / 4);
  };
  const [a, b] = [halves(reference), halves(subject)];
  const [wordsA, wordsB] = [words(reference), words(subject)];
  for (let at = 0; at < a.length && found.length < WORDS_LISTED; at++) {
    if (a[at] === b[at]) continue;
    const word = at >> 1;
    found.push({
      what: `memory ${hex(BigInt(base) + BigInt(word) * 8n)}`,
      reference: hex(wordsA[word]),
      subject: hex(wordsB[word]),
    });
    at |= 1;
  }
  return found;
}

const PTE_V = 1n;
const PTE_LEAF = 0xen;

/** Where `vaddr` lies in RAM as `hart` fetches it, by its page tables; undefined when it does not. */
export function physicalAddress(
  { memory }: ObservedMachine,
  hart: LocalHart,
  vaddr: bigint,
): bigint | undefined {
  const satp = hart.getCsr(CSR_SATP);
  const mode = Number(satp >> 60n);
  const isInRam = (address: bigint): boolean => memory.contains(address, 4);
  if (mode === 0 || hart.privilege === 'machine') return isInRam(vaddr) ? vaddr : undefined;
  let table = (satp & ((1n << 44n) - 1n)) * BigInt(PAGE);
  for (let level = mode - 6; level >= 0; level--) {
    const shift = BigInt(12 + 9 * level);
    const entry = table + ((vaddr >> shift) & 0x1ffn) * 8n;
    if (!memory.contains(entry, 8)) return undefined;
    const pte = memory.getUint64(entry);
    if (!(pte & PTE_V)) return undefined;
    const page = ((pte >> 10n) & ((1n << 44n) - 1n)) * BigInt(PAGE);
    if (!(pte & PTE_LEAF)) {
      table = page;
      continue;
    }
    const within = (1n << shift) - 1n;
    const address = (page & ~within) | (vaddr & within);
    return isInRam(address) ? address : undefined;
  }
  return undefined;
}
