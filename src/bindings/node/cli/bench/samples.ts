/** What becomes of repeated measurements. */

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('expected at least one value, found none');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Largest minus smallest value, relative to the median; 0 when all are equal. */
export function spread(values: readonly number[]): number {
  const range = Math.max(...values) - Math.min(...values);
  return range === 0 ? 0 : range / median(values);
}
