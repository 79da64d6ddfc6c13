/**
 * Memory for files that are read, used up and let go of: a machine's boot files may be larger
 * than all else that it needs, and the host's garbage collector may never find it worth while
 * to free them.
 */

/**
 * A resizable buffer gives its memory back to the system at once; one of malloc's, as others are,
 * may not. Interfaces of browsers refuse it.
 */
export function allocateTransient(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length, { maxByteLength: length }), 0, length);
}

/**
 * Frees arrays that nobody reads any more, of whatever origin. Their buffers are detached, or
 * empty. One that is less than half of its buffer shares that with others, as small ones in
 * Node do, and is left alone.
 */
export function freeTransient(arrays: readonly Uint8Array[]): void {
  const own = arrays.filter(({ length, buffer }) => 2 * length > buffer.byteLength);
  for (const buffer of new Set(own.map(({ buffer }) => buffer as ArrayBuffer))) {
    if (buffer.resizable) buffer.resize(0);
    else sendToNobody(buffer);
  }
}

/** What nobody receives is gone. */
function sendToNobody(buffer: ArrayBuffer): void {
  const { port1 } = new MessageChannel();
  port1.close();
  try {
    port1.postMessage(undefined, [buffer]);
  } catch {
    // Memory of WebAssembly, or shared: not to be given away, nor ours to free.
  }
}
