/** Making VMDK images. */
import { ArgumentError } from '../../errors.ts';
import type { CreateImageOptions, DiskImage, FormatOptions, ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { MAX_EXTENTS, writeDescriptor } from './descriptor.ts';
import {
  createExtent,
  DESCRIPTOR,
  GRAIN,
  listExtents,
  MAX_FLAT,
  MAX_SPARSE,
  SPLIT,
  TABLE_ENTRIES,
  writeSparse,
} from './extents.ts';
import { VmdkImage } from './image.ts';
import {
  encodeSparseHeader,
  FLAG_COMPRESSED,
  FLAG_MARKERS,
  FLAG_NEWLINES,
  SECTOR,
  type NewHeader,
} from './sparse-header.ts';
import { StreamWriter } from './stream-writer.ts';

const SUBFORMATS = [
  'monolithicSparse',
  'monolithicFlat',
  'twoGbMaxExtentSparse',
  'twoGbMaxExtentFlat',
  'streamOptimized',
];
const ADAPTERS = ['ide', 'buslogic', 'lsilogic', 'legacyESX'];

/** @throws ArgumentError */
export async function createVmdk(
  file: ImageFile,
  { size, backing, options = {} }: CreateImageOptions,
  host: ImageHost,
): Promise<DiskImage> {
  const subformat = choose(options, 'subformat', SUBFORMATS);
  const adapterType = choose(options, 'adapterType', ADAPTERS);
  const hardwareVersion = String(options['hwversion'] ?? 4);
  if (!/^\d{1,3}$/.test(hardwareVersion))
    throw new ArgumentError(`expected a number for the option hwversion, found ${hardwareVersion}`);
  const hasZeroGrains = options['zeroedGrain'] ?? false;
  if (typeof hasZeroGrains !== 'boolean')
    throw new ArgumentError(`expected true or false for the option zeroedGrain, found ${hasZeroGrains}`);
  const isFlat = subformat.endsWith('Flat');
  const isSplit = subformat.startsWith('twoGb');
  const isStream = subformat === 'streamOptimized';
  if (hasZeroGrains && (isFlat || isStream))
    throw new ArgumentError(`expected no option zeroedGrain: ${subformat} images have no such grains`);
  const sectors = size / SECTOR;
  const most = isSplit ? MAX_EXTENTS * SPLIT : isFlat ? MAX_FLAT : MAX_SPARSE;
  if (!Number.isInteger(sectors) || sectors === 0 || sectors > most)
    throw new ArgumentError(
      `expected a size for ${subformat} images that is a multiple of ${SECTOR}, not 0 and at most ${most * SECTOR}, found ${size}`,
    );
  const parent = backing && parentOf(backing, subformat);

  const name = file.name.split(/[/\\]/).at(-1)!;
  if (/["\r\n]/.test(name))
    throw new ArgumentError(`expected a file name that a descriptor can have, without quotes, found ${name}`);
  const extents = listExtents(name, sectors, isFlat, isSplit);
  const bytes = new Uint8Array(4);
  host.random(bytes);
  // The greatest two numbers have meanings of their own.
  const cid = new DataView(bytes.buffer).getUint32(0) & 0x7fff_ffff;
  const descriptor = writeDescriptor({ cid, parent, subformat, extents, adapterType, hardwareVersion });
  if (isSplit || isFlat) {
    for (const extent of extents) await createExtent(extent, file, host, isFlat, hasZeroGrains);
    await file.write(0, descriptor);
    await file.flush();
    return VmdkImage.open(file, host);
  }
  if (descriptor.length > DESCRIPTOR.length * SECTOR)
    throw new ArgumentError('expected shorter names: the descriptor has no room for them');
  if (!isStream) {
    await file.write(DESCRIPTOR.offset * SECTOR, descriptor);
    await writeSparse(file, sectors, hasZeroGrains);
    return VmdkImage.open(file, host);
  }
  const header: NewHeader = {
    version: 3,
    flags: FLAG_NEWLINES | FLAG_COMPRESSED | FLAG_MARKERS,
    capacity: sectors,
    grain: GRAIN,
    descriptor: DESCRIPTOR,
    tableEntries: TABLE_ENTRIES,
    redundantDirectory: 0,
    directory: undefined,
    overhead: GRAIN,
  };
  const start = new Uint8Array(GRAIN * SECTOR);
  start.set(encodeSparseHeader(header));
  start.set(descriptor, DESCRIPTOR.offset * SECTOR);
  await file.write(0, start);
  return new StreamWriter(file, host, header, subformat, start.length);
}

function choose(options: FormatOptions, name: string, choices: readonly string[]): string {
  const value = options[name] ?? choices[0];
  if (typeof value === 'string' && choices.includes(value)) return value;
  throw new ArgumentError(`expected one of ${choices.join(', ')} for the option ${name}, found ${value}`);
}

function parentOf(
  { image, reference }: NonNullable<CreateImageOptions['backing']>,
  subformat: string,
): { cid: number; reference: string } {
  if (!subformat.endsWith('Sparse'))
    throw new ArgumentError(`expected no backing image: ${subformat} images have none`);
  if (!(image instanceof VmdkImage))
    throw new ArgumentError(`expected a VMDK image as the backing image, found ${image.format}`);
  if (/["\r\n]/.test(reference))
    throw new ArgumentError(`expected a backing image whose name has no quotes, found ${reference}`);
  return { cid: image.cid, reference };
}
