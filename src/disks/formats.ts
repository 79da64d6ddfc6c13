/** The formats of disk images, and finding out which one a file is of. */
import { ArgumentError } from '../errors.ts';
import type { DiskFormat, DiskFormatName } from './disk-image.ts';
import type { ImageFile } from './image-file.ts';
import { RAW } from './raw.ts';
import { VMDK } from './vmdk/vmdk.ts';
import { VDI } from './vdi/vdi.ts';

/** In the order in which they are tried. */
export const DISK_FORMATS: readonly DiskFormat[] = [VMDK, VDI, RAW];

/** What `DiskFormat.probe` is given of a file. */
export const HEAD_SIZE = 4096;

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
  return probeHead(head, file);
}

/** The same for a file that begins with `head`. */
export async function probeHead(head: Uint8Array, file: ImageFile): Promise<DiskFormatName> {
  for (const format of DISK_FORMATS) if (await format.probe(head, file)) return format.name;
  return 'raw';
}
