/**
 * Debian's EDK2 in flash → GRUB on the EFI system partition → kernel → systemd → login, from an overlay of
 * qcow2: on PCI, and then the same disk on virtio-mmio. GRUB's entry among the firmware's variables is made
 * in the guest, and outlives the machine.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../tools/debian-disk/run.ts';
import { createMachine } from '../../src/bindings/node/index.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import { TROUBLE } from '../boot/debian.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { checkDisk, checkMetadata } from './checks.ts';
import {
  CHAIN_TEST_TIMEOUT,
  ChainPlace,
  DISK_PLACE,
  logIn,
  LONG_COMMAND_TIMEOUT,
  ON_MMIO,
  ON_PCI,
  powerOff,
  waitForSystem,
} from './system.ts';
import { edk2 } from './tools.ts';

const VARIABLE = '/sys/firmware/efi/efivars/Chain-11111111-2222-3333-4444-555555555555';

/** What the kernel says of each function on PCI: vendor and device, class, driver, source of its interrupt. */
const PCI_FUNCTIONS =
  'for d in /sys/bus/pci/devices/*; do echo ${d##*/} $(cat $d/vendor $d/device $d/class) ' +
  '$(basename "$(readlink $d/driver)") $(sed -n "s/^ *$(cat $d/irq):.* PLIC *\\([0-9]*\\) .*/\\1/p" /proc/interrupts); done';

describe.skipIf(!edk2)('EDK2 and GRUB', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('boot a disk of qcow2 on PCI, and what a variable names on virtio-mmio', async () => {
    const place = await ChainPlace.make();
    const base = await place.disk();
    const image = await place.overlay(base);
    const sum = await run('sha256sum', [base]);
    const code = place.path('code.fd');
    const variables = place.path('variables.fd');
    await writeFile(code, edk2!.code);
    await writeFile(variables, edk2!.variables!);

    const boot = async (bus: 'mmio' | 'pci'): Promise<{ machine: LocalMachine; console: GuestConsole }> => {
      const machine = await createMachine(
        {
          hartware: 1,
          memory: '1G',
          boot: { flash: { code, variables } },
          drives: [{ file: image, bus }],
          network: [{ bus }],
          devices: { rng: { bus } },
        },
        { jit: { mode: UNFORCED } },
      );
      onTestFinished(() => machine.dispose());
      const console = GuestConsole.ofMachine(machine);
      await machine.start();
      await logIn(console);
      expect(console.transcript).toMatch(
        /GRUB[^]*EFI stub: [^]*Linux version 6[^]*Welcome to .*Debian[^]*login: /,
      );
      return { machine, console };
    };
    const end = async ({ machine, console }: Awaited<ReturnType<typeof boot>>): Promise<void> => {
      expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
      await powerOff(console);
      expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
      await machine.dispose();
      await checkDisk(image);
    };

    const first = await boot('pci');
    await waitForSystem(first.console);
    expect(await first.console.outputOf(DISK_PLACE)).toMatch(ON_PCI);
    // The bridge, the disk, the entropy device and the card (spec/machine/pci.md).
    expect(await first.console.outputOf(PCI_FUNCTIONS)).toBe(
      [
        '0000:00:00.0 0x1b36 0x0008 0x060000',
        '0000:00:01.0 0x1af4 0x1042 0x010000 virtio-pci 33',
        '0000:00:02.0 0x1af4 0x1044 0x00ff00 virtio-pci 34',
        '0000:00:03.0 0x1af4 0x1041 0x020000 virtio-pci 35',
      ].join('\n'),
    );
    expect(await first.console.outputOf('ls -1 /sys/class/net')).toBe('enp0s3\nlo');
    // By the removable path until now; this names EFI/debian among the variables.
    await first.console.outputOf(
      'grub-install --target=riscv64-efi --efi-directory=/boot/efi',
      LONG_COMMAND_TIMEOUT,
    );
    expect(await first.console.outputOf('efibootmgr')).toMatch(/^Boot[0-9A-F]{4}\* debian\b/m);
    await first.console.outputOf('rm -r /boot/efi/EFI/BOOT');
    // Attributes 7: kept, and seen by the boot loader and the system (UEFI 2.10, 8.2).
    await first.console.outputOf(`printf '\\007\\0\\0\\0kept' > ${VARIABLE}`);
    await end(first);
    expect(await readFile(variables)).not.toEqual(Buffer.from(edk2!.variables!));

    // Without the removable path, only the variable leads to GRUB.
    const second = await boot('mmio');
    expect(await second.console.outputOf(DISK_PLACE)).toMatch(ON_MMIO);
    const entries = await second.console.outputOf('efibootmgr');
    const current = /^BootCurrent: ([0-9A-F]{4})$/m.exec(entries)?.[1];
    expect(entries).toMatch(new RegExp(`^Boot${current}\\* debian\\b`, 'm'));
    expect(await second.console.outputOf(`cat ${VARIABLE} | tail -c +5`)).toBe('kept');
    await end(second);

    // All of this is in the overlay.
    expect(await run('sha256sum', [base])).toBe(sum);
    await checkMetadata(base);
  });
});
