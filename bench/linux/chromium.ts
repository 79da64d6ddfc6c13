/** The guest in a worker of Chromium: the same build, kernel and initramfs, in a page of its own. */
import { access, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import type { Guest } from '../support/contender.ts';
import { Transcript } from '../support/transcript.ts';
import type { LinuxContender, LinuxGuest } from './session.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};

const PAGE = '<!doctype html><title>Hartware</title>';

/**
 * The machine. Times are the worker's, so that what lies between it and the host counts
 * for nothing: messages in between take longer than a pipe.
 */
const WORKER = `
import { createMachine } from '/build/browser.js';
let machine;
onmessage = async ({ data }) => {
  if (data.type !== undefined) return void machine.serial.type(new TextEncoder().encode(data.type));
  if (data.count) return postMessage({ instructions: Number(machine.instructionCount) });
  machine = await createMachine(data.description, { worker: false });
  await machine.start();
  for await (const bytes of machine.serial.output) {
    postMessage({ text: String.fromCharCode(...bytes), time: performance.now() });
  }
  postMessage({ end: JSON.stringify(await machine.ended) });
};
`;

interface WorkerMessage {
  readonly text?: string;
  readonly time?: number;
  readonly instructions?: number;
  readonly end?: string;
}

declare global {
  /** In the page: the worker, and what passes its messages on. */
  var worker: Worker;
  var passOn: (message: WorkerMessage) => Promise<void>;
}

/** @throws Error when there is no such browser or no such build. */
export async function chromiumContender(
  executable: string,
  build: string,
  guest: Guest,
): Promise<LinuxContender> {
  for (const file of [executable, resolve(build, 'browser.js')]) {
    await access(file).catch(() => {
      throw new Error(`expected ${file}, found none`);
    });
  }
  return { name: 'chromium', boot: () => boot(executable, build, guest) };
}

async function boot(executable: string, build: string, guest: Guest): Promise<LinuxGuest> {
  const server = await serve(build, guest);
  const browser = await launchChromium(executable);
  try {
    return await open(browser, server, guest);
  } catch (error) {
    await close(browser, server);
    throw error;
  }
}

async function open(browser: Browser, server: Server, guest: Guest): Promise<LinuxGuest> {
  const page = await browser.newPage();
  const console = new Transcript();
  let onInstructions: ((count: number) => void) | undefined;
  await page.exposeFunction('passOn', ({ text, time, instructions, end }: WorkerMessage) => {
    if (text !== undefined) console.append(text, time!);
    if (instructions !== undefined) onInstructions?.(instructions);
    if (end !== undefined) console.end(new Error(`the machine in Chromium ended: ${end}`));
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
  const description = {
    hartware: 1,
    memory: `${guest.memory}M`,
    boot: { kernel: '/guest/kernel', initrd: '/guest/initrd', append: guest.append },
  };
  await page.evaluate(
    (message) => {
      globalThis.worker = new Worker('/worker.js', { type: 'module' });
      worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => void passOn(data);
      worker.onerror = ({ message: reason }) => void passOn({ end: reason || 'the worker failed' });
      worker.postMessage(message);
    },
    { description },
  );
  return {
    console,
    type: (text) => {
      page.evaluate((type) => worker.postMessage({ type }), text).catch((error: Error) => console.end(error));
    },
    instructions: async () => {
      const answer = new Promise<number>((done) => (onInstructions = done));
      await page.evaluate(() => worker.postMessage({ count: true }));
      return answer;
    },
    close: () => close(browser, server),
  };
}

async function serve(build: string, guest: Guest): Promise<Server> {
  const files: Readonly<Record<string, string>> = {
    '/guest/kernel': guest.kernel,
    '/guest/initrd': guest.initrd!,
  };
  const texts: Readonly<Record<string, string>> = { '/page.html': PAGE, '/worker.js': WORKER };
  const find = async (path: string): Promise<string | Buffer | undefined> => {
    const built = /^\/build\/([\w-]+\.(?:js|wasm))$/.exec(path)?.[1];
    const file = built === undefined ? files[path] : join(build, built);
    return file === undefined ? texts[path] : readFile(file);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    find(pathname).then(
      (body) => {
        response.writeHead(body === undefined ? 404 : 200, {
          'content-type': MEDIA_TYPES[extname(pathname)] ?? 'application/octet-stream',
        });
        response.end(body);
      },
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((done, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', done);
  });
  return server;
}

async function close(browser: Browser, server: Server): Promise<void> {
  await browser.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
