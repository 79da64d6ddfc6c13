/** The network of Node. */
import type { HttpHost } from '../../disks/http/requests.ts';
import { FetchError } from '../../errors.ts';

export const nodeHttp: HttpHost = {
  fetch: (url, init) =>
    fetch(url, init).catch((error: Error) => {
      const reason = lastingReason(error.cause);
      throw reason === undefined ? error : new FetchError(reason, { cause: error });
    }),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};

/** Whether a name is a URL of a drive. */
export function isHttpUrl(reference: string): boolean {
  return /^https?:\/\//i.test(reference);
}

/** Why a request failed, if another attempt does not help. */
function lastingReason(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code, message } = cause as NodeJS.ErrnoException;
  // What fetch itself refuses, such as redirects without end or to another scheme.
  if (code === undefined) return message;
  if (code === 'ENOTFOUND') return `there is no server of that name (${message})`;
  if (code === 'ECONNREFUSED') return 'no server answers there (connection refused)';
  if (code === 'ERR_INVALID_URL') return 'it is no URL';
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_)/.test(code))
    return `there is no secure connection to the server (${message})`;
  return undefined;
}
