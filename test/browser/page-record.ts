/** {@link record} in a page. */
import type { Page } from 'playwright-core';
import { record, type Package, type Recording, type Run } from './record.ts';

export async function recordInPage(page: Page, run: Run): Promise<Recording> {
  const hartware = await page.evaluateHandle((): Package => globalThis.hartware);
  return page.evaluate(record, { hartware, run });
}
