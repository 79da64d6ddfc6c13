/** The tables in the chapter on the memory map, between markers. */
import type { Region } from './tables.ts';

/** Below the project's directory. */
export const CHAPTER = 'spec/machine/memory-map.md';

/** In groups of four digits, of at least so many. */
function hex(value: number, digits = 1): string {
  return `0x${value
    .toString(16)
    .padStart(digits, '0')
    .replace(/\B(?=(?:.{4})+$)/g, '_')}`;
}

function sizeOf({ size, count }: Region): string {
  if (size === undefined) return '16 MiB or more';
  return count === undefined ? hex(size) : `${count} × ${hex(size)}`;
}

function sourcesOf({ irq, irqs, count }: Region): string {
  if (irq === undefined) return '';
  const sources = count ?? irqs ?? 1;
  return sources === 1 ? `${irq}` : `${irq} to ${irq + sources - 1}`;
}

/** Name of a marker to the lines of its table. */
export function chapterTables(regions: readonly Region[]): Map<string, string[]> {
  const rows = (present: boolean): string[] => [
    '| address | size | what | interrupt source |',
    '|---|---|---|---|',
    ...regions
      .filter((region) => region.present === present)
      .map((region) => {
        const { base, description, chapter } = region;
        const what = chapter === undefined ? description : `[${description}](${chapter}.md)`;
        return `| ${hex(base, 8)} | ${sizeOf(region)} | ${what} | ${sourcesOf(region)} |`;
      }),
  ];
  return new Map([
    ['map', rows(true)],
    ['reserved', rows(false)],
  ]);
}

/** Replaces what stands between `<!-- generated:name -->` and `<!-- /generated:name -->`. @throws Error where there is no such place. */
export function replaceTables(text: string, tables: ReadonlyMap<string, readonly string[]>): string {
  for (const [name, lines] of tables) {
    const [begin, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
    const [before, rest] = text.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined)
      throw new Error(`${CHAPTER}: expected ${begin} and ${end}`);
    text = `${before}${[begin, '', ...lines, '', end].join('\n')}${after}`;
  }
  return text;
}
