/** Zstandard: frames with something behind them, damaged ones, and those that would be too much. */
import { describe, expect, it } from 'vitest';
import { zstdCompress, zstdDecompress } from '../../../src/bindings/node/zstd.ts';
import { frameOf } from '../../../src/bindings/node/zstd-frame.ts';
import { Random } from '../../support/random.ts';

const SIZES = [0, 1, 200, 255, 256, 70_000, 1 << 20];

describe('Zstandard', () => {
  it.each(SIZES)('brings %i bytes back, whatever follows the frame', async (size) => {
    const content = new Uint8Array(size).map((_, i) => (i * i) >> 7);
    const frame = await zstdCompress(content);
    const padded = new Uint8Array(frame.length + 512).fill(0x28);
    padded.set(frame);
    expect(frameOf(padded).end).toBe(frame.length);
    expect(Buffer.compare(await zstdDecompress(padded, size), content)).toBe(0);
    if (size > 0) await expect(zstdDecompress(padded, size - 1)).rejects.toThrow();
    for (const length of [0, 4, 5, frame.length - 1])
      await expect(zstdDecompress(frame.subarray(0, length), size)).rejects.toThrow();
  });

  it('refuses damaged frames, and works on', async () => {
    const random = new Random(1);
    const content = new Uint8Array(5000).map((_, i) => i % 77);
    const frame = await zstdCompress(content);
    for (let i = 0; i < 300; i++) {
      const damaged = frame.slice();
      damaged[random.below(frame.length)] ^= 1 << random.below(8);
      const unpacked = await zstdDecompress(damaged, content.length).catch((error: unknown) => error);
      if (unpacked instanceof Uint8Array) expect(unpacked.length).toBeLessThanOrEqual(content.length);
      else expect(unpacked).toBeInstanceOf(Error);
    }
    expect(Buffer.compare(await zstdDecompress(frame, content.length), content)).toBe(0);
  });
});
