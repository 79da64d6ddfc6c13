/** What makes the disk, looks into it and boots it elsewhere. */
import { obtainFirmware, type Firmware } from '../../src/bindings/node/guest/firmware.ts';
import { GuestUnavailableError } from '../../src/bindings/node/guest/obtain.ts';
import { reportMissing, requireFile, requireTool } from '../support/tools.ts';

export const hasTools = [
  requireTool('debootstrap', 'debootstrap'),
  requireTool('fakeroot', 'fakeroot'),
  requireFile('/sbin/sfdisk', 'fdisk'),
  requireFile('/sbin/mke2fs', 'e2fsprogs'),
  requireTool('qemu-system-riscv64', 'qemu-system-misc'),
  requireTool('qemu-img', 'qemu-utils'),
].every((isThere) => isThere);

/** Debian 13's EDK2 for riscv64; undefined, and reported, where there is neither cache nor network. */
export const edk2 = hasTools ? await obtainEdk2() : undefined;

async function obtainEdk2(): Promise<Firmware | undefined> {
  try {
    return await obtainFirmware('edk2');
  } catch (error) {
    if (!(error instanceof GuestUnavailableError)) throw error;
    reportMissing(`EDK2 of Debian 13 (${error.message})`);
    return undefined;
  }
}
