/** Unpacks xz data as it streams by. */
import { ReadableStream } from 'node:stream/web';
import * as xz from 'xz-decompress';

// The package is CommonJS: Node offers it as the default export, bundlers by name.
const { XzReadableStream } = (xz as unknown as { default?: typeof xz }).default ?? xz;

export async function* unxz(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const reader = new XzReadableStream(input as unknown as globalThis.ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Before its last chunk is read, the package's stream may have freed what its cancel frees.
    await reader.cancel().catch(() => undefined);
  }
}

/** @throws RangeError for more than `maximumSize` bytes; Error for damaged data. */
export async function unxzWhole(bytes: Uint8Array, maximumSize: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of unxz(bytes)) {
    length += chunk.length;
    if (length > maximumSize) {
      throw new RangeError(`expected at most ${maximumSize} bytes in the xz data, found more`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
