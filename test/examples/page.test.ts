/** The smallest page, as it lies in the folder. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../browser/chromium.ts';
import { TestServer } from '../browser/server.ts';

describe.skipIf(!hasChromium)('examples/page', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await TestServer.start();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('shows what the machine prints', async () => {
    const body = await readFile(new URL('../../examples/page/index.html', import.meta.url));
    server.replies.set('/examples/page/', { body, type: 'text/html' });
    const page = await browser.newPage();
    await page.goto(server.url('/examples/page/'));
    await expect
      .poll(() => page.locator('#output').innerText(), { timeout: 30_000 })
      .toBe('Hello from RISC-V, in a worker of this page');
  });
});
