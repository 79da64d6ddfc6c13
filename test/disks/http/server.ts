/** A server of one file, which does what it is told to do wrong. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class FileServer {
  readonly requests: { readonly method: string; readonly url: string; readonly range?: string }[] = [];
  /** Answers in place of the file, until it returns false. */
  misbehave: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  etag: string | undefined = '"1"';
  /** Beside those of a range. */
  headers: Readonly<Record<string, string>> = {};
  private readonly server = createServer((request, response) => this.answer(request, response));

  constructor(public content: Uint8Array) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/disk.img`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get bytesAsked(): number {
    return this.requests.reduce((sum, { range }) => {
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(range ?? '') ?? [];
      return sum + (start === undefined ? 0 : Math.min(Number(end) + 1, this.content.length) - Number(start));
    }, 0);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { range } = request.headers;
    this.requests.push({ method: request.method!, url: request.url!, range });
    if (this.misbehave?.(request, response)) return;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '')!;
    const start = Number(from);
    const end = Math.min(Number(to || Infinity) + 1, this.content.length);
    response.writeHead(206, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'content-range, etag',
      ...(this.etag !== undefined && { etag: this.etag }),
      ...this.headers,
      'content-range': `bytes ${start}-${end - 1}/${this.content.length}`,
      'content-length': end - start,
    });
    response.end(this.content.subarray(start, end));
  }
}
