/**
 * VHDX, the virtual hard disks of Hyper-V: fixed, dynamic and differencing.
 *
 * Left out: making the block allocation table longer than its region, so that a disk grows as far as the table has
 * room, and a fixed one not at all; logs of more than 64 MiB; and correcting stale paths of parents.
 */
import { ArgumentError } from '../../errors.ts';
import type { CreateImageOptions, DiskFormat, DiskImage, FormatOptions, ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { encodeEntry, ENTRY_SIZE, STATE, TableLayout } from './block-table.ts';
import { hexOf, NO_GUID } from './guid.ts';
import { buildIdentifier, hasSignature, HEADER_SECTION, Headers, MIB, viewOf } from './header.ts';
import { VhdxImage } from './image.ts';
import { readLog } from './log-reader.ts';
import { buildMetadata, itemOf, MAX_BLOCK, MIN_BLOCK, readMetadata } from './metadata.ts';
import { buildParentLocator, dataWriteGuidOf, readParentLocator } from './parent.ts';
import { readRegions, writeRegions } from './regions.ts';
import { replayInto, ReplayedFile } from './replay.ts';
import { checkSize } from './restructure.ts';

const GUID_SIZE = 16;
const MAX_LOG = 64 * MIB;
const CHUNK = 65536;

export const VHDX: DiskFormat = {
  name: 'vhdx',
  title: 'Hyper-V virtual hard disk (VHDX)',
  extensions: ['.vhdx', '.avhdx'],
  options: {
    subformat: '"dynamic" (default) or "fixed"',
    blockSize: 'bytes of a block, a power of two from 1 MiB to 256 MiB; 0 (default): by the size of the disk',
    logSize: 'bytes of the log, whole MiB up to 64 (default 1048576)',
    blockStateZero:
      'true (default): blocks that were never written are said to be zeros; false: to be not present, of which ' +
      'a reader may make what it likes',
    logicalSectorSize: 'bytes of a sector of the disk: 512 (default) or 4096',
  },

  probe: hasSignature,

  async open(file, host) {
    let headers = await Headers.read(file);
    let source = file;
    const { logGuid } = headers.current;
    if (logGuid !== NO_GUID) {
      const log = await readLog(file, headers.current);
      if (file.readOnly) source = new ReplayedFile(file, log);
      else {
        await headers.update({ fileWriteGuid: newGuid(host) });
        await replayInto(file, log);
        await headers.update({ logGuid: NO_GUID });
        headers = await Headers.read(file);
      }
    }
    const regions = await readRegions(source, headers.current);
    const metadata = await readMetadata(source, regions.metadata);
    const { blockSize, sectorSize, hasParent, size } = metadata;
    const needed = new TableLayout(blockSize, sectorSize).entriesOf(size, hasParent);
    const image = (reference?: string, linkages: readonly string[] = []): VhdxImage =>
      new VhdxImage(source, host, {
        headers,
        regions,
        metadata,
        backing: reference === undefined ? undefined : { reference, format: 'vhdx' },
        linkages,
        wasReplayed: logGuid !== NO_GUID,
      });
    if (needed * ENTRY_SIZE > regions.bat.length)
      throw image().error(`a disk of ${size} bytes needs a table of ${needed} entries`, regions.bat.offset);
    if (!hasParent) return image();
    const { reference, linkages } = await readParentLocator(source, itemOf(metadata, 'parent'));
    return image(reference, linkages);
  },

  async create(file, { size, backing, options = {} }: CreateImageOptions, host) {
    const { isFixed, blockSize, logSize, isZero, sectorSize } = readOptions(options, size);
    if (backing && isFixed) throw new ArgumentError('expected no backing image: a fixed VHDX has none');
    const random = (): Uint8Array => {
      const bytes = new Uint8Array(GUID_SIZE);
      host.random(bytes);
      return bytes;
    };
    const layout = new TableLayout(blockSize, sectorSize);
    const entries = layout.entriesOf(size, true);
    const bat = {
      offset: HEADER_SECTION + logSize,
      length: Math.ceil((entries * ENTRY_SIZE) / MIB) * MIB,
    };
    const metadata = { offset: bat.offset + bat.length, length: MIB };
    const start = metadata.offset + metadata.length;
    const blocks = layout.blocksOf(size);
    await file.truncate(start + (isFixed ? blocks * blockSize : 0));
    const state = isFixed ? STATE.present : isZero && !backing ? STATE.zero : STATE.notPresent;
    if (state !== STATE.notPresent)
      await writeTable(file, bat.offset, layout, blocks, (block) => ({
        state,
        offset: isFixed ? start + block * blockSize : 0,
      }));
    const parent = backing && buildParentLocator(backing.reference, linkageOf(backing.image));
    await file.write(
      metadata.offset,
      buildMetadata({
        blockSize,
        isFixed,
        size,
        sectorSize,
        physicalSectorSize: sectorSize,
        diskId: random(),
        parent,
      }),
    );
    await writeRegions(file, bat, metadata);
    await Headers.create(file, {
      sequence: 1n,
      fileWriteGuid: hexOf(random()),
      dataWriteGuid: hexOf(random()),
      logGuid: NO_GUID,
      logOffset: HEADER_SECTION,
      logLength: logSize,
    });
    await file.write(0, buildIdentifier());
    const image = await VHDX.open(file, host);
    if (backing) image.backing = backing.image;
    return image;
  },
};

function newGuid(host: ImageHost): string {
  const bytes = new Uint8Array(GUID_SIZE);
  host.random(bytes);
  return hexOf(bytes);
}

/** @throws ArgumentError when a VHDX cannot lie upon the image. */
function linkageOf(image: DiskImage): string {
  const guid = dataWriteGuidOf(image);
  if (guid === undefined)
    throw new ArgumentError(`expected a VHDX as the parent of a VHDX, found ${image.format}`);
  return guid;
}

function readOptions(
  options: FormatOptions,
  size: number,
): { isFixed: boolean; blockSize: number; logSize: number; isZero: boolean; sectorSize: number } {
  for (const name of Object.keys(options))
    if (!(name in VHDX.options)) throw new ArgumentError(`expected no option "${name}" for a VHDX`);
  const { subformat = 'dynamic', logSize = MIB, blockStateZero = true, logicalSectorSize = 512 } = options;
  if (subformat !== 'dynamic' && subformat !== 'fixed')
    throw new ArgumentError(`expected subformat "dynamic" or "fixed", found "${subformat}"`);
  if (typeof blockStateZero !== 'boolean')
    throw new ArgumentError(`expected blockStateZero true or false, found "${blockStateZero}"`);
  if (typeof logSize !== 'number' || logSize < MIB || logSize % MIB !== 0 || logSize > MAX_LOG)
    throw new ArgumentError(`expected logSize in whole MiB up to 64, found ${logSize}`);
  if (logicalSectorSize !== 512 && logicalSectorSize !== 4096)
    throw new ArgumentError(`expected logicalSectorSize 512 or 4096, found ${logicalSectorSize}`);
  checkSize(size, logicalSectorSize);
  const blockSize = options['blockSize'] || usualBlockSize(size);
  if (
    typeof blockSize !== 'number' ||
    blockSize < MIN_BLOCK ||
    blockSize > MAX_BLOCK ||
    (blockSize & (blockSize - 1)) !== 0
  )
    throw new ArgumentError(`expected blockSize a power of two from 1 MiB to 256 MiB, found ${blockSize}`);
  return {
    isFixed: subformat === 'fixed',
    blockSize,
    logSize,
    isZero: blockStateZero,
    sectorSize: logicalSectorSize,
  };
}

/** As QEMU has it: few blocks on great disks. */
function usualBlockSize(size: number): number {
  if (size > 32 * 2 ** 40) return 64 * MIB;
  if (size > 100 * 2 ** 30) return 32 * MIB;
  return size > 2 ** 30 ? 16 * MIB : 8 * MIB;
}

async function writeTable(
  file: ImageFile,
  offset: number,
  layout: TableLayout,
  blocks: number,
  entryOf: (block: number) => { state: number; offset: number },
): Promise<void> {
  const entries = layout.indexOf(blocks - 1) + 1;
  const perChunk = CHUNK / ENTRY_SIZE;
  let block = 0;
  for (let first = 0; first < entries; first += perChunk) {
    const chunk = new Uint8Array(Math.min(perChunk, entries - first) * ENTRY_SIZE);
    const view = viewOf(chunk);
    for (; block < blocks && layout.indexOf(block) < first + perChunk; block++)
      encodeEntry(view, (layout.indexOf(block) - first) * ENTRY_SIZE, entryOf(block));
    await file.write(offset + first * ENTRY_SIZE, chunk);
  }
}
