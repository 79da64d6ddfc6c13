/** Sizes as people write them. */

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/**
 * Bytes of a size such as "256M", "1.5G" or "64KiB"; units are powers of 1024. A
 * number needs its unit, because some programs mean bytes and some MiB without one.
 * @throws RangeError that says what was expected.
 */
export function parseSize(text: string): number {
  const bytes = bytesOf(text);
  if (!Number.isSafeInteger(bytes)) {
    throw new RangeError(`expected a size with a unit such as "256M" or "1G", found ${JSON.stringify(text)}`);
  }
  return bytes;
}

/** The same for any text: what is no whole number of bytes, or no size, is a fraction, too large, or NaN. */
export function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT])(?:iB)?$/i.exec(text.trim());
  return match ? Number(match[1]) * UNITS[match[2].toUpperCase()] : NaN;
}
