/** What `--stats` prints. */
import type { MachineStatistics } from '../../../index.ts';
import { count } from './count.ts';

/** A label, a figure, its unit, and the share that it is of something, 0 to 1. */
type Row = readonly [label: string, figure: string, unit?: string, share?: number];

/** As text for a reader, or as JSON on one line. Ends with a newline. */
export function formatStatistics(statistics: MachineStatistics, form: 'text' | 'json'): string {
  return form === 'json' ? `${JSON.stringify(statistics)}\n` : align(rowsOf(statistics));
}

function rowsOf({ instructions, tlbMisses, time, jit }: MachineStatistics): readonly Row[] {
  const part = (label: string, milliseconds: number): Row => [
    label,
    milliseconds.toFixed(1),
    'ms',
    milliseconds / time.run,
  ];
  return [
    ['instructions', count(instructions)],
    ['  in translated code', count(jit.instructions), '', jit.instructions / instructions],
    ['TLB misses', count(tlbMisses)],
    ['time in the core', time.run.toFixed(1), 'ms'],
    part('  interpreter', time.interpreter),
    part('  translation', time.translation),
    part('  compile', time.compile),
    part('  translated code', time.translated),
    ['JIT', jit.state, jit.refusal],
    ['  regions', count(jit.regions)],
    ['  regions in use', count(jit.liveRegions)],
    ['  guest code', count(jit.guestBytes), 'bytes'],
    ['  modules', count(jit.modules)],
    ['  modules that failed', count(jit.failedModules)],
    ['  WebAssembly', count(jit.wasmBytes), 'bytes'],
    ['  evictions', count(jit.evictions)],
    ['  invalidations', count(jit.invalidations)],
    ['  entries', count(jit.entries)],
    ['  side exits', count(jit.sideExits)],
  ];
}

function align(rows: readonly Row[]): string {
  const labels = Math.max(...rows.map(([label]) => label.length));
  const figures = Math.max(...rows.map(([, figure]) => figure.length));
  return rows
    .map(([label, figure, unit = '', share]) => {
      const percent = Number.isFinite(share) ? `${(100 * share!).toFixed(1).padStart(5)} %` : '';
      const line = `${label.padEnd(labels)}  ${figure.padStart(figures)} ${unit.padEnd(2)} ${percent}`;
      return `${line.trimEnd()}\n`;
    })
    .join('');
}
