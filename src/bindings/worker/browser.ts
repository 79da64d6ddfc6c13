/** The script of a web worker that is the thread of one machine. */
import { serveMachine } from '../../remote/server.ts';
import { loadExtension } from '../../remote/extension.ts';
import { hostWithCore } from '../browser/host.ts';
import { isUrl } from '../browser/urls.ts';

const port = globalThis as unknown as DedicatedWorkerGlobalScope;
const receive = serveMachine(
  { postMessage: (message, transfer) => port.postMessage(message, transfer as Transferable[]) },
  {
    async createHost({ wasm, ...options }, environment) {
      const { baseUrl } = environment as { readonly baseUrl: string };
      const host = hostWithCore(options, wasm);
      // URLs in a description are relative to the page.
      const absolute = (reference: string): string => new URL(reference, baseUrl).href;
      return {
        ...host,
        open: (reference) => host.open(absolute(reference)),
        openDrive: (reference, options) =>
          host.openDrive(isUrl(reference) ? absolute(reference) : reference, options),
      };
    },
    loadExtension,
  },
);
port.onmessage = ({ data }) => receive(data);
