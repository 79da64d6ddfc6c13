/** A conformance program on a machine of this package, in whatever binding makes it. */
import type { JitMode } from '../core/jit-options.ts';
import type { Machine } from '../machine/api.ts';
import { defaultMac, type MachineDescription } from '../machine/description.ts';
import { MemoryFileSystem } from '../filesystem/memory.ts';
import type { NetworkBackend } from '../network/backend.ts';
import type { HostOptions } from '../machine/host-options.ts';
import { endLines, pressesWanted, type ConformanceMachine, type RunnableProgram } from './program.ts';

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
  bus,
  drives,
  console,
  powerButton = false,
  network = 0,
  flash = false,
  share,
}: ConformanceMachine): MachineDescription {
  return {
    hartware: 1,
    harts,
    memory: '64M',
    // The most that there is: a program finds out by trying.
    isa: { paging: 'sv57' },
    boot: {
      [boot]: PROGRAM,
      append,
      initrd: initrd ? PROGRAM : undefined,
      // Firmware that never starts what is there.
      flash: flash ? { code: PROGRAM } : undefined,
    },
    drives: drives?.map(({ size, ...drive }) => ({ memory: size, ...drive, bus })),
    network: Array.from({ length: network }, () => ({ bus })),
    shares: share && [{ tag: share.tag, bus }],
    devices: {
      rng: bus === undefined || { bus },
      console: console !== undefined && (bus === undefined || { bus }),
      powerButton: powerButton && (bus === undefined || { bus }),
    },
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
    network: wire(program.machine.network ?? 0),
    shares: folderOf(program.machine),
    jit: { mode: jit },
    limits: { wallTime: PROGRAM_LIMIT },
  });
  let presses = 0;
  const printed = textOf(machine.serial.output, (text) => {
    // A machine that has ended since has nobody to press it for.
    for (; presses < pressesWanted(text); presses++) void machine.powerButton().catch(() => {});
  });
  const { virtioConsole } = machine;
  const consolePrinted = virtioConsole ? textOf(virtioConsole.output) : Promise.resolve('');
  let code: number | undefined;
  try {
    void virtioConsole?.type(new TextEncoder().encode(program.machine.console?.input ?? ''));
    const stop = await machine.run();
    if (stop.reason === 'ended') {
      code = stop.exit.code;
      // What a machine on another thread printed may still be on its way.
      await Promise.all([printed, consolePrinted]);
    }
  } finally {
    await machine.dispose();
  }
  return `${await printed}${endLines(program, { code, console: await consolePrinted })}`;
}

/** What is in the shared folder. */
function folderOf({ share }: ConformanceMachine): HostOptions['shares'] {
  if (!share) return undefined;
  const folder = new MemoryFileSystem({ clock: { now: () => 0 } });
  for (const [name, text] of Object.entries(share.files)) folder.writeFile(name, text);
  return { [share.tag]: folder };
}

/** What connects cards: each hears what the others send. */
function wire(cards: number): Record<string, NetworkBackend> {
  const receivers: ((frame: Uint8Array) => void)[] = [];
  const end = (_: unknown, own: number): [string, NetworkBackend] => [
    defaultMac(own),
    {
      attach: (receive) => (receivers[own] = receive),
      send: (frame) => receivers.forEach((receive, card) => card !== own && receive(frame)),
    },
  ];
  return Object.fromEntries(Array.from({ length: cards }, end));
}

/** What comes from a console until its end; `onText` is told of all that came, with each bit. */
async function textOf(output: ReadableStream<Uint8Array>, onText?: (text: string) => void): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  const reader = output.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    onText?.(text);
  }
}
