/** String and character literals. */
import { encodeUtf8 } from '../text.ts';
import { AssemblyError } from './error.ts';

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  b: 8,
  f: 12,
  '\\': 92,
  '"': 34,
  "'": 39,
};

/** Bytes of the text between quotes; characters outside escapes are encoded in UTF-8. */
export function literalBytes(text: string): number[] {
  const bytes: number[] = [];
  let i = 0;
  while (i < text.length) {
    if (text[i] !== '\\') {
      const codePoint = text.codePointAt(i)!;
      const character = String.fromCodePoint(codePoint);
      bytes.push(...encodeUtf8(character));
      i += character.length;
      continue;
    }
    const rest = text.slice(i + 1);
    const numeric = /^(?:([0-7]{1,3})|x([0-9A-Fa-f]+))/.exec(rest);
    if (numeric) {
      bytes.push((numeric[1] ? parseInt(numeric[1], 8) : parseInt(numeric[2]!, 16)) & 0xff);
      i += 1 + numeric[0].length;
    } else {
      const byte = ESCAPES[rest[0] ?? ''];
      if (byte === undefined)
        throw new AssemblyError(`expected an escape such as \\n, found \\${rest[0] ?? ''}`);
      bytes.push(byte);
      i += 2;
    }
  }
  return bytes;
}
