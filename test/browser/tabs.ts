/**
 * Chromium with tabs of which one is in front and the others are in the background, as a
 * person has them. Playwright has every page believe that it is in front (its focus
 * emulation), so that this talks to the browser directly, by the Chrome DevTools Protocol.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { EXECUTABLE } from './chromium.ts';

/** Between looks at a page that is loading, in milliseconds. */
const LOADING = 20;

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

export class TabbedBrowser {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private nextId = 1;

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      if (answer.id === undefined) return;
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
  }

  /** @param args more options of Chromium's. */
  static async launch(args: readonly string[] = []): Promise<TabbedBrowser> {
    const profile = await mkdtemp(join(tmpdir(), 'hartware-chromium-'));
    const process = spawn(
      EXECUTABLE,
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
        ...['--disable-background-networking', '--disable-component-update'],
        ...['--remote-debugging-port=0', `--user-data-dir=${profile}`, ...args, 'about:blank'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      process.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /^DevTools listening on (ws:\S+)$/m.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
      process.on('exit', () => reject(new Error(`Chromium ended: ${text}`)));
    });
    const socket = new WebSocket(address);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return new TabbedBrowser(process, profile, socket);
  }

  /** Sends a command, to the browser or to the tab of a session. */
  async send<T = unknown>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = this.nextId++;
    const answered = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  /** Opens a tab in front of the others of the one window, and waits until its modules have run. */
  async open(url: string): Promise<Tab> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url });
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    const tab = new Tab(this, targetId, sessionId);
    // The first document of a tab is an empty one, and between the two there is none.
    const isLoaded = (address: string): boolean =>
      location.href === address && document.readyState === 'complete';
    while (!(await tab.evaluate(isLoaded, url).catch(() => false))) await setTimeout(LOADING);
    return tab;
  }

  async close(): Promise<void> {
    const isOver = new Promise((resolve) => this.process.once('exit', resolve));
    await this.send('Browser.close').catch(() => {});
    await isOver;
    this.socket.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Tab {
  constructor(
    private readonly browser: TabbedBrowser,
    private readonly targetId: string,
    private readonly sessionId: string,
  ) {}

  /** Runs a function that refers to nothing outside; what goes there and comes back is JSON. */
  async evaluate<T, A = undefined>(run: (argument: A) => T | Promise<T>, argument?: A): Promise<T> {
    const { result, exceptionDetails } = await this.send<Evaluated>('Runtime.evaluate', {
      expression: `(${run.toString()})(${JSON.stringify(argument) ?? ''})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as T;
  }

  send<T = unknown>(method: string, params?: object): Promise<T> {
    return this.browser.send<T>(method, params, this.sessionId);
  }

  /** Has the browser show this tab. */
  async bringToFront(): Promise<void> {
    await this.browser.send('Target.activateTarget', { targetId: this.targetId });
  }
}
