/** Writes the dispatch to executors and emitters into marked regions of the core's own files. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodedInstructions, opName } from './decode.ts';
import type { Instruction, Kind, Tables } from './tables.ts';

/** Longest line of labels, without its indentation. */
const LABEL_WIDTH = 100;

const camelCase = (name: string) =>
  name.replace(/(^|\.)(.)/g, (_, _dot, letter: string) => letter.toUpperCase());

/** `fcvt.w.s` → `executeFcvtWS`. */
export function executorName(name: string): string {
  return 'execute' + camelCase(name);
}

/** `fcvt.w.s` → `emitFcvtWS`. */
export function emitterName(name: string): string {
  return 'emit' + camelCase(name);
}

/** The functions that the files of `directory` (assembly/isa) export, each with the name of its file. */
export function readExports(directory: string): Map<string, string> {
  const result = new Map<string, string>();
  for (const name of readdirSync(directory).sort()) {
    const text = readFileSync(join(directory, name), 'utf8');
    for (const [, exported] of text.matchAll(/^export function (\w+)\(/gm)) {
      result.set(exported!, name.slice(0, -'.ts'.length));
    }
  }
  return result;
}

/** How a file of assembly/isa is called where all of it is imported: `f-convert` → `fConvert`. */
const namespaceOf = (file: string) => file.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function fileOf(name: string, exports: ReadonlyMap<string, string>): string {
  const file = exports.get(name);
  if (file === undefined) throw new Error(`no file of assembly/isa exports ${name}`);
  return file;
}

/** A function as it is called there. */
function qualified(name: string, exports: ReadonlyMap<string, string>): string {
  return `${namespaceOf(fileOf(name, exports))}.${name}`;
}

function writeCase(row: Instruction, exports: ReadonlyMap<string, string>): string {
  const head = `case Op.${opName(row.name)}:`;
  const next = 'r += RECORD_SIZE; continue;';
  if (row.kind === 'nop') return `${head} ${next}`;
  const call = `${qualified(executorName(row.name), exports)}(h, r`;
  switch (row.kind) {
    case 'alu':
      return `${head} ${call}); ${next}`;
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

function writeEmitterCase(row: Instruction, exports: ReadonlyMap<string, string>): string {
  const call = row.kind === 'nop' ? '' : ` ${qualified(emitterName(row.name), exports)}(r);`;
  return `case Op.${opName(row.name)}:${call} return true;`;
}

/** Whole files, as some have two dozen of these functions. */
function writeImports(functions: readonly string[], exports: ReadonlyMap<string, string>): string[] {
  const files = [...new Set(functions.map((name) => fileOf(name, exports)))].sort();
  return files.map((file) => `import * as ${namespaceOf(file)} from '../isa/${file}';`);
}

/** The labels of a case for many, as many on a line as fit. */
function writeLabels(rows: readonly Instruction[]): string[] {
  const lines: string[] = [];
  for (const row of rows) {
    const label = `case Op.${opName(row.name)}:`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + label.length < LABEL_WIDTH)
      lines[lines.length - 1] = `${last} ${label}`;
    else lines.push(label);
  }
  return lines;
}

/** The files with regions, below the project's directory. */
export const DISPATCHERS = [
  'assembly/hart/run.ts',
  'assembly/hart/system.ts',
  'assembly/jit/emit-instruction.ts',
] as const;

/** Region name to lines for a file, from what `readExports` found. */
export function regionsFor(
  file: (typeof DISPATCHERS)[number],
  tables: Tables,
  exports: ReadonlyMap<string, string>,
): Map<string, string[]> {
  const rows = decodedInstructions(tables);
  const of = (...kinds: Kind[]) => rows.filter((row) => kinds.includes(row.kind));
  const inline = of('alu', 'nop', 'load', 'store', 'fload', 'fstore', 'fp', 'amo', 'branch');
  const nops = of('nop');
  const namesOf = (list: readonly Instruction[], toName: (name: string) => string) =>
    list.filter((row) => !nops.includes(row)).map((row) => toName(row.name));
  switch (file) {
    case 'assembly/hart/run.ts':
      return new Map([
        ['imports', writeImports(namesOf(inline, executorName), exports)],
        ['cases', inline.map((row) => writeCase(row, exports))],
      ]);
    case 'assembly/hart/system.ts':
      return new Map([
        ['imports', writeImports(namesOf(of('system'), executorName), exports)],
        ['cases', of('system').map((row) => writeCase(row, exports))],
      ]);
    case 'assembly/jit/emit-instruction.ts': {
      const emitted = inline.filter((row) => nops.includes(row) || exports.has(emitterName(row.name)));
      return new Map([
        ['imports', writeImports(namesOf(emitted, emitterName), exports)],
        ['ops', writeLabels(emitted)],
        ['cases', emitted.map((row) => writeEmitterCase(row, exports))],
      ]);
    }
  }
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
