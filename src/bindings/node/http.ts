/** The network of Node. */
import type { HttpHost } from '../../disks/http/requests.ts';

export const nodeHttp: HttpHost = {
  fetch: (url, init) => fetch(url, init),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};
