/**
 * VMware's disk images (VMDK), as "Virtual Disk Format 5.0" describes them: sparse and flat ones in one file or in parts
 * of 2 GB, images on top of a parent, and stream-optimised ones, which are written once and then only read. Sparse
 * extents of ESX servers are only read.
 */
import type { DiskFormat } from '../disk-image.ts';
import { createVmdk } from './create.ts';
import { isDescriptor } from './descriptor.ts';
import { VmdkImage } from './image.ts';
import { isSparse } from './sparse-header.ts';

export const VMDK: DiskFormat = {
  name: 'vmdk',
  title: 'VMware virtual disk',
  extensions: ['.vmdk'],
  options: {
    subformat:
      'monolithicSparse (the default), monolithicFlat, twoGbMaxExtentSparse, twoGbMaxExtentFlat or streamOptimized',
    adapterType: 'what VMware connects it to: ide (the default), buslogic, lsilogic or legacyESX',
    hwversion: 'the version of the virtual hardware that it asks for; default 4',
    zeroedGrain: 'whether grains can be marked as zeros, which makes it an image of version 2; default false',
  },
  probe: (head) => isSparse(head) || isDescriptor(head),
  open: (file, host) => VmdkImage.open(file, host),
  create: createVmdk,
};
