/** What was read of a file, in order. */

/** Start and length, in bytes. */
export type Range = readonly [start: number, length: number];

/** Bytes that were read at least once. */
export function covered(reads: readonly Range[]): number {
  let bytes = 0;
  let end = 0;
  for (const [start, length] of reads.toSorted(([a], [b]) => a - b)) {
    bytes += Math.max(start + length - Math.max(start, end), 0);
    end = Math.max(end, start + length);
  }
  return bytes;
}

/** As text for the test of read-ahead: a line for reads of one length that follow each other, in sectors. */
export function recordOf(reads: readonly Range[]): string {
  const lines: { start: number; readonly length: number; count: number }[] = [];
  for (const [start, length] of reads) {
    const last = lines.at(-1);
    if (last && last.length === length && last.start + length * last.count === start) last.count++;
    else lines.push({ start, length, count: 1 });
  }
  return lines.map(({ start, length, count }) => `${start / 512} ${length / 512} ${count}\n`).join('');
}
