/** Long work at a terminal: a line that shows how far it is, and Ctrl-C. */
import type { WorkOptions } from '../../../../disks/disk-image.ts';
import { ProgressDisplay } from '../progress.ts';
import { Interrupted, onSignal } from '../signals.ts';

/** Does it. A signal aborts it; what was begun is brought to a good end first. */
export async function withProgress<T>(
  text: string,
  quiet: boolean,
  work: (options: WorkOptions & { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const display = process.stderr.isTTY && !quiet ? new ProgressDisplay(process.stderr) : undefined;
  const abort = new AbortController();
  const ignoreSignals = onSignal((number) => abort.abort(new Interrupted(number)));
  try {
    return await work({
      signal: abort.signal,
      progress: (bytes, total) => display?.report({ kind: 'step', text, bytes, total }),
    });
  } finally {
    ignoreSignals();
    display?.done();
  }
}
