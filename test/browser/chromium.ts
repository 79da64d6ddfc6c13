/** A real browser for the tests: Debian's Chromium without a window, each with a profile of its own. */
import type { Browser, Page } from 'playwright-core';
import { launchChromium as launch } from '../../bench/support/chromium.ts';
import type * as Hartware from '../../src/bindings/browser/index.ts';
import { requireFile } from '../support/tools.ts';

declare global {
  /** The package, in pages of {@link TestServer}. */
  var hartware: typeof Hartware;
}

export const EXECUTABLE = '/usr/bin/chromium';

/** Whether there is a browser to test with; a missing one is reported. */
export const hasChromium = requireFile(EXECUTABLE, 'chromium');

export const launchChromium = (): Promise<Browser> => launch(EXECUTABLE);

/** Opens a page in a context of its own and waits until its modules have run. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  if (errors.length > 0) throw new Error(`${url} failed: ${errors.join('; ')}`);
  return page;
}
