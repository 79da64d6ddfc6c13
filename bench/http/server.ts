/** A server of files by ranges, which counts what it sends. */
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class RangeServer {
  requests = 0;
  /** Bytes of content that were sent. */
  bytes = 0;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /**
   * @param file what it serves, under any name.
   * @param latency how long each answer waits, in milliseconds.
   */
  constructor(
    private readonly file: string,
    private readonly latency: number,
  ) {}

  /** @returns the URL of the file. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/image`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const file = await open(this.file);
    try {
      const { size } = await file.stat();
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const start = Number(from ?? 0);
      const content = Buffer.alloc(Math.min(Number(to ?? size - 1) + 1, size) - start);
      await file.read(content, 0, content.length, start);
      if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
      this.bytes += content.length;
      response.writeHead(206, {
        etag: '"1"',
        'content-length': content.length,
        'content-range': `bytes ${start}-${start + content.length - 1}/${size}`,
      });
      response.end(content);
    } finally {
      await file.close();
    }
  }
}
