/** Giving a VHDX another size or parent, or taking its content away. */
import { ArgumentError } from '../../errors.ts';
import type { ImageHost } from '../disk-image.ts';
import { STATE } from './block-table.ts';
import { guidBytes } from './guid.ts';
import { viewOf } from './header.ts';
import type { VhdxImage } from './image.ts';
import {
  HAS_PARENT,
  IS_REQUIRED,
  ITEM_ENTRY,
  ITEM_ENTRY_SIZE,
  itemOf,
  LEAVE_ALLOCATED,
  MAX_SIZE,
  PARENT_LOCATOR,
  readMetadata,
  TABLE,
  TABLE_SIZE,
} from './metadata.ts';
import { buildParentLocator, dataWriteGuidOf, readDataWriteGuid } from './parent.ts';

/** @throws ArgumentError */
export function checkSize(size: number, sectorSize: number): void {
  if (!Number.isSafeInteger(size) || size <= 0 || size % sectorSize !== 0)
    throw new ArgumentError(`expected a size in whole sectors of ${sectorSize} bytes, found ${size}`);
  if (size > MAX_SIZE) throw new ArgumentError(`expected a size of at most 64 TiB for a VHDX, found ${size}`);
}

/** What was behind the end becomes zeros before it is on the disk; what is cut off is behind the end at once. */
export async function resizeVhdx(image: VhdxImage, size: number): Promise<void> {
  const { sectorSize, blockSize, hasParent, isFixed } = image.metadata;
  checkSize(size, sectorSize);
  const former = image.size;
  const { layout } = image.table;
  if (size > former) {
    const entries = layout.entriesOf(size, hasParent);
    const room = image.regions.bat.length / 8;
    if (entries > room) throw image.error(`its table has room for ${room} blocks, and would need ${entries}`);
    if (isFixed) throw image.error('a fixed disk does not become greater');
    const last = layout.blocksOf(former);
    // The rest of the last block, as if the disk already ended where the block does.
    image.metadata = { ...image.metadata, size: Math.min(size, last * blockSize) };
    await image.clear(former, image.size - former, false);
    image.metadata = { ...image.metadata, size: former };
    for (let block = last; block < layout.blocksOf(size); block++) {
      await image.table.setPayload(block, { state: STATE.zero, offset: 0 });
      await image.limitDirty();
    }
    await image.flush();
  }
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, BigInt(size), true);
  await image.patch([{ offset: itemOf(image.metadata, 'size')!.offset, bytes }]);
  await image.flush();
  image.metadata = { ...image.metadata, size };
}

/** Takes all blocks out of the table. What lies beneath may have changed: it is the parent as it is now. */
export async function forgetBlocks(image: VhdxImage): Promise<void> {
  const { layout } = image.table;
  const entry = { state: STATE.notPresent, offset: 0 };
  for (let block = 0; block < layout.blocksOf(image.size); block++) {
    if ((await image.table.payload(block)).state !== STATE.notPresent)
      await image.table.setPayload(block, entry);
    if (image.metadata.hasParent && block % layout.ratio === 0) await image.table.setBitmap(block, entry);
    await image.limitDirty();
  }
  await image.flush();
  const { backing, backingReference } = image;
  const guid = backing && dataWriteGuidOf(backing);
  if (backingReference && guid !== undefined) await writeLocator(image, backingReference.reference, guid);
}

export async function linkParent(image: VhdxImage, reference: string, host: ImageHost): Promise<void> {
  const { layout } = image.table;
  const needed = layout.entriesOf(image.size, true);
  if (image.metadata.isFixed) throw image.error('a fixed disk has no parent');
  if (needed > image.regions.bat.length / 8) throw image.error('its table has no room for bitmaps');
  const guid = await readDataWriteGuid(host, image.file, reference);
  if (!image.metadata.hasParent) {
    // Entries of bitmaps counted for nothing until now.
    for (let block = 0; block < layout.blocksOf(image.size); block += layout.ratio) {
      await image.table.setBitmap(block, { state: STATE.notPresent, offset: 0 });
      await image.limitDirty();
    }
    await image.flush();
  }
  await writeLocator(image, reference, guid);
}

/** What the image does not store of blocks reads as zeros then. */
export async function unlinkParent(image: VhdxImage): Promise<void> {
  if (!image.metadata.hasParent) return;
  const { layout } = image.table;
  for (let block = 0; block < layout.blocksOf(image.size); block++) await image.complete(block);
  await image.flush();
  for (let block = 0; block < layout.blocksOf(image.size); block += layout.ratio) {
    await image.table.setBitmap(block, { state: STATE.notPresent, offset: 0 });
    await image.limitDirty();
  }
  await image.flush();
  await image.patch([parametersOf(image, false)]);
  await image.flush();
  await reread(image);
  image.backingReference = undefined;
}

function parametersOf(image: VhdxImage, hasParent: boolean): { offset: number; bytes: Uint8Array } {
  const { isFixed, blockSize } = image.metadata;
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint32(0, blockSize, true);
  viewOf(bytes).setUint32(4, (isFixed ? LEAVE_ALLOCATED : 0) | (hasParent ? HAS_PARENT : 0), true);
  return { offset: itemOf(image.metadata, 'parameters')!.offset, bytes };
}

/** Names the parent: its item, the item's entry and the flag that says that there is one, at once. */
async function writeLocator(image: VhdxImage, reference: string, guid: string): Promise<void> {
  const { offset: start, length } = image.regions.metadata;
  const locator = buildParentLocator(reference, guid);
  await image.flush();
  const table = new Uint8Array(TABLE_SIZE);
  await image.file.read(start, table);
  const view = viewOf(table);
  const count = view.getUint16(TABLE.count, true);
  const own = itemOf(image.metadata, 'parent');
  let at = own && own.entry - start;
  // Behind all other items.
  let end = TABLE_SIZE;
  for (let i = 0; i < count; i++) {
    const entry = TABLE.entries + i * ITEM_ENTRY_SIZE;
    if (entry === at) continue;
    end = Math.max(
      end,
      view.getUint32(entry + ITEM_ENTRY.offset, true) + view.getUint32(entry + ITEM_ENTRY.length, true),
    );
  }
  if (at === undefined) {
    at = TABLE.entries + count * ITEM_ENTRY_SIZE;
    view.setUint16(TABLE.count, count + 1, true);
  }
  if (at + ITEM_ENTRY_SIZE > TABLE_SIZE || end + locator.length > length)
    throw image.error('its metadata have no room for the name of a parent', start);
  table.set(guidBytes(PARENT_LOCATOR), at);
  view.setUint32(at + ITEM_ENTRY.offset, end, true);
  view.setUint32(at + ITEM_ENTRY.length, locator.length, true);
  view.setUint32(at + ITEM_ENTRY.flags, IS_REQUIRED, true);
  await image.patch([
    { offset: start, bytes: table.subarray(0, TABLE.entries) },
    { offset: start + at, bytes: table.subarray(at, at + ITEM_ENTRY_SIZE) },
    { offset: start + end, bytes: locator },
    parametersOf(image, true),
  ]);
  await image.flush();
  await reread(image);
  image.backingReference = { reference, format: 'vhdx' };
  image.linkages = [guid];
}

async function reread(image: VhdxImage): Promise<void> {
  image.metadata = await readMetadata(image.file, image.regions.metadata);
}
