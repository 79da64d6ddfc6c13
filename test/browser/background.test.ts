/**
 * Machines in a page that is in the background: another tab of its window is in front, so that
 * Chromium hides it and holds up its timers, as it does for a person. Nothing is assumed about
 * how long things take: what is asserted is that they happen, and that clocks agree.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import type { Machine } from '../../src/machine/api.ts';
import { hasChromium } from './chromium.ts';
import { TestServer } from './server.ts';
import { TabbedBrowser, type Tab } from './tabs.ts';

declare global {
  /** The machine under test, in its page. */
  var machine: Machine;
  /** How often a timer of the page fired. */
  var ticks: number;
}

const DESCRIPTION = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;
const TICKS_PER_MILLISECOND = 10_000;
/** Timers of the page and of the worker are read to fractions of a millisecond. */
const RESOLUTION = 1;
/** For a busy computer. */
const PATIENCE = { timeout: 40_000, interval: 100 };
/** More than a page gets that may wake once a minute. */
const WAKINGS = 5;

const PLACES = [
  { where: 'in a worker', worker: true },
  { where: 'on the thread of the page', worker: false },
];

interface Clocks {
  readonly before: number;
  readonly guest: number;
  readonly after: number;
}

/** Reads its clock all the time, into a0. */
const BUSY = assemble(`
1:      rdtime a0
        addi  s1, s1, 1
        j     1b
`).bytes;

/** Sleeps until 10 ms from now, again and again; counts in RAM, behind its code. */
const IDLE = assemble(`
        .equ  MTIME, 0x200bff8
        .equ  MTIMECMP, 0x2004000
        li    t0, 0x80              # mie.MTIE: WFI ends; mstatus.MIE is 0, so that nothing traps
        csrw  mie, t0
        la    s0, count
        li    s1, MTIME
        li    s2, MTIMECMP
        li    s3, 100000
1:      ld    t0, (s1)
        add   t0, t0, s3
        sd    t0, (s2)
2:      wfi
        csrr  t1, mip
        andi  t1, t1, 0x80
        beqz  t1, 2b
        ld    t0, (s0)
        addi  t0, t0, 1
        sd    t0, (s0)
        j     1b
        .balign 4096
count:  .dword 0
`);

describe.skipIf(!hasChromium)('in a page in the background', { timeout: 120_000 }, () => {
  let server: TestServer;
  let browser: TabbedBrowser;
  let tab: Tab;

  beforeAll(async () => {
    server = await TestServer.start();
    // What comes after five minutes otherwise: timers once a minute.
    browser = await TabbedBrowser.launch([
      '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1',
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Starts a machine in a tab of its own, and puts another tab in front of it. */
  async function start(program: Uint8Array, worker: boolean): Promise<void> {
    tab = await browser.open(server.url('/'));
    await tab.evaluate(
      async ({ description, program, worker }) => {
        globalThis.machine = await globalThis.hartware.createMachine(description, {
          worker,
          files: { program: Uint8Array.from(program) },
        });
        await globalThis.machine.start();
      },
      { description: DESCRIPTION, program: [...program], worker },
    );
  }

  async function hide(): Promise<void> {
    const other = await browser.open(server.url('/'));
    await other.bringToFront();
    await expect.poll(() => tab.evaluate(() => document.visibilityState), PATIENCE).toBe('hidden');
    await heldUp();
  }

  /** Resolves when timers of the page fire but once a second. What is waited for is Chromium's doing, not ours. */
  const heldUp = () =>
    expect
      .poll(
        () =>
          tab.evaluate(async () => {
            const start = performance.now();
            for (let i = 0; i < 2; i++) await new Promise((resolve) => setTimeout(resolve, 50));
            return performance.now() - start;
          }),
        PATIENCE,
      )
      .toBeGreaterThan(900);

  /** Between two readings as much time went by in the guest as in the page. */
  function expectSameTime(first: Clocks, second: Clocks): void {
    const elapsed = second.guest - first.guest;
    expect(elapsed).toBeGreaterThan(second.before - first.after - RESOLUTION);
    expect(elapsed).toBeLessThan(second.after - first.before + RESOLUTION);
  }

  /** The guest's clock, read between two looks at the page's; all in milliseconds. */
  const clocks = (): Promise<Clocks> =>
    tab.evaluate(async (ticks) => {
      const { machine } = globalThis;
      await machine.pause();
      const before = performance.now();
      // More than once around the loop.
      await machine.step(10);
      const guest = Number(await machine.harts[0].read('a0')) / ticks;
      const after = performance.now();
      await machine.resume();
      return { before, guest, after };
    }, TICKS_PER_MILLISECOND);

  test.each(PLACES)('a busy guest goes on, and keeps time: $where', async ({ worker }) => {
    await start(BUSY, worker);
    const first = await clocks();
    await hide();
    const instructions = () => tab.evaluate(async () => (await globalThis.machine.statistics()).instructions);
    const executed = await instructions();
    await expect.poll(instructions, PATIENCE).toBeGreaterThan(executed + 10_000_000);
    expectSameTime(first, await clocks());
  });

  test.each(PLACES)('a guest whose page was frozen finds the right time: $where', async ({ worker }) => {
    await start(BUSY, worker);
    const first = await clocks();
    await hide();
    await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await tab.send('Page.setWebLifecycleState', { state: 'active' });
    await tab.bringToFront();
    expectSameTime(first, await clocks());
  });

  test.each(PLACES)('an idle guest is woken, and not just once a minute: $where', async ({ worker }) => {
    await start(IDLE.bytes, worker);
    await hide();
    // What the page would get if the machine took its timers as they come.
    await tab.evaluate(() => {
      globalThis.ticks = 0;
      setInterval(() => globalThis.ticks++, 10);
    });
    const counts = async () => ({
      page: await tab.evaluate(() => globalThis.ticks),
      guest: await tab.evaluate(
        async (address) => {
          const bytes = await globalThis.machine.memory.read(address, 4);
          return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
        },
        Number(IDLE.symbols.get('count')!),
      ),
    });
    // A page's interval is held up to once a minute only after it was nested for some firings, a
    // second each: what is waited for is the first time that the page stays behind.
    await expect
      .poll(async () => {
        const before = await counts();
        await expect
          .poll(async () => (await counts()).guest, PATIENCE)
          .toBeGreaterThan(before.guest + WAKINGS);
        return (await counts()).page - before.page;
      }, PATIENCE)
      .toBeLessThan(WAKINGS);
  });
});
