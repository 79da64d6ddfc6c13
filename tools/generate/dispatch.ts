/** Writes the dispatch of the run loop into marked regions of the core's own files. */
import { decodedInstructions, opName } from './decode.ts';
import type { Instruction, Kind, Tables } from './tables.ts';

/** `fcvt.w.s` → `executeFcvtWS`. */
export function executorName(name: string): string {
  return 'execute' + name.replace(/(^|\.)(.)/g, (_, _dot, letter: string) => letter.toUpperCase());
}

function writeCase(row: Instruction): string {
  const call = `${executorName(row.name)}(h, r`;
  const head = `case Op.${opName(row.name)}:`;
  const next = 'r += RECORD_SIZE; continue;';
  switch (row.kind) {
    case 'alu':
      return `${head} ${call}); ${next}`;
    case 'nop':
      return `${head} ${next}`;
    case 'load':
    case 'fload':
      return `${head} if (${call}, tlbRead)) { ${next} } slot = LEAVE; break;`;
    case 'store':
    case 'fstore':
      return `${head} if (${call}, tlbWrite)) { ${next} } slot = LEAVE; break;`;
    case 'fp':
    case 'amo':
      return `${head} if (${call})) { ${next} } slot = LEAVE; break;`;
    case 'branch':
      // Not taken, it goes on behind its successors.
      return `${head} if (${call})) { slot = REC_TAKEN; break; } r += 2 * RECORD_SIZE; continue;`;
    case 'system':
      return `${head} ${call}); return;`;
    case 'pc':
      throw new Error(`${row.name}: the run loop holds these itself`);
  }
}

function writeImports(rows: readonly Instruction[]): string[] {
  const files = [...new Set(rows.map((row) => row.file))].sort();
  return files.flatMap((file) => {
    const names = rows.filter((row) => row.file === file).map((row) => executorName(row.name));
    names.sort();
    const line = `import { ${names.join(', ')} } from '../isa/${file}';`;
    if (line.length <= 110) return [line];
    return ['import {', ...names.map((name) => `  ${name},`), `} from '../isa/${file}';`];
  });
}

/** Region name to lines, for a file below assembly/hart. */
export function regionsFor(file: 'run.ts' | 'system.ts', tables: Tables): Map<string, string[]> {
  const rows = decodedInstructions(tables);
  const of = (...kinds: Kind[]) => rows.filter((row) => kinds.includes(row.kind));
  if (file === 'system.ts') {
    const system = of('system');
    return new Map([
      ['imports', writeImports(system)],
      ['cases', system.map(writeCase)],
    ]);
  }
  const inline = of('alu', 'nop', 'load', 'store', 'fload', 'fstore', 'fp', 'amo', 'branch');
  return new Map([
    ['imports', writeImports(inline.filter((row) => row.kind !== 'nop'))],
    ['cases', inline.map(writeCase)],
  ]);
}

/** Replaces what stands between `// <generated:name>` and `// </generated:name>`, in the marker's indentation. */
export function replaceRegions(text: string, regions: ReadonlyMap<string, readonly string[]>): string {
  for (const [name, lines] of regions) {
    const marker = new RegExp(
      `^([ \\t]*)// <generated:${name}>\\n[^]*?^[ \\t]*// </generated:${name}>$`,
      'm',
    );
    text = text.replace(marker, (_, indent: string) =>
      [`// <generated:${name}>`, ...lines, `// </generated:${name}>`].map((line) => indent + line).join('\n'),
    );
  }
  return text;
}
