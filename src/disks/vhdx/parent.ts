/** How a differencing VHDX names its parent: [MS-VHDX] 2.6.2.6. */
import { DiskImageError, type DiskImage, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { fromWindowsPath, toWindowsPath, utf16, utf16Text } from '../windows-names.ts';
import { guidBytes, guidOf, guidText, hexOf } from './guid.ts';
import { Headers, viewOf } from './header.ts';
import type { MetadataItem } from './metadata.ts';

const VHDX_LOCATOR = guidOf('B04AEFB7-D19E-4A81-B789-25B8E9445913');
const FIELD = { count: 18, entries: 20 } as const;
const ENTRY_SIZE = 12;
const ENTRY = { key: 0, value: 4, keyLength: 8, valueLength: 10 } as const;
/** Keys of paths, in the order in which they are to be tried. */
const PATHS = ['relative_path', 'volume_path', 'absolute_win32_path'];
const LINKAGES = ['parent_linkage', 'parent_linkage2'];

export interface ParentLocator {
  /** A path with slashes, relative to the image where it has one. */
  readonly reference: string;
  /** Which values of the parent's DataWriteGuid are right. */
  readonly linkages: readonly string[];
}

export async function readParentLocator(
  file: ImageFile,
  item: MetadataItem | undefined,
): Promise<ParentLocator> {
  const fail = (reason: string): DiskImageError =>
    new DiskImageError(file.name, 'vhdx', reason, item?.offset);
  if (!item || item.length < FIELD.entries)
    throw fail('it is a differencing disk and does not name its parent');
  const bytes = new Uint8Array(item.length);
  await file.read(item.offset, bytes);
  const view = viewOf(bytes);
  const type = hexOf(bytes.subarray(0, 16));
  if (type !== VHDX_LOCATOR) throw fail(`its parent is of a kind that is not supported, ${guidText(type)}`);
  const count = view.getUint16(FIELD.count, true);
  if (FIELD.entries + count * ENTRY_SIZE > item.length) throw fail(`it says ${count} things of its parent`);
  const values = new Map<string, string>();
  const text = (offset: number, length: number): string => {
    if (offset + length > bytes.length) throw fail('what it says of its parent lies outside of the item');
    return utf16Text(bytes.subarray(offset, offset + length), true);
  };
  for (let i = 0; i < count; i++) {
    const at = FIELD.entries + i * ENTRY_SIZE;
    const key = text(view.getUint32(at + ENTRY.key, true), view.getUint16(at + ENTRY.keyLength, true));
    values.set(
      key,
      text(view.getUint32(at + ENTRY.value, true), view.getUint16(at + ENTRY.valueLength, true)),
    );
  }
  const path = PATHS.map((key) => values.get(key)).find((value) => value);
  if (!path) throw fail('it does not say where its parent lies');
  const linkages = LINKAGES.flatMap((key) => values.get(key) ?? []).map(guidOf);
  if (linkages.length === 0) throw fail('it does not say what its parent is known by');
  return { reference: fromWindowsPath(path), linkages };
}

/** @param linkage the parent's DataWriteGuid. */
export function buildParentLocator(reference: string, linkage: string): Uint8Array {
  const path = toWindowsPath(reference);
  const pairs = [
    ['parent_linkage', guidText(linkage)],
    [path.isAbsolute ? 'absolute_win32_path' : 'relative_path', path.text],
  ].map((pair) => pair.map((text) => utf16(text, true)) as [Uint8Array, Uint8Array]);
  const start = FIELD.entries + pairs.length * ENTRY_SIZE;
  const bytes = new Uint8Array(pairs.reduce((sum, [key, value]) => sum + key.length + value.length, start));
  const view = viewOf(bytes);
  bytes.set(guidBytes(VHDX_LOCATOR), 0);
  view.setUint16(FIELD.count, pairs.length, true);
  let offset = start;
  for (const [i, [key, value]] of pairs.entries()) {
    const at = FIELD.entries + i * ENTRY_SIZE;
    view.setUint32(at + ENTRY.key, offset, true);
    view.setUint32(at + ENTRY.value, offset + key.length, true);
    view.setUint16(at + ENTRY.keyLength, key.length, true);
    view.setUint16(at + ENTRY.valueLength, value.length, true);
    bytes.set(key, offset);
    bytes.set(value, offset + key.length);
    offset += key.length + value.length;
  }
  return bytes;
}

/** What a VHDX is known by to those that lie upon it; undefined for what is none. */
export const dataWriteGuidOf = (image: DiskImage): string | undefined =>
  image.format === 'vhdx'
    ? (image as DiskImage & { readonly dataWriteGuid: string }).dataWriteGuid
    : undefined;

/** What the VHDX that a reference names is known by. */
export async function readDataWriteGuid(
  host: ImageHost,
  from: ImageFile,
  reference: string,
): Promise<string> {
  const file = await host.openReferenced(reference, from, true);
  try {
    return (await Headers.read(file)).current.dataWriteGuid;
  } finally {
    await file.close();
  }
}
