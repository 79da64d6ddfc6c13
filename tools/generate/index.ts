/**
 * Writes everything that follows from spec/tables. With --check it writes
 * nothing and fails with the names of the files that are out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { writeCoreCsrs, writeCsrs, writeIsa, writeMemoryMap } from './constants.ts';
import { writeDecoder, writeOpcodes } from './decode.ts';
import { regionsFor, replaceRegions } from './dispatch.ts';
import { readTables } from './tables.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** File to its contents, for every file or marked region that is generated. */
async function generate(): Promise<Map<string, string>> {
  const tables = readTables(join(root, 'spec/tables'));
  const outputs = new Map<string, string>();
  const decoder = writeDecoder(tables);
  outputs.set('assembly/generated/opcodes.ts', writeOpcodes(tables));
  outputs.set('assembly/generated/decode-table.ts', decoder.table);
  outputs.set('assembly/generated/operands.ts', decoder.operands);
  outputs.set('assembly/generated/csr.ts', writeCoreCsrs(tables));
  const typescript = { csr: writeCsrs(tables), isa: writeIsa(tables), 'memory-map': writeMemoryMap(tables) };
  for (const [name, text] of Object.entries(typescript)) {
    const options = {
      parser: 'typescript',
      singleQuote: true,
      printWidth: 110,
      trailingComma: 'all',
    } as const;
    outputs.set(`src/generated/${name}.ts`, await format(text, options));
  }
  for (const file of ['run.ts', 'system.ts'] as const) {
    const path = `assembly/hart/${file}`;
    if (!existsSync(join(root, path))) continue;
    outputs.set(path, replaceRegions(readFileSync(join(root, path), 'utf8'), regionsFor(file, tables)));
  }
  return outputs;
}

async function main(): Promise<void> {
  const stale: string[] = [];
  for (const [name, text] of await generate()) {
    const path = join(root, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    stale.push(name);
  }
  if (process.argv.includes('--check')) {
    if (stale.length === 0) return;
    console.error(`out of date, run "npm run generate":\n${stale.map((name) => `  ${name}`).join('\n')}`);
    process.exitCode = 1;
    return;
  }
  const outputs = await generate();
  for (const name of stale) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, outputs.get(name)!);
    console.log(`wrote ${relative(process.cwd(), path)}`);
  }
}

await main();
