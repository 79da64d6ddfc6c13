/**
 * Zstandard (RFC 8878): Node's own where it has it (22.15 and later), and otherwise the optional package
 * `@bokuweb/zstd-wasm`, which is loaded at the first use.
 */
import * as zlib from 'node:zlib';
import { promisify } from 'node:util';
import { frameOf } from './zstd-frame.ts';

interface Codec {
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Unpacks one frame, which tells a size of at most `size`, or none. */
  decompress(frame: Uint8Array, size: number): Promise<Uint8Array>;
}

/** What newer versions of Node have. */
interface ZlibWithZstd {
  readonly zstdCompress?: typeof zlib.deflate;
  readonly zstdDecompress?: typeof zlib.inflate;
}

let codec: Promise<Codec> | undefined;

export async function zstdCompress(bytes: Uint8Array): Promise<Uint8Array> {
  return (await load()).compress(bytes);
}

/** Unpacks the frame at the start of `bytes`, to at most `size` bytes. */
export async function zstdDecompress(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const { end, contentSize } = frameOf(bytes);
  if (contentSize !== undefined && contentSize > size)
    throw new Error(`expected at most ${size} bytes, found ${contentSize}`);
  return (await load()).decompress(bytes.subarray(0, end), size);
}

function load(): Promise<Codec> {
  codec ??= loadCodec();
  return codec;
}

async function loadCodec(): Promise<Codec> {
  const { zstdCompress, zstdDecompress } = zlib as ZlibWithZstd;
  if (zstdCompress && zstdDecompress) {
    const pack = promisify(zstdCompress) as (bytes: Uint8Array) => Promise<Uint8Array>;
    const unpack = promisify(zstdDecompress) as (
      bytes: Uint8Array,
      options: zlib.ZlibOptions,
    ) => Promise<Uint8Array>;
    return { compress: pack, decompress: (frame, size) => unpack(frame, { maxOutputLength: size }) };
  }
  const wasm = await import('@bokuweb/zstd-wasm').catch((cause: unknown) => {
    throw new Error(
      'Zstandard needs Node 22.15 or the package @bokuweb/zstd-wasm: run npm install @bokuweb/zstd-wasm',
      { cause },
    );
  });
  await wasm.init();
  return {
    compress: async (bytes) => wasm.compress(bytes),
    decompress: async (frame, size) => wasm.decompress(frame, { defaultHeapSize: size }),
  };
}
