/** A web worker as the thread of a machine. */
import { messageOf } from '../../errors.ts';
import type { RemoteThread } from '../../remote/client.ts';
import { WorkerError } from '../../remote/error.ts';

/** Where the worker's script is, or the worker itself, which is the machine's from then on. */
export type WorkerSource = string | URL | Worker;

export function createThread(source: WorkerSource | undefined): RemoteThread {
  const worker = createWorker(source);
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer as Transferable[]),
    connect(onMessage, onFailure) {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onmessageerror = () => onFailure(new WorkerError('a message from the worker could not be read'));
      worker.onerror = (event) => {
        event.preventDefault();
        // A script that cannot be loaded, or that a policy forbids, has no message.
        const reason = event.message
          ? `the worker failed: ${event.message}`
          : 'the worker could not be started: serve dist/worker.js of the package beside the bundle, ' +
            'pass its URL as the option "worker", and let the policy "worker-src" of the page allow it';
        onFailure(new WorkerError(reason));
      };
    },
    terminate: () => worker.terminate(),
  };
}

function createWorker(source: WorkerSource | undefined): Worker {
  try {
    if (source === undefined) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    return source instanceof Worker ? source : new Worker(source, { type: 'module' });
  } catch (error) {
    const reason = messageOf(error);
    throw new WorkerError(`the worker could not be started: ${reason}`, { cause: error });
  }
}
