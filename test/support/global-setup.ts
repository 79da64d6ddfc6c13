/** Runs once before the tests: they need the built core, and a stale one proves nothing. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const CORE = 'dist/core.wasm';
const SOURCES = 'assembly';

export default function setup(): void {
  if (!existsSync(CORE)) throw new Error(`${CORE} is missing: run "npm run build" (npm test does it first)`);
  const built = statSync(CORE).mtimeMs;
  const newer = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .find((name) => statSync(join(SOURCES, name)).mtimeMs > built);
  if (newer) console.warn(`${CORE} is older than ${SOURCES}/${newer}: run "npm run build"`);
}
