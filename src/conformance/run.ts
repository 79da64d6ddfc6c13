/** A conformance program on a machine of this package, in whatever binding makes it. */
import type { JitMode } from '../core/jit-options.ts';
import type { Machine } from '../machine/api.ts';
import type { MachineDescription } from '../machine/description.ts';
import type { HostOptions } from '../machine/host-options.ts';
import { join } from '../pieces.ts';
import { endLine, type ConformanceMachine, type RunnableProgram } from './program.ts';

/** How long a program may take, in milliseconds: the longest wait for a second. */
export const PROGRAM_LIMIT = 60_000;

/** `createMachine` of a binding. */
export type CreateMachine = (description: MachineDescription, options: HostOptions) => Promise<Machine>;

/** The name that the description has for the program. */
const PROGRAM = 'program';

/** The machine that a program asks for. */
export function describeMachineOf({
  boot = 'firmware',
  append,
  initrd = false,
  harts = 1,
  drives,
}: ConformanceMachine): MachineDescription {
  return {
    hartware: 1,
    harts,
    memory: '64M',
    boot: { [boot]: PROGRAM, append, initrd: initrd ? PROGRAM : undefined },
    drives: drives?.map(({ size, id }) => ({ memory: size, id })),
  };
}

/** What the program printed until it ended, or until its time was over. */
export async function runProgram(
  program: RunnableProgram,
  createMachine: CreateMachine,
  jit: JitMode = 'on',
): Promise<string> {
  const machine = await createMachine(describeMachineOf(program.machine), {
    files: { [PROGRAM]: program.bytes },
    jit: { mode: jit },
    limits: { wallTime: PROGRAM_LIMIT },
  });
  const printed = readAll(machine.serial.output);
  let code: number | undefined;
  try {
    const stop = await machine.run();
    if (stop.reason === 'ended') {
      code = stop.exit.code;
      // What a machine on another thread printed may still be on its way.
      await printed;
    }
  } finally {
    await machine.dispose();
  }
  return `${await printed}${endLine(program, code)}`;
}

async function readAll(output: ReadableStream<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  const reader = output.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new TextDecoder().decode(join(pieces));
    pieces.push(value);
  }
}
