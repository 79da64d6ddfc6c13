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

/**
 * Keeps signals from ending the process until `release` is called.
 * @returns also what rejects with `Interrupted` at the first one.
 */
export function holdSignals(): { readonly raised: Promise<never>; release(): void } {
  let release!: () => void;
  const raised = new Promise<never>((_, reject) => {
    release = onSignal((number) => reject(new Interrupted(number)));
  });
  raised.catch(() => {});
  return { raised, release };
}
