/** `hartware run --lockstep`: the guest interpreted and translated, side by side, to its end. */
import type { MachineDescription, MachineExit } from '../../../index.ts';
import { describeDifference, runLockstep } from '../../../debug/lockstep.ts';
import { SteppedMachine } from '../../../debug/machines.ts';
import { createMachine, type NodeHostOptions } from '../index.ts';
import { UsageError, type RunArguments } from './arguments.ts';
import { writeAll } from './output.ts';
import { exitCode, TextSearch } from './session.ts';

export interface LockstepArguments {
  readonly description: MachineDescription;
  readonly host: NodeHostOptions;
  readonly jit: RunArguments['jit'];
  readonly console: 'serial' | 'virtio';
  /** See SessionOptions. */
  readonly readyText?: string;
}

/** What was typed before a chunk of instructions: every run gets it there. */
interface Typed {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Runs the guest twice at once; the exit code is 1 when there was a difference, else the guest's. */
export async function runInLockstep(args: LockstepArguments): Promise<number> {
  checkRepeatable(args.description);
  const typed: Typed[] = [];
  const arrived: Uint8Array[] = [];
  let hasInput = true;
  let onInput = (): void => {};
  const read = (async () => {
    try {
      for await (const chunk of process.stdin) {
        arrived.push(chunk as Buffer);
        onInput();
      }
    } finally {
      hasInput = false;
      onInput();
    }
  })();
  read.catch(() => {});

  const ready = new TextSearch(args.readyText);
  let isReady = false;
  void ready.found.then(() => (isReady = true));
  let made = 0;
  let exit: MachineExit | undefined;
  const make = async (kind: 'reference' | 'subject'): Promise<SteppedMachine> => {
    const mode = kind === 'reference' ? 'off' : (args.jit ?? 'on');
    const machine = await createMachine(args.description, { ...args.host, jit: { mode, compile: 'sync' } });
    if (made++ === 0) {
      for (const console of [machine.serial, machine.virtioConsole]) {
        if (console) void show(console.output, ready);
      }
      void machine.ended.then((ended) => (exit = ended));
    }
    return new SteppedMachine(machine);
  };

  const found = await runLockstep({
    make,
    dispose: async ({ machine }) => void (await machine.stop()),
    before: ({ machine }, index) => {
      if (isReady && !typed.some((each) => each.index >= index)) {
        for (const bytes of arrived.splice(0)) typed.push({ index, bytes });
      }
      const console = (args.console === 'virtio' ? machine.virtioConsole : undefined) ?? machine.serial;
      for (const each of typed) if (each.index === index) void console.type(each.bytes);
    },
    // Standard input and output need a turn of the event loop.
    after: () => new Promise((resolve) => void setImmediate(() => resolve(false))),
    idle: async () => {
      if (exit || !isReady) return false;
      if (hasInput && arrived.length === 0) {
        await new Promise<void>((resolve) => {
          onInput = resolve;
        });
      }
      return arrived.length > 0;
    },
  });
  process.stdin.destroy();
  if (!found) return exit ? exitCode(exit) : 0;
  await writeAll(process.stderr, `${describeDifference(found)}\n`);
  return 1;
}

/** What would make two runs differ for other reasons than a wrong translation. */
function checkRepeatable({ clock, drives = [] }: MachineDescription): void {
  if (clock?.kind !== 'virtual') throw new UsageError('--lockstep needs "--clock virtual"');
  const shared = drives.find(({ file, readOnly }) => file !== undefined && !readOnly);
  if (shared)
    throw new UsageError(`--lockstep: two machines cannot both write ${shared.file}; use ",readonly"`);
}

async function show(output: ReadableStream<Uint8Array>, ready: TextSearch): Promise<void> {
  for await (const bytes of output) {
    ready.search(bytes);
    await writeAll(process.stdout, bytes);
  }
}
