/**
 * Internal snapshots: making, applying and deleting them (qcow2 specification, "Snapshots"). All of it under the
 * lock, when nothing is dirty and nothing else is under way. What becomes visible does so by one write to the header.
 */
import { ArgumentError } from '../../errors.ts';
import { encodeUtf8 } from '../../text.ts';
import type { SnapshotInfo } from '../disk-image.ts';
import { readOnlyView, type ImageFile } from '../image-file.ts';
import { hasBitmaps } from './bitmaps.ts';
import { damaged, entryOffset, getUint64, setUint64, viewOf, COPIED, MAX_OFFSET } from './geometry.ts';
import { encodeSnapshots, HEADER_SNAPSHOTS, l1EntriesFor, MAX_L1_BYTES, type Header } from './header.ts';
import { readL1 } from './mapping.ts';
import { Metadata } from './metadata.ts';
import { increaseAll, releaseAll, releaseRange } from './references.ts';
import { encodeSnapshotTable, readSnapshots, type Snapshot } from './snapshot-table.ts';

const MAX_NAME = 0xffff;

/**
 * Puts another L1 table in the place of the active one.
 * @param isCounted whether it refers to what the former did, so that no count changes.
 */
export async function replaceL1(
  metadata: Metadata,
  l1: Uint8Array,
  size: number,
  isCounted = false,
): Promise<void> {
  const { header, mapping } = metadata;
  await metadata.commitAll();
  const offset = await storeContiguous(metadata, l1);
  const former = { offset: header.l1Offset, l1: mapping.l1Table };
  await metadata.switchL1(offset, l1, size);
  releaseRange(metadata, former.offset, former.l1.length);
  await releaseAll(metadata, isCounted ? new Uint8Array() : former.l1);
  await metadata.commitAll();
}

export async function createSnapshot(metadata: Metadata, name: string, now: number): Promise<void> {
  const { snapshots, mapping, header, geometry } = metadata;
  if (encodeUtf8(name).length > MAX_NAME) throw new ArgumentError(`a name of more than ${MAX_NAME} bytes`);
  if (snapshots.some((snapshot) => snapshot.name === name))
    throw new ArgumentError(`there is a snapshot "${name}" already`);
  await increaseAll(metadata, mapping.l1Table);
  await metadata.refcounts.writeBack();
  await metadata.file.flush();
  await setCopiedFlags(metadata, async () => false);
  await metadata.commitAll();
  const l1Offset = await storeContiguous(metadata, mapping.l1Table);
  const extra = new Uint8Array(16);
  setUint64(viewOf(extra), 8, header.size);
  const ids = snapshots.map(({ id }) => Number(id)).filter((id) => Number.isSafeInteger(id));
  await storeSnapshots(metadata, [
    ...snapshots,
    {
      l1Offset,
      l1Entries: header.l1Entries,
      id: String(Math.max(0, ...ids) + 1),
      name,
      seconds: Math.floor(now / 1000) % 2 ** 32,
      nanoseconds: (now % 1000) * 1_000_000,
      guest: new Uint8Array(12),
      extra: geometry.version === 3 ? extra : new Uint8Array(),
      size: header.size,
    },
  ]);
}

export async function applySnapshot(metadata: Metadata, name: string): Promise<void> {
  const { file, header, mapping } = metadata;
  const { l1, size } = await readState(file, header, findSnapshot(metadata.snapshots, name));
  if (size !== header.size && hasBitmaps(header))
    throw damaged(
      file,
      `the disk had ${size} bytes, and persistent bitmaps are of one of ${header.size}: remove them first`,
    );
  await increaseAll(metadata, l1);
  await metadata.refcounts.writeBack();
  await metadata.file.flush();
  // Everything in it is the snapshot's, too.
  for (let at = 0; at < l1.length; at += 8) l1[at] &= 0x7f;
  await clearFlagsIn(metadata, l1);
  await metadata.commitAll();
  await replaceL1(metadata, l1, size);
  mapping.clear();
}

export async function deleteSnapshot(metadata: Metadata, name: string): Promise<void> {
  const { geometry, file, refcounts } = metadata;
  const snapshot = findSnapshot(metadata.snapshots, name);
  const l1 = await readL1(file, geometry, snapshot.l1Offset, snapshot.l1Entries);
  await storeSnapshots(
    metadata,
    metadata.snapshots.filter((other) => other !== snapshot),
  );
  releaseRange(metadata, snapshot.l1Offset, snapshot.l1Entries * 8);
  await releaseAll(metadata, l1);
  await metadata.commitAll();
  await setCopiedFlags(metadata, async (cluster) => (await refcounts.get(cluster)) === 1);
  await metadata.commitAll();
}

/** Sets or clears bit 63 of every entry of the active tables. */
export async function setCopiedFlags(
  metadata: Metadata,
  isCopied: (cluster: number) => boolean | Promise<boolean>,
): Promise<void> {
  const { mapping, geometry } = metadata;
  const { clusterSize, entrySize } = geometry;
  for (let i = 0; i < mapping.l1Table.length / 8; i++) {
    const offset = mapping.l2Offset(i);
    if (offset === 0) continue;
    const isOwn = await isCopied(offset / clusterSize);
    if (isOwn !== mapping.isL2Copied(i)) mapping.setL1(i, offset, isOwn);
    if (mapping.cache.isFull) await metadata.commit();
    const table = await mapping.cache.get(offset);
    for (let index = 0; index < geometry.l2Entries; index++) {
      const entry = mapping.entry(table, index);
      if (entry.host === 0) continue;
      const wanted = await isCopied(entry.host / clusterSize);
      if (wanted === entry.isCopied) continue;
      const at = index * entrySize;
      table.view.setUint32(at, (wanted ? entry.high | COPIED : entry.high & ~COPIED) >>> 0);
      mapping.cache.markDirty(table, at, at + 4);
    }
  }
}

/** Clears bit 63 in the L2 tables of an L1 table that is not the active one. */
async function clearFlagsIn(metadata: Metadata, l1: Uint8Array): Promise<void> {
  const { mapping, geometry } = metadata;
  const view = viewOf(l1);
  for (let i = 0; i < l1.length / 8; i++) {
    const offset = entryOffset(view, i * 8);
    if (offset === 0) continue;
    if (mapping.cache.isFull) await metadata.commit();
    const table = await mapping.cache.get(offset);
    for (let index = 0; index < geometry.l2Entries; index++) {
      const { host, isCopied, high } = mapping.entry(table, index);
      if (host === 0 || !isCopied) continue;
      const at = index * geometry.entrySize;
      table.view.setUint32(at, (high & ~COPIED) >>> 0);
      mapping.cache.markDirty(table, at, at + 4);
    }
  }
}

/** @param name of the snapshot, or its identifier. @throws ArgumentError */
function findSnapshot(snapshots: readonly Snapshot[], name: string): Snapshot {
  const found =
    snapshots.find((snapshot) => snapshot.name === name) ?? snapshots.find(({ id }) => id === name);
  if (found) return found;
  const names = snapshots.map((snapshot) => `"${snapshot.name}"`).join(', ') || 'none';
  throw new ArgumentError(`there is no snapshot "${name}"; there are: ${names}`);
}

/** The size of the disk then, and the L1 table, as long as that needs. @throws DiskImageError */
async function readState(
  file: ImageFile,
  header: Header,
  snapshot: Snapshot,
): Promise<{ readonly l1: Uint8Array; readonly size: number }> {
  const { geometry } = header;
  const size = snapshot.size ?? header.size;
  const needed = l1EntriesFor(size, geometry);
  if (!Number.isSafeInteger(size) || size > MAX_OFFSET || needed * 8 > MAX_L1_BYTES)
    throw damaged(
      file,
      `the snapshot "${snapshot.name}" is of a disk of ${size} bytes, which is too large`,
      header.snapshotsOffset,
    );
  const l1 = new Uint8Array(Math.max(snapshot.l1Entries, needed) * 8);
  l1.set(await readL1(file, geometry, snapshot.l1Offset, snapshot.l1Entries));
  return { l1, size };
}

/** The metadata of the disk as it was, for reading only, from a file that somebody else closes. */
export async function openState({ file, header }: Metadata, name: string): Promise<Metadata> {
  const { snapshots } = await readSnapshots(file, header);
  const { l1, size } = await readState(file, header, findSnapshot(snapshots, name));
  const view = readOnlyView(file, 'a snapshot can only be read');
  const metadata = await Metadata.open(view, { ...header, size });
  metadata.mapping.adopt(l1);
  return metadata;
}

/** What people and programs want to know of it. */
export function snapshotInfo(snapshot: Snapshot, header: Header): SnapshotInfo {
  const { id, name, extra, guest, seconds, nanoseconds } = snapshot;
  return {
    id,
    name,
    size: snapshot.size ?? header.size,
    // Of 32 bits in older images.
    stateSize: extra.length >= 8 ? getUint64(viewOf(extra), 0) : viewOf(guest).getUint32(8),
    time: seconds * 1000 + Math.floor(nanoseconds / 1e6),
  };
}

/** Puts the table of snapshots into a new place, and has the header name it. */
async function storeSnapshots(metadata: Metadata, snapshots: readonly Snapshot[]): Promise<void> {
  const { header, file } = metadata;
  const former = { offset: header.snapshotsOffset, length: metadata.snapshotsLength };
  const bytes = encodeSnapshotTable(snapshots);
  const offset = await storeContiguous(metadata, bytes);
  await file.flush();
  const next = { snapshotCount: snapshots.length, snapshotsOffset: offset };
  await file.write(HEADER_SNAPSHOTS, encodeSnapshots({ ...header, ...next }));
  await file.flush();
  Object.assign(header, next);
  await metadata.loadSnapshots();
  releaseRange(metadata, former.offset, former.length);
  await metadata.free();
  await metadata.commitAll();
}

/** Stores bytes in whole clusters at the file's end, counted before anything refers to them. */
async function storeContiguous(metadata: Metadata, bytes: Uint8Array): Promise<number> {
  const { clusterSize } = metadata.geometry;
  if (bytes.length === 0) return 0;
  const count = Math.ceil(bytes.length / clusterSize);
  const offset = (await metadata.refcounts.allocateContiguous(count)) * clusterSize;
  await metadata.refcounts.writeBack();
  const whole = new Uint8Array(count * clusterSize);
  whole.set(bytes);
  await metadata.file.write(offset, whole);
  return offset;
}
