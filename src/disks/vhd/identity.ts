/** How a differencing VHD knows its parent: by the "Unique Id" in the parent's footer. */
import { DiskImageError, type DiskImage, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { FOOTER_SIZE, isFooter, parseFooter, SECTOR, TYPE_FIXED, typeOf, type Footer } from './footer.ts';

export interface VhdImage extends DiskImage {
  readonly uniqueId: Uint8Array;
}

export const sameId = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.every((byte, i) => byte === b[i]);

/** The unique id of a VHD; undefined for what is none. */
export const uniqueIdOf = (image: DiskImage): Uint8Array | undefined =>
  image.format === 'vhd' ? (image as VhdImage).uniqueId : undefined;

/**
 * The footer that counts: the one at the end of the file, or, when that one is damaged or was about to be moved,
 * the copy at the start of a dynamic or differencing disk. So nothing on a fixed disk is taken for a copy.
 * @returns it, and where it is, or should be.
 */
export async function readFooter(file: ImageFile): Promise<{ footer: Footer; end: number }> {
  const bytes = new Uint8Array(FOOTER_SIZE);
  if (file.size < FOOTER_SIZE)
    throw new DiskImageError(file.name, 'vhd', `expected a footer, found a file of ${file.size} bytes`);
  const last = file.size - FOOTER_SIZE;
  await file.read(last, bytes);
  if (isFooter(bytes)) {
    const end = Math.ceil(last / SECTOR) * SECTOR;
    return { footer: parseFooter(bytes, file.name, last), end };
  }
  await file.read(0, bytes);
  if (!isFooter(bytes) || typeOf(bytes) === TYPE_FIXED) {
    const reason =
      'expected a footer with a right checksum at the end, or a copy of it at the start: found neither';
    throw new DiskImageError(file.name, 'vhd', reason, last);
  }
  return { footer: parseFooter(bytes, file.name, 0), end: Math.ceil(file.size / SECTOR) * SECTOR };
}

/** The footer of the VHD that a reference names. */
export async function readParent(host: ImageHost, from: ImageFile, reference: string): Promise<Footer> {
  const file = await host.openReferenced(reference, from, true);
  try {
    return (await readFooter(file)).footer;
  } finally {
    await file.close();
  }
}
