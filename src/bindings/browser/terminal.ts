/** A terminal on a page and a console of a machine, connected. */
import type { MachineConsole, Subscription } from '../../machine/api.ts';

/** What is used of a terminal; xterm.js's `Terminal` has it. */
export interface TerminalLike {
  /** Width in characters. */
  readonly cols: number;
  /** Height in characters. */
  readonly rows: number;
  /** Shows bytes, UTF-8 and control sequences; calls back when it has, which is when it gets more. */
  write(data: Uint8Array, callback?: () => void): void;
  /** Has `listener` called with what is typed, until that is disposed of. */
  onData(listener: (data: string) => void): Pick<Subscription, 'dispose'>;
  /** Likewise with input that is not text, one character a byte: mouse reports. */
  onBinary?(listener: (data: string) => void): Pick<Subscription, 'dispose'>;
  /** Likewise with each new size, in characters. */
  onResize?(
    listener: (size: { readonly cols: number; readonly rows: number }) => void,
  ): Pick<Subscription, 'dispose'>;
}

/** How a terminal is connected. */
export interface AttachOptions {
  /** Tells the guest how large the terminal is, now and whenever that changes: `machine.resizeConsole`. */
  readonly resize?: (columns: number, rows: number) => unknown;
}

/**
 * Shows what the guest prints, no faster than the terminal takes it, and types what the
 * terminal gets. Disposing ends both; the output stays where it is then, for another reader.
 */
export function attachTerminal(
  console: MachineConsole,
  terminal: TerminalLike,
  { resize }: AttachOptions = {},
): Subscription {
  const encoder = new TextEncoder();
  const type = (bytes: Uint8Array): void => void console.type(bytes).catch(() => {});
  const subscriptions = [
    terminal.onData((text) => type(encoder.encode(text))),
    terminal.onBinary?.((text) => type(Uint8Array.from(text, (character) => character.charCodeAt(0)))),
    resize && terminal.onResize?.(({ cols, rows }) => void resize(cols, rows)),
  ];
  resize?.(terminal.cols, terminal.rows);
  const reader = console.output.getReader();
  let isAttached = true;
  const show = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      await new Promise<void>((resolve) => terminal.write(value, resolve));
      if (!isAttached) break;
    }
  };
  // A stream that breaks off has no more to show.
  void show().catch(() => {});
  const dispose = (): void => {
    if (!isAttached) return;
    isAttached = false;
    for (const subscription of subscriptions) subscription?.dispose();
    try {
      reader.releaseLock();
    } catch {
      // Older browsers refuse while a read waits; it ends with the machine.
    }
  };
  return { dispose, [Symbol.dispose]: dispose };
}
