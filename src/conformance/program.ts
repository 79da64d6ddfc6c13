/** The programs of the conformance kit (spec/conformance): assembled with what they have in common. */
import { assemble, AssemblyError } from '../assembler/assembler.ts';

/** A program as its file has it. */
export interface ConformanceSource {
  /** Its file's name without the extension. */
  readonly name: string;
  readonly text: string;
}

/** What a program asks of the machine that it runs on, in the JSON of its first line, behind "#:". */
export interface ConformanceMachine {
  /** Default 1. */
  readonly harts?: number;
  /** Drives full of zeros, in the first virtio slots, with their serial numbers. Default none. */
  readonly drives?: readonly { readonly size: string; readonly id: string }[];
  /** How the machine has to end: a check of this ID, which the runner makes. */
  readonly end?: { readonly id: string; readonly code: number };
}

export interface ConformanceProgram {
  readonly name: string;
  readonly machine: ConformanceMachine;
  /** For the start of RAM, to be entered there in M-mode as firmware is. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its checks, in the order in which they stand there. */
  readonly ids: readonly string[];
}

/** How the macros of spec/conformance/runtime.s mark a check. */
const MARK = 'check.';

/** @throws AssemblyError that names the program. */
export function assembleConformance(runtime: string, { name, text }: ConformanceSource): ConformanceProgram {
  const header = /^#:(.*)/.exec(text)?.[1];
  if (header === undefined) throw new Error(`${name}: expected a first line of "#:" and JSON`);
  try {
    const { bytes, symbols } = assemble(`${runtime}\n${text}`);
    const machine = JSON.parse(header) as ConformanceMachine;
    const marks = [...symbols.keys()].filter((symbol) => symbol.startsWith(MARK));
    const ids = marks.map((symbol) => symbol.slice(MARK.length));
    if (machine.end) ids.push(machine.end.id);
    return { name, machine, bytes, ids };
  } catch (error) {
    if (!(error instanceof AssemblyError)) throw error;
    const line = error.line - runtime.split('\n').length;
    throw new AssemblyError(`${name}${line > 0 ? `, line ${line}` : ' (runtime.s)'}: ${error.reason}`);
  }
}

/** The line that the runner adds to what a program printed: how the machine ended, undefined if it did not. */
export function endLine({ machine: { end } }: ConformanceProgram, code: number | undefined): string {
  if (end === undefined || code === undefined) return '';
  if (code === end.code) return `ok ${end.id}\n`;
  return `not ok ${end.id} expected 0x${end.code.toString(16)} found 0x${code.toString(16)}\n`;
}
