/** What a package of a machine has in it, and what its files are called. */
import type { DiskFormatName } from '../../disks/disk-image.ts';
import type { MachineDescription } from '../../machine/description.ts';
import { renameFiles } from '../references.ts';

/** A file of a machine, and of its package. */
export interface Content {
  /** As the description names it. */
  readonly reference: string;
  readonly kind: 'boot' | 'variables' | 'drive';
  /** Of a drive, if the description says it. */
  readonly format?: DiskFormatName;
  /** What it is called in the description that goes into the package, and where that is unpacked. */
  readonly name: string;
  /** Its id in the descriptor. */
  readonly id: string;
  /** Its name in the package. */
  readonly href: string;
}

export interface Contents {
  /** The description with the names of the files beside it. */
  readonly description: MachineDescription;
  readonly files: readonly Content[];
}

/** The description in a folder where a package was unpacked. */
export const DESCRIPTION_NAME = 'machine.json';

/** Room for a number that tells names apart, and for an ending. */
const MAX_NAME = 80;

/** @param name of the package, without an ending. */
export function contentsOf(description: MachineDescription, name: string): Contents {
  const files = new Map<string, Content>();
  const names = new Set([DESCRIPTION_NAME]);
  const hrefs = new Set([`${name}.ovf`, `${name}.mf`, `${name}.cert`].map((each) => each.toLowerCase()));
  let disks = 0;
  const renamed = renameFiles(description, (reference, place) => {
    const format = place.kind === 'drive' ? place.drive.format : undefined;
    const key = JSON.stringify([place.kind, reference, format]);
    let file = files.get(key);
    if (!file) {
      const wanted = plain(reference);
      file = {
        reference,
        kind: place.kind,
        ...(format && { format }),
        name: take(wanted, names),
        id: `file${files.size + 1}`,
        href: take(place.kind === 'drive' ? `${name}-disk${++disks}.vmdk` : wanted, hrefs),
      };
      files.set(key, file);
    }
    return file.name;
  });
  const { $schema: _, ...rest } = renamed;
  return { description: rest, files: [...files.values()] };
}

/** The last part of a path or URL, in characters that every file system, URL and archive takes. */
export function plain(reference: string): string {
  const path = /^[a-z][a-z0-9+.-]+:/i.test(reference) ? reference.replace(/[?#].*$/s, '') : reference;
  const last = path.split(/[/\\]/).filter(Boolean).at(-1) ?? '';
  const safe = last.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[.-]+/, '');
  return safe.slice(-MAX_NAME) || 'file';
}

/** The name, with a number before its ending if it is taken. */
export function unusedName(wanted: string, isTaken: (name: string) => boolean): string {
  const [, stem, ending = ''] = /^(.+?)(\.[^.]*)?$/s.exec(wanted)!;
  let name = wanted;
  for (let number = 2; isTaken(name); number++) name = `${stem}-${number}${ending}`;
  return name;
}

/** The same, which is taken from then on. */
function take(wanted: string, taken: Set<string>): string {
  const name = unusedName(wanted, (each) => taken.has(each.toLowerCase()));
  taken.add(name.toLowerCase());
  return name;
}
