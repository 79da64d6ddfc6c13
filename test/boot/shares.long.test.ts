/** The same script in a guest here and on QEMU, over the same folder: files, links and errors are the same. */
import { spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HostFolder } from '../../src/bindings/node/index.ts';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { concatenateInitrds } from '../../src/images/index.ts';
import { Workplace } from '../bindings/cli/hartware.ts';
import { requireTool } from '../support/tools.ts';
import { BOOT_TEST_TIMEOUT, bootDebian, debianGuest, shareModules, smallInitrd } from './debian.ts';
import { GuestConsole } from './guest-console.ts';
import { contentOf, makeShareFolder, type ShareFolder } from './share-folder.ts';
import { MOUNT, READ_ONLY_SCRIPT, runScript, SHARE_SCRIPT } from './share-script.ts';

const guest = await debianGuest();
const modules = guest && (await shareModules(guest));
const hasAll = requireTool('qemu-system-riscv64', 'qemu-system-misc') && modules;

let place: Workplace;
let folders: ShareFolder;
beforeAll(async () => {
  place = await Workplace.make();
  folders = await makeShareFolder();
});
afterAll(async () => {
  await place.remove();
  await rm(folders.base, { recursive: true });
});

async function bootQemu(folder: string, readOnly: boolean): Promise<GuestConsole> {
  const initrd = concatenateInitrds([
    smallInitrd(guest!),
    shellInitramfs({ interactive: false, modules: modules! }),
  ]);
  const fsdev = `local,id=fs,path=${folder},security_model=none,readonly=${readOnly ? 'on' : 'off'}`;
  const qemu = spawn(
    'qemu-system-riscv64',
    [
      ...['-M', 'virt', '-m', '512M', '-net', 'none', '-display', 'none', '-monitor', 'none'],
      ...['-serial', 'stdio', '-global', 'virtio-mmio.force-legacy=false'],
      ...['-kernel', await place.put('kernel', guest!.kernel), '-initrd', await place.put('initrd', initrd)],
      ...['-append', `rdinit=${SHELL_INIT}`, '-device', 'virtio-rng-device'],
      ...['-fsdev', fsdev, '-device', 'virtio-9p-device,fsdev=fs,mount_tag=host'],
    ],
    { stdio: 'pipe' },
  );
  onTestFinished(() => void qemu.kill('SIGKILL'));
  const console = GuestConsole.ofProcess(qemu);
  await console.waitForShell();
  return console;
}

async function bootHere(shared: string, readOnly: boolean): Promise<GuestConsole> {
  const folder = await HostFolder.open(shared, { readOnly });
  onTestFinished(() => folder.close());
  const { console } = await bootDebian({
    guest: guest!,
    initrd: smallInitrd(guest!),
    modules,
    machine: { shares: [{ tag: 'host' }] },
    host: { shares: { host: folder } },
  });
  return console;
}

describe.skipIf(!hasAll)('a shared folder and QEMU’s', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test.each([
    ['read and written', SHARE_SCRIPT, false],
    ['only read', READ_ONLY_SCRIPT, true],
  ])('are the same when they are %s', async (name, script, readOnly) => {
    const [ours, theirs] = ['ours', 'theirs'].map((side) => join(folders.base, `${side} ${name}`));
    for (const copy of [ours, theirs])
      await cp(folders.shared, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    const here = await bootHere(ours, readOnly);
    await here.outputOf(MOUNT);
    const found = await runScript(here, script);
    const there = await bootQemu(theirs, readOnly);
    await there.outputOf(MOUNT);
    expect(found).toEqual(await runScript(there, script));
    // What is left in the folders, too.
    expect(await contentOf(ours)).toEqual(await contentOf(theirs));
  });
});
