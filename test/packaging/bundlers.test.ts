/** Applications for browsers, made of the tarball by the bundlers that people use, or by none. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium, openPage } from '../browser/chromium.ts';
import { Application, commandOf, HELLO, helloSource } from './package.ts';

const INDEX = (script: string): string =>
  `<!doctype html><title>Application</title><script type="module" src="${script}"></script>`;
const MAIN = `import { createMachine } from 'hartware';${helloSource()}\nglobalThis.hello = hello;`;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A web server as simple as they come. */
function serve(directory: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = join(directory, new URL(request.url!, 'http://localhost').pathname);
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (!existsSync(file)) return void response.writeHead(404).end('not found');
    response.writeHead(200, { 'content-type': MEDIA_TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.skipIf(!hasChromium)('an application', () => {
  let application: Application;
  let browser: Browser;

  beforeAll(async () => {
    [application, browser] = await Promise.all([Application.create(), launchChromium()]);
    await application.write('src/main.js', MAIN);
  });
  afterAll(async () => {
    await browser?.close();
    await application?.remove();
  });

  /** What the application's machines print, in a worker and on the page's thread. */
  const greetAt = async (url: string): Promise<string[]> => {
    const page = await openPage(browser, url);
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page
      .waitForFunction(() => 'hello' in globalThis, undefined, { timeout: 20_000 })
      .catch((error: Error) => {
        throw new Error(`${error.message}; ${failures.join('; ')}`);
      });
    const text = await page.evaluate(async () => {
      const { hello } = globalThis as unknown as { hello(options?: object): Promise<string> };
      try {
        return [await hello(), await hello({ worker: false })];
      } catch (error) {
        return [`${(error as Error).name}: ${(error as Error).message}`];
      }
    });
    await page.context().close();
    return text;
  };
  const greetFrom = async (directory: string): Promise<string[]> => {
    const server = await serve(application.path(directory));
    try {
      return await greetAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    } finally {
      server.close();
    }
  };

  test('without a bundler', async () => {
    await application.write(
      'index.html',
      `<!doctype html><script type="importmap">{"imports":{"hartware":"./node_modules/hartware/dist/browser.js"}}</script>
      <script type="module" src="./src/main.js"></script>`,
    );
    expect(await greetFrom('.')).toEqual([HELLO, HELLO]);
  });

  test('by Vite, built', async () => {
    await application.write('vite/index.html', INDEX('./main.js'));
    await application.write('vite/main.js', MAIN);
    await application.run(commandOf('vite'), 'build', 'vite', '--logLevel', 'error');
    expect(await greetFrom('vite/dist')).toEqual([HELLO, HELLO]);
  });

  test('by Vite, while it is being developed', async () => {
    await application.write('dev/index.html', INDEX('./main.js'));
    await application.write('dev/main.js', MAIN);
    const { createServer } = await import('vite');
    const server = await createServer({
      root: application.path('dev'),
      logLevel: 'silent',
      server: { port: 0, host: '127.0.0.1' },
      configFile: false,
    });
    try {
      await server.listen();
      expect(
        await greetAt(`http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}/`),
      ).toEqual([HELLO, HELLO]);
    } finally {
      await server.close();
    }
  });

  test('by webpack', async () => {
    await application.write('webpack/src/index.js', MAIN);
    await application.write('webpack/dist/index.html', INDEX('./main.js'));
    const { default: webpack } = await import('webpack');
    const compiler = webpack({
      mode: 'production',
      context: application.path('webpack'),
      entry: './src/index.js',
      output: { path: application.path('webpack/dist') },
    });
    const problems = await new Promise<string[]>((resolve, reject) =>
      compiler.run((error, stats) =>
        error
          ? reject(error)
          : resolve(
              (stats!.toJson().errors ?? [])
                .concat(stats!.toJson().warnings ?? [])
                .map(({ message }) => message),
            ),
      ),
    );
    expect(problems.filter((problem) => !/size limit|code splitting/.test(problem))).toEqual([]);
    expect(await greetFrom('webpack/dist')).toEqual([HELLO, HELLO]);
  });

  test('by esbuild, which is told where core.wasm and worker.js are', async () => {
    await application.write('esbuild/dist/index.html', INDEX('./main.js'));
    await application.write(
      'esbuild/main.js',
      `import { createMachine } from 'hartware';
      import wasm from 'hartware/core.wasm';
      ${helloSource(`wasm, worker: './worker.js',`)}
      globalThis.hello = hello;`,
    );
    const { build } = await import('esbuild');
    await build({
      absWorkingDir: application.directory,
      entryPoints: {
        main: 'esbuild/main.js',
        worker: application.path('node_modules/hartware/dist/worker.js'),
      },
      bundle: true,
      format: 'esm',
      outdir: 'esbuild/dist',
      loader: { '.wasm': 'file' },
      logLevel: 'silent',
    });
    expect(await greetFrom('esbuild/dist')).toEqual([HELLO, HELLO]);
  });
});
