/**
 * Virtual Hard Disks of Virtual PC, Hyper-V and Azure: fixed, dynamic and differencing.
 *
 * Left out: disks in several files; fixed disks with the footer of 511 bytes that programs before Virtual PC 2004
 * wrote; and comparing the time of the parent, which copying changes, where the unique id says more.
 */
import { ArgumentError } from '../../errors.ts';
import { DiskImageError, type CreateImageOptions, type DiskFormat, type DiskImage } from '../disk-image.ts';
import { FixedVhd } from './fixed.ts';
import {
  buildFooter,
  FOOTER_SIZE,
  isFooter,
  looksLikeFooter,
  roundUpToGeometry,
  TYPE_DIFFERENCING,
  TYPE_DYNAMIC,
  TYPE_FIXED,
} from './footer.ts';
import { readHeader, readParentName } from './header.ts';
import { readFooter, uniqueIdOf } from './identity.ts';
import { layOut } from './restructure.ts';
import { checkSize } from './size.ts';
import { SparseVhd } from './sparse.ts';

const DEFAULT_BLOCK_SIZE = 2 ** 21;
const SMALL_BLOCK_SIZE = 2 ** 19;
const ID_SIZE = 16;

export const VHD: DiskFormat = {
  name: 'vhd',
  title: 'Virtual Hard Disk (VHD)',
  extensions: ['.vhd', '.vpc', '.avhd'],
  options: {
    subformat: '"dynamic" (default), or "fixed", which Azure asks for',
    forceSize:
      'true (default): the disk has the size that is given, as Hyper-V and Azure read it; false: a size that ' +
      'cylinders, heads and sectors express and that is not less, as Virtual PC reads it',
    blockSize: 'bytes of a block of a dynamic disk: 2097152 (default) or 524288',
  },

  async probe(head, file) {
    if (looksLikeFooter(head)) return true;
    if (file.size < FOOTER_SIZE) return false;
    const last = new Uint8Array(FOOTER_SIZE);
    await file.read(file.size - FOOTER_SIZE, last);
    return isFooter(last);
  },

  async open(file, host) {
    const { footer, end } = await readFooter(file);
    if (footer.type === TYPE_FIXED) {
      if (footer.size > end) {
        const reason = `a disk of ${footer.size} bytes is not in a file of ${file.size}`;
        throw new DiskImageError(file.name, 'vhd', reason);
      }
      return new FixedVhd(file, footer);
    }
    const header = await readHeader(file, footer.headerOffset);
    const { tableEntries, blockSize } = header;
    if (tableEntries * blockSize < footer.size) {
      const reason = `a disk of ${footer.size} bytes has only ${tableEntries} blocks of ${blockSize}`;
      throw new DiskImageError(file.name, 'vhd', reason, footer.headerOffset);
    }
    const isDifferencing = footer.type === TYPE_DIFFERENCING;
    const backing = isDifferencing
      ? ({ reference: await readParentName(file, header), format: 'vhd' } as const)
      : undefined;
    return new SparseVhd(file, host, footer, header, backing, end);
  },

  async create(file, { size, backing, options = {} }: CreateImageOptions, host) {
    for (const name of Object.keys(options))
      if (!(name in VHD.options)) throw new ArgumentError(`expected no option "${name}" for a VHD`);
    const { subformat = 'dynamic', forceSize = true, blockSize = DEFAULT_BLOCK_SIZE } = options;
    if (subformat !== 'dynamic' && subformat !== 'fixed')
      throw new ArgumentError(`expected subformat "dynamic" or "fixed", found "${subformat}"`);
    if (typeof forceSize !== 'boolean')
      throw new ArgumentError(`expected forceSize true or false, found "${forceSize}"`);
    if (blockSize !== DEFAULT_BLOCK_SIZE && blockSize !== SMALL_BLOCK_SIZE)
      throw new ArgumentError(
        `expected blockSize ${DEFAULT_BLOCK_SIZE} or ${SMALL_BLOCK_SIZE}, found ${blockSize}`,
      );
    checkSize(size);
    const diskSize = forceSize || backing ? size : roundUpToGeometry(size);
    checkSize(diskSize);
    const uniqueId = new Uint8Array(ID_SIZE);
    host.random(uniqueId);
    const now = host.now();
    const common = { size: diskSize, uniqueId, now, isExact: forceSize };
    if (subformat === 'fixed') {
      if (backing) throw new ArgumentError('expected no backing image: a fixed VHD has none');
      await file.write(diskSize, buildFooter({ ...common, type: TYPE_FIXED }));
      return VHD.open(file, host);
    }
    const type = backing ? TYPE_DIFFERENCING : TYPE_DYNAMIC;
    const footer = buildFooter({ ...common, type, headerOffset: FOOTER_SIZE });
    const parent = backing && { id: parentIdOf(backing.image, size), reference: backing.reference };
    await layOut(file, footer, { blockSize, size: diskSize, parent, now });
    const image = await VHD.open(file, host);
    if (backing) image.backing = backing.image;
    return image;
  },
};

/** @throws ArgumentError when a VHD cannot lie upon the image. */
function parentIdOf(image: DiskImage, size: number): Uint8Array {
  const id = uniqueIdOf(image);
  if (!id) throw new ArgumentError(`expected a VHD as the parent of a VHD, found ${image.format}`);
  if (image.size !== size)
    throw new ArgumentError(
      `expected the size of the parent, ${image.size}, for a differencing VHD: found ${size}`,
    );
  return id;
}
