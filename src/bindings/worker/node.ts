/** The script of a worker thread that is the thread of one machine. */
import { parentPort, type Transferable } from 'node:worker_threads';
import { registerError } from '../../remote/error.ts';
import { serveMachine } from '../../remote/server.ts';
import { loadExtension } from '../../remote/extension.ts';
import { FileError } from '../node/file-error.ts';
import { createNodeHost } from '../node/host.ts';

registerError(FileError, 'FileError');
const port = parentPort!;
const receive = serveMachine(
  { postMessage: (message, transfer) => port.postMessage(message, transfer as Transferable[]) },
  {
    createHost: (options, environment) =>
      createNodeHost({ ...options, baseDirectory: (environment as { baseDirectory: string }).baseDirectory }),
    loadExtension,
  },
);
port.on('message', receive);
