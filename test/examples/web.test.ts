/** The page of examples/web in a real browser: Debian, its disk across a reload, its consoles, the playground. */
import { describe, expect, test } from 'vitest';
import { greeter } from '../bindings/cli/hartware.ts';
import { BOOT_TEST_TIMEOUT } from '../boot/debian.ts';
import { buildElf } from '../images/elf-builder.ts';
import { hasPage, PHONE, PROMPT, screen, type, useWebPage, waitFor, waitForText } from './web-page.ts';

describe.skipIf(!hasPage)('the page', { timeout: BOOT_TEST_TIMEOUT }, () => {
  const site = useWebPage();

  test('boots, answers, and keeps a file over a reload', async () => {
    const context = await site.browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(site.url);
    await waitFor(page, PROMPT);
    await type(page, 'echo $((6 * 7)) on $(uname -m)', /42 on riscv64/);
    await type(page, 'echo kept-$((40 + 2)) > /disk/note; sync; echo wr"itten"', /^written/m);
    await waitForText(page, '#mips', /^[\d.,]+$/);
    expect(await page.locator('#figures').innerText()).toMatch(/Instructions\s+[\d.,]+/);

    await page.reload();
    await waitFor(page, PROMPT);
    await type(page, 'cat /disk/note', /^kept-42/m);
    await page.locator('#linux-pause').click();
    await waitForText(page, '#linux-state', 'paused');
    await page.locator('#linux-pause').click();
    await page.locator('#terminal').click();
    await page.keyboard.type('poweroff\n');
    await waitForText(page, '#linux-state', 'off');
    await page.locator('#linux-restart').waitFor();
    expect(failures).toEqual([]);
    await context.close();
  });

  test('has a console and a serial port; what is typed goes to the one that is shown', async () => {
    const page = await site.browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(site.url);
    await waitFor(page, PROMPT);
    await type(page, 'tty', /^\/dev\/hvc0$/m);
    expect(await page.locator('#console-tabs [aria-selected=true]').innerText()).toBe('Console');
    // What the kernel said before it had the other console.
    await page.getByRole('tab', { name: 'Serial' }).click();
    await waitFor(page, /Run \/hartware\/init/);
    await waitFor(page, PROMPT);
    expect(await screen(page)).not.toContain('/dev/hvc0');
    await type(page, 'tty', /^\/dev\/ttyS0$/m);
    expect(await page.getByRole('tabpanel', { name: 'Serial' }).isVisible()).toBe(true);
    expect(await page.locator('#console').isVisible()).toBe(false);

    // By the keyboard alone: out of the terminal, to the other tab, and back in.
    await page.keyboard.press('Control+F6');
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('tab-serial');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('tab-console');
    await waitFor(page, /^\/dev\/hvc0$/m);
    await page.keyboard.press('Enter');
    await type(page, 'echo by $((2 + 3)) keys', /^by 5 keys$/m);
    // The terminal ends where the window does.
    expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('has both on a phone: %s', async (colorScheme) => {
    const page = await site.browser.newPage({ ...PHONE, colorScheme });
    await page.goto(site.url);
    await waitFor(page, PROMPT);
    await page.getByRole('tab', { name: 'Serial' }).tap();
    await waitFor(page, PROMPT);
    await type(page, 'tty', /^\/dev\/ttyS0$/m);
    // The keys for touch screens go there as well.
    await page.keyboard.type('cat');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Ctrl-C' }).tap();
    await type(page, 'echo still $((4 + 5))', /^still 9$/m);
    await page.getByRole('tab', { name: 'Console' }).tap();
    await type(page, 'tty', /^\/dev\/hvc0$/m);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    // Told apart in both colours, and large enough for a finger.
    const [selected, other] = await page
      .getByRole('tab', { name: /Console|Serial/ })
      .evaluateAll((tabs) =>
        tabs.map((tab) => ({ color: getComputedStyle(tab).color, height: tab.clientHeight })),
      );
    expect(selected!.color).not.toBe(other!.color);
    expect(Math.min(selected!.height, other!.height)).toBeGreaterThanOrEqual(32);
    await page.close();
  });

  test('assembles, steps and runs, on a phone as well', async () => {
    const context = await site.browser.newContext({
      ...PHONE,
      colorScheme: 'dark',
    });
    const page = await context.newPage();
    await page.goto(site.url);
    await page.locator('#tab-playground').tap();
    await page.locator('#load').tap();
    await waitForText(page, '#program-state', 'stopped, 0 instructions');
    expect(await page.locator('#listing').innerText()).toMatch(/^→ 80000000 {2}auipc +a0/);
    await page.locator('#step').tap();
    await waitForText(page, '#program-state', 'stopped, 1 instructions');
    expect(await page.locator('#registers .changed').allInnerTexts()).toContain('pc0000000080000004');
    await page.locator('#run').tap();
    await waitForText(page, '#program-state', /^stopped at ebreak/);
    await waitForText(page, '#output', 'Hello from RISC-V\n');
    expect(await page.locator('#memory').innerText()).toMatch(
      /^\w+ {2}(00 ){8}01( 00){7}\n\w+ {2}01( 00){7} 02/,
    );
    // A mistake is told with its line, and nothing is lost.
    await page.locator('#source').fill('nop\nadd a0, a1');
    await page.locator('#load').tap();
    await waitForText(page, '#message', /2/);
    // Nothing sticks out of a narrow page.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await context.close();
  });

  test('runs a program that is opened', async () => {
    const page = await site.browser.newPage();
    await page.goto(site.url);
    const program = buildElf({ segments: [{ virtual: 0x80000000n, bytes: greeter('from a file') }] });
    await page
      .locator('#file')
      .setInputFiles({ name: 'program.elf', mimeType: '', buffer: Buffer.from(program) });
    await waitFor(page, /from a file/);
    // It has the serial port alone: there is nothing to choose.
    expect(await page.locator('#consoles').isVisible()).toBe(false);
    await waitForText(page, '#linux-state', 'off');
    await page.locator('#file').setInputFiles({ name: 'odd.bin', mimeType: '', buffer: Buffer.from('odd') });
    await waitForText(page, '#message', /^odd\.bin: expected a kernel/);
    await page.close();
  });
});
