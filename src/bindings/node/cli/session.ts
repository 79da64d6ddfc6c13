/**
 * A machine with the terminal, or standard input and output, connected to its consoles:
 * what all of them print is shown, and one of them takes what is typed.
 */
import type { LocalMachine, MachineConsole, MachineExit } from '../index.ts';
import { EscapeKeys, KEY_HELP, type KeyAction } from './escape-keys.ts';
import { writeAll } from './output.ts';
import { onSignal } from './signals.ts';
import { Terminal } from './terminal.ts';

export interface SessionOptions {
  /** The console that takes the input. */
  readonly console: 'serial' | 'virtio';
  /** Input that is no terminal is held back until the guest has printed this. Default: it is not. */
  readonly readyText?: string;
}

/** Runs the machine to its end and returns the exit code. */
export async function runSession(machine: LocalMachine, options: SessionOptions): Promise<number> {
  const { serial, virtioConsole } = machine;
  const console = (options.console === 'virtio' ? virtioConsole : undefined) ?? serial;
  const terminal = new Terminal(process.stdin, process.stdout);
  let signalled = 0;
  const ignoreSignals = onSignal((number) => {
    signalled = number;
    void machine.stop();
  });

  const { size } = terminal;
  if (size) await machine.resizeConsole(size.columns, size.rows);
  const ignoreSizes = terminal.onResize(({ columns, rows }) => void machine.resizeConsole(columns, rows));
  const ready = new TextSearch(terminal.isInteractive ? undefined : options.readyText);
  try {
    terminal.enterRawMode();
    const shown = new Set([serial, console]);
    const output = Promise.all([...shown].map((each) => copyOutput(machine, each, ready)));
    if (terminal.isInteractive) typeKeys(machine, console);
    else void ready.found.then(() => pipeInput(console));
    await machine.start();
    const exit = await machine.ended;
    // The shell's prompt starts on a line of its own.
    if (terminal.isInteractive && exit.reason === 'stopped') process.stderr.write('\r\n');
    // After a signal nobody may be there to take the rest.
    if (signalled > 0) return 128 + signalled;
    await output;
    return exitCode(exit);
  } finally {
    ignoreSizes();
    process.stdin.pause();
    terminal.restore();
    ignoreSignals();
  }
}

/** The exit code of a machine that ended by itself: 1 to 255 for a failure. */
export function exitCode({ reason, code }: MachineExit): number {
  return reason === 'failure' ? code & 0xff || 1 : 0;
}

async function copyOutput(machine: LocalMachine, console: MachineConsole, ready: TextSearch): Promise<void> {
  const reader = console.output.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    ready.search(value);
    if (await writeAll(process.stdout, value)) continue;
    // Nobody reads any more, as with `hartware run ... | head`.
    await reader.cancel();
    await machine.stop();
    return;
  }
}

function typeKeys(machine: LocalMachine, console: MachineConsole): void {
  const keys = new EscapeKeys();
  const writer = console.input.getWriter();
  const act: Record<KeyAction, () => void> = {
    quit: () => void machine.stop(),
    // It may just have ended.
    reset: () => void machine.reset().catch(() => {}),
    help: () => void process.stderr.write(`\r\n[hartware: ${KEY_HELP}]\r\n`),
  };
  process.stdin.on('data', (chunk: Buffer) => {
    for (const event of keys.read(chunk)) {
      // Not waited for: the keys of the command work while the guest does not read.
      if (event.kind === 'input') void writer.write(event.bytes).catch(() => {});
      else act[event.kind]();
    }
  });
}

async function pipeInput(console: MachineConsole): Promise<void> {
  const writer = console.input.getWriter();
  try {
    for await (const chunk of process.stdin) await writer.write(chunk as Buffer);
  } catch {
    // An input that cannot be read has ended.
  }
}

/** Looks for a text in a stream of bytes. */
export class TextSearch {
  readonly found: Promise<void>;
  private resolve!: () => void;
  private seen = '';

  constructor(private text: string | undefined) {
    this.found = new Promise((resolve) => {
      this.resolve = resolve;
    });
    if (text === undefined) this.resolve();
  }

  search(bytes: Uint8Array): void {
    if (this.text === undefined) return;
    this.seen += Buffer.from(bytes).toString('latin1');
    if (this.seen.includes(this.text)) {
      this.text = undefined;
      this.resolve();
    } else this.seen = this.seen.slice(-this.text.length);
  }
}
