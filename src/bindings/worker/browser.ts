/** The script of a web worker that is the thread of one machine. */
import { registerError } from '../../remote/error.ts';
import { serveMachine } from '../../remote/server.ts';
import { loadExtension } from '../../remote/extension.ts';
import { FetchError } from '../../errors.ts';
import { hostWithCore } from '../browser/host.ts';

registerError(FetchError, 'FetchError');
const port = globalThis as unknown as DedicatedWorkerGlobalScope;
const receive = serveMachine(
  { postMessage: (message, transfer) => port.postMessage(message, transfer as Transferable[]) },
  {
    async createHost({ wasm, ...options }, environment) {
      const { baseUrl } = environment as { readonly baseUrl: string };
      const host = hostWithCore(options, wasm);
      // URLs in a description are relative to the page.
      return { ...host, open: (reference) => host.open(new URL(reference, baseUrl).href) };
    },
    loadExtension,
  },
);
port.onmessage = ({ data }) => receive(data);
