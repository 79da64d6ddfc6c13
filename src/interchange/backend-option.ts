/** The option that has QEMU open what is behind a drive. */
import type { CompleteDrive } from '../machine/description.ts';
import { driverOf, urlProtocol, type ImageFormat } from './images.ts';
import { escapeValue } from './option-syntax.ts';

/** QEMU's name of a drive's content. */
export const nodeName = (index: number): string => `drive${index}`;

/**
 * The option and its value.
 * @param image undefined for a drive in memory.
 */
export function backendOption(
  { readOnly, temporary, memory }: CompleteDrive,
  name: string,
  image: { readonly file: string; readonly format: ImageFormat } | undefined,
): readonly [string, string] {
  if (image && (readOnly || !temporary)) {
    const settings = { 'node-name': name, 'read-only': readOnly ? 'on' : 'off', discard: 'unmap' };
    return ['-blockdev', pairs({ driver: driverOf(image.format), ...settings, ...place(image.file) })];
  }
  // What is written goes to a temporary file that ends with QEMU.
  const settings = {
    if: 'none',
    id: name,
    // Always named: QEMU must not find out from what a guest wrote to a raw image that it is another one.
    format: driverOf(image?.format ?? 'raw'),
    ...(image
      ? { ...place(image.file), discard: 'unmap' }
      : { 'file.driver': 'null-co', 'file.size': memory, 'file.read-zeroes': 'on' }),
    snapshot: 'on',
    ...(readOnly && { readonly: 'on' }),
  };
  return ['-drive', pairs(settings)];
}

/** The driver is named so that no part of a file's name is taken for a protocol. */
function place(file: string): Readonly<Record<string, string>> {
  const protocol = urlProtocol(file);
  if (protocol) return { 'file.driver': protocol, 'file.url': file };
  return { 'file.driver': 'file', 'file.filename': file, 'file.locking': 'auto' };
}

function pairs(settings: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${escapeValue(String(value))}`)
    .join(',');
}
