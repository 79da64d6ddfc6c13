/** A server and a browser, for the tests of one group. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium, openPage } from './chromium.ts';
import { TestServer } from './server.ts';

export interface Site {
  readonly server: TestServer;
  readonly browser: Browser;
  /** Opens the page at `path` in a context of its own. Default: the one that imports the package. */
  open(path?: string): Promise<Page>;
}

/** They are there while the tests of the group run. To be called where the group is described. */
export function useSite(): Site {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    server = await TestServer.start();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get server() {
      return server!;
    },
    get browser() {
      return browser!;
    },
    open: (path = '/') => openPage(browser!, server!.url(path)),
  };
}
