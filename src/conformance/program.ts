/** The programs of the conformance kit (spec/conformance): assembled with what they have in common. */
import { assemble, AssemblyError } from '../assembler/assembler.ts';
import type { VirtioBus } from '../machine/description.ts';
import { RAM_BASE } from '../generated/memory-map.ts';

/** A program as its file has it. */
export interface ConformanceSource {
  /** Its file's name without the extension. */
  readonly name: string;
  readonly text: string;
}

/** What a program asks of the runtime and of the machine that it runs on, in the JSON of its first line, behind "#:". */
export interface ConformanceMachine {
  /** How it is entered: as firmware in M-mode, from reset, or as a kernel in S-mode, with SBI. Default firmware. */
  readonly boot?: 'firmware' | 'kernel';
  /** Further parts of the runtime. Default none. */
  readonly uses?: readonly (typeof LIBRARIES)[number][];
  /** Of a kernel: its command line. Default none. */
  readonly append?: string;
  /** Whether a kernel has its own file as its initrd. Default false. */
  readonly initrd?: boolean;
  /** Default 1. */
  readonly harts?: number;
  /** Clauses of features that a machine may lack: those that the program may say are absent. Default none. */
  readonly optional?: readonly string[];
  /** The bus of all virtio devices; their slots are counted from its first one. Default "mmio". */
  readonly bus?: VirtioBus;
  /** Drives full of zeros, in the first virtio slots, with their serial numbers. Default none. */
  readonly drives?: readonly {
    readonly size: string;
    readonly id: string;
    readonly readOnly?: boolean;
    readonly queues?: number;
  }[];
  /** A virtio console in the next slot: what is typed there, and what it has to print in all: a check of this ID. */
  readonly console?: { readonly input: string; readonly id: string; readonly output: string };
  /** Whether there is a power button behind the entropy device. Default false. */
  readonly powerButton?: boolean;
  /** Network cards, behind all other devices, on one wire: what one sends all others receive. Default none. */
  readonly network?: number;
  /** Whether there is flash. Default false. */
  readonly flash?: boolean;
  /** A shared folder, behind all other devices: its tag, and the files that are in it. Default none. */
  readonly share?: { readonly tag: string; readonly files: Readonly<Record<string, string>> };
  /** How the machine has to end: a check of this ID, which the runner makes. */
  readonly end?: { readonly id: string; readonly code: number };
}

export interface ConformanceProgram {
  readonly name: string;
  readonly machine: ConformanceMachine;
  /** For the start of RAM; of a kernel, a Linux Image. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its checks, in the order in which they stand there. */
  readonly ids: readonly string[];
}

/** What is needed of a program to run it. */
export type RunnableProgram = Pick<ConformanceProgram, 'machine' | 'bytes'>;

/** The files of spec/conformance/runtime, of which some stand before each program, by their names. */
const LIBRARIES = ['virtio', 'pci', 'block', 'packed', 'fdt', 'vectors', 'paging', 'harts', 'sbi'] as const;
const RUNTIME_PARTS = ['board', 'macros', 'machine', 'supervisor', 'report', ...LIBRARIES] as const;
export type ConformanceRuntime = Readonly<Record<(typeof RUNTIME_PARTS)[number], string>>;

/** @param read gives the text of a file of spec/conformance. */
export function readRuntime(read: (file: string) => string): ConformanceRuntime {
  const parts = RUNTIME_PARTS.map((part) => [part, read(`runtime/${part}.s`)]);
  return Object.fromEntries(parts) as ConformanceRuntime;
}

/** The programs among the files of spec/conformance, by their names. */
export function programNames(files: readonly string[]): string[] {
  return files
    .filter((file) => file.endsWith('.s'))
    .map((file) => file.slice(0, -'.s'.length))
    .sort();
}

/** How the macros of the runtime mark a check. */
const MARK = 'check.';
const ORIGIN = { firmware: BigInt(RAM_BASE), kernel: BigInt(RAM_BASE) + 0x200000n } as const;

/** A program as it is assembled: all of its text, and where it lies. */
export interface CompleteSource {
  readonly machine: ConformanceMachine;
  readonly text: string;
  readonly origin: bigint;
  /** Lines of the runtime, before those of the program. */
  readonly runtimeLines: number;
}

/** Puts the runtime before a program. @throws Error when its first line is none. */
export function completeSource(
  runtime: ConformanceRuntime,
  { name, text }: ConformanceSource,
): CompleteSource {
  const header = /^#:(.*)/.exec(text)?.[1];
  if (header === undefined) throw new Error(`${name}: expected a first line of "#:" and JSON`);
  const machine = JSON.parse(header) as ConformanceMachine;
  const { boot = 'firmware', uses = [] } = machine;
  const entry = boot === 'kernel' ? 'supervisor' : 'machine';
  const parts = ['board', 'macros', entry, 'report', ...uses] as const;
  const before = parts.map((part) => `${runtime[part]}\n`).join('');
  return {
    machine,
    text: `${before}${text}`,
    origin: ORIGIN[boot],
    runtimeLines: before.split('\n').length - 1,
  };
}

/** @throws AssemblyError that names the program. */
export function assembleConformance(
  runtime: ConformanceRuntime,
  source: ConformanceSource,
): ConformanceProgram {
  const { machine, text, origin, runtimeLines } = completeSource(runtime, source);
  const { name } = source;
  try {
    const { bytes, symbols } = assemble(text, { origin });
    const marks = [...symbols.keys()].filter((symbol) => symbol.startsWith(MARK));
    const ids = marks.map((symbol) => symbol.slice(MARK.length));
    for (const check of [machine.end, machine.console]) if (check) ids.push(check.id);
    return { name, machine, bytes, ids };
  } catch (error) {
    if (!(error instanceof AssemblyError)) throw error;
    const line = error.line - runtimeLines;
    throw new AssemblyError(`${name}${line > 0 ? `, line ${line}` : ' (runtime)'}: ${error.reason}`);
  }
}

/** The line with which a program asks for a press of the power button. */
const PRESS = /^press$/gm;

/** How often a program has asked for a press of the power button. */
export function pressesWanted(text: string): number {
  return text.match(PRESS)?.length ?? 0;
}

/** How a machine ended. */
export interface MachineEnd {
  /** Undefined if it did not. */
  readonly code: number | undefined;
  /** What its virtio console printed. */
  readonly console: string;
}

/** The lines that the runner adds to what a program printed: its own checks. */
export function endLines({ machine: { end, console } }: RunnableProgram, found: MachineEnd): string {
  const lines: string[] = [];
  if (end !== undefined && found.code !== undefined)
    lines.push(line(end.id, `0x${end.code.toString(16)}`, `0x${found.code.toString(16)}`));
  if (console !== undefined) lines.push(line(console.id, hex(console.output), hex(found.console)));
  return lines.join('');
}

function line(id: string, expected: string, found: string): string {
  return expected === found ? `ok ${id}\n` : `not ok ${id} expected ${expected} found ${found}\n`;
}

/** The bytes of a text as one number, the first one first. */
function hex(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return `0x${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('') || '0'}`;
}
