/**
 * What the package exports, as it was agreed on: a change shows in the golden files, which
 * `UPDATE_GOLDEN=1 npx vitest run test/packaging/public-api.test.ts` writes anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { publicApi } from './public-api.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

test.each(['node', 'browser'])('the public interface (%s)', (binding) => {
  const api = publicApi(path(`../../dist/types/bindings/${binding}/index.d.ts`));
  const golden = path(`golden/${binding}.d.ts.txt`);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, api);
  expect(existsSync(golden), `${golden} is missing: set UPDATE_GOLDEN=1 once`).toBe(true);
  expect(api).toBe(readFileSync(golden, 'utf8'));
  // The printer has not lost it all.
  expect(api).toContain('interface Machine extends AsyncDisposable {');
});
