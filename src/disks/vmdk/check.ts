/** Comparing the tables of a sparse extent with its file, and with each other. */
import { PAGE_ENTRIES } from '../cluster-tables.ts';
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import type { Findings } from '../findings.ts';
import type { GrainTables } from './grain-tables.ts';

/**
 * @param mayRepair whether redundant tables that differ are written anew.
 * @returns how many of them were.
 */
export async function checkGrains(
  file: ImageFile,
  tables: GrainTables,
  findings: Findings,
  mayRepair: boolean,
): Promise<number> {
  const { clusterSize, entryCount, unitEntries, header } = tables;
  /** A bit for each grain of the file, by where it ends; compressed ones have no places of one size. */
  const used = new Uint8Array(header.isCompressed ? 0 : Math.ceil(file.size / clusterSize / 8) + 1);
  let [grains, repaired] = [0, 0];
  for (let first = 0; first < entryCount; first += PAGE_ENTRIES) {
    const entries = await tables.load(first, Math.min(PAGE_ENTRIES, entryCount - first));
    for (let i = 0; i < entries.length; i++) {
      let place: number;
      try {
        place = tables.locate(entries[i], first + i);
      } catch (error) {
        if (!(error instanceof DiskImageError)) throw error;
        findings.error(`at offset ${error.offset}: ${error.reason}`);
        continue;
      }
      if (place < 0) continue;
      grains++;
      if (header.isCompressed) continue;
      const index = Math.floor(place / clusterSize);
      if (place % clusterSize === 0 && ((used[index >> 3] >> (index & 7)) & 1) !== 0)
        findings.error(`at offset ${place}: grain ${first + i} lies where another one does`);
      used[index >> 3] |= 1 << (index & 7);
    }
    for (let i = 0; i < entries.length; i += unitEntries) {
      const table = (first + i) / unitEntries;
      const unit = entries.slice(i, i + unitEntries);
      if (await tables.isCopied(table, unit)) continue;
      findings.error(`the redundant copy of grain table ${table} differs`);
      if (!mayRepair) continue;
      await tables.writeCopy(table, unit);
      repaired++;
    }
  }
  if (repaired > 0) await file.flush();
  const room = Math.floor((file.size - tables.metadataBytes) / clusterSize);
  if (!header.isCompressed) findings.leaks += Math.max(0, room - grains);
  return repaired;
}
