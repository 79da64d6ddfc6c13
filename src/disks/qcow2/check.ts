/** Comparing an image's metadata with itself, and repairing what can be. */
import type { CheckReport, WorkOptions } from '../disk-image.ts';
import { Findings } from '../findings.ts';
import type { ClusterCounts } from './counts.ts';
import { COMPRESSED, COPIED, entryOffset, type Geometry } from './geometry.ts';
import { INCOMPATIBLE_CORRUPT, INCOMPATIBLE_DIRTY } from './header.ts';
import type { Metadata } from './metadata.ts';
import { checkCount, rebuildRefcounts } from './rebuild.ts';
import { getCount } from './refcounts.ts';
import { countReferences, type References } from './survey.ts';
import type { Table } from './table-cache.ts';

type Repair = 'leaks' | 'all' | undefined;

/**
 * When nothing is dirty and nothing else is under way.
 * @throws DiskImageError when there is too much to be counted, or a count is too great for the image; errors of the file.
 */
export async function checkImage(
  metadata: Metadata,
  { repair, ...options }: WorkOptions & { readonly repair?: Repair },
): Promise<CheckReport> {
  const findings = new Findings();
  const references = await compare(metadata, findings, options);
  const wrong = findings.errorCount + findings.leaks;
  const { header } = metadata;
  const isMarked = (header.incompatible & (INCOMPATIBLE_DIRTY | INCOMPATIBLE_CORRUPT)) !== 0n;
  if (repair === undefined || (wrong === 0 && !isMarked)) return findings.report(0);
  options.signal?.throwIfAborted();

  if (wrong > 0) await repairImage(metadata, references, repair);
  await metadata.reload();
  // What is wrong now is what could not be repaired.
  const remaining = new Findings();
  if (wrong > 0) await compare(metadata, remaining, options);
  const left = remaining.errorCount + remaining.leaks;
  if (left === 0 && isMarked) {
    header.incompatible &= ~(INCOMPATIBLE_DIRTY | INCOMPATIBLE_CORRUPT);
    await metadata.writeFeatures();
  }
  await metadata.reload();
  return findings.report(Math.max(0, wrong - left));
}

interface Comparison extends References {
  /** Whether a cluster is referred to for which there is no block of counts. */
  readonly needsBlocks: boolean;
  /** How many counts are too small. */
  readonly low: number;
}

async function compare(metadata: Metadata, findings: Findings, options: WorkOptions): Promise<Comparison> {
  const references = await countReferences(metadata, findings, options);
  if (!references.isSound) return { ...references, needsBlocks: true, low: 0 };
  await metadata.refcounts.load();
  await compareFlags(metadata, references, findings);
  return { ...references, ...(await compareCounts(metadata, references, findings)) };
}

async function compareCounts(
  metadata: Metadata,
  { counts }: References,
  findings: Findings,
): Promise<{ needsBlocks: boolean; low: number }> {
  const { blockEntries, refcountOrder, clusterSize } = metadata.geometry;
  let needsBlocks = false;
  let low = 0;
  for await (const { first, block } of blocksToCompare(metadata, counts)) {
    for (let i = 0; i < blockEntries; i++) {
      const stored = block ? getCount(block.view, refcountOrder, i) : 0;
      const count = counts.get(first + i);
      if (stored > count) findings.leaks++;
      if (stored >= count) continue;
      low++;
      needsBlocks ||= !block;
      const offset = (first + i) * clusterSize;
      findings.errorAt(offset, `the reference count is ${stored}, and ${count} refer to the cluster`);
    }
  }
  return { needsBlocks, low };
}

/** The blocks of counts that there are or should be; what they have is of the clusters from `first` on. */
async function* blocksToCompare(
  { refcounts, geometry }: Metadata,
  counts: ClusterCounts,
): AsyncGenerator<{ first: number; block: Table | undefined }> {
  const { blockEntries } = geometry;
  const indices = new Set(counts.blocks(blockEntries));
  for (let i = 0; i < refcounts.tableEntries; i++) if (refcounts.blockOffset(i) !== 0) indices.add(i);
  for (const index of indices) {
    const offset = refcounts.blockOffset(index);
    yield {
      first: index * blockEntries,
      block: offset === 0 ? undefined : await refcounts.cache.get(offset),
    };
  }
}

/** Compares bit 63 of the active tables' entries with the counts. */
async function compareFlags(metadata: Metadata, { counts }: References, findings: Findings): Promise<void> {
  const { refcounts, geometry } = metadata;
  for await (const { place, entries } of activeTables(metadata)) {
    for (const { at, cluster, isCopied } of entries) {
      const count = counts.get(cluster);
      if (isCopied === (count === 1)) continue;
      // Whoever counts too much sees it shared, and is right to.
      if (!isCopied && (await refcounts.get(cluster)) !== 1) continue;
      const offset = cluster * geometry.clusterSize;
      const number = isCopied ? 'one refers' : 'several refer';
      findings.errorAt(place + at, `bit 63 says that ${number} to the cluster at ${offset}, and ${count} do`);
    }
  }
}

async function repairImage(
  metadata: Metadata,
  comparison: Comparison,
  repair: 'leaks' | 'all',
): Promise<void> {
  const { refcounts, file, geometry, mapping } = metadata;
  const { counts, needsBlocks, isSound, low } = comparison;
  const { blockEntries, refcountOrder } = geometry;
  if (repair === 'all' && needsBlocks) {
    await rebuildRefcounts(metadata, comparison);
  } else if (isSound) {
    for await (const { first, block } of blocksToCompare(metadata, counts)) {
      for (let i = 0; block && i < blockEntries; i++) {
        const stored = getCount(block.view, refcountOrder, i);
        const count = counts.get(first + i);
        if (stored === count || (repair === 'leaks' && stored < count)) continue;
        checkCount(metadata, first + i, count);
        refcounts.store(block, i, count);
      }
      if (refcounts.cache.isFull) await refcounts.writeBack();
    }
    await refcounts.writeBack();
    await file.flush();
  }
  // A flag may be set as soon as the count that it tells of is right.
  if (repair === 'leaks' && (low > 0 || !isSound)) return;
  for await (const { l1Index, table, entries } of activeTables(metadata)) {
    for (const { cluster, isCopied, at } of entries) {
      const wanted = counts.get(cluster) === 1;
      if (isCopied === wanted) continue;
      if (!table) {
        mapping.setL1(l1Index, cluster * geometry.clusterSize, wanted);
        continue;
      }
      const high = table.view.getUint32(at);
      table.view.setUint32(at, (wanted ? high | COPIED : high & ~COPIED) >>> 0);
      mapping.cache.markDirty(table, at, at + 4);
    }
    if (mapping.cache.isFull) await mapping.cache.writeBack();
  }
  await mapping.cache.writeBack();
  await mapping.writeL1();
  await file.flush();
}

interface ActiveEntry {
  /** Where in the table. */
  readonly at: number;
  readonly cluster: number;
  readonly isCopied: boolean;
}

interface ActiveTable {
  /** Where in the file `at` counts from. */
  readonly place: number;
  readonly l1Index: number;
  /** Undefined for an entry of the L1 table. */
  readonly table: Table | undefined;
  readonly entries: Iterable<ActiveEntry>;
}

/** The active L1 and L2 tables with the entries that refer to a cluster as they should, and are not compressed. */
async function* activeTables({ mapping, geometry, header, file }: Metadata): AsyncGenerator<ActiveTable> {
  const { clusterSize } = geometry;
  for (let l1Index = 0; l1Index * 8 < mapping.l1Table.length; l1Index++) {
    const offset = mapping.l2Offset(l1Index);
    if (offset === 0 || offset % clusterSize !== 0 || offset + clusterSize > file.size) continue;
    const l1Entry = { at: 0, cluster: offset / clusterSize, isCopied: mapping.isL2Copied(l1Index) };
    yield { place: header.l1Offset + l1Index * 8, l1Index, table: undefined, entries: [l1Entry] };
    const table = await mapping.cache.get(offset);
    yield { place: offset, l1Index, table, entries: entriesOf(table, geometry, file.size) };
  }
}

function* entriesOf({ view }: Table, geometry: Geometry, fileSize: number): Generator<ActiveEntry> {
  const { clusterSize, entrySize } = geometry;
  for (let at = 0; at < clusterSize; at += entrySize) {
    const high = view.getUint32(at);
    if (high & COMPRESSED) continue;
    const host = entryOffset(view, at);
    if (host === 0 || host % clusterSize !== 0 || host >= fileSize) continue;
    yield { at, cluster: host / clusterSize, isCopied: high >= COPIED };
  }
}
