/** Debian's U-Boot, unmodified: its S-mode build above our SBI and above OpenSBI, its M-mode build from reset. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import type { BootDescription } from '../../src/machine/description.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { requireFile } from '../support/tools.ts';
import { OPENSBI } from './debian.ts';
import { GuestConsole } from './guest-console.ts';

const S_MODE = '/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin';
const M_MODE = '/usr/lib/u-boot/qemu-riscv64/u-boot.bin';
const FW_DYNAMIC = `${OPENSBI}/fw_dynamic.bin`;
const FW_JUMP = `${OPENSBI}/fw_jump.bin`;

const isThere =
  requireFile(S_MODE, 'u-boot-qemu') &&
  requireFile(M_MODE, 'u-boot-qemu') &&
  requireFile(FW_DYNAMIC, 'opensbi');

describe.skipIf(!isThere)('U-Boot', { timeout: 120_000 }, () => {
  test.each<[string, BootDescription]>([
    ['S-mode, our SBI', { kernel: S_MODE, privilege: 'supervisor' }],
    ['S-mode, OpenSBI (fw_dynamic)', { firmware: FW_DYNAMIC, kernel: S_MODE }],
    ['S-mode, OpenSBI (fw_jump)', { firmware: FW_JUMP, kernel: S_MODE }],
    ['M-mode, from reset', { firmware: M_MODE }],
  ])('%s: has a prompt, finds its drive and powers off', async (_, boot) => {
    const machine = await createMachine(
      { hartware: 1, memory: '256M', boot, drives: [{ memory: '8M' }] },
      { jit: { mode: UNFORCED } },
    );
    onTestFinished(async () => void (await machine.dispose()));
    const console = GuestConsole.ofMachine(machine);
    await machine.start();
    await console.waitFor('Hit any key to stop autoboot');
    console.type(' ');
    await console.waitFor('=> ');
    console.type('virtio scan\n');
    await console.waitFor('=> ');
    console.type('virtio info\n');
    expect(await console.waitFor('=> ')).toContain('Capacity: 8.0 MB');
    console.type('poweroff\n');
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
  });
});
