/** Files that are read, used up and let go of. */
import { open } from 'node:fs/promises';
import { allocateTransient } from '../../transient-bytes.ts';

/**
 * The content of a file, for which {@link freeTransient} can be called.
 * @throws the file system's error; the signal's reason when aborted.
 */
export async function readWhole(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    // A pipe or a device does not say how much there is.
    if (size === 0) return await file.readFile({ signal });
    const bytes = allocateTransient(size);
    let length = 0;
    while (length < size) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(bytes, length, size - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}
