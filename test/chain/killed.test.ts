/**
 * The host process dies in the middle of the guest's writes (SIGKILL), as at a crash or when memory runs
 * out. Nothing of it has a chance to write anything more.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copyDisk, copyFromRoot, copyRoot } from '../../tools/debian-disk/inspect.ts';
import { run } from '../../tools/debian-disk/run.ts';
import { start } from '../bindings/cli/hartware.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import {
  CHAIN_TEST_TIMEOUT,
  ChainPlace,
  checkFileSystem,
  checkRoot,
  KERNEL_PARAMETERS,
  logIn,
  powerOff,
  startQemu,
} from './system.ts';
import { hasTools } from './tools.ts';

/**
 * Files that are durable when their lines are printed: sync(1) with a file name is fsync(2), which for a
 * new file includes its name (ext4, data=ordered). Beside them, files come and go without.
 */
const WRITER = `mkdir /root/synced
noise() { while :; do head -c 3000000 /dev/urandom > /var/tmp/$1; cp /var/tmp/$1 /var/tmp/$1.copy; rm /var/tmp/$1; done; }
noise a & noise b &
i=0
while :; do
  i=$((i + 1)); file=/root/synced/$i
  head -c $((i * 7919 % 300000 + 1)) /dev/urandom > $file
  sync $file
  echo "durable $i $(sha256sum < $file)"
done`;

describe.skipIf(!hasTools)('a killed host process', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('loses nothing that the guest had synced, and leaves a journal that makes the disk whole', async () => {
    const place = await ChainPlace.make();
    const image = await place.disk();
    const { kernel, initrd } = await place.bootFiles();

    const boot = async (): Promise<{
      console: GuestConsole;
      kill(): Promise<void>;
      ended: Promise<number | null>;
    }> => {
      const args = ['run', '--kernel', kernel, '--initrd', initrd, '--append', KERNEL_PARAMETERS];
      const child = start([...args, '--memory', '1G', '--drive', image]);
      const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
      onTestFinished(() => void child.kill('SIGKILL'));
      const console = GuestConsole.ofProcess(child);
      await logIn(console);
      return {
        console,
        ended,
        async kill() {
          child.kill('SIGKILL');
          await ended;
        },
      };
    };

    const durable = new Map<string, string>();
    const first = await boot();
    first.console.type(`${WRITER}\n`);
    for (let count = 0; count < 40; count++) {
      const text = await first.console.waitFor(/durable \d+ [0-9a-f]{64}  -\n/);
      const [, name, sum] = /durable (\d+) ([0-9a-f]{64})/.exec(text)!;
      durable.set(name, sum);
    }
    await first.kill();

    // What is on the disk now is for the host to recover, and for the guest.
    const copy = place.path('copy.img');
    await copyDisk(image, copy);
    const root = place.path('root.img');
    await copyRoot(copy, root);
    // 1: something was corrected, as replaying is.
    await run('e2fsck', ['-E', 'journal_only', '-y', root], { accepted: [0, 1] });
    await checkFileSystem(root);
    for (const [name, sum] of durable) {
      const file = place.path('file');
      await copyFromRoot(root, `/root/synced/${name}`, file);
      expect([
        name,
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      ]).toEqual([name, sum]);
    }

    const second = await boot();
    // The initramfs checks the root before it mounts it.
    expect(second.console.transcript).toContain('root: recovering journal');
    const sums = await second.console.outputOf('cd /root/synced; sha256sum *; cd');
    const found = new Map(sums.split('\n').map((line) => line.split('  ').reverse() as [string, string]));
    for (const [name, sum] of durable) expect([name, found.get(name)]).toEqual([name, sum]);
    await powerOff(second.console);
    expect(await second.ended).toBe(0);
    await checkRoot(image);

    // Another machine recovers the same.
    const qemu = startQemu(copy, ['-kernel', kernel, '-initrd', initrd, '-append', KERNEL_PARAMETERS]);
    await logIn(qemu.console);
    expect(await qemu.console.outputOf('cd /root/synced; sha256sum *; cd')).toBe(sums);
    await powerOff(qemu.console);
    await qemu.ended;
    await checkRoot(copy);
  });
});
