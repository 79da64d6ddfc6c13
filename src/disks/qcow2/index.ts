/**
 * qcow2, QEMU's format of disk images, versions 2 and 3 (QEMU, docs/interop/qcow2.txt). Encrypted images and those
 * with an external data file are refused.
 */
import type { DiskFormat } from '../disk-image.ts';
import { createQcow2, OPTIONS } from './create.ts';
import { isQcow2, readHeader } from './header.ts';
import { Qcow2Image } from './image.ts';

export const QCOW2: DiskFormat = {
  name: 'qcow2',
  title: 'QEMU disk image',
  extensions: ['.qcow2', '.qcow'],
  options: OPTIONS,
  probe: isQcow2,
  async open(file, host) {
    return Qcow2Image.open(file, await readHeader(file), host);
  },
  create: createQcow2,
};
