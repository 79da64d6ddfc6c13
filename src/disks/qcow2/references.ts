/** The clusters that an L1 table refers to, for those who count them. */
import { entryOffset, viewOf } from './geometry.ts';
import { compressedExtent } from './mapping.ts';
import type { Metadata } from './metadata.ts';

/** Every cluster that is referred to from an L1 table, L2 tables too, as often as it is. Under the lock. */
export async function* clustersOf(metadata: Metadata, l1: Uint8Array): AsyncGenerator<number> {
  const { mapping, geometry } = metadata;
  const { clusterSize, clusterBits, l2Entries } = geometry;
  const view = viewOf(l1);
  for (let i = 0; i < l1.length / 8; i++) {
    const offset = entryOffset(view, i * 8);
    if (offset === 0) continue;
    const table = await mapping.cache.get(offset);
    for (let index = 0; index < l2Entries; index++) {
      const entry = mapping.entry(table, index);
      if (entry.isCompressed) {
        const extent = compressedExtent(entry.high, entry.low, clusterBits);
        const last = Math.floor((extent.offset + extent.length - 1) / clusterSize);
        for (let cluster = Math.floor(extent.offset / clusterSize); cluster <= last; cluster++) yield cluster;
      } else if (entry.host !== 0) {
        yield entry.host / clusterSize;
      }
    }
    yield offset / clusterSize;
  }
}

/** Counts everything that an L1 table refers to once more, or nothing when that fails. Under the lock. */
export async function increaseAll(metadata: Metadata, l1: Uint8Array): Promise<void> {
  const { refcounts } = metadata;
  let count = 0;
  try {
    for await (const cluster of clustersOf(metadata, l1)) {
      await refcounts.increase(cluster);
      count++;
      if (refcounts.cache.isFull) await refcounts.writeBack();
    }
  } catch (error) {
    for await (const cluster of clustersOf(metadata, l1)) {
      if (count-- === 0) break;
      await refcounts.set(cluster, (await refcounts.get(cluster)) - 1);
    }
    throw error;
  }
}

/** Takes one reference from everything that an L1 table refers to, which is in use no more. Under the lock. */
export async function releaseAll(metadata: Metadata, l1: Uint8Array): Promise<void> {
  const { refcounts } = metadata;
  for await (const cluster of clustersOf(metadata, l1)) {
    refcounts.release(cluster);
    if (!refcounts.isFull) continue;
    await metadata.free();
    await refcounts.writeBack();
  }
  await metadata.free();
  await refcounts.writeBack();
}

/** Clusters that `length` bytes from `offset` on lie in, given back. Under the lock. */
export function releaseRange(metadata: Metadata, offset: number, length: number): void {
  const { clusterSize } = metadata.geometry;
  if (length > 0) metadata.refcounts.release(offset / clusterSize, Math.ceil(length / clusterSize));
}
