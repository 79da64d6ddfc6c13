/** A static web server on the loopback interface: dist/, a page that imports it, and what a test adds. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { JIT } from '../support/jit-mode.ts';

export interface Reply {
  readonly body: string | Uint8Array;
  /** Default: by the extension of the path. */
  readonly type?: string;
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const DIST = new URL('../../dist/', import.meta.url);

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

const NOT_FOUND: Reply = { status: 404, type: 'text/plain', body: 'not found' };

/** A page whose scripts are files: a content security policy may forbid others. */
const page = (script: string): string =>
  `<!doctype html><title>Hartware</title><script type="module" src="${script}"></script>`;

/** Machines in the page are on its own thread and have the suite's mode of the JIT, if a test says nothing else. */
const pageScript = (bundle: string): string => `
import * as hartware from '${bundle}';
globalThis.hartware = {
  ...hartware,
  createMachine: (description, options) =>
    hartware.createMachine(description, { worker: false, ...options, jit: options?.jit ?? ${JSON.stringify(JIT)} }),
};
`;

export class TestServer {
  /** Looked up by path before dist/. */
  readonly replies = new Map<string, Reply>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      this.find(pathname).then(
        (reply) => send(response, pathname, reply),
        (error: unknown) =>
          send(response, pathname, { status: 500, type: 'text/plain', body: String(error) }),
      );
    });
    this.addPage('/');
  }

  static async start(): Promise<TestServer> {
    const server = new TestServer();
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject);
      server.server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  /** The URL of a path. */
  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** A page at `path` (with a slash at its end) that imports the package from `bundle`. */
  addPage(path: string, { bundle = '/dist/browser.js', headers = {} as Record<string, string> } = {}): void {
    this.replies.set(path, { body: page(`${path}page.js`), headers });
    this.replies.set(`${path}page.js`, { body: pageScript(bundle) });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async find(path: string): Promise<Reply> {
    const reply = this.replies.get(path);
    if (reply) return reply;
    const name = /^\/dist\/([\w-]+\.(?:js|wasm))$/.exec(path)?.[1];
    return name === undefined ? NOT_FOUND : { body: await readFile(new URL(name, DIST)) };
  }
}

function send(response: ServerResponse, path: string, { body, type, status = 200, headers }: Reply): void {
  const mediaType = type ?? MEDIA_TYPES[extname(path)] ?? 'application/octet-stream';
  response.writeHead(status, { 'content-type': mediaType, 'cache-control': 'no-store', ...headers });
  response.end(body);
}
