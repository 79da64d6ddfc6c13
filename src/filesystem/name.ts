/** Names of files and texts of symbolic links, as Linux has them, in UTF-8. */
import { decodeUtf8, encodeUtf8 } from '../text.ts';

/** NAME_MAX, in bytes. */
export const MAX_NAME = 255;
/** PATH_MAX, in bytes: of a symbolic link's text, and of all names of a path. */
export const MAX_PATH = 4096;

/** Whether something may be one component of a path: nothing that a host could take for more than a name. */
export function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return /^[\0-\x7f]*$/.test(text) ? text.length : encodeUtf8(text).length;
}

/** The text of bytes; undefined where they are not UTF-8. */
export function decodeName(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes);
  if (!text.includes('\ufffd')) return text;
  const again = encodeUtf8(text);
  const isSame = again.length === bytes.length && again.every((byte, index) => byte === bytes[index]);
  return isSame ? text : undefined;
}
