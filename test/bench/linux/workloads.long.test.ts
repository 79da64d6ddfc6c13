/** The workloads check their own results: here each of them on our machine, under Linux. */
import { expect, onTestFinished, test } from 'vitest';
import { chromiumContender } from '../../../bench/linux/chromium.ts';
import { linuxGuestFiles } from '../../../bench/linux/guest-files.ts';
import { processContender } from '../../../bench/linux/process-guest.ts';
import { Session } from '../../../bench/linux/session.ts';
import { OWN_PROGRAMS } from '../../../bench/linux/workload.ts';
import { contenders } from '../../../bench/support/contender.ts';
import { parseOptions } from '../../../bench/support/options.ts';
import { withScratch } from '../../../bench/support/scratch.ts';
import { debianGuest } from '../../boot/debian.ts';
import { requireFile, requireTool } from '../../support/tools.ts';

const isPossible = requireTool('riscv64-linux-gnu-gcc', 'gcc-riscv64-linux-gnu') && (await debianGuest());

test.skipIf(!isPossible)('every workload has its result and its marks', async () => {
  await withScratch(async (directory) => {
    const options = parseOptions(['linux', '--qemu', 'none', '--scale', '0.001']);
    const { guest, workloads } = await linuxGuestFiles(options, directory);
    expect(workloads.map(({ name }) => name)).toEqual(OWN_PROGRAMS.map(({ name }) => name));
    const [ours] = await contenders(options);
    const session = await Session.boot(processContender(ours, guest));
    onTestFinished(() => session.close());
    for (const { name } of workloads) {
      const { whole, steady, digest, instructions } = await session.run(name);
      expect(steady, name).toBeLessThanOrEqual(whole);
      expect(digest, name).toMatch(/^[0-9a-f]{16}$/);
      expect(instructions, name).toBeGreaterThan(10_000);
    }
    await expect(session.run('nothing')).rejects.toThrow(/expected nothing to end well/);
  });
});

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = requireFile(CHROMIUM, 'chromium');

test.skipIf(!isPossible || !hasChromium)('a worker in Chromium computes the same', async () => {
  await withScratch(async (directory) => {
    const options = parseOptions(['linux', '--qemu', 'none', '--scale', '0.001', '--only', 'nbody,qsort']);
    const { guest, workloads } = await linuxGuestFiles(options, directory);
    const [ours] = await contenders(options);
    const here = await Session.boot(processContender(ours, guest));
    onTestFinished(() => here.close());
    const there = await Session.boot(await chromiumContender(CHROMIUM, options.build, guest));
    onTestFinished(() => there.close());
    for (const { name } of workloads) {
      const { whole, steady, digest, instructions } = await there.run(name);
      expect(steady, name).toBeLessThanOrEqual(whole);
      expect(digest, name).toBe((await here.run(name)).digest);
      expect(instructions, name).toBeGreaterThan(10_000);
    }
  });
});
