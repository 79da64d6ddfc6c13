/** Signals that end the command. */

/** Their numbers, which the exit code carries. */
export const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** A signal came before there was anything to show for. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** @param signal its number. Default that of Ctrl-C. */
  constructor(readonly signal: number = SIGNALS.SIGINT) {
    super(`signal ${signal}`);
  }
}

/** Calls back with the number of a signal, until the result is called. */
export function onSignal(listener: (number: number) => void): () => void {
  const heard = (_name: NodeJS.Signals, number: number): void => listener(number);
  for (const name of Object.keys(SIGNALS)) process.on(name, heard);
  return () => {
    for (const name of Object.keys(SIGNALS)) process.off(name, heard);
  };
}

/** Keeps signals from ending the process until `release` is called: the first one aborts `signal`, with `Interrupted`. */
export function holdSignals(): { readonly signal: AbortSignal; release(): void } {
  const abort = new AbortController();
  const release = onSignal((number) => abort.abort(new Interrupted(number)));
  return { signal: abort.signal, release };
}
