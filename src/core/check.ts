/** Tells a compiled core from what servers and build tools deliver in its place. */
import { HartwareError } from '../errors.ts';

/** core.wasm could not be had; the message names where it was looked for and what to do. */
export class CoreLoadError extends HartwareError {
  override readonly name = 'CoreLoadError';
  readonly code = 'CORE_LOAD';
}

/** The core's linear memory could not be had. */
export class CoreMemoryError extends HartwareError {
  override readonly name = 'CoreMemoryError';
  readonly code = 'CORE_MEMORY';
}

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];
const LESS_THAN = 0x3c;

/**
 * Checks that `bytes` are a WebAssembly module.
 * @param where the place they came from, for the message.
 * @throws CoreLoadError that says what was found instead.
 */
export function checkCoreBytes(bytes: Uint8Array, where: string): void {
  if (WASM_MAGIC.every((byte, index) => bytes[index] === byte)) return;
  if (bytes[0] === LESS_THAN) {
    throw new CoreLoadError(
      `expected core.wasm at ${where}, found an HTML page: the server has no such file. ` +
        'Serve dist/core.wasm of the package there, or pass its URL or its bytes as the option "wasm".',
    );
  }
  const found = bytes.length === 0 ? 'an empty file' : `${bytes.length} bytes of something else`;
  throw new CoreLoadError(`expected core.wasm at ${where}, found ${found}`);
}
