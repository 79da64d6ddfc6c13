/** Files dropped on the page of examples/web: Chromium gets the drag from outside, as from a file manager. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { greeter, Workplace } from '../bindings/cli/hartware.ts';
import { BOOT_TEST_TIMEOUT } from '../boot/debian.ts';
import { buildElf } from '../images/elf-builder.ts';
import { hasPage, PATIENCE, PROMPT, screen, type, useWebPage, waitFor, waitForText } from './web-page.ts';

type Step = 'dragEnter' | 'dragOver' | 'dragOut' | 'drop';

describe.skipIf(!hasPage)('files dropped on the page', { timeout: BOOT_TEST_TIMEOUT }, () => {
  const site = useWebPage();
  let place: Workplace;

  beforeAll(async () => {
    place = await Workplace.make();
  });
  afterAll(() => place.remove());

  async function open(): Promise<Page> {
    const page = await site.browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(site.url);
    return page;
  }

  /** A mouse that drags files over the page; each step is the browser's own event with a DataTransfer. */
  async function mouse(page: Page, files: string[]): Promise<(step: Step) => Promise<void>> {
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files, dragOperationsMask: 1 };
    return async (step) => {
      // Chromium takes a place outside for what it is, and leaves what it was over.
      const [type, x, y] =
        step === 'dragOut' ? (['dragOver', -50, -50] as const) : ([step, 400, 300] as const);
      await session.send('Input.dispatchDragEvent', { type, x, y, data });
    };
  }

  async function drop(page: Page, ...files: string[]): Promise<void> {
    const go = await mouse(page, files);
    for (const step of ['dragEnter', 'dragOver', 'drop'] as const) await go(step);
  }

  test('a disk image is a disk of the guest, which reads it', async () => {
    const image = new Uint8Array(1 << 20);
    image.set(new TextEncoder().encode('first sector\n'));
    image.set(new TextEncoder().encode('last sector\n'), image.length - 512);
    const file = await place.put('disk.img', image);
    const page = await open();
    await waitFor(page, PROMPT);
    // There is one disk; after the drop there are two.
    await type(page, 'echo disks $(ls /dev/vd?) .', /^disks \/dev\/vda \.$/m);
    await drop(page, file);
    await expect.poll(() => screen(page), PATIENCE).not.toContain('disks');
    await waitFor(page, PROMPT);
    await type(page, 'echo disks $(ls /dev/vd?) .', /^disks \/dev\/vda \/dev\/vdb \.$/m);
    await type(page, 'head -n 1 /dev/vdb; tail -c 512 /dev/vdb', /^first sector\nlast sector/m);
    await type(page, 'cat /sys/block/vdb/size', /^2048$/m);
    // The one that stays is still there.
    await type(page, 'mount | grep /disk | cut -c 1-14', /^\/dev\/vda on \/d$/m);
    await page.close();
  });

  test('a program takes the place of what runs', async () => {
    const program = buildElf({ segments: [{ virtual: 0x80000000n, bytes: greeter('from a dropped file') }] });
    const file = await place.put('program.elf', program);
    const page = await open();
    await drop(page, file);
    await waitFor(page, /from a dropped file/);
    await waitForText(page, '#linux-state', 'off');
    await page.close();
  });

  test('what cannot be opened is told, and what runs goes on', async () => {
    const program = buildElf({ segments: [{ virtual: 0x80000000n, bytes: greeter('still here') }] });
    const file = await place.put('first.elf', program);
    const odd = await place.put('notes.txt', 'no kernel, and no whole sectors');
    const page = await open();
    await drop(page, file);
    await waitFor(page, /still here/);
    await drop(page, odd);
    await waitForText(
      page,
      '#message',
      'notes.txt: expected a kernel, an ELF program or a raw disk image in whole sectors of 512 bytes',
    );
    await drop(page, file, odd);
    await waitForText(page, '#message', 'expected one file, found 2');
    await drop(page, place.directory);
    await waitForText(page, '#message', /: expected a file, found a folder$/);
    await waitFor(page, /still here/);
    await page.close();
  });

  test('a hint is there as long as files are over the page', async () => {
    const file = await place.put('hint.txt', 'odd');
    const page = await open();
    const hint = page.getByText('Drop a kernel, a program or a disk image');
    expect(await hint.isVisible()).toBe(false);
    const go = await mouse(page, [file]);
    await go('dragEnter');
    await go('dragOver');
    await hint.waitFor({ state: 'visible' });
    await go('dragOut');
    await hint.waitFor({ state: 'hidden' });
    // Back in, and on.
    await go('dragOver');
    await go('dragOver');
    await hint.waitFor({ state: 'visible' });
    await go('drop');
    await hint.waitFor({ state: 'hidden' });
    await page.close();
  });

  test('text that is dragged within the page is none of that', async () => {
    const page = await open();
    await page.locator('#tab-playground').click();
    await page.locator('#source').fill('nop');
    const session = await page.context().newCDPSession(page);
    const data = { items: [{ mimeType: 'text/plain', data: 'ebreak ' }], dragOperationsMask: 1 };
    const box = (await page.locator('#source').boundingBox())!;
    for (const step of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type: step, x: box.x + 12, y: box.y + 14, data });
    await expect.poll(() => page.locator('#source').inputValue()).toContain('ebreak');
    expect(await page.locator('#drop-hint').isVisible()).toBe(false);
    expect(await page.locator('#message').isVisible()).toBe(false);
    await page.close();
  });
});
