/**
 * Debian's EDK2 in flash → GRUB on the EFI system partition → kernel → systemd → login. GRUB's
 * entry among the firmware's variables is made in the guest, and outlives the machine.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import { TROUBLE } from '../boot/debian.ts';
import { GuestConsole } from '../boot/guest-console.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { obtainEdk2 } from './edk2.ts';
import { CHAIN_TEST_TIMEOUT, ChainPlace, checkRoot, logIn, powerOff, systemState } from './system.ts';
import { hasTools } from './tools.ts';

const edk2 = hasTools ? await obtainEdk2() : undefined;

describe.skipIf(!edk2)('EDK2 and GRUB', { timeout: CHAIN_TEST_TIMEOUT }, () => {
  test('boot the disk, and then what a variable names', async () => {
    const place = await ChainPlace.make();
    const image = await place.disk();
    const code = place.path('code.fd');
    const variables = place.path('variables.fd');
    await writeFile(code, edk2!.code);
    await writeFile(variables, edk2!.variables);

    const boot = async (): Promise<{ machine: LocalMachine; console: GuestConsole }> => {
      const machine = await createMachine(
        {
          hartware: 1,
          memory: '1G',
          boot: { flash: { code, variables } },
          drives: [{ file: image }],
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
      await checkRoot(image);
    };

    const first = await boot();
    expect(await systemState(first.console)).toBe('running');
    // By the removable path until now; this names EFI/debian among the variables.
    await first.console.outputOf('grub-install --target=riscv64-efi --efi-directory=/boot/efi', 300_000);
    expect(await first.console.outputOf('efibootmgr')).toMatch(/^Boot[0-9A-F]{4}\* debian\b/m);
    await first.console.outputOf('rm -r /boot/efi/EFI/BOOT');
    await end(first);
    expect(await readFile(variables)).not.toEqual(Buffer.from(edk2!.variables));

    // Without the removable path, only the variable leads to GRUB.
    const second = await boot();
    const entries = await second.console.outputOf('efibootmgr');
    const current = /^BootCurrent: ([0-9A-F]{4})$/m.exec(entries)?.[1];
    expect(entries).toMatch(new RegExp(`^Boot${current}\\* debian\\b`, 'm'));
    await end(second);
  });
});
