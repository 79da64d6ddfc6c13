/** New reference counts at the file's end, where the old ones cannot be used. */
import { damaged, setEntry, viewOf } from './geometry.ts';
import { encodeRefcountTable, HEADER_REFCOUNT_TABLE, MAX_REFCOUNT_TABLE_BYTES } from './header.ts';
import type { Metadata } from './metadata.ts';
import { setCount } from './refcounts.ts';
import type { References } from './survey.ts';

/** @throws DiskImageError when so many refer to a cluster that its count cannot say so. */
export function checkCount({ file, geometry }: Metadata, cluster: number, count: number): void {
  if (count <= geometry.maxRefcount) return;
  throw damaged(
    file,
    `${count} refer to the cluster, and counts have ${1 << geometry.refcountOrder} bits`,
    cluster * geometry.clusterSize,
  );
}

/** Stores what was counted in a new table with new blocks, and has the header name them. */
export async function rebuildRefcounts(metadata: Metadata, references: References): Promise<void> {
  const { file, geometry, header } = metadata;
  const { clusterSize, blockEntries, refcountOrder } = geometry;
  const former = new Map<number, number>();
  for (const cluster of references.refcountClusters) former.set(cluster, (former.get(cluster) ?? 0) + 1);
  const { counts } = references;
  const start = Math.max(Math.ceil(file.size / clusterSize), counts.end);
  const counted = counts.blocks(blockEntries);
  let indices = counted;
  let tableClusters = 1;
  for (let known = -1; known !== indices.length + tableClusters;) {
    known = indices.length + tableClusters;
    const last = Math.floor((start + known - 1) / blockEntries);
    tableClusters = Math.ceil(((last + 1) * 8) / clusterSize);
    const own = new Set(counted);
    for (let i = Math.floor(start / blockEntries); i <= last; i++) own.add(i);
    indices = [...own].sort((a, b) => a - b);
  }
  if (tableClusters * clusterSize > MAX_REFCOUNT_TABLE_BYTES)
    throw damaged(file, 'its refcount table would be longer than 8 MiB');
  const end = start + tableClusters + indices.length;
  const table = new Uint8Array(tableClusters * clusterSize);
  for (const [n, index] of indices.entries()) {
    const block = viewOf(new Uint8Array(clusterSize));
    for (let i = 0; i < blockEntries; i++) {
      const cluster = index * blockEntries + i;
      const isOwn = cluster >= start && cluster < end;
      // The former table and blocks become free.
      const count = isOwn ? 1 : counts.get(cluster) - (former.get(cluster) ?? 0);
      if (count === 0) continue;
      checkCount(metadata, cluster, count);
      setCount(block, refcountOrder, i, count);
    }
    const offset = (start + tableClusters + n) * clusterSize;
    setEntry(viewOf(table), index * 8, offset);
    await file.write(offset, new Uint8Array(block.buffer));
  }
  await file.write(start * clusterSize, table);
  await file.flush();
  header.refcountTableOffset = start * clusterSize;
  header.refcountTableClusters = tableClusters;
  await file.write(HEADER_REFCOUNT_TABLE, encodeRefcountTable(header));
  await file.flush();
  metadata.refcounts.cache.clear();
}
