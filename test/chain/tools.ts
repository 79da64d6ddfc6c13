/** What makes the disk, looks into it and boots it elsewhere. */
import { requireFile, requireTool } from '../support/tools.ts';

export const hasTools = [
  requireTool('debootstrap', 'debootstrap'),
  requireTool('fakeroot', 'fakeroot'),
  requireFile('/sbin/sfdisk', 'fdisk'),
  requireFile('/sbin/mke2fs', 'e2fsprogs'),
  requireTool('qemu-system-riscv64', 'qemu-system-misc'),
].every((isThere) => isThere);
