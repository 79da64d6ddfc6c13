/** Bytes in pieces that follow each other. */

/** How many bytes the pieces have together. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** All of them in one piece, a copy. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(sizeOf(pieces));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
