/** What becomes of repeated measurements. */
export { median, spread } from '../../src/bindings/node/cli/bench/samples.ts';

/** Of ratios: halves and doubles cancel out. */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('expected at least one value, found none');
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
