/** The conformance kit in a browser: the page, the server that it talks to, and the command that waits for both. */
import { type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/bindings/node/cli/arguments.ts';
import { browserName } from '../../src/bindings/node/cli/conformance/browser-name.ts';
import { PageServer, type PageServerOptions } from '../../src/bindings/node/cli/conformance/page-server.ts';
import { readPageResult } from '../../src/conformance/page.ts';
import { parseReport } from '../../src/conformance/report.ts';
import { finish, hartware, problem, start, Workplace, greeter } from '../bindings/cli/hartware.ts';
import { EXECUTABLE, hasChromium, launchChromium } from '../browser/chromium.ts';

const CHROMIUM = [
  ...[EXECUTABLE, '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
].join(' ');

describe('the command line', () => {
  test('names a browser and a port', () => {
    const command = parseCommand([
      ...['conformance', '--target', 'browser', '--browser', `'my browser' -a "b c"`],
      ...['--port=8080', '--jit', 'off'],
    ]);
    expect(command).toMatchObject({
      conformance: { target: 'browser', browser: ['my browser', '-a', 'b c'], port: 8080, jit: 'off' },
    });
    expect(parseCommand(['conformance', '--target', 'browser'])).toMatchObject({
      conformance: { browser: undefined, port: 0 },
    });
  });

  test.each([
    [['--target', 'browsers'], '--target: expected "here", "browser" or "qemu", found "browsers"'],
    [['--browser', 'x'], '--browser belongs to --target browser'],
    [['--port', '1'], '--port belongs to --target browser'],
    [['--target', 'qemu', '--jit', 'on'], '--jit belongs to --target here or browser'],
    [['--target', 'browser', '--qemu', 'x'], '--qemu belongs to --target qemu'],
    [['--target', 'browser', '--port', '65536'], '--port: expected a whole number from 0 to 65535'],
    [['--target', 'browser', '--port', '-1'], '--port: expected a whole number from 0 to 65535'],
    [['--target', 'browser', '--port', '1e3'], 'found "1e3"'],
    [['--target', 'browser', '--browser', ' '], '--browser: expected a command, found " "'],
    [['--target', 'browser', '--browser', '$BROWSER'], '--browser: expected one command with plain words'],
    [['--target', 'browser', '--browser', 'a "b'], 'it is not closed'],
    [['--target', 'browser', '--browser', 'a & b'], 'only the command itself can be read'],
    [['--target', 'browser', '--browser'], '--browser needs a value'],
    [['--target', 'browser', 'more'], 'expected options alone, found "more"'],
  ])('%j is wrong', (args, message) => {
    expect(problem('conformance', ...args)).toContain(message);
  });

  test('has help that names every option', async () => {
    const { stdout } = await hartware(['conformance', '--help']);
    for (const option of ['--target browser', '--browser', '--port']) expect(stdout).toContain(option);
  });
});

const MOZILLA = 'Mozilla/5.0 (X11; Linux x86_64';
const WEBKIT = `${MOZILLA}) AppleWebKit/537.36 (KHTML, like Gecko)`;

test.each([
  [`${WEBKIT} Chrome/131.0.0.0 Safari/537.36`, 'Chrome 131.0.0.0'],
  [`${WEBKIT} HeadlessChrome/131.0.0.0 Safari/537.36`, 'Chrome 131.0.0.0'],
  [`${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.70`, 'Edge 131.0.2903.70'],
  [`${WEBKIT} Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0`, 'Opera 116.0.0.0'],
  [`${MOZILLA}; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox 140.0'],
  [
    'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1.1 Safari/605.1.15',
    'Safari 18.1.1',
  ],
  ['curl/8', 'an unknown browser'],
  [undefined, 'an unknown browser'],
])('the name of %s', (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});

test('what a page tells is looked at', () => {
  expect(readPageResult({ run: 1, program: 'a', text: 'x', more: 1 })).toEqual({
    run: 1,
    program: 'a',
    text: 'x',
  });
  expect(readPageResult({ run: 1, program: 'a', error: 'x' })).toEqual({ run: 1, program: 'a', error: 'x' });
  for (const wrong of [
    ...[undefined, null, 1, 'x', [], {}],
    { run: '1', program: 'a', text: 'x' },
    { run: 1, program: 2, text: 'x' },
    { run: 1, program: 'a' },
    { run: 1, program: 'a', text: ['x'] },
    { run: 1, program: 'a', error: 5 },
    { run: 1, program: 'a', text: 'x', error: 'y' },
  ])
    expect(readPageResult(wrong)).toBeUndefined();
});

const PROGRAMS = ['one', 'two'].map((name) => ({
  name,
  machine: {},
  bytes: Uint8Array.from(greeter(`ok ${name}.a\nnot ok ${name}.b expected 0x1 found 0x2\n`)),
  ids: [`${name}.a`, `${name}.b`],
}));

describe('the server of the page', () => {
  let server: PageServer;
  afterEach(() => server.close());

  async function serve(options: Partial<PageServerOptions> = {}): Promise<void> {
    server = await PageServer.start({
      programs: PROGRAMS,
      jit: 'on',
      port: 0,
      judge: (_browser, program, text) => parseReport(program, text),
      ...options,
    });
  }

  interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  function ask(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
    const { port } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data: string) => (text += data));
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: text }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const JSON_TYPE = { 'content-type': 'application/json' };
  const inside = (path: string): string => new URL(path, server.url).pathname;
  const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
    ask(
      inside(path),
      { method: 'POST', headers: { ...JSON_TYPE, 'user-agent': 'X Firefox/1.2', ...headers } },
      typeof body === 'string' ? body : JSON.stringify(body),
    );
  const begin = async (): Promise<number> =>
    (JSON.parse((await post('start', {})).body) as { run: number }).run;

  test('has the page, the package and the programs, with a policy that lets no more in', async () => {
    await serve();
    const page = await ask(inside(''));
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    for (const [name, type] of [
      ['browser.js', 'text/javascript'],
      ['worker.js', 'text/javascript'],
      ['conformance-page.js', 'text/javascript'],
      ['core.wasm', 'application/wasm'],
      ['programs/one', 'application/octet-stream'],
    ] as const)
      expect(await ask(inside(name))).toMatchObject({ status: 200, headers: { 'content-type': type } });
    expect(JSON.parse((await post('start', {})).body)).toEqual({
      run: 1,
      jit: 'on',
      programs: [
        { name: 'one', machine: {} },
        { name: 'two', machine: {} },
      ],
    });
  });

  test('knows nothing without its token, and no other files', async () => {
    await serve();
    const token = new URL(server.url).pathname.slice(1, -1);
    expect(token.length).toBeGreaterThanOrEqual(32);
    const other = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const path of [
      ...[
        '/',
        '/browser.js',
        '//',
        `/${token}`,
        `/${token.slice(1)}/`,
        `/${token}x/`,
        `/${other}/`,
        `//${token}/`,
      ],
      ...[
        `/${token}/cli.js`,
        `/${token}//browser.js`,
        `/${token}/../package.json`,
        `/${token}/x/../browser.js`,
      ],
      ...[`/${token}/..%2fpackage.json`, `/${token}/%2e%2e/package.json`, `/${token}/..\\package.json`],
      ...[
        `/${token}/programs/../browser.js`,
        `/${token}/programs/three`,
        `/${token}/browser.js?`,
        `/${token}/start`,
      ],
      `http://127.0.0.1/${token}/`,
    ])
      expect({ path, ...(await ask(path)) }).toMatchObject({ path, status: 404, body: 'not found' });
    expect(await ask('/start', { method: 'POST', headers: JSON_TYPE }, '{}')).toMatchObject({ status: 404 });
  });

  test('answers to its own name and origin alone', async () => {
    await serve();
    const { host, port, origin } = new URL(server.url);
    for (const other of [
      'example.com',
      `example.com:${port}`,
      `localhost:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
    ])
      expect(await ask(inside(''), { headers: { host: other } })).toMatchObject({ status: 403 });
    expect(await ask(inside(''), { headers: { host } })).toMatchObject({ status: 200 });
    for (const other of ['null', 'http://example.com', `http://localhost:${port}`, `https://${host}`])
      expect(await post('start', {}, { origin: other })).toMatchObject({ status: 403 });
    expect(await post('start', {}, { origin })).toMatchObject({ status: 200 });
  });

  test('takes what it expects, and nothing else', async () => {
    await serve();
    const result = { run: await begin(), program: 'one', text: 'ok one.a\n' };
    expect(await post('result', result, { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(await ask(inside('result'), { method: 'PUT', headers: JSON_TYPE }, '{}')).toMatchObject({
      status: 405,
    });
    expect(await post('more', result)).toMatchObject({ status: 404 });
    for (const garbage of [
      ...['', '{', 'null', '[]', '"x"', '{"__proto__":{"run":1,"program":"one","text":""}}', '\0\xff'],
      { ...result, program: 'three' },
      { ...result, program: '__proto__' },
      { ...result, text: 1 },
      { ...result, run: null },
    ])
      expect(await post('result', garbage)).toMatchObject({ status: 400 });
    expect(await post('result', { ...result, run: result.run + 1 })).toMatchObject({ status: 409 });
    expect(await post('result', { ...result, text: 'x'.repeat(2 << 20) })).toMatchObject({ status: 413 });
    expect(await post('result', result)).toMatchObject({
      status: 200,
      body: '{"passed":1,"failed":["one.b"]}',
    });
  });

  test('reads no more than its limit of a body without a length', async () => {
    await serve();
    const options = { method: 'POST', headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' } };
    const answer = ask(inside('result'), options, Buffer.alloc(8 << 20)).then(
      ({ status }) => status,
      // It hangs up on who sends on.
      ({ code }: NodeJS.ErrnoException) => code,
    );
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(await answer);
    expect(await begin()).toBe(1);
  });

  test('gives what all programs did, in their order, in the page that began last', async () => {
    await serve();
    expect(await post('result', { run: 0, program: 'one', text: '' })).toMatchObject({ status: 409 });
    const first = await begin();
    await post('result', { run: first, program: 'two', text: 'ok two.a\nok two.b\nok one.a\nok x\n' });
    const second = await begin();
    expect(await post('result', { run: first, program: 'one', text: '' })).toMatchObject({ status: 409 });
    for (const [program, text] of [
      ['two', 'ok two.b\n'],
      ['one', 'ok one.a\nnot ok one.b expected 0x1 found 0x2'],
    ])
      expect(await post('result', { run: second, program, text })).toMatchObject({ status: 200 });
    expect(await server.outcome).toEqual({
      browser: 'Firefox 1.2',
      results: [
        { id: 'one.a', program: 'one', outcome: 'passed' },
        { id: 'one.b', program: 'one', outcome: 'failed', expected: '0x1', found: '0x2' },
        { id: 'two.a', program: 'two', outcome: 'missing' },
        { id: 'two.b', program: 'two', outcome: 'passed' },
      ],
    });
  });

  test('gives up when a program cannot run, with a reason fit for a terminal', async () => {
    await serve();
    const error = `no\u001b[2Jthing\n${'x'.repeat(1000)}`;
    await post('result', { run: await begin(), program: 'one', error });
    await expect(server.outcome).rejects.toThrow(/^one cannot run in Firefox 1\.2: no \[2Jthing x{200,300}$/);
  });

  test('waits no longer for a page that has begun and says nothing', async () => {
    await serve({ patience: 1000 });
    await begin();
    await expect(server.outcome).rejects.toThrow(
      'nothing came from the browser for 1 s; was its page closed?',
    );
  });

  test('says that a port is taken', async () => {
    await serve();
    const port = Number(new URL(server.url).port);
    await expect(PageServer.start({ programs: [], jit: 'on', port, judge: () => [] })).rejects.toThrow(
      `cannot serve the page on port ${port}: another program uses it`,
    );
  });

  describe.skipIf(!hasChromium)('in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    test('shows what failed', async () => {
      await serve();
      const page = await browser.newPage();
      await page.goto(server.url);
      const { results } = await server.outcome;
      expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed', 'passed', 'failed']);
      await page.waitForFunction(() => document.title !== 'Hartware conformance');
      expect(await page.locator('[role=status]').innerText()).toBe('2 checks passed, these did not:');
      expect(await page.locator('li').allInnerTexts()).toEqual(['one.b', 'two.b']);
    });

    test('shows what cannot run', async () => {
      await serve({ programs: [{ ...PROGRAMS[0]!, bytes: new Uint8Array(0) }] });
      const page = await browser.newPage();
      await page.goto(server.url);
      await expect(server.outcome).rejects.toThrow(/^one cannot run in Chrome [\d.]+: .*empty file/);
      await page.waitForFunction(() => document.title !== 'Hartware conformance');
      expect(await page.locator('[role=status]').innerText()).toMatch(/^Stopped: one: .*empty file/);
    });
  });
});

/** The URL that the command says is to be opened. */
function urlOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (data: Buffer) => {
      text += data.toString();
      const url = /^hartware: open this page in the browser to check: (http:\S+)\n$/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.on('close', () => reject(new Error(`ended: ${text}`)));
  });
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('hartware conformance --target browser', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = await Workplace.make();
  });
  afterAll(() => place.remove());

  /** A program in place of a browser, as a command. */
  const fake = async (name: string, source: string): Promise<string> =>
    `'${process.execPath}' '${await place.put(name, source)}'`;
  const conformance = (browser: string, ...args: string[]): string[] => [
    ...['conformance', '--target', 'browser', '--browser', browser, ...args],
  ];

  test('says that a browser is not there', async () => {
    expect(await hartware(conformance(place.path('none')))).toEqual({
      code: 1,
      stdout: '',
      stderr: `hartware: cannot start ${place.path('none')}: no such command\n`,
    });
    const directory = await hartware(conformance(place.directory));
    expect(directory).toMatchObject({ code: 1, stdout: '' });
    expect(directory.stderr).toMatch(/^hartware: cannot start [^\n]+\n$/);
  });

  test('says that a browser ended too early, and what it said last', async () => {
    const quitter = await fake('quitter.mjs', `console.error('some\\nno display'); process.exitCode = 3;`);
    expect(await hartware(conformance(quitter))).toEqual({
      code: 1,
      stdout: '',
      stderr: `hartware: ${process.execPath} ended with code 3 before all results were there: no display\n`,
    });
    const silent = await fake('silent.mjs', `process.kill(process.pid, 'SIGKILL');`);
    expect((await hartware(conformance(silent))).stderr).toBe(
      `hartware: ${process.execPath} ended with SIGKILL before all results were there\n`,
    );
  });

  /** Tells that the programs printed nothing, and stays. */
  const EMPTY = `
    const url = process.argv.at(-1);
    const post = async (path, body) =>
      (await fetch(new URL(path, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'X Firefox/9' },
        body: JSON.stringify(body),
      })).json();
    const { run, programs } = await post('start', {});
    for (const { name } of programs) await post('result', { run, program: name, text: '' });
    setInterval(() => {}, 1000);`;

  test('fails when a check does, and ends the browser', async () => {
    const pid = place.path('pid');
    const browser = await fake(
      'empty.mjs',
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(pid)}, String(process.pid)); ${EMPTY}`,
    );
    const { code, stdout, stderr } = await hartware(conformance(browser, '--only', 'entry,rtc'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^TAP version 14\n1\.\.\d+\nnot ok 1 - [a-z0-9_.]+\n {2}---\n {2}program: entry\n/,
    );
    expect(isRunning(Number(await readFile(pid, 'utf8')))).toBe(false);
  });

  test.each([
    ['SIGINT', 130, ''],
    ['SIGTERM', 143, `process.on('SIGTERM', () => {});`],
  ] as const)('%s ends it and its browser', async (signal, expected, deaf) => {
    const pid = place.path(`pid-${signal}`);
    const browser = await fake(
      `${signal}.mjs`,
      `import { renameSync, writeFileSync } from 'node:fs';
      ${deaf}
      writeFileSync(${JSON.stringify(`${pid}.new`)}, String(process.pid));
      renameSync(${JSON.stringify(`${pid}.new`)}, ${JSON.stringify(pid)});
      setInterval(() => {}, 1000);`,
    );
    const child = start(conformance(browser, '--only', 'entry'));
    const ended = finish(child);
    const read = (): Promise<string> =>
      readFile(pid, 'utf8').catch(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return read();
      });
    const browserPid = Number(await read());
    child.kill(signal);
    expect(await ended).toEqual({ code: expected, stdout: '', stderr: '' });
    expect(isRunning(browserPid)).toBe(false);
  });

  test('Ctrl-C ends it while nobody has opened the page', async () => {
    const child = start(['conformance', '--target', 'browser']);
    const ended = finish(child);
    await urlOf(child);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
  });

  describe.skipIf(!hasChromium)('in Chromium', () => {
    test.each(['on', 'off'])('passes every check with the JIT %s', async (jit) => {
      const { code, stdout, stderr } = await hartware(
        conformance(`${CHROMIUM} --user-data-dir='${place.path(`profile-${jit}`)}'`, '--json', '--jit', jit),
      );
      expect(stderr).toBe('');
      const { target, passed, failed, checks } = JSON.parse(stdout) as {
        target: string;
        passed: number;
        failed: number;
        checks: { outcome: string }[];
      };
      expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
      expect({ code, failed }).toEqual({ code: 0, failed: 0 });
      expect(passed).toBeGreaterThan(640);
      expect(target).toMatch(/^hartware \d\S* in Chrome \d[\d.]*$/);
    });

    test('gives a page to be opened by hand, as often as one likes', async () => {
      const browser = await launchChromium();
      try {
        const child = start(['conformance', '--target', 'browser', '--only', 'csr,rtc']);
        const ended = finish(child);
        const url = await urlOf(child);
        const page = await browser.newPage();
        // The first time it does not get to its end.
        await page.route('**/programs/*', () => {});
        await page.goto(url);
        await page.unroute('**/programs/*');
        await page.reload();
        const { code, stdout } = await ended;
        expect({ code, failures: stdout.match(/^not ok.*$/m) }).toEqual({ code: 0, failures: null });
        await page.waitForFunction(() => document.title !== 'Hartware conformance');
        const count = /^1\.\.(\d+)$/m.exec(stdout)![1];
        expect(await page.locator('[role=status]').innerText()).toBe(`All ${count} checks passed.`);
      } finally {
        await browser.close();
      }
    });
  });
});
