/** One run of a machine, the same code in Node and in a page, with all that is to be compared afterwards. */
import type * as Shared from '../../src/index.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';

/** What the package has everywhere. */
export type Package = typeof Shared & {
  createMachine(description: Shared.MachineDescription, options?: Shared.HostOptions): Promise<LocalMachine>;
};

export interface Run {
  readonly description: Shared.MachineDescription;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Default: the package's. */
  readonly jit?: Shared.JitOptions;
  /** What to type, each when the output since the last has what it waits for. Default nothing. */
  readonly dialogue?: readonly { readonly after: string; readonly type: string }[];
  /** Stops a machine that has not ended after so many milliseconds, so that its output can be seen. Default 50,000. */
  readonly patience?: number;
}

export interface Recording {
  readonly output: string;
  readonly exit: Shared.MachineExit;
  readonly instructionCount: bigint;
  /** For each hart: pc, x1 to x31, f0 to f31. */
  readonly registers: readonly (readonly bigint[])[];
  /** SHA-256 of guest RAM. */
  readonly ramHash: string;
  /** How often a timer of the host fired while the machine ran. */
  readonly timerCallbacks: number;
}

/** Runs a machine to its end. A page gets the text of this function: it refers to nothing outside. */
export async function record({ hartware, run }: { hartware: Package; run: Run }): Promise<Recording> {
  const machine = await hartware.createMachine(run.description, { files: run.files, jit: run.jit });
  let timerCallbacks = 0;
  let timer = setTimeout(function again() {
    timerCallbacks++;
    timer = setTimeout(again, 0);
  }, 0);
  const giveUp = setTimeout(() => void machine.stop(), run.patience ?? 50_000);
  await machine.start();
  const reader = machine.serial.output.getReader();
  const writer = machine.serial.input.getWriter();
  const dialogue = [...(run.dialogue ?? [])];
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let output = '';
  let seen = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    output += decoder.decode(value, { stream: true });
    for (let at; dialogue[0] && (at = output.indexOf(dialogue[0].after, seen)) >= 0;) {
      const { after, type } = dialogue.shift()!;
      seen = at + after.length;
      await writer.write(encoder.encode(type));
    }
  }
  const exit = await machine.ended;
  clearTimeout(timer);
  clearTimeout(giveUp);
  const { ram: memory } = machine;
  const ram = memory.view(memory.base, memory.size) as Uint8Array<ArrayBuffer>;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', ram));
  const numbers = Array.from({ length: 32 }, (_, n) => n);
  return {
    output,
    exit,
    instructionCount: machine.instructionCount,
    registers: machine.harts.map((hart) => [
      hart.pc,
      ...numbers.slice(1).map((n) => hart.getX(n)),
      ...numbers.map((n) => hart.getF(n)),
    ]),
    ramHash: Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    timerCallbacks,
  };
}
