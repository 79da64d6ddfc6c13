/**
 * Writes everything that follows from spec/. With --check it writes
 * nothing and fails with the names of the files that are out of date.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findStale, generate } from './generate.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const outputs = await generate(root);
const stale = findStale(root, outputs);

if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`out of date, run "npm run generate":\n${stale.map((name) => `  ${name}`).join('\n')}`);
    process.exitCode = 1;
  }
} else {
  for (const name of stale) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, outputs.get(name)!);
    console.log(`wrote ${relative(process.cwd(), path)}`);
  }
}
