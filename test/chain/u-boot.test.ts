/** OpenSBI → U-Boot → GRUB on the EFI system partition → kernel → systemd → login, here and elsewhere. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import { OPENSBI, TROUBLE } from '../boot/debian.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { requireFile } from '../support/tools.ts';
import { checkDisk } from './checks.ts';
import {
  CHAIN_TEST_TIMEOUT,
  ChainPlace,
  DISK_PLACE,
  logIn,
  ON_MMIO,
  ON_PCI,
  powerOff,
  startQemu,
  waitForSystem,
} from './system.ts';
import { hasTools } from './tools.ts';

const firmware = `${OPENSBI}/fw_dynamic.bin`;
const uBoot = '/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin';
const hasFirmware = requireFile(firmware, 'opensbi') && requireFile(uBoot, 'u-boot-qemu');

/** What each of the chain prints, in this order. */
const CHAIN =
  /OpenSBI v\d[^]*U-Boot 20\d\d[^]*GRUB[^]*EFI stub: [^]*Linux version 6[^]*Welcome to .*Debian[^]*login: /;

async function lookAround(console: GuestConsole): Promise<void> {
  expect(console.transcript).toMatch(CHAIN);
  await waitForSystem(console);
  // What GRUB told the kernel, and the kernel's own part of UEFI.
  expect(await console.outputOf('cat /proc/cmdline')).toMatch(
    /^BOOT_IMAGE=\/boot\/vmlinu[xz]-\S+ root=UUID=\S+ ro console=ttyS0/,
  );
  expect(await console.outputOf('ls -d /sys/firmware/efi')).toBe('/sys/firmware/efi');
  expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
}

describe.skipIf(!hasTools || !hasFirmware)('U-Boot and GRUB', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('boot a disk of qcow2 on virtio-mmio, on PCI, and on QEMU', async () => {
    const place = await ChainPlace.make();
    const image = await place.disk();

    const boot = async (
      bus: 'mmio' | 'pci',
      work: (console: GuestConsole) => Promise<void>,
    ): Promise<void> => {
      const machine = await createMachine(
        { hartware: 1, memory: '1G', boot: { firmware, kernel: uBoot }, drives: [{ file: image, bus }] },
        { jit: { mode: UNFORCED } },
      );
      onTestFinished(() => machine.dispose());
      const console = GuestConsole.ofMachine(machine);
      await machine.start();
      await logIn(console);
      await lookAround(console);
      await work(console);
      await powerOff(console);
      expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
      await machine.dispose();
      await checkDisk(image);
    };

    await boot('mmio', async (console) => {
      expect(await console.outputOf(DISK_PLACE)).toMatch(ON_MMIO);
      await console.outputOf('seq 100000 > /root/from-hartware');
    });
    await boot('pci', async (console) => {
      expect(await console.outputOf(DISK_PLACE)).toMatch(ON_PCI);
      expect(await console.outputOf('seq 100000 | cmp - /root/from-hartware')).toBe('');
    });

    const qemu = startQemu(image, ['-bios', firmware, '-kernel', uBoot]);
    await logIn(qemu.console);
    await lookAround(qemu.console);
    expect(await qemu.console.outputOf('seq 100000 | cmp - /root/from-hartware')).toBe('');
    await powerOff(qemu.console);
    expect(await qemu.ended).toBe(0);
    await checkDisk(image);
  });
});
