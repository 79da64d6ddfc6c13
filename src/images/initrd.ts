/**
 * Joins initrds. Linux unpacks several archives, compressed or not, one after the
 * other (Linux, Documentation/driver-api/early-userspace/buffer-format.rst); an
 * uncompressed one must start at a multiple of four bytes.
 */

/** The initrds with zeros between them, in pieces that follow each other. Later archives overwrite files of earlier ones. */
export function alignInitrds(initrds: readonly Uint8Array[]): Uint8Array[] {
  return initrds.flatMap((bytes, index) => {
    const isLast = index === initrds.length - 1;
    return isLast || bytes.length % 4 === 0 ? [bytes] : [bytes, new Uint8Array(4 - (bytes.length % 4))];
  });
}

/** All of them in one piece. A single initrd comes back as it is. */
export function concatenateInitrds(initrds: readonly Uint8Array[]): Uint8Array {
  if (initrds.length === 1) return initrds[0];
  const pieces = alignInitrds(initrds);
  const joined = new Uint8Array(sizeOf(pieces));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** How many bytes the pieces have together. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
