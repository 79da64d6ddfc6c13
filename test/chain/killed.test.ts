/**
 * `hartware run disk.qcow2`, which finds EDK2 and keeps its variables beside the disk. The process dies in the
 * middle of the guest's writes (SIGKILL), as at a crash or when memory runs out. Nothing of it has a chance to
 * write anything more.
 */
import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copyFromRoot, copyRoot } from '../../tools/debian-disk/inspect.ts';
import { run } from '../../tools/debian-disk/run.ts';
import { start } from '../bindings/cli/hartware.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { checkDisk, checkFileSystem, checkMetadata, copyRaw } from './checks.ts';
import {
  CHAIN_TEST_TIMEOUT,
  ChainPlace,
  KERNEL_PARAMETERS,
  logIn,
  LONG_COMMAND_TIMEOUT,
  powerOff,
  startQemu,
} from './system.ts';
import { edk2 } from './tools.ts';

const GUID = '11111111-2222-3333-4444-555555555555';

/**
 * Files and variables of UEFI that are durable when their lines are printed: sync(1) with a file name is
 * fsync(2), which for a new file includes its name (ext4, data=ordered); SetVariable() returns when flash has
 * the variable (UEFI 2.10, 8.2; attributes 7: kept, and seen by the system). Beside them, files come and go without.
 */
const WRITER = `mkdir /root/synced
noise() { while :; do head -c 3000000 /dev/urandom > /var/tmp/$1; cp /var/tmp/$1 /var/tmp/$1.copy; rm /var/tmp/$1; done; }
noise a & noise b &
i=0
while :; do
  i=$((i + 1)); file=/root/synced/$i
  head -c $((i * 7919 % 300000 + 1)) /dev/urandom > $file
  sync $file
  sum=$(sha256sum < $file)
  printf '\\007\\0\\0\\0%s' "$sum" > /sys/firmware/efi/efivars/Synced$i-${GUID}
  echo "durable $i $sum"
done`;
/** Prints the sums in the variables, as `sha256sum` prints those of the files. */
const VARIABLES = `cd /sys/firmware/efi/efivars; for i in Synced*; do i=\${i#Synced}; i=\${i%%-*}; echo "$(cat Synced$i-* | tail -c +5 | cut -c -64)  $i"; done; cd`;
const FILES = 'cd /root/synced; sha256sum *; cd';

describe.skipIf(!edk2)('a killed host process', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('loses nothing that the guest had synced, and leaves a journal that makes the disk whole', async () => {
    const place = await ChainPlace.make();
    const image = await place.disk();

    const boot = async (): Promise<{
      console: GuestConsole;
      kill(): Promise<void>;
      ended: Promise<number | null>;
    }> => {
      const child = start(['run', '--memory', '1G', image]);
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

    const durable: Record<string, string> = {};
    const first = await boot();
    first.console.type(`${WRITER}\n`);
    for (let count = 0; count < 40; count++) {
      const text = await first.console.waitFor(/durable \d+ [0-9a-f]{64}  -\n/, LONG_COMMAND_TIMEOUT);
      const [, name, sum] = /durable (\d+) ([0-9a-f]{64})/.exec(text)!;
      durable[name] = sum;
    }
    await first.kill();

    await checkMetadata(image, { mayLeak: true });
    // What is on the disk now is for the host to recover, and for the guest.
    const copy = place.path('copy.qcow2');
    await copyFile(image, copy);
    const raw = place.path('copy.img');
    await copyRaw(copy, raw);
    const root = place.path('root.img');
    await copyRoot(raw, root);
    // 1: something was corrected, as replaying is.
    await run('e2fsck', ['-E', 'journal_only', '-y', root], { accepted: [0, 1] });
    await checkFileSystem(root);
    for (const [name, sum] of Object.entries(durable)) {
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
    const sums = await second.console.outputOf(FILES);
    expect(found(sums)).toMatchObject(durable);
    expect(found(await second.console.outputOf(VARIABLES))).toMatchObject(durable);
    await powerOff(second.console);
    expect(await second.ended).toBe(0);
    await checkDisk(image);

    // Another machine recovers the same.
    const { kernel, initrd } = await place.bootFiles();
    const qemu = startQemu(copy, ['-kernel', kernel, '-initrd', initrd, '-append', KERNEL_PARAMETERS]);
    await logIn(qemu.console);
    expect(await qemu.console.outputOf(FILES)).toBe(sums);
    await powerOff(qemu.console);
    await qemu.ended;
    await checkDisk(copy);
  });
});

/** By name, what is printed as `sha256sum` does. */
function found(sums: string): Record<string, string> {
  return Object.fromEntries(sums.split('\n').map((line) => line.split('  ').reverse() as [string, string]));
}
