/** GUIDs, as 32 hexadecimal digits in the order of their bytes in the file. */

export const NO_GUID = '0'.repeat(32);

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const guidBytes = (guid: string): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(guid.slice(i * 2, i * 2 + 2), 16));

/** From its text, such as 2DC27766-F623-4200-9D64-115E9BFD4A08, with or without braces, to the order in the file. */
export function guidOf(text: string): string {
  const digits = text.replace(/[{}-]/g, '').toLowerCase();
  const pairs = digits.match(/../g) ?? [];
  // The first three groups are numbers, and little-endian.
  return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => pairs[i] ?? '').join('');
}

/** Its text, in lower case and with braces. */
export function guidText(guid: string): string {
  const text = guidOf(guid);
  const groups = [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20),
  ];
  return `{${groups.join('-')}}`;
}
