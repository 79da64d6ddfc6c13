/** Debian's kernel mounts a folder of the host: files go in and out, and nothing else of the host does. */
import { lstat, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HostFolder } from '../../src/bindings/node/index.ts';
import {
  BOOT_TEST_TIMEOUT,
  bootDebian,
  debianGuest,
  powerOff,
  shareModules,
  smallInitrd,
  TROUBLE,
} from './debian.ts';
import { makeShareFolder, MANY, type ShareFolder } from './share-folder.ts';

const guest = await debianGuest();
const modules = guest && (await shareModules(guest));

let folders: ShareFolder;
beforeAll(async () => {
  folders = await makeShareFolder();
});
afterAll(() => rm(folders.base, { recursive: true }));

describe.skipIf(!modules)('shared folders', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('one is read and written, and one is only read', async () => {
    const { shared } = folders;
    const folder = await HostFolder.open(shared);
    onTestFinished(() => folder.close());
    const debian = await bootDebian({
      guest: guest!,
      initrd: smallInitrd(guest!),
      modules,
      machine: { shares: [{ tag: 'host' }, { tag: 'fixed', readOnly: true }] },
      host: { shares: { host: folder, fixed: folder } },
    });
    const { console } = debian;
    const mount = (tag: string, at: string): Promise<string> =>
      console.outputOf(`mkdir -p ${at} && mount -t 9p -o trans=virtio,version=9p2000.L ${tag} ${at}`);
    await mount('host', '/mnt');
    expect(await console.outputOf('cat /mnt/greeting /mnt/tree/a/b/c/d/e/f/g/h/leaf')).toBe(
      'from the host\na leaf',
    );
    expect(await console.outputOf('ls /mnt/many | wc -l')).toBe(String(MANY));
    await console.outputOf('cp /mnt/large /mnt/copy');
    // Not toEqual, which takes half a minute for them, in which the guest stands still.
    const [copy, large] = await Promise.all(['copy', 'large'].map((name) => readFile(join(shared, name))));
    expect(copy.equals(large)).toBe(true);

    // Something is changed there while the guest looks on.
    await writeFile(join(shared, 'greeting'), 'something else\n');
    expect(await console.outputOf('cat /mnt/greeting')).toBe('something else');

    expect(
      await console.outputOf(
        'echo old > /mnt/old; echo new > /mnt/new; exec 3< /mnt/old; mv /mnt/new /mnt/old; cat <&3; cat /mnt/old; rm /mnt/old; exec 3<&-',
      ),
    ).toBe('old\nnew');
    await console.outputOf(
      'mkdir -p /mnt/d/e; echo one > /mnt/d/e/f; echo two >> /mnt/d/e/f; mv /mnt/d /mnt/moved',
    );
    expect(await readFile(join(shared, 'moved/e/f'), 'utf8')).toBe('one\ntwo\n');
    await console.outputOf(
      'printf end | dd of=/mnt/sparse bs=1M seek=3000 2>/dev/null; chmod 640 /mnt/sparse',
    );
    const sparse = await lstat(join(shared, 'sparse'));
    expect([sparse.size, sparse.blocks < 1000, sparse.mode & 0o777]).toEqual([
      3000 * 2 ** 20 + 3,
      true,
      0o640,
    ]);

    // Links that lead out of the folder lead to the guest's own files, in both directions.
    for (const path of ['outside', 'folder-outside/host-only'])
      expect((await console.run(`cat /mnt/${path}`)).output).toContain('No such file');
    await console.outputOf(
      `mkdir -p ${folders.base}/outside && echo mine > ${folders.base}/outside/host-only`,
    );
    expect(await console.outputOf('cat /mnt/outside /mnt/folder-outside/host-only')).toBe('mine\nmine');
    await console.outputOf('echo written > /mnt/outside; ln -s /etc/hostname /mnt/to-guest');
    expect(await readFile(join(folders.base, 'outside/host-only'), 'utf8')).toBe('a secret of the host\n');
    expect(await readlink(join(shared, 'to-guest'))).toBe('/etc/hostname');
    expect((await console.run('mknod /mnt/device c 1 3')).output).toContain('Operation not permitted');

    await mount('fixed', '/tmp/fixed');
    expect(await console.outputOf('cat /tmp/fixed/moved/e/f')).toBe('one\ntwo');
    for (const change of [
      'echo x > /tmp/fixed/x',
      'rm /tmp/fixed/greeting',
      'mkdir /tmp/fixed/x',
      'chmod 777 /tmp/fixed/greeting',
    ])
      expect((await console.run(change)).output).toContain('Read-only file system');
    expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
    expect(await powerOff(debian)).toEqual({ reason: 'power-off', code: 0 });
  });
});
