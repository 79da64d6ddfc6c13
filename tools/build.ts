/**
 * Builds dist/: the core (asc), the bundles (esbuild) and the types (tsc).
 *   npm run build             all of it
 *   npm run build -- --fast   without the types
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

function runNode(packageName: string, binary: string, args: readonly string[]): void {
  const script = join(dirname(require.resolve(`${packageName}/package.json`)), binary);
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Comments that keep bundlers from following an import of what they cannot know. esbuild drops
 * them with all others; a string in their place, as long as they are, comes through, so that
 * putting them back leaves the source map right.
 */
const COMMENTS = '/*@vite-ignore*//*webpackIgnore:true*/';
const PLACEHOLDER = `__import__`;
const keepImportComments: Plugin = {
  name: 'keep-import-comments',
  setup(build) {
    build.onLoad({ filter: /src\/remote\/extension\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const marked = text.replace(/import\(\s*(?:\/\*[^*]*\*\/\s*)+(\w+)\s*\)/, (_, url: string) => {
        // import(url + comments) is as long as __import__(url,"...").
        const padding = 'import('.length + COMMENTS.length - `${PLACEHOLDER}(,""`.length;
        return `${PLACEHOLDER}(${url},"${'.'.repeat(padding)}")`;
      });
      if (marked === text) throw new Error(`${path}: expected an import with comments, found none`);
      return {
        contents: `declare function ${PLACEHOLDER}(...args: string[]): Promise<object>;\n${marked}`,
        loader: 'ts',
      };
    });
  },
};

/** An import that stays one, of a file of dist/. */
function beside(source: string, file: string): Plugin {
  return {
    name: `${file} beside`,
    setup(build) {
      const filter = new RegExp(`^${source.replaceAll('.', '\\.')}$`);
      build.onResolve({ filter }, () => ({ path: file, external: true }));
    },
  };
}

/** Errors of the library's classes, which a bundle that pages load beside it would have a second time. */
const errorsOfLibrary: Plugin = {
  name: 'errors-of-library',
  setup(build) {
    build.onResolve({ filter: /^\.\/browser\.js$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const names: string[] = [];
      const contents = text.replace(
        /^export (?:abstract )?class (?:(\w+) extends HartwareError|(HartwareError) extends Error) \{$[^]*?^\}$/gm,
        (declaration, name?: string, base?: string) => {
          names.push((name ?? base)!);
          // As many lines, so that the source map stays right.
          return declaration.replace(/[^\n]/g, '');
        },
      );
      if (names.length === 0) return undefined;
      const list = names.join(', ');
      return {
        contents: `import { ${list} } from './browser.js'; export { ${list} };${contents}`,
        loader: 'ts',
      };
    });
  },
};

async function restoreImportComments(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const restored = text.replace(
    new RegExp(`${PLACEHOLDER}\\((\\w+),"\\.+"\\)`, 'g'),
    `import($1${COMMENTS})`,
  );
  if (restored === text || restored.length !== text.length)
    throw new Error(`${path}: the import of extensions was not found`);
  await writeFile(path, restored);
}

/** The licences of the packages in a bundle, which go wherever their code goes. */
async function writeLicences(inputs: readonly string[], file: string): Promise<void> {
  const directories = inputs.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  const texts = [...new Set(directories)].sort().map(async (directory) => {
    const { name, version, license, author } = JSON.parse(
      await readFile(join(directory, 'package.json'), 'utf8'),
    ) as { name: string; version: string; license: string; author?: string | { name: string } };
    const licence = (await readdir(directory)).find((entry) => /^licen[cs]e/i.test(entry));
    const by = typeof author === 'object' ? author.name : (author ?? 'its authors');
    // Where a package brings no text, its manifest says under which licence it is.
    const text =
      licence === undefined ? `${license}, by ${by}` : await readFile(join(directory, licence), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  await writeFile(file, (await Promise.all(texts)).join(`\n${'-'.repeat(72)}\n\n`));
}

// Chunks are named by their content: those of the last build would stay.
for (const file of existsSync('dist') ? await readdir('dist') : []) {
  if (file.startsWith('node-')) await rm(`dist/${file}`);
}
await mkdir('dist', { recursive: true });
runNode('assemblyscript', 'bin/asc.js', ['--config', 'asconfig.json']);
const shared = { bundle: true, format: 'esm', sourcemap: true, target: 'es2022', outdir: 'dist' } as const;
const { metafile } = await build({
  ...shared,
  metafile: true,
  entryPoints: {
    node: 'src/bindings/node/index.ts',
    'node-disks': 'src/bindings/node/disks.ts',
    cli: 'src/bindings/node/cli/index.ts',
    'node-worker': 'src/bindings/worker/node.ts',
  },
  platform: 'node',
  // Loaded where Node has no Zstandard, if somebody installed it.
  external: ['@bokuweb/zstd-wasm'],
  // The command and the library share what they have in common.
  splitting: true,
  chunkNames: 'node-[hash]',
  // For what CommonJS packages in the bundle require of Node.
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
});
await chmod('dist/cli.js', 0o755);
await writeLicences(Object.keys(metafile.inputs), 'dist/THIRD-PARTY.txt');
// The library and the script of its workers, each by itself, so that it can be copied elsewhere; and beside
// them what not every page and machine needs.
const forBrowsers = { ...shared, platform: 'browser', minify: true } as const;
const imageDrive = beside('./image-drive.ts', './image-drive.js');
await build({
  ...forBrowsers,
  entryPoints: { browser: 'src/bindings/browser/index.ts', worker: 'src/bindings/worker/browser.ts' },
  plugins: [keepImportComments, beside('./local-machine.ts', './local-machine.js'), imageDrive],
});
await build({
  ...forBrowsers,
  entryPoints: { 'image-drive': 'src/bindings/browser/image-drive.ts' },
});
await build({
  ...forBrowsers,
  entryPoints: { 'local-machine': 'src/bindings/browser/local-machine.ts' },
  plugins: [errorsOfLibrary, imageDrive],
});
await build({
  ...forBrowsers,
  entryPoints: { disks: 'src/bindings/browser/disks.ts' },
  plugins: [errorsOfLibrary],
});
// A script of the command's for browsers, which loads the library from beside it.
await build({
  ...forBrowsers,
  entryPoints: { 'conformance-page': 'src/bindings/browser/conformance-page.ts' },
  plugins: [beside('./index.ts', './browser.js')],
});
for (const name of ['browser', 'worker']) await restoreImportComments(`dist/${name}.js`);
if (!process.argv.includes('--fast')) {
  runNode('typescript', 'bin/tsc', [
    '--build',
    'src',
    'src/bindings/node',
    'src/bindings/browser',
    'src/bindings/worker',
  ]);
}
