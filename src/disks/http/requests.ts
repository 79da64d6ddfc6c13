/** Ranges of a file behind a URL (RFC 9110, 14), asked for again where that may help. */
import { FetchError, messageOf } from '../../errors.ts';

/** What of a `Response` of the Fetch standard is used. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { cancel(): Promise<void> } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What requests need of the place they are made in. */
export interface HttpHost {
  /** That of the Fetch standard. */
  fetch(
    url: string,
    init: {
      readonly method: 'GET' | 'HEAD';
      readonly headers: Readonly<Record<string, string>>;
      readonly signal: AbortSignal;
      /** What a cache of the browser's has may be of another version. */
      readonly cache: 'no-store';
    },
  ): Promise<HttpResponse>;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Aborted after so many milliseconds. */
  timeout(milliseconds: number): AbortSignal;
}

export interface RequestOptions {
  /** Headers of every request, such as an authorization. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How often a request is made again after a failure that may pass. Default 5. */
  readonly retries?: number;
  /** How long an answer may take, in milliseconds. Default 60,000. */
  readonly timeout?: number;
  /** A new URL of the same file, for when the server refuses the one there is (401 and 403): presigned URLs expire. */
  readonly renew?: () => Promise<string>;
}

/** A range of the file, and what the server said about the whole. */
export interface RangeAnswer {
  readonly bytes: Uint8Array;
  /** Size of the file, if the server told. */
  readonly size?: number;
  /** What names the version of the file: its entity tag, or when it was last modified. */
  readonly validator?: string;
}

/** First wait before a request is made again, in milliseconds; each further one is twice as long. */
const FIRST_WAIT = 250;
/** Longest wait that a server may ask for (Retry-After), in milliseconds. */
const LONGEST_WAIT = 30_000;
/** Failures that may pass. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A request failed in a way that another attempt may not. */
class PassingFailure extends Error {
  constructor(
    message: string,
    readonly wait?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export class RangeRequests {
  private refusals = 0;

  constructor(
    private url: string,
    private readonly host: HttpHost,
    private readonly options: RequestOptions,
  ) {}

  /**
   * The bytes from `start` to before `end`; fewer where the file ends before.
   * @throws FetchError
   */
  range(start: number, end: number): Promise<RangeAnswer> {
    return this.persist(async () => {
      const response = await this.ask('GET', { range: `bytes=${start}-${end - 1}` });
      const { status, headers } = response;
      if (status === 416) {
        await discard(response);
        throw this.failure(`it has no bytes from ${start} on`);
      }
      if (status !== 206) {
        await discard(response);
        throw this.failure('the server does not serve ranges of it (expected status 206, found 200)');
      }
      const encoding = headers.get('content-encoding');
      if (encoding !== null && encoding !== 'identity') {
        await discard(response);
        throw this.failure(`the server sends it as ${encoding}, whose ranges are none of the file`);
      }
      const told = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i.exec(headers.get('content-range') ?? '');
      if (told && Number(told[1]) !== start) {
        await discard(response);
        throw this.failure(`the server sent bytes from ${told[1]} on, asked for those from ${start} on`);
      }
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.length > end - start)
        throw this.failure(`the server sent ${bytes.length} bytes, asked for ${end - start}`);
      if (told && bytes.length !== Number(told[2]) - start + 1)
        throw new PassingFailure('the connection ended too soon');
      return {
        bytes,
        ...(told && told[3] !== '*' && { size: Number(told[3]) }),
        validator: validatorOf(response),
      };
    });
  }

  /** The size as the header alone tells it: where a page may not see Content-Range. */
  size(): Promise<number | undefined> {
    return this.persist(async () => {
      const response = await this.ask('HEAD', {});
      const length = response.headers.get('content-length');
      return length !== null && /^\d{1,16}$/.test(length) ? Number(length) : undefined;
    });
  }

  failure(reason: string, cause?: unknown): FetchError {
    // What follows the question mark of a presigned URL is a secret.
    return new FetchError(`cannot read ${this.url.replace(/\?.*$/s, '?…')}: ${reason}`, { cause });
  }

  private async ask(
    method: 'GET' | 'HEAD',
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> {
    const { timeout = 60_000 } = this.options;
    let response: HttpResponse;
    try {
      response = await this.host.fetch(this.url, {
        method,
        headers: { ...this.options.headers, ...headers },
        signal: this.host.timeout(timeout),
        cache: 'no-store',
      });
    } catch (error) {
      // fetch says "fetch failed"; why stands in its cause.
      const { cause } = error as Error;
      throw new PassingFailure(cause ? messageOf(cause) : messageOf(error), undefined, { cause: error });
    }
    const { status } = response;
    if (status === 200 || status === 206 || status === 416) {
      this.refusals = 0;
      return response;
    }
    await discard(response);
    if ((status === 401 || status === 403) && this.options.renew && this.refusals++ === 0) {
      this.url = await this.options.renew();
      return this.ask(method, headers);
    }
    const after = Number(response.headers.get('retry-after') ?? NaN);
    if (PASSING.has(status))
      throw new PassingFailure(`the server answers with status ${status}`, after * 1000);
    throw this.failure(`the server answers with status ${status}`);
  }

  private async persist<T>(attempt: () => Promise<T>): Promise<T> {
    const { retries = 5 } = this.options;
    for (let failures = 0; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof FetchError) throw error;
        if (failures >= retries) throw this.failure(messageOf(error), error);
        const asked = error instanceof PassingFailure ? (error.wait ?? NaN) : NaN;
        const wait = Number.isNaN(asked) ? FIRST_WAIT * 2 ** failures : Math.max(asked, 0);
        await this.host.wait(Math.min(wait, LONGEST_WAIT));
      }
    }
  }
}

function validatorOf({ headers }: HttpResponse): string | undefined {
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined;
}

/** Lets go of what is not read. */
async function discard({ body }: HttpResponse): Promise<void> {
  await body?.cancel().catch(() => {});
}
