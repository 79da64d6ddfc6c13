/** How a page gets at core.wasm, with the servers and policies that pages meet. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { greeter } from '../bindings/cli/hartware.ts';
import { hasChromium } from './chromium.ts';
import { useSite } from './site.ts';

const INDEX_HTML = '<!doctype html><title>An application</title>';

/** Where a page gets the core from: the package's own way, or the option `wasm` made in one of these ways. */
type Source =
  'own' | 'absolute' | 'relative' | 'URL' | 'Response' | 'ArrayBuffer' | 'bytes' | 'Module' | 'other';

/** Runs a small program in the page; what it printed, or the error. */
function greet(page: Page, source: Source, url = '/dist/core.wasm'): Promise<string> {
  return page.evaluate(
    async ({ source, url, program }) => {
      const fetchBytes = async () => (await fetch(url)).arrayBuffer();
      const sources = {
        own: () => undefined,
        absolute: () => new URL(url, location.href).href,
        relative: () => url,
        URL: () => new URL(url, location.href),
        Response: () => fetch(url),
        ArrayBuffer: fetchBytes,
        // A view that does not begin where its buffer does.
        bytes: async () => {
          const bytes = new Uint8Array(await fetchBytes());
          const padded = new Uint8Array(bytes.length + 7);
          padded.set(bytes, 3);
          return padded.subarray(3, 3 + bytes.length);
        },
        Module: () => WebAssembly.compileStreaming(fetch(url)),
        other: () => 42 as unknown as string,
      };
      try {
        const machine = await globalThis.hartware.createMachine(
          { hartware: 1, memory: '16M', boot: { firmware: 'program' } },
          { files: { program }, wasm: await sources[source]() },
        );
        await machine.start();
        return await new Response(machine.serial.output as ReadableStream<Uint8Array<ArrayBuffer>>).text();
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
    },
    { source, url, program: greeter('hello') },
  );
}

describe.skipIf(!hasChromium)('core.wasm in a page', () => {
  const site = useSite();
  const dist = (name: string) => readFile(new URL(`../../dist/${name}`, import.meta.url));

  test('comes from beside the bundle, without cross-origin isolation', async () => {
    const page = await site.open('/');
    expect(await page.evaluate(() => [crossOriginIsolated, typeof SharedArrayBuffer])).toEqual([
      false,
      'undefined',
    ]);
    expect(await greet(page, 'own')).toBe('hello');
  });

  test.each<Source>(['absolute', 'relative', 'URL', 'Response', 'ArrayBuffer', 'bytes', 'Module'])(
    'may be given as: %s',
    async (source) => {
      // The package's own is not there, so that what is given must have been used.
      site.server.addPage('/given/', { bundle: '/given/browser.js' });
      for (const name of ['browser.js', 'local-machine.js'])
        site.server.replies.set(`/given/${name}`, { body: await dist(name) });
      expect(await greet(await site.open('/given/'), source)).toBe('hello');
    },
  );

  test.each(['application/octet-stream', 'text/plain', 'text/html'])('may come as %s', async (type) => {
    site.server.replies.set('/typed.wasm', { body: await dist('core.wasm'), type });
    const page = await site.open('/');
    expect(await greet(page, 'relative', '/typed.wasm')).toBe('hello');
    expect(await greet(page, 'Response', '/typed.wasm')).toBe('hello');
  });

  test('missing on a server that answers with a page: the error names the URL and the way out', async () => {
    site.server.addPage('/app/', { bundle: '/app/browser.js' });
    for (const name of ['browser.js', 'local-machine.js'])
      site.server.replies.set(`/app/${name}`, { body: await dist(name) });
    site.server.replies.set('/app/core.wasm', { body: INDEX_HTML, type: 'text/html' });
    const page = await site.open('/app/');
    const message = await greet(page, 'own');
    expect(message).toContain(
      `CoreLoadError: expected core.wasm at ${site.server.url('/app/core.wasm')}, found`,
    );
    expect(message).toContain('HTML page');
    expect(message).toContain('as the option "wasm"');
    for (const source of ['relative', 'URL', 'Response'] as const) {
      expect(await greet(page, source, '/app/core.wasm')).toMatch(
        /^CoreLoadError: .*\/app\/core\.wasm.*HTML/,
      );
    }

    // The failure is not kept: the file may be there later.
    site.server.replies.set('/app/core.wasm', { body: await dist('core.wasm') });
    expect(await greet(page, 'own')).toBe('hello');
  });

  test('something else instead gets an error that says what', async () => {
    site.server.replies.set('/empty.wasm', { body: '' });
    site.server.replies.set('/broken.wasm', { body: (await dist('core.wasm')).subarray(0, 1000) });
    const page = await site.open('/');
    expect(await greet(page, 'relative', '/missing.wasm')).toMatch(
      /^CoreLoadError: .*\/missing\.wasm: HTTP status 404/,
    );
    expect(await greet(page, 'relative', '/empty.wasm')).toMatch(
      /^CoreLoadError: .*\/empty\.wasm.*empty file/,
    );
    expect(await greet(page, 'relative', '/broken.wasm')).toMatch(
      /^CoreLoadError: cannot compile core\.wasm from \/broken\.wasm/,
    );
    expect(await greet(page, 'absolute', 'http://127.0.0.1:1/core.wasm')).toMatch(
      /^CoreLoadError: cannot fetch core\.wasm from http:\/\/127\.0\.0\.1:1\/core\.wasm/,
    );
    expect(await greet(page, 'other')).toMatch(/^CoreLoadError: expected core\.wasm as a URL.*found number/);
  });

  test('works under a policy that allows WebAssembly and no eval', async () => {
    site.server.addPage('/strict/', {
      headers: { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" },
    });
    const page = await site.open('/strict/');
    expect(await greet(page, 'own')).toBe('hello');
  });

  test('a policy that forbids WebAssembly is named', async () => {
    site.server.addPage('/forbidden/', { headers: { 'content-security-policy': "script-src 'self'" } });
    const message = await greet(await site.open('/forbidden/'), 'own');
    expect(message).toContain(
      `CoreLoadError: cannot compile core.wasm from ${site.server.url('/dist/core.wasm')}`,
    );
    expect(message).toContain('Content Security Policy');
  });
});
