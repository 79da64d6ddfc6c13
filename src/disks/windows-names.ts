/** Names of files as images of Microsoft's formats have them: UTF-16, and paths of Windows. */

/** UTF-16 text up to the first zero, or the end. */
export function utf16Text(bytes: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let i = 0; i + 2 <= bytes.length; i += 2) {
    const unit = view.getUint16(i, isLittleEndian);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}

export function utf16(text: string, isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), isLittleEndian);
  return bytes;
}

/** A path of Windows as a reference with slashes; one that is relative does not begin with "./". */
export function fromWindowsPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
}

/** A reference with slashes as a path of Windows; one that is relative begins with ".\" or "..\". */
export function toWindowsPath(reference: string): { text: string; isAbsolute: boolean } {
  const text = reference.replaceAll('/', '\\');
  const isAbsolute = /^(\\|[A-Za-z]:)/.test(text);
  return { text: isAbsolute || /^\.{1,2}\\/.test(text) ? text : `.\\${text}`, isAbsolute };
}
