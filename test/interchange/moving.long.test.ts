/**
 * A machine leaves for QEMU and comes back: the guest finds the same hardware there, but
 * for the differences that stand in this file, and its disk goes with it.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createImageHost, diskFormat, NodeImageFile, openDisk } from '../../src/bindings/node/disks.ts';
import { createMachine } from '../../src/bindings/node/index.ts';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { concatenateInitrds } from '../../src/images/index.ts';
import { exportQemu, importQemu } from '../../src/interchange/index.ts';
import { completeDescription, type MachineDescription } from '../../src/machine/description.ts';
import { Workplace } from '../bindings/cli/hartware.ts';
import {
  BOOT_TEST_TIMEOUT,
  debianGuest,
  diskModules,
  OPENSBI,
  smallInitrd,
  TROUBLE,
} from '../boot/debian.ts';
import { emptyFatImage, readFatFiles } from '../boot/fat-image.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { requireFile, requireTool } from '../support/tools.ts';
import { judge } from './allowed-differences.ts';
import { lookAround, without } from './guest-sight.ts';

const guest = await debianGuest();
const modules = guest && (await diskModules(guest));
const FIRMWARE = `${OPENSBI}/fw_dynamic.bin`;
const hasAll =
  requireTool('qemu-system-riscv64', 'qemu-system-misc') &&
  requireFile(FIRMWARE, 'opensbi') &&
  guest &&
  modules;

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

/** A machine with every device there is, whose disk has an inconvenient name. */
async function machineInFiles(): Promise<MachineDescription> {
  const shell = shellInitramfs({ interactive: false, modules });
  const disk = place.path("a disk, 'moving'.qcow2");
  await rm(disk, { force: true });
  const content = emptyFatImage();
  const image = await diskFormat('qcow2').create(
    await NodeImageFile.create(disk),
    { size: content.length },
    createImageHost(),
  );
  await image.write(0, content);
  await image.close();
  return {
    hartware: 1,
    harts: 2,
    memory: '512M',
    boot: {
      kernel: await place.put('kernel', guest!.kernel),
      initrd: await place.put('initrd', concatenateInitrds([smallInitrd(guest!), shell])),
      append: `rdinit=${SHELL_INIT}`,
    },
    drives: [
      { file: disk, format: 'qcow2', id: 'moving,disk' },
      { memory: '4M', id: 'scratch' },
      { memory: '2M', id: 'on-pci', bus: 'pci' },
    ],
    network: [{}, { mac: '52:54:00:aa:bb:cc', slot: 7 }, { bus: 'pci', slot: 6 }],
    devices: { console: true, powerButton: true },
  };
}

async function bootHere(description: MachineDescription): Promise<GuestConsole> {
  const machine = await createMachine(description, { jit: { mode: UNFORCED } });
  onTestFinished(async () => void (await machine.stop()));
  const console = GuestConsole.ofMachine(machine);
  await machine.start();
  await console.waitForShell();
  return console;
}

async function bootThere(
  script: string,
): Promise<{ console: GuestConsole; qemu: ChildProcessWithoutNullStreams }> {
  const qemu = spawn('/bin/sh', ['-c', `exec ${script}`], { stdio: 'pipe' });
  onTestFinished(() => void qemu.kill('SIGKILL'));
  let complaint = '';
  qemu.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const console = GuestConsole.ofProcess(qemu);
  await console.waitForShell().catch((error: Error) => {
    throw new Error(`${complaint}\n${error.message}`);
  });
  return { console, qemu };
}

/** Finds the disk by its serial number, as its name is not the same everywhere. */
const MOUNT = 'mount -t vfat /dev/$(grep -l moving,disk /sys/block/vd*/serial | cut -d/ -f4) /mnt';

async function leave(console: GuestConsole): Promise<void> {
  expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
  console.type('poweroff\n');
  await console.waitFor('reboot: Power down');
}

describe.skipIf(!hasAll)('a machine', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('is the same under the exported command, with its disk, and comes back', async () => {
    const description = await machineInFiles();
    const here = await bootHere(description);
    await here.outputOf(`${MOUNT} && seq 1000 > /mnt/here.txt && umount /mnt`);
    const ours = await lookAround(here);
    expect(ours.disks).toEqual([
      'moving,disk: 16384 sectors, ro 0, at 10001000.virtio_mmio',
      'on-pci: 4096 sectors, ro 0, at 0000:00:01.0',
      'scratch: 8192 sectors, ro 0, at 10002000.virtio_mmio',
    ]);
    expect(ours.network).toContain('52:54:00:12:34:56 at 10006000.virtio_mmio');
    expect(ours.network).toContain('52:54:00:aa:bb:cc at 10008000.virtio_mmio');
    expect(ours.network).toContain('52:54:00:12:34:58 at 0000:00:06.0');
    // Debian's kernel has its driver of PCI built in, and comes upon that disk first.
    expect(await here.outputOf('cat /sys/block/vdb/serial')).toBe('moving,disk');
    await leave(here);

    const { script } = exportQemu(description);
    const { console: there, qemu } = await bootThere(script);
    const theirs = await lookAround(there);
    expect(judge(without(ours, theirs), without(theirs, ours))).toEqual({ unexplained: [], unneeded: [] });
    // As the export says of several drives: they are named in the order of QEMU's tree.
    expect(await there.outputOf('cat /sys/block/vdb/serial')).toBe('scratch');
    await there.outputOf(MOUNT);
    expect(await there.outputOf('seq 1000 | cmp - /mnt/here.txt')).toBe('');
    await there.outputOf('seq 2000 3000 > /mnt/there.txt && echo more >> /mnt/here.txt && umount /mnt');
    const ended = new Promise<number | null>((resolve) => void qemu.on('close', resolve));
    await leave(there);
    expect(await ended).toBe(0);

    const { description: returned } = importQemu(script);
    const { boot, ...rest } = completeDescription(description);
    // What a Linux Image means anyway, and a command line does not tell what the kernel is.
    const expected = { ...rest, boot: { ...boot, privilege: 'supervisor' as const } };
    expect(completeDescription(returned)).toEqual(expected);
    const back = await bootHere(returned);
    await back.outputOf(MOUNT);
    expect(await back.outputOf('(seq 1000; echo more) | cmp - /mnt/here.txt')).toBe('');
    expect(await back.outputOf('seq 2000 3000 | cmp - /mnt/there.txt')).toBe('');
    await back.outputOf('umount /mnt');
    const again = await lookAround(back);
    expect([...without(ours, again), ...without(again, ours)]).toEqual([]);
    await leave(back);
    // The machine still has the file.
    const image = await openDisk(new MemoryImageFile('disk', await readFile(returned.drives![0].file!)));
    const content = new Uint8Array(image.size);
    await image.read(0, content);
    await image.close();
    const files = readFatFiles(content);
    expect([...files.keys()].sort()).toEqual(['HERE.TXT', 'THERE.TXT']);
  });

  test('is nearer still with firmware of its own, which then runs in both', async () => {
    const description = await machineInFiles();
    const own: MachineDescription = {
      ...description,
      boot: { ...description.boot, firmware: FIRMWARE },
      drives: description.drives!.slice(0, 1),
      devices: {},
    };
    const here = await bootHere(own);
    const ours = await lookAround(here);
    await leave(here);
    const { script, notes } = exportQemu(own);
    expect(notes.join('\n')).not.toContain('OpenSBI');
    const { console: there } = await bootThere(script);
    const theirs = await lookAround(there);
    expect(judge(without(ours, theirs), without(theirs, ours)).unexplained).toEqual([]);
    // What comes of OpenSBI is the same.
    expect([...without(ours, theirs), ...without(theirs, ours)].join('\n')).not.toMatch(
      /reserved-memory|plic@c000000\/interrupts/,
    );
    expect(await there.outputOf('cat /sys/block/vda/serial')).toBe('moving,disk');
    await leave(there);
  });
});
