/** Giving back what is free at the file's end. */
import type { Metadata } from './metadata.ts';

/** Makes the file end behind its last cluster in use, and with a whole one. Under the lock, when nothing is dirty. */
export async function trimEnd({ refcounts, file, geometry }: Metadata): Promise<void> {
  let end = refcounts.end;
  while (end > 1 && (await refcounts.get(end - 1)) === 0) end--;
  if (file.size !== end * geometry.clusterSize) await file.truncate(end * geometry.clusterSize);
  refcounts.end = end;
}
