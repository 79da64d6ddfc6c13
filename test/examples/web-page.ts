/** The page of examples/web, served to a real browser, and what a person sees and types there. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { startServer } from '../../examples/web/server.ts';
import { debianGuest, diskModules } from '../boot/debian.ts';
import { hasChromium, launchChromium } from '../browser/chromium.ts';

const debian = hasChromium ? await debianGuest() : undefined;
const modules = debian && (await diskModules(debian));

/** Whether there is everything that the page needs. */
export const hasPage = debian !== undefined && modules !== undefined;
/** For a busy computer. */
export const PATIENCE = { timeout: 240_000 };
export const PROMPT = /root@hartware:~#/;
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export interface WebPage {
  readonly browser: Browser;
  readonly url: string;
}

/** It is there while the tests of the group run. To be called where the group is described. */
export function useWebPage(): WebPage {
  let server: Server | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    server = await startServer(0, async () => ({ debian: debian!, modules: modules! }));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });
  return {
    get browser() {
      return browser!;
    },
    get url() {
      return `http://127.0.0.1:${(server!.address() as AddressInfo).port}/`;
    },
  };
}

/** What the terminal in front shows. */
export const screen = (page: Page): Promise<string> =>
  page
    .locator('#terminal > :not([hidden]) .xterm-rows > div')
    .allInnerTexts()
    .then((rows) => rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n'));

export const waitFor = (page: Page, pattern: RegExp): Promise<void> =>
  expect.poll(() => screen(page), PATIENCE).toMatch(pattern);

/** Types a command; `expected` is what its answer looks like, which the command itself must not. */
export async function type(page: Page, command: string, expected: RegExp): Promise<void> {
  await page.keyboard.type(`${command}\n`);
  await waitFor(page, expected);
}

/** Waits until an element has that text. */
export async function waitForText(page: Page, selector: string, text: string | RegExp): Promise<void> {
  const polled = expect.poll(() => page.locator(selector).innerText(), PATIENCE);
  await (typeof text === 'string' ? polled.toBe(text) : polled.toMatch(text));
}
