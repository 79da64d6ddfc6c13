/** Results as tables for people and as JSON. */
import { comparisonTable, type Comparison } from './comparison.ts';
import { median, spread } from './statistics.ts';

/** One quantity of one contender, measured some times. */
export interface Result {
  /** What was measured, as "sieve" or "to the prompt". */
  readonly name: string;
  readonly contender: string;
  readonly unit: string;
  /** In the order of the rounds. */
  readonly samples: readonly number[];
  /** Whether more is better. A ratio above 1 always means that the first contender is better. */
  readonly isMoreBetter: boolean;
}

export interface Report {
  readonly benchmark: string;
  /** What was run, for people: sizes, settings. */
  readonly notes: readonly string[];
  readonly results: readonly Result[];
  /** Printed instead of the results, if there are any. */
  readonly comparisons?: readonly Comparison[];
  /** What the groups of the comparisons are called. */
  readonly groupTitles?: Readonly<Record<string, string>>;
  /** What did not run, or wrongly, and is not among the results. */
  readonly failures?: readonly string[];
}

export interface Summary extends Result {
  readonly median: number;
  /** Largest minus smallest sample, relative to the median. */
  readonly spread: number;
  /** How much better the first contender of the report is, round by round: median and range. */
  readonly ratio?: { readonly median: number; readonly low: number; readonly high: number };
}

/** The first contender of each quantity is compared with the others. */
export function summarize(results: readonly Result[]): Summary[] {
  return results.map((result) => {
    const first = results.find(({ name, unit }) => name === result.name && unit === result.unit)!;
    const summary = { ...result, median: median(result.samples), spread: spread(result.samples) };
    if (first === result || first.samples.length !== result.samples.length) return summary;
    const ratios = result.samples.map((sample, round) =>
      result.isMoreBetter ? first.samples[round] / sample : sample / first.samples[round],
    );
    return {
      ...summary,
      ratio: { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) },
    };
  });
}

export function table({
  benchmark,
  notes,
  results,
  comparisons,
  groupTitles,
  failures = [],
}: Report): string {
  if (comparisons) {
    const tables = comparisons.map((comparison) => comparisonTable(comparison, groupTitles));
    const failed = failures.map((failure) => `failed: ${failure}\n`);
    return [benchmark, ...notes.map((note) => `  ${note}`), '', ...tables, ...failed].join('\n');
  }
  const contenders = [...new Set(results.map(({ contender }) => contender))];
  const rows = summarize(results).map((summary) => [
    summary.name,
    summary.contender,
    `${figure(summary.median)} ${summary.unit}`,
    `${(summary.spread * 100).toFixed(0)} %`,
    summary.ratio
      ? `${summary.ratio.median.toFixed(2)} (${summary.ratio.low.toFixed(2)} to ${summary.ratio.high.toFixed(2)})`
      : '',
  ]);
  const head = ['', 'contender', 'median', 'spread', `${contenders[0]}, times as good`];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column >= 2 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ');
  return [benchmark, ...notes.map((note) => `  ${note}`), '', line(head), ...rows.map(line), ''].join('\n');
}

function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
