/**
 * Joins initrds. Linux unpacks several archives, compressed or not, one after the
 * other (Linux, Documentation/driver-api/early-userspace/buffer-format.rst); an
 * uncompressed one must start at a multiple of four bytes.
 */

/** Later archives overwrite files of earlier ones. A single initrd comes back as it is. */
export function concatenateInitrds(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  let length = 0;
  for (const part of parts) length = align4(length) + part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    offset = align4(offset);
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function align4(value: number): number {
  return Math.ceil(value / 4) * 4;
}
