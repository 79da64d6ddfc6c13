/** OpenSBI → U-Boot → GRUB on the EFI system partition → kernel → systemd → login, here and elsewhere. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import { OPENSBI, TROUBLE } from '../boot/debian.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { requireFile } from '../support/tools.ts';
import {
  CHAIN_TEST_TIMEOUT,
  ChainPlace,
  checkRoot,
  logIn,
  powerOff,
  startQemu,
  systemState,
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
  expect(await systemState(console)).toBe('running');
  // What GRUB told the kernel, and the kernel's own part of UEFI.
  expect(await console.outputOf('cat /proc/cmdline')).toMatch(
    /^BOOT_IMAGE=\/boot\/vmlinu[xz]-\S+ root=UUID=\S+ ro console=ttyS0/,
  );
  expect(await console.outputOf('ls -d /sys/firmware/efi')).toBe('/sys/firmware/efi');
  expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
}

describe.skipIf(!hasTools || !hasFirmware)('U-Boot and GRUB', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('boot the disk on this machine, and then on QEMU', async () => {
    const place = await ChainPlace.make();
    const image = await place.disk();

    const machine = await createMachine(
      { hartware: 1, memory: '1G', boot: { firmware, kernel: uBoot }, drives: [{ file: image }] },
      { jit: { mode: UNFORCED } },
    );
    onTestFinished(() => machine.dispose());
    const console = GuestConsole.ofMachine(machine);
    await machine.start();
    await logIn(console);
    await lookAround(console);
    await console.outputOf('seq 100000 > /root/from-hartware');
    await powerOff(console);
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
    await machine.dispose();
    await checkRoot(image);

    const qemu = startQemu(image, ['-bios', firmware, '-kernel', uBoot]);
    await logIn(qemu.console);
    await lookAround(qemu.console);
    expect(await qemu.console.outputOf('seq 100000 | cmp - /root/from-hartware')).toBe('');
    await powerOff(qemu.console);
    expect(await qemu.ended).toBe(0);
    await checkRoot(image);
  });
});
