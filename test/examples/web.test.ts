/** The page of examples/web in a real browser: Debian, its disk across a reload, the playground, dropped files. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../examples/web/server.ts';
import { greeter } from '../bindings/cli/hartware.ts';
import { BOOT_TEST_TIMEOUT, debianGuest, diskModules } from '../boot/debian.ts';
import { hasChromium, launchChromium } from '../browser/chromium.ts';
import { buildElf } from '../images/elf-builder.ts';

const debian = hasChromium ? await debianGuest() : undefined;
const modules = debian && (await diskModules(debian));
const PATIENCE = { timeout: 240_000 };

describe.skipIf(!debian || !modules)('the page', { timeout: BOOT_TEST_TIMEOUT }, () => {
  let server: Server;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    server = await startServer(0, async () => ({ debian: debian!, modules: modules! }));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  /** What the terminal shows. */
  const screen = (page: Page): Promise<string> =>
    page
      .locator('.xterm-rows > div')
      .allInnerTexts()
      .then((rows) => rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n'));
  const waitFor = (page: Page, pattern: RegExp) => expect.poll(() => screen(page), PATIENCE).toMatch(pattern);
  /** Types a command; `expected` is what its answer looks like, which the command itself must not. */
  const type = async (page: Page, command: string, expected: RegExp): Promise<void> => {
    await page.keyboard.type(`${command}\n`);
    await waitFor(page, expected);
  };

  test('boots, answers, and keeps a file over a reload', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(url);
    await waitFor(page, /root@hartware:~#/);
    await type(page, 'echo $((6 * 7)) on $(uname -m)', /42 on riscv64/);
    await type(page, 'echo kept-$((40 + 2)) > /disk/note; sync; echo wr"itten"', /^written/m);
    await expect.poll(() => page.locator('#mips').innerText(), PATIENCE).toMatch(/^[\d.,]+$/);
    expect(await page.locator('#figures').innerText()).toMatch(/Instructions\s+[\d.,]+/);

    await page.reload();
    await waitFor(page, /root@hartware:~#/);
    await type(page, 'cat /disk/note', /^kept-42/m);
    await page.locator('#linux-pause').click();
    await expect.poll(() => page.locator('#linux-state').innerText(), PATIENCE).toBe('paused');
    await page.locator('#linux-pause').click();
    await page.locator('#terminal').click();
    await page.keyboard.type('poweroff\n');
    await expect.poll(() => page.locator('#linux-state').innerText(), PATIENCE).toBe('off');
    await page.locator('#linux-restart').waitFor();
    expect(failures).toEqual([]);
    await context.close();
  });

  test('assembles, steps and runs, on a phone as well', async () => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      hasTouch: true,
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('#tab-playground').tap();
    await page.locator('#load').tap();
    await expect
      .poll(() => page.locator('#program-state').innerText(), PATIENCE)
      .toBe('stopped, 0 instructions');
    expect(await page.locator('#listing').innerText()).toMatch(/^→ 80000000 {2}auipc +a0/);
    await page.locator('#step').tap();
    await expect
      .poll(() => page.locator('#program-state').innerText(), PATIENCE)
      .toBe('stopped, 1 instructions');
    expect(await page.locator('#registers .changed').allInnerTexts()).toContain('pc0000000080000004');
    await page.locator('#run').tap();
    await expect
      .poll(() => page.locator('#program-state').innerText(), PATIENCE)
      .toMatch(/^stopped at ebreak/);
    await expect.poll(() => page.locator('#output').innerText(), PATIENCE).toBe('Hello from RISC-V\n');
    expect(await page.locator('#memory').innerText()).toMatch(
      /^\w+ {2}(00 ){8}01( 00){7}\n\w+ {2}01( 00){7} 02/,
    );
    // A mistake is told with its line, and nothing is lost.
    await page.locator('#source').fill('nop\nadd a0, a1');
    await page.locator('#load').tap();
    await expect.poll(() => page.locator('#message').innerText(), PATIENCE).toMatch(/2/);
    // Nothing sticks out of a narrow page.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await context.close();
  });

  test('runs a program that is opened', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    const program = buildElf({ segments: [{ virtual: 0x80000000n, bytes: greeter('from a file') }] });
    await page
      .locator('#file')
      .setInputFiles({ name: 'program.elf', mimeType: '', buffer: Buffer.from(program) });
    await waitFor(page, /from a file/);
    await expect.poll(() => page.locator('#linux-state').innerText(), PATIENCE).toBe('off');
    await page.locator('#file').setInputFiles({ name: 'odd.bin', mimeType: '', buffer: Buffer.from('odd') });
    await expect
      .poll(() => page.locator('#message').innerText(), PATIENCE)
      .toMatch(/^odd\.bin: expected a kernel/);
    await page.close();
  });
});
