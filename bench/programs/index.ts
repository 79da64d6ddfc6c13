/** The guest programs: assembled here, so that running them takes no compiler. */
import { readFile } from 'node:fs/promises';
import { assemble } from '../../src/assembler/assembler.ts';

export interface GuestProgram {
  /** The source is `<name>.s`, in this folder. */
  readonly name: string;
  /** How often a measurement repeats the program's work. */
  readonly iterations: number;
}

/** Iterations make some hundred million instructions each, except where memory is slow. */
export const PROGRAMS: readonly GuestProgram[] = [
  { name: 'sieve', iterations: 500 },
  { name: 'fib', iterations: 250 },
  { name: 'sort', iterations: 400 },
  { name: 'memcpy', iterations: 1500 },
  { name: 'chase', iterations: 10 },
  { name: 'sha256', iterations: 3500 },
  { name: 'bytecode', iterations: 500 },
  { name: 'nbody', iterations: 8000 },
];

/** Guest RAM that the programs need, in MiB. */
export const PROGRAM_MEMORY = 64;

const HEAP = 0x80100000;
const STACK_TOP = 0x80100000;

/**
 * The bytes of a program, to be placed at the start of RAM and entered there in M-mode.
 * With 0 iterations it prepares its data and powers off.
 */
export async function assembleProgram(name: string, iterations: number): Promise<Uint8Array> {
  const source = (file: string) => readFile(new URL(`${file}.s`, import.meta.url), 'utf8');
  const constants = `ITERATIONS = ${iterations}\nHEAP = ${HEAP}\nSTACK_TOP = ${STACK_TOP}\n`;
  return assemble(`${constants}${await source('harness')}\n${await source(name)}`).bytes;
}
