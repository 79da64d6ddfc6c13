/**
 * The canonical form of a machine description, and the digest that names a machine by it: equal
 * for documents that describe the same machine, however they are written. The form is the JSON
 * Canonicalization Scheme (RFC 8785) of the description with all defaults in place. A file with a
 * digest is named by that alone, so that it may lie anywhere; one without by its path.
 */
import { Sha256 } from '../sha256.ts';
import { encodeUtf8 } from '../text.ts';
import {
  completeDescription,
  validateDescription,
  type MachineDescription,
  type NamedFile,
} from './description.ts';

/**
 * The canonical form of a description: the same text for each document that describes the same machine.
 * @throws DescriptionError that names each wrong place, what was expected there and what was found.
 */
export function canonicalDescription(description: MachineDescription): string {
  const { boot, drives, network, ...rest } = completeDescription(validateDescription(description));
  const { initrd, append, flash, privilege, ...files } = boot;
  const named = Object.entries(files).map(([key, file]) => [key, withoutName(file)]);
  return serialize({
    ...rest,
    boot: {
      ...Object.fromEntries(named),
      ...(initrd && { initrd: initrd.map(withoutName) }),
      append,
      // Keys that came later: digests of machines without them stay.
      ...(flash && {
        flash: Object.fromEntries(Object.entries(flash).map(([key, file]) => [key, withoutName(file)])),
      }),
      ...(privilege && { privilege }),
    },
    drives: drives.map(withoutName),
    // So did this one.
    ...(network.length > 0 && { network }),
  });
}

/**
 * SHA-256 of the canonical form, as 64 hexadecimal digits: the name of a machine, the same in Node and browsers.
 * @throws DescriptionError that names each wrong place, what was expected there and what was found.
 */
export function descriptionDigest(description: MachineDescription): string {
  const hash = new Sha256();
  hash.update(encodeUtf8(canonicalDescription(description)));
  return hash.digest();
}

function withoutName<T extends Partial<NamedFile>>(file: T): Omit<T, 'file'> {
  const { file: _, ...rest } = file;
  return file.sha256 === undefined ? file : rest;
}

/**
 * RFC 8785 for what a checked description consists of: JSON.stringify writes numbers and strings
 * as section 3.2.2 wants them, and keys are sorted by their UTF-16 code units as 3.2.3 does.
 */
function serialize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(serialize).join()}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${serialize(item)}`).join()}}`;
}
