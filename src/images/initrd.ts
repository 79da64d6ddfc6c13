/**
 * Joins initrds. Linux unpacks several archives, compressed or not, one after the
 * other (Linux, Documentation/driver-api/early-userspace/buffer-format.rst); an
 * uncompressed one must start at a multiple of four bytes.
 */
import { join } from '../pieces.ts';

/** The initrds with zeros between them, in pieces that follow each other. Later archives overwrite files of earlier ones. */
export function alignInitrds(initrds: readonly Uint8Array[]): Uint8Array[] {
  return initrds.flatMap((bytes, index) => {
    const isLast = index === initrds.length - 1;
    return isLast || bytes.length % 4 === 0 ? [bytes] : [bytes, new Uint8Array(4 - (bytes.length % 4))];
  });
}

/** All of them in one piece. A single initrd comes back as it is. */
export function concatenateInitrds(initrds: readonly Uint8Array[]): Uint8Array {
  return initrds.length === 1 ? initrds[0] : join(alignInitrds(initrds));
}
