/** A worker thread as the thread of a machine. */
import { Worker, type Transferable } from 'node:worker_threads';
import type { RemoteThread } from '../../remote/client.ts';
import { WorkerError } from '../../remote/error.ts';

/** @param onWorker told of the worker, for those who test what happens when it dies. */
export function createThread({ onWorker }: { onWorker?: (worker: Worker) => void } = {}): RemoteThread {
  // Without the flags of the process, some of which worker threads do not take.
  const worker = new Worker(scriptUrl(), { execArgv: [] });
  onWorker?.(worker);
  // The process stays for a machine that runs, as it does for one on its own thread.
  worker.unref();
  let isOurs = true;
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer as Transferable[]),
    connect(onMessage, onFailure) {
      worker.on('message', onMessage);
      worker.on('messageerror', (error) =>
        onFailure(new WorkerError(`a message from the worker could not be read: ${error.message}`)),
      );
      worker.on('error', (error) =>
        onFailure(new WorkerError(`the worker failed: ${error.message}`, { cause: error })),
      );
      worker.on('exit', (code) => {
        if (isOurs) onFailure(new WorkerError(`the worker ended with code ${code}`));
      });
    },
    setActive(isActive) {
      if (isActive) worker.ref();
      else worker.unref();
    },
    terminate() {
      isOurs = false;
      void worker.terminate();
    },
  };
}

function scriptUrl(): URL {
  // Sources run as they are, as the tests do it, use the build of the project.
  if (import.meta.url.endsWith('.ts')) return new URL('../../../dist/node-worker.js', import.meta.url);
  return new URL('./node-worker.js', import.meta.url);
}
