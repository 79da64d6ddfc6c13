/** The smallest page, as it lies in the folder. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../browser/chromium.ts';
import { useSite } from '../browser/site.ts';

describe.skipIf(!hasChromium)('examples/page', () => {
  const site = useSite();

  test('shows what the machine prints', async () => {
    const body = await readFile(new URL('../../examples/page/index.html', import.meta.url));
    site.server.replies.set('/examples/page/', { body, type: 'text/html' });
    const page = await site.browser.newPage();
    await page.goto(site.server.url('/examples/page/'));
    await expect
      .poll(() => page.locator('#output').innerText(), { timeout: 30_000 })
      .toBe('Hello from RISC-V, in a worker of this page');
  });
});
