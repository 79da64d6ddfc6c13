/** Ranges of a file behind a URL (RFC 9110, 14), asked for again where that may help. */
import { FetchError, messageOf } from '../../errors.ts';
import { join } from '../../pieces.ts';

/** What of a `Response` of the Fetch standard is used. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: HttpBody | null;
}

/** What of its `ReadableStream` is used. */
export interface HttpBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
    cancel(): Promise<void>;
  };
  cancel(): Promise<void>;
}

/** What requests need of the place they are made in. */
export interface HttpHost {
  /**
   * That of the Fetch standard.
   * @throws FetchError for what another attempt does not help against, as long as the server never answered: then the
   * message is the reason. Anything else may pass.
   */
  fetch(
    url: string,
    init: {
      readonly method: 'GET';
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
  /** Whether it is the whole file, because the server knows no ranges. */
  readonly isWhole?: boolean;
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

/** What users can make of a status, where it says something. */
const EXPLANATIONS: Readonly<Record<number, string>> = {
  401: 'it wants to know who asks',
  403: 'it refuses access, or the URL has expired',
  404: 'there is no such file',
  410: 'the file is gone',
};

export class RangeRequests {
  private hasAnswered = false;
  private renewal: Promise<void> | undefined;

  constructor(
    private url: string,
    private readonly host: HttpHost,
    private readonly options: RequestOptions,
  ) {}

  /**
   * The bytes from `start` to before `end`; fewer where the file ends before.
   * @param wholeLimit a file of up to so many bytes is taken whole where the server knows no ranges. Default none.
   * @throws FetchError
   */
  range(start: number, end: number, wholeLimit = 0): Promise<RangeAnswer> {
    return this.persist(async () => {
      const response = await this.ask(`bytes=${start}-${end - 1}`);
      const { status, headers } = response;
      const refuse = async (reason: string): Promise<never> => {
        await discard(response);
        throw this.failure(reason);
      };
      if (status === 416) return refuse(`it has no bytes from ${start} on`);
      const encoding = headers.get('content-encoding');
      if (encoding !== null && encoding !== 'identity')
        return refuse(`the server sends it as ${encoding}, whose ranges are none of the file`);
      const isWhole = status === 200;
      const told = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i.exec(headers.get('content-range') ?? '');
      const length = lengthOf(response);
      if (isWhole) {
        const noRanges = 'the server does not serve ranges of it (expected status 206, found 200)';
        if (wholeLimit === 0) return refuse(noRanges);
        if ((length ?? 0) > wholeLimit) return refuse(`${noRanges}, and ${tooLarge(length, wholeLimit)}`);
      } else if (told && Number(told[1]) !== start)
        return refuse(`the server sent bytes from ${told[1]} on, asked for those from ${start} on`);
      const limit = isWhole ? wholeLimit : end - start;
      const bytes = await readUpTo(response, limit);
      if (!bytes)
        throw this.failure(
          isWhole
            ? `the server does not serve ranges of it, and ${tooLarge(undefined, limit)}`
            : `the server sent more than the ${limit} bytes it was asked for`,
        );
      if (start === 0 && isWebPage(headers.get('content-type'), bytes))
        throw this.failure('the server sends a web page (text/html), and no disk image');
      const expected = isWhole ? length : told ? Number(told[2]) - start + 1 : undefined;
      if (expected !== undefined && bytes.length !== expected)
        throw new PassingFailure('the connection ended too soon');
      const size = isWhole ? bytes.length : told && told[3] !== '*' ? Number(told[3]) : undefined;
      return { bytes, size, validator: validatorOf(response), isWhole };
    });
  }

  /**
   * The size, where a page may not see Content-Range: the length of the range that has everything. HEAD would be refused
   * where a URL is signed for GET, and might tell the length of something compressed.
   */
  size(): Promise<number | undefined> {
    return this.persist(async () => {
      const response = await this.ask('bytes=0-');
      await discard(response);
      return lengthOf(response);
    });
  }

  failure(reason: string, cause?: unknown): FetchError {
    // What follows the question mark of a presigned URL is a secret.
    return new FetchError(`cannot read ${this.url.replace(/\?.*$/s, '?…')}: ${reason}`, { cause });
  }

  private async ask(range: string, isRenewed = false): Promise<HttpResponse> {
    const { timeout = 60_000, headers, renew } = this.options;
    const { url } = this;
    let response: HttpResponse;
    try {
      response = await this.host.fetch(url, {
        method: 'GET',
        headers: { ...headers, range },
        signal: this.host.timeout(timeout),
        cache: 'no-store',
      });
    } catch (error) {
      // Of a server that was there, everything may pass.
      if (error instanceof FetchError && !this.hasAnswered) throw this.failure(error.message, error);
      // fetch says "fetch failed"; why stands in its cause.
      const cause = error instanceof FetchError ? undefined : (error as Error).cause;
      const reason = (cause ? messageOf(cause) : '') || messageOf(error);
      throw new PassingFailure(reason, undefined, { cause: error });
    }
    this.hasAnswered = true;
    const { status } = response;
    if (status === 200 || status === 206 || status === 416) return response;
    await discard(response);
    if ((status === 401 || status === 403) && renew && !isRenewed) {
      await this.renew(url, renew);
      return this.ask(range, true);
    }
    const after = Number(response.headers.get('retry-after') ?? NaN);
    if (PASSING.has(status))
      throw new PassingFailure(`the server answers with status ${status}`, after * 1000);
    const explanation = EXPLANATIONS[status];
    throw this.failure(`the server answers with status ${status}${explanation ? `: ${explanation}` : ''}`);
  }

  /** Has a new URL in place of the one that was refused: one for all requests that were under way with it. */
  private renew(refused: string, get: () => Promise<string>): Promise<void> | undefined {
    if (this.url !== refused) return undefined;
    return (this.renewal ??= get()
      .then((url) => void (this.url = url))
      .finally(() => (this.renewal = undefined)));
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

function lengthOf({ headers }: HttpResponse): number | undefined {
  const length = headers.get('content-length');
  return length !== null && /^\d{1,16}$/.test(length) ? Number(length) : undefined;
}

function tooLarge(length: number | undefined, limit: number): string {
  return `it is too large to be loaded whole (${length ?? 'more'} bytes, at most ${limit})`;
}

/** By its type, and because it looks like one: a wrong type alone is no reason to refuse a disk image. */
function isWebPage(type: string | null, bytes: Uint8Array): boolean {
  return (
    /^\s*(text\/html|application\/xhtml\+xml)/i.test(type ?? '') &&
    /^(\xef\xbb\xbf)?\s*</.test(String.fromCharCode(...bytes.subarray(0, 256)))
  );
}

/** All of the answer, or undefined as soon as there is more than `limit` bytes of it. */
async function readUpTo({ body }: HttpResponse, limit: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  const reader = body?.getReader();
  for (let length = 0; reader;) {
    const { done, value } = await reader.read();
    if (done || !value) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    pieces.push(value);
  }
  return join(pieces);
}

/** Lets go of what is not read. */
async function discard({ body }: HttpResponse): Promise<void> {
  await body?.cancel().catch(() => {});
}
