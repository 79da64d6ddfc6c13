/** Finds and compiles core.wasm: beside the bundle, or where the caller says. */
import { messageOf } from '../../errors.ts';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkCoreBytes, CoreLoadError } from '../../core/check.ts';
import type { CoreSource } from './core-source.ts';

let packaged: Promise<WebAssembly.Module> | undefined;

/**
 * The compiled core. The package's own is compiled once for the process.
 * @throws CoreLoadError
 */
export async function loadCore(source?: CoreSource): Promise<WebAssembly.Module> {
  if (source !== undefined) return compileFrom(source);
  packaged ??= compileFrom(packagedUrl()).catch((error: unknown) => {
    packaged = undefined;
    throw error;
  });
  return packaged;
}

function packagedUrl(): URL {
  // Sources run as they are, as the tests do it, use the build of the project.
  if (import.meta.url.endsWith('.ts')) return new URL('../../../dist/core.wasm', import.meta.url);
  return new URL('./core.wasm', import.meta.url);
}

async function compileFrom(source: CoreSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const { bytes, where } = await read(source);
  checkCoreBytes(bytes, where);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new CoreLoadError(`cannot compile core.wasm from ${where}: ${messageOf(error)}`, { cause: error });
  }
}

async function read(
  source: Exclude<CoreSource, WebAssembly.Module>,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; where: string }> {
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), where: 'the bytes given' };
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return { bytes: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength), where: 'the bytes given' };
  }
  if (typeof source !== 'string' && !(source instanceof URL)) {
    // Not before it must be: Node loads all that has to do with fetching at the first look at it.
    if (source instanceof Response) return readResponse(source, source.url || 'the response given');
    throw new CoreLoadError(
      `expected core.wasm as a URL, a path, bytes, a Response or a WebAssembly.Module, found ${typeof source}`,
    );
  }
  const url = toUrl(source);
  if (url.protocol !== 'file:') {
    const response = await fetch(url).catch((error: unknown) => {
      throw new CoreLoadError(`cannot fetch core.wasm from ${url.href}: ${messageOf(error)}`, {
        cause: error,
      });
    });
    return readResponse(response, url.href);
  }
  const path = fileURLToPath(url);
  try {
    return { bytes: new Uint8Array(await readFile(path)), where: path };
  } catch (error) {
    throw new CoreLoadError(
      `cannot read core.wasm at ${path}: ${messageOf(error)}. ` +
        'Keep the file beside the bundle, or pass its path or its bytes as the option "wasm".',
      { cause: error },
    );
  }
}

async function readResponse(response: Response, where: string) {
  if (!response.ok)
    throw new CoreLoadError(`cannot fetch core.wasm from ${where}: HTTP status ${response.status}`);
  return { bytes: new Uint8Array(await response.arrayBuffer()), where };
}

function toUrl(source: URL | string): URL {
  if (typeof source !== 'string') return source;
  return /^(file|https?|data):/.test(source) ? new URL(source) : pathToFileURL(source);
}
