/** Zeros, which images need not store. */

/** Whether every byte is zero. */
export function isZero(bytes: Uint8Array): boolean {
  const start = Math.min(bytes.length, -bytes.byteOffset & 3);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + start, (bytes.length - start) >> 2);
  const end = start + words.length * 4;
  for (let i = 0; i < start; i++) if (bytes[i] !== 0) return false;
  for (let i = end; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  let i = 0;
  // Several in one step: a test for each would take twice as long.
  for (; i + 8 <= words.length; i += 8) {
    if (
      (words[i] |
        words[i + 1] |
        words[i + 2] |
        words[i + 3] |
        words[i + 4] |
        words[i + 5] |
        words[i + 6] |
        words[i + 7]) !==
      0
    )
      return false;
  }
  for (; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

/** A MiB of them, to write from. */
export const ZEROS = new Uint8Array(1 << 20);

/** Writes zeros into a file. */
export async function writeZeros(
  file: { write(offset: number, from: Uint8Array): Promise<void> },
  offset: number,
  length: number,
): Promise<void> {
  for (let done = 0; done < length; done += ZEROS.length)
    await file.write(offset + done, ZEROS.subarray(0, Math.min(ZEROS.length, length - done)));
}
