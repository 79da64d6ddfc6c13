/** Long work at a terminal: a line that shows how far it is, and Ctrl-C. */
import type { WorkOptions } from '../../../../disks/disk-image.ts';
import { ProgressDisplay } from '../progress.ts';
import { holdSignals } from '../signals.ts';

/** Does it. A signal aborts it; what was begun is brought to a good end first. */
export async function withProgress<T>(
  text: string,
  quiet: boolean,
  work: (options: WorkOptions & { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const display = process.stderr.isTTY && !quiet ? new ProgressDisplay(process.stderr) : undefined;
  const { signal, release } = holdSignals();
  try {
    return await work({
      signal,
      progress: (bytes, total) => display?.report({ kind: 'step', text, bytes, total }),
    });
  } finally {
    release();
    display?.done();
  }
}
