/**
 * Builds dist/: the core (asc), the bundles (esbuild) and the types (tsc).
 *   npm run build             all of it
 *   npm run build -- --fast   without the types
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

function runNode(packageName: string, binary: string, args: readonly string[]): void {
  const script = join(dirname(require.resolve(`${packageName}/package.json`)), binary);
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// Chunks are named by their content: those of the last build would stay.
for (const file of existsSync('dist') ? await readdir('dist') : []) {
  if (file.startsWith('node-')) await rm(`dist/${file}`);
}
await mkdir('dist', { recursive: true });
runNode('assemblyscript', 'bin/asc.js', ['--config', 'asconfig.json']);
const shared = { bundle: true, format: 'esm', sourcemap: true, target: 'es2022', outdir: 'dist' } as const;
await build({
  ...shared,
  entryPoints: {
    node: 'src/bindings/node/index.ts',
    cli: 'src/bindings/node/cli/index.ts',
    'node-worker': 'src/bindings/worker/node.ts',
  },
  platform: 'node',
  // The command and the library share what they have in common.
  splitting: true,
  chunkNames: 'node-[hash]',
  // For what CommonJS packages in the bundle require of Node.
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
});
await chmod('dist/cli.js', 0o755);
await build({
  ...shared,
  entryPoints: { browser: 'src/bindings/browser/index.ts', worker: 'src/bindings/worker/browser.ts' },
  platform: 'browser',
});
if (!process.argv.includes('--fast')) {
  runNode('typescript', 'bin/tsc', [
    '--build',
    'src',
    'src/bindings/node',
    'src/bindings/browser',
    'src/bindings/worker',
  ]);
}
