/** Sizes as QEMU reads them. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 },
};

/** Bytes of a size of QEMU's; `unit` is what a number alone counts. Undefined when it is none. */
export function parseQemuSize(text: string, unit: number): number | undefined {
  const match = /^(?:(0x[\da-f]+)|(\d+(?:\.\d+)?)([bkmgt])?)$/i.exec(text);
  if (!match) return undefined;
  const [, hexadecimal, decimal, suffix] = match;
  const scale = suffix === undefined ? unit : UNITS[suffix.toLowerCase()];
  // A part of a byte is rounded, as there.
  const bytes = Math.round(Number(hexadecimal ?? decimal) * scale);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
