/** Finds and compiles core.wasm: beside the bundle, or where the caller says. */
import { messageOf } from '../../errors.ts';
import { checkCoreBytes, CoreLoadError } from '../../core/check.ts';

/** A URL; the module's bytes; a response that has them; or the compiled module. */
export type CoreSource = URL | string | BufferSource | Response | WebAssembly.Module;

type ByteSource = URL | string | BufferSource | Response;

let packaged: Promise<WebAssembly.Module> | undefined;

/**
 * The compiled core. The package's own is fetched and compiled once for the page.
 * @throws CoreLoadError
 */
export async function loadCore(source?: CoreSource): Promise<WebAssembly.Module> {
  if (source !== undefined) return compileFrom(source);
  packaged ??= compileFrom(new URL('./core.wasm', import.meta.url)).catch((error: unknown) => {
    packaged = undefined;
    throw error;
  });
  return packaged;
}

async function compileFrom(source: CoreSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source as WebAssembly.Module;
  const { bytes, where } = await read(source as ByteSource);
  checkCoreBytes(bytes, where);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new CoreLoadError(`cannot compile core.wasm from ${where}: ${messageOf(error)}`, { cause: error });
  }
}

/** No type predicate: the type of a module has no members, so that everything would pass for one. */
function isModule(source: CoreSource): boolean {
  return source instanceof WebAssembly.Module;
}

async function read(source: ByteSource): Promise<{ bytes: Uint8Array<ArrayBuffer>; where: string }> {
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), where: 'the bytes given' };
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return { bytes: new Uint8Array(buffer, byteOffset, byteLength), where: 'the bytes given' };
  }
  if (source instanceof Response) return readResponse(source, source.url || 'the response given');
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw new CoreLoadError(
      `expected core.wasm as a URL, bytes, a Response or a WebAssembly.Module, found ${typeof source}`,
    );
  }
  const where = String(source);
  const response = await fetch(source).catch((error: unknown) => {
    throw new CoreLoadError(`cannot fetch core.wasm from ${where}: ${messageOf(error)}`, { cause: error });
  });
  return readResponse(response, where);
}

async function readResponse(response: Response, where: string) {
  if (!response.ok) {
    throw new CoreLoadError(
      `cannot fetch core.wasm from ${where}: HTTP status ${response.status}. ` +
        'Serve dist/core.wasm of the package there, or pass its URL or its bytes as the option "wasm".',
    );
  }
  // Compiled from bytes and not from the stream, so that a wrong MIME type does no harm.
  return { bytes: new Uint8Array(await response.arrayBuffer()), where };
}
