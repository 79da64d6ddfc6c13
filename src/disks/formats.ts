/** The formats of disk images, and finding out which one a file is of. */
import { ArgumentError } from '../errors.ts';
import type { DiskFormat, DiskFormatName } from './disk-image.ts';
import type { ImageFile } from './image-file.ts';
import { QCOW2 } from './qcow2/index.ts';
import { RAW } from './raw.ts';
import { VDI } from './vdi/vdi.ts';
import { VHD } from './vhd/format.ts';
import { VHDX } from './vhdx/format.ts';
import { VMDK } from './vmdk/vmdk.ts';

/** In the order in which they are tried. A fixed VHD is known by its end alone, so that it comes late. */
export const DISK_FORMATS: readonly DiskFormat[] = [QCOW2, VMDK, VDI, VHDX, VHD, RAW];

/** What `DiskFormat.probe` is given of a file's start, in bytes. */
export const HEAD_SIZE = 4096;
/** What it may look at of the file's end. */
export const TAIL_SIZE = 512;

/** @throws ArgumentError when there is none of that name. */
export function diskFormat(name: string): DiskFormat {
  const format = DISK_FORMATS.find((format) => format.name === name);
  if (format) return format;
  const names = DISK_FORMATS.map((format) => format.name).join(', ');
  throw new ArgumentError(`expected one of the formats ${names}, found "${name}"`);
}

/** The format that a file looks like; raw when it looks like none. */
export async function probeFormat(file: ImageFile): Promise<DiskFormatName> {
  const head = new Uint8Array(Math.min(file.size, HEAD_SIZE));
  await file.read(0, head);
  for (const format of DISK_FORMATS) if (await format.probe(head, file)) return format.name;
  return 'raw';
}

/** Whether there is a format of that name. */
export function isDiskFormat(name: string): name is DiskFormatName {
  return DISK_FORMATS.some((format) => format.name === name);
}
