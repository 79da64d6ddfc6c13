/** Times of many workloads in groups, each contender beside a reference, with geometric means. */
import { geometricMean, median, spread } from './statistics.ts';

/** What the contenders took for the same work, in milliseconds, in the order of the rounds. */
export interface ComparedWork {
  readonly group: string;
  readonly name: string;
  readonly samples: ReadonlyMap<string, readonly number[]>;
}

export interface ComparedContender {
  readonly contender: string;
  readonly median: number;
  /** Largest minus smallest sample, relative to the median. */
  readonly spread: number;
  /** Speed relative to the reference, round by round; not for the reference itself. */
  readonly ratio?: { readonly median: number; readonly low: number; readonly high: number };
}

export interface ComparisonGroup {
  readonly group: string;
  readonly works: readonly { readonly name: string; readonly contenders: readonly ComparedContender[] }[];
  /** Geometric mean of the ratios, by contender. */
  readonly means: Readonly<Record<string, number>>;
}

export interface Comparison {
  /** What the times are, for people. */
  readonly title: string;
  /** Undefined where there is nobody to compare with. */
  readonly reference?: string;
  readonly groups: readonly ComparisonGroup[];
}

/** Groups come in the order of their first members. */
export function compare(
  title: string,
  works: readonly ComparedWork[],
  reference: string | undefined,
): Comparison {
  const names = [...new Set(works.map(({ group }) => group))];
  const groups = names.map((group): ComparisonGroup => {
    const compared = works
      .filter((work) => work.group === group)
      .map(({ name, samples }) => ({
        name,
        contenders: [...samples].map(([contender, times]): ComparedContender => {
          const own = { contender, median: median(times), spread: spread(times) };
          const others = reference === undefined ? undefined : samples.get(reference);
          if (contender === reference || others?.length !== times.length) return own;
          const ratios = times.map((time, round) => others[round] / time);
          return {
            ...own,
            ratio: { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) },
          };
        }),
      }));
    const means: Record<string, number> = {};
    for (const contender of new Set(works.flatMap(({ samples }) => [...samples.keys()]))) {
      const ratios = compared.flatMap(
        ({ contenders }) => contenders.find((other) => other.contender === contender)?.ratio?.median ?? [],
      );
      // A mean over other members would be a mean of something else.
      if (ratios.length === compared.length) means[contender] = geometricMean(ratios);
    }
    return { group, works: compared, means };
  });
  return { title, reference, groups };
}

/** @param groupTitles what the groups are called; others keep their names. */
export function comparisonTable(
  { title, reference, groups }: Comparison,
  groupTitles: Readonly<Record<string, string>> = {},
): string {
  const contenders = [
    ...new Set(
      groups.flatMap(({ works }) => works.flatMap((work) => work.contenders)).map((c) => c.contender),
    ),
  ];
  const head = ['', ...contenders.flatMap((name) => (name === reference ? [name] : [name, '']))];
  const rows: string[][] = [];
  for (const { group, works, means } of groups) {
    rows.push([groupTitles[group] ?? group]);
    for (const work of works) {
      const row = [`  ${work.name}`];
      for (const name of contenders) {
        const found = work.contenders.find(({ contender }) => contender === name);
        row.push(found ? `${found.median.toFixed(0)} ms ±${(found.spread * 50).toFixed(0)} %` : '');
        if (name !== reference) row.push(ratioText(found?.ratio));
      }
      rows.push(row);
    }
    if (Object.keys(means).length > 0) {
      const row = ['  geometric mean'];
      for (const name of contenders) {
        row.push('');
        if (name !== reference)
          row.push(means[name] === undefined ? '' : means[name].toFixed(2).padEnd(RANGE));
      }
      rows.push(row);
    }
  }
  const widths = head.map((cell, column) =>
    Math.max(
      cell.length,
      ...rows.map((row) => (column < row.length && row.length > 1 ? row[column].length : 0)),
    ),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  const speed = reference === undefined ? '' : `; ratios are speed relative to ${reference}`;
  return [`${title}${speed}`, line(head), ...rows.map(line), ''].join('\n');
}

/** As wide as " (0.00 to 0.00)" after a ratio. */
const RANGE = '0.00 (0.00 to 0.00)'.length;

function ratioText(ratio: ComparedContender['ratio']): string {
  if (!ratio) return '';
  return `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)})`;
}
