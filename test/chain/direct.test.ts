/**
 * Debian as its own tools put it on the disk, here and elsewhere in turn: kernel and initrd from
 * the host, systemd and all the rest from the disk, a raw image, whose file system is clean each time.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { TROUBLE } from '../boot/debian.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { checkRoot } from './checks.ts';
import {
  CHAIN_TEST_TIMEOUT,
  ChainPlace,
  KERNEL_PARAMETERS,
  logIn,
  LONG_COMMAND_TIMEOUT,
  powerOff,
  startQemu,
  waitForSystem,
} from './system.ts';
import { hasTools } from './tools.ts';

describe.skipIf(!hasTools)('kernel and initrd from the host', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('QEMU, this machine and QEMU again: a login prompt, files that stay, a clean disk', async () => {
    const place = await ChainPlace.make();
    const image = await place.rawDisk();
    const { kernel, initrd } = await place.bootFiles();
    await checkRoot(image);

    const bootQemu = async (work: (console: GuestConsole) => Promise<void>): Promise<void> => {
      const args = ['-kernel', kernel, '-initrd', initrd, '-append', KERNEL_PARAMETERS];
      const { console, ended } = startQemu(image, args, 'raw');
      await logIn(console);
      await work(console);
      await powerOff(console);
      expect(await ended).toBe(0);
      await checkRoot(image);
    };

    await bootQemu(async (console) => {
      await console.outputOf('seq 100000 > /root/from-qemu');
    });

    const machine = await createMachine(
      {
        hartware: 1,
        memory: '1G',
        harts: 2,
        boot: { kernel, initrd, append: KERNEL_PARAMETERS },
        drives: [{ file: image }],
      },
      { jit: { mode: UNFORCED } },
    );
    onTestFinished(() => machine.dispose());
    const console = GuestConsole.ofMachine(machine);
    await machine.start();
    await logIn(console);
    await waitForSystem(console);
    expect(await console.outputOf('cat /etc/debian_version')).toMatch(/^13\./);
    expect(await console.outputOf('uname -m; nproc')).toBe('riscv64\n2');
    expect(
      await console.outputOf('findmnt -no SOURCE,FSTYPE /; findmnt -no SOURCE,FSTYPE /boot/efi'),
    ).toMatch(/^\/dev\/vda2 +ext4\n\/dev\/vda1 +vfat$/);
    expect(await console.outputOf('cat /sys/class/tty/console/active; tty')).toBe('ttyS0\n/dev/ttyS0');
    expect(await console.outputOf('seq 100000 | cmp - /root/from-qemu')).toBe('');
    // Packages are whole, and so is what reads the disk.
    expect(await console.outputOf('dpkg --verify', LONG_COMMAND_TIMEOUT)).toBe('');
    await console.outputOf(
      'cp -a /usr/share/doc /root/copied && diff -r /usr/share/doc /root/copied',
      LONG_COMMAND_TIMEOUT,
    );
    expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
    await powerOff(console);
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
    await machine.dispose();
    await checkRoot(image);

    await bootQemu(async (console) => {
      await console.outputOf('diff -r /usr/share/doc /root/copied', LONG_COMMAND_TIMEOUT);
    });
  });
});
