/** The samples of code in the documentation are right, as far as types tell. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Sample {
  readonly name: string;
  readonly code: string;
}

const samples = FILES.flatMap((file): Sample[] => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ 1: code, index }) => ({
    name: `${file}, line ${text.slice(0, index).split('\n').length + 1}`,
    code,
  }));
});

/** Samples of one page go on where the one before ended, unless they import for themselves. */
function inContext(index: number): string {
  const { code, name } = samples[index];
  const isOfOne = (other: Sample): boolean => other.name.split(',')[0] === name.split(',')[0];
  if (code.includes('import ') || index === 0 || !isOfOne(samples[index - 1])) return code;
  return `${inContext(index - 1)}\n${code}`;
}

function problemsOf(code: string): string[] {
  const binding = /createOpfsDisk|DirectoryFileSystem|attachTerminal|document|worker: '|wasm: '/.test(code)
    ? 'browser'
    : 'node';
  const path = join(ROOT, 'sample.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ESNext,
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    paths: {
      hartware: [join(ROOT, `dist/types/bindings/${binding}/index.d.ts`)],
      'hartware/disks': [join(ROOT, `dist/types/bindings/${binding}/disks.d.ts`)],
    },
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, `${code}\nexport {};`, version) : read(name, version);
  const program = ts.createProgram([path], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('there are samples', () => {
  expect(samples.length).toBeGreaterThan(10);
});

test.each(samples.map(({ name }, index) => [name, index] as const))('%s', (_, index) => {
  expect(problemsOf(inContext(index))).toEqual([]);
});
