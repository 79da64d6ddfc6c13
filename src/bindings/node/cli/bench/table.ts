/** Results of `hartware bench` for a reader. */
import { count } from '../count.ts';
import type { BenchResults, ProgramResults } from './results.ts';
import { median, spread } from './samples.ts';

type Cell = string;

/** A table, with what changed since `before` if that is given. Ends with a newline. */
export function formatResults(results: BenchResults, before?: BenchResults): string {
  const header = ['program', 'instructions', 'time', 'spread', 'MIPS'];
  if (before) header.push('times as fast', 'range');
  const rows = results.programs.map((program) => [
    program.name,
    count(program.instructions),
    `${median(program.times).toFixed(1)} ms`,
    `${(100 * spread(program.times)).toFixed(0)} %`,
    program.mips.toFixed(0),
    ...(before ? compared(program, before) : []),
  ]);
  const failures = results.programs
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ name, outcome }) => `${name}: ${outcome}\n`);
  return align([header, ...rows]) + mixTable(results.programs) + failures.join('');
}

/** Speed relative to the stored run: of the medians, and between the extremes. */
function compared({ name, times, instructions }: ProgramResults, before: BenchResults): Cell[] {
  const old = before.programs.find((program) => program.name === name);
  if (!old) return ['', 'new'];
  const ratio = (median(old.times) / median(times)).toFixed(2);
  const low = (Math.min(...old.times) / Math.max(...times)).toFixed(2);
  const high = (Math.max(...old.times) / Math.min(...times)).toFixed(2);
  const isOther = old.instructions !== instructions;
  return [ratio, `${low} to ${high}${isOther ? `, ${count(old.instructions)} instructions before` : ''}`];
}

function mixTable(programs: readonly ProgramResults[]): string {
  const mixed = programs.filter(({ mix }) => mix);
  if (mixed.length === 0) return '';
  const kinds = [...new Set(mixed.flatMap(({ mix }) => Object.keys(mix!)))] as (keyof NonNullable<
    ProgramResults['mix']
  >)[];
  const rows = mixed.map(({ name, mix }) => [
    name,
    ...kinds.map((kind) => `${(100 * (mix![kind] ?? 0)).toFixed(1)} %`),
  ]);
  return `\n${align([['mix', ...kinds], ...rows])}`;
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly Cell[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
