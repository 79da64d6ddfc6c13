/** A raw binary: its first byte is its first instruction. */
import type { BootImage } from './boot-image.ts';

export function readRaw(bytes: Uint8Array): BootImage {
  return {
    kind: 'raw',
    isRelative: true,
    entry: 0n,
    segments: [{ address: 0n, bytes, memorySize: bytes.length }],
    symbols: [],
  };
}
