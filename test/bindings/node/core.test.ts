import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CoreLoadError } from '../../../src/core/check.ts';
import { loadCore } from '../../../src/bindings/node/core.ts';
import type { CoreSource } from '../../../src/bindings/node/core-source.ts';

const url = new URL('../../../dist/core.wasm', import.meta.url);
let bytes: Buffer<ArrayBuffer>;
let directory: string;

beforeAll(async () => {
  bytes = Buffer.from(await readFile(url));
  directory = await mkdtemp(join(tmpdir(), 'hartware-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the core from', () => {
  test('the package, compiled once', async () => {
    const [one, two] = await Promise.all([loadCore(), loadCore()]);
    expect(one).toBeInstanceOf(WebAssembly.Module);
    expect(two).toBe(one);
  });

  const sources: [string, () => CoreSource | Promise<CoreSource>][] = [
    ['a file URL', () => url],
    ['a file URL as text', () => url.href],
    ['a path', () => join(process.cwd(), 'dist/core.wasm')],
    ['bytes', () => bytes],
    ['a part of a buffer', () => new Uint8Array(Buffer.concat([new Uint8Array(8), bytes])).subarray(8)],
    ['an ArrayBuffer', () => new Uint8Array(bytes).buffer],
    [
      'a response with a wrong type',
      () => new Response(bytes, { headers: { 'content-type': 'text/plain' } }),
    ],
    ['a data URL', () => `data:application/wasm;base64,${bytes.toString('base64')}`],
    ['a module', () => WebAssembly.compile(bytes)],
  ];
  test.each(sources)('%s', async (_, source) => {
    const module = await loadCore(await source());
    const names = WebAssembly.Module.exports(module as never).map(({ name }: { name: string }) => name);
    expect(names).toContain('ABI_VERSION');
  });
});

describe('one clear error for', () => {
  const message = async (source: CoreSource): Promise<string> => {
    const error: unknown = await loadCore(source).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CoreLoadError);
    return (error as Error).message;
  };

  test('a page of HTML in its place', async () => {
    const file = join(directory, 'index.html');
    await writeFile(file, '<!doctype html><title>Not found</title>');
    const text = await message(pathToFileURL(file));
    expect(text).toContain(file);
    expect(text).toContain('found an HTML page');
    expect(text).toContain('option "wasm"');
  });

  test('a missing file', async () => {
    expect(await message(join(directory, 'core.wasm'))).toContain(join(directory, 'core.wasm'));
  });

  test('an HTTP error', async () => {
    expect(await message(new Response('', { status: 404 }))).toContain('HTTP status 404');
  });

  test('other bytes', async () => {
    expect(await message(new Uint8Array(5))).toContain('found 5 bytes of something else');
    expect(await message(new Uint8Array())).toContain('found an empty file');
    expect(await message(bytes.subarray(0, 100))).toContain('cannot compile core.wasm');
  });

  test('another value', async () => {
    expect(await message(7 as never)).toContain('found number');
  });
});
