/** What is generated from spec: every file, and the files of the core with regions that are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { CHAPTER, chapterTables, replaceTables } from './chapter.ts';
import { coverageTable } from './coverage.ts';
import {
  writeBoard,
  writeCoreCsrs,
  writeCoreMemoryMap,
  writeCsrs,
  writeIsa,
  writeMemoryMap,
} from './constants.ts';
import { writeDecoder, writeMatches, writeOpcodes, writeOperations } from './decode.ts';
import { writeDescriptionRules } from './description-rules.ts';
import { writeDescriptionTypes } from './description-types.ts';
import { DISPATCHERS, readExports, regionsFor, replaceRegions } from './dispatch.ts';
import { readSchema } from './schema.ts';
import { readTables } from './tables.ts';

/** Path below `root`, the project's directory, to what should stand there. */
export async function generate(root: string): Promise<Map<string, string>> {
  const tables = readTables(join(root, 'spec/tables'));
  const schema = readSchema(join(root, 'spec/schema/machine.schema.json'));
  const outputs = new Map<string, string>();
  const decoder = writeDecoder(tables);
  outputs.set('assembly/generated/opcodes.ts', writeOpcodes(tables));
  outputs.set('assembly/generated/decode-table.ts', decoder.table);
  outputs.set('assembly/generated/operands.ts', decoder.operands);
  outputs.set('assembly/generated/csr.ts', writeCoreCsrs(tables));
  outputs.set('assembly/generated/memory-map.ts', writeCoreMemoryMap(tables));
  const typescript = {
    csr: writeCsrs(tables),
    isa: writeIsa(tables),
    'memory-map': writeMemoryMap(tables),
    match: writeMatches(tables),
    operations: writeOperations(tables),
    'description-types': writeDescriptionTypes(schema),
    'description-rules': writeDescriptionRules(schema),
  };
  for (const [name, text] of Object.entries(typescript)) {
    const options = {
      parser: 'typescript',
      singleQuote: true,
      printWidth: 110,
      trailingComma: 'all',
    } as const;
    outputs.set(`src/generated/${name}.ts`, await format(text, options));
  }
  const exports = readExports(join(root, 'assembly/isa'));
  for (const path of DISPATCHERS) {
    const regions = regionsFor(path, tables, exports);
    outputs.set(path, replaceRegions(readFileSync(join(root, path), 'utf8'), regions));
  }
  const chapter = readFileSync(join(root, CHAPTER), 'utf8');
  outputs.set(CHAPTER, replaceTables(chapter, chapterTables(tables.regions)));
  const board = writeBoard(tables);
  outputs.set('spec/conformance/runtime/board.s', board);
  const coverage = coverageTable(join(root, 'spec'), board);
  outputs.set('spec/coverage.md', await format(coverage, { parser: 'markdown' }));
  return outputs;
}

/** The paths of `outputs` that hold something else. */
export function findStale(root: string, outputs: ReadonlyMap<string, string>): string[] {
  return [...outputs.keys()].filter((name) => {
    const path = join(root, name);
    return !existsSync(path) || readFileSync(path, 'utf8') !== outputs.get(name);
  });
}
