/**
 * The page that runs the programs in a browser, served on the loopback interface, and what it tells.
 * Whoever shares the computer, or another page that is open in the browser, could speak to this
 * server as well: it answers where the path begins with a secret, to requests for its own
 * name (so that no name of somebody else's can lead here), and takes nothing from other origins.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPageResult, type PageAnswer, type PageStart } from '../../../../conformance/page.ts';
import type { ConformanceProgram } from '../../../../conformance/program.ts';
import { isConforming, type CheckResult } from '../../../../conformance/report.ts';
import { PROGRAM_LIMIT } from '../../../../conformance/run.ts';
import { messageOf } from '../../../../errors.ts';
import type { JitMode } from '../../../../index.ts';
import { readBytes } from '../files.ts';
import { packageFile } from '../package-file.ts';
import { browserName } from './browser-name.ts';

/** The programs cannot be run in the browser. */
export class BrowserError extends Error {
  override readonly name = 'BrowserError';
}

export interface PageServerOptions {
  readonly programs: readonly ConformanceProgram[];
  readonly jit: JitMode;
  /** 0 for any that is free. */
  readonly port: number;
  /** Makes results of what a program printed in a browser of that name. */
  readonly judge: (browser: string, program: ConformanceProgram, text: string) => readonly CheckResult[];
  /** How long a page that has begun may say nothing, in milliseconds. */
  readonly patience?: number;
}

/** What the programs did. */
export interface BrowserResults {
  /** Name and version. */
  readonly browser: string;
  /** In the order of the programs. */
  readonly results: readonly CheckResult[];
}

/** A page between its beginning and its end. */
interface PageRun {
  readonly number: number;
  readonly browser: string;
  readonly results: Map<string, readonly CheckResult[]>;
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

const SCRIPT = 'conformance-page.js';
/** What the page loads, of dist/, with the types that browsers insist on. */
const FILES = {
  [SCRIPT]: 'text/javascript',
  'browser.js': 'text/javascript',
  'worker.js': 'text/javascript',
  'core.wasm': 'application/wasm',
} as const;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Hartware conformance</title>
<h1>Hartware conformance</h1>
<p role="status">This page needs JavaScript modules.</p>
<progress value="0"></progress>
<ul></ul>
<script type="module" src="${SCRIPT}"></script>
</html>
`;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/** Most that a page may tell at once, in bytes: some times what the longest program prints. */
const MOST_BYTES = 1 << 20;
/** Beyond what the page itself grants a program. */
const PATIENCE = PROGRAM_LIMIT + 30_000;
const TOKEN_BYTES = 24;
const LONGEST_REASON = 300;

const text = (status: number, body: string): Reply => ({ status, type: 'text/plain', body });
const json = (body: object): Reply => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(body),
});
const NOT_FOUND = text(404, 'not found');

export class PageServer {
  /** What the programs did; rejects when they cannot be run. */
  readonly outcome: Promise<BrowserResults>;
  /** Gives up. */
  fail!: (error: Error) => void;
  private succeed!: (results: BrowserResults) => void;
  private readonly token = randomBytes(TOKEN_BYTES).toString('base64url');
  private readonly server: Server;
  private run: PageRun = { number: 0, browser: '', results: new Map() };
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly options: PageServerOptions,
    private readonly files: ReadonlyMap<string, Reply>,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    // It may fail before anybody waits for it.
    this.outcome.catch(() => {});
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** @throws BrowserError when the port cannot be had; FileError when the package is not complete. */
  static async start(options: PageServerOptions): Promise<PageServer> {
    const files = new Map<string, Reply>([
      ['', { status: 200, type: 'text/html; charset=utf-8', body: PAGE }],
    ]);
    for (const [name, type] of Object.entries(FILES))
      files.set(name, { status: 200, type, body: await readBytes(packageFile(`dist/${name}`)) });
    for (const { name, bytes } of options.programs)
      files.set(`programs/${name}`, { status: 200, type: 'application/octet-stream', body: bytes });
    const page = new PageServer(options, files);
    await new Promise<void>((resolve, reject) => {
      page.server.once('error', (error) =>
        reject(new BrowserError(`cannot serve the page on port ${options.port}: ${reasonOf(error)}`)),
      );
      page.server.listen(options.port, '127.0.0.1', resolve);
    });
    return page;
  }

  /** What to open in the browser. */
  get url(): string {
    return `${this.origin}/${this.token}/`;
  }

  /** A page is to begin, or to tell something, before the patience is at its end. */
  expect(): void {
    const { patience = PATIENCE } = this.options;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const seconds = Math.round(patience / 1000);
      this.fail(new BrowserError(`nothing came from the browser for ${seconds} s; was its page closed?`));
    }, patience);
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private get origin(): string {
    // Written as browsers do, which leave out port 80.
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`).origin;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body } = await this.answer(request).catch((error: unknown) =>
      text(500, messageOf(error)),
    );
    // What is left of a refused body is not read.
    if (!request.complete) response.setHeader('connection', 'close');
    response.once('close', () => this.finishIfComplete());
    response.writeHead(status, { ...HEADERS, 'content-type': type });
    response.end(body);
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    const { method, url = '', headers } = request;
    if (headers.host !== new URL(this.origin).host) return text(403, 'forbidden');
    if (headers.origin !== undefined && headers.origin !== this.origin) return text(403, 'forbidden');
    const [, token = '', path] = /^\/([^/]*)\/(.*)$/s.exec(url) ?? [];
    if (path === undefined || !this.isToken(token)) return NOT_FOUND;
    if (method === 'GET') return this.files.get(path) ?? NOT_FOUND;
    if (path !== 'start' && path !== 'result') return NOT_FOUND;
    if (method !== 'POST') return text(405, 'expected POST');
    // No form and no page of another origin can send that without being asked first.
    if (headers['content-type'] !== 'application/json') return text(415, 'expected application/json');
    const body = await readBody(request);
    if (body === undefined) return text(413, `expected at most ${MOST_BYTES} bytes`);
    return path === 'start' ? this.begin(headers['user-agent']) : this.take(body);
  }

  private isToken(found: string): boolean {
    const [a, b] = [found, this.token].map((each) => Buffer.from(each));
    return a!.length === b!.length && timingSafeEqual(a!, b!);
  }

  private begin(userAgent: string | undefined): Reply {
    const { programs, jit } = this.options;
    this.run = { number: this.run.number + 1, browser: browserName(userAgent), results: new Map() };
    this.expect();
    const start: PageStart = {
      run: this.run.number,
      jit,
      programs: programs.map(({ name, machine }) => ({ name, machine })),
    };
    return json(start);
  }

  private take(body: string): Reply {
    const result = readPageResult(parse(body));
    const program = this.options.programs.find(({ name }) => name === result?.program);
    if (result === undefined || program === undefined)
      return text(400, 'expected what a program of this kit did');
    const { run } = this;
    if (result.run !== run.number || run.number === 0) return text(409, 'another page has begun since');
    if (result.error !== undefined) {
      const reason = printable(result.error);
      this.fail(new BrowserError(`${program.name} cannot run in ${run.browser}: ${reason}`));
      return json({ passed: 0, failed: [] } satisfies PageAnswer);
    }
    this.expect();
    run.results.set(program.name, this.options.judge(run.browser, program, result.text!));
    const checks = [...run.results.values()].flat();
    const failed = checks.filter((check) => !isConforming(check)).map(({ id }) => id);
    return json({ passed: checks.length - failed.length, failed } satisfies PageAnswer);
  }

  /** Called when the page has been told so, or has gone. */
  private finishIfComplete(): void {
    const { browser, results } = this.run;
    const all = this.options.programs.map(({ name }) => results.get(name));
    if (all.every((each) => each !== undefined)) this.succeed({ browser, results: all.flat() });
  }
}

/** Undefined when there is too much of it. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Text of a page for a terminal. */
function printable(message: string): string {
  return message.slice(0, LONGEST_REASON).replace(/[^\x20-\x7e]+/g, ' ');
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'another program uses it';
  return code === 'EACCES' ? 'permission denied' : error.message;
}
