/**
 * Reading untrusted JSON: a value together with its place in the document, so that
 * every error can name it.
 */
import { HartwareError } from '../errors.ts';
import { parseSize } from './size.ts';

/** A description that is wrong; the message says where, what was expected and what was found. */
export class DescriptionError extends HartwareError {
  override readonly name = 'DescriptionError';
  readonly code = 'DESCRIPTION';
  constructor(
    /** Where in the document, as "drives[0].file"; empty for all of it. */
    readonly path: string,
    problem: string,
  ) {
    super(path === '' ? problem : `${path}: ${problem}`);
  }
}

/** What users of other tools write, and what it is called here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  cpus: 'harts',
  cores: 'harts',
  smp: 'harts',
  vcpu: 'harts',
  ram: 'memory',
  mem: 'memory',
  bios: 'firmware',
  cmdline: 'append',
  commandline: 'append',
  bootargs: 'append',
  initramfs: 'initrd',
  ramdisk: 'initrd',
  dtb: 'fdt',
  disk: 'drives',
  disks: 'drives',
  path: 'file',
  url: 'file',
  size: 'memory',
  readonly: 'readOnly',
  ro: 'readOnly',
  serial: 'id',
};

export interface Field {
  readonly value: unknown;
  readonly path: string;
  error(expected: string): DescriptionError;
  /** Undefined when the field is absent, else what `read` makes of it. */
  optional<T>(read: (field: Field) => T): T | undefined;
  /** The fields of an object that has no other keys. */
  object<K extends string>(keys: readonly K[], expected?: string): Record<K, Field>;
  list(): Field[];
  /** A string that is not empty. */
  text(expected?: string): string;
  boolean(): boolean;
  integer(minimum: number, maximum: number): number;
  oneOf<T extends string>(choices: readonly T[]): T;
  /** Bytes, of a number or of text like "256M". */
  size(): number;
}

export function field(value: unknown, path: string): Field {
  const error = (expected: string) =>
    new DescriptionError(path, `expected ${expected}, found ${describe(value)}`);
  return {
    value,
    path,
    error,
    optional: (read) => (value === undefined ? undefined : read(field(value, path))),
    object(keys, expected = 'an object') {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw error(expected);
      const place = (key: string) => (path === '' ? key : `${path}.${key}`);
      for (const key of Object.keys(value)) {
        if ((keys as readonly string[]).includes(key)) continue;
        throw new DescriptionError(place(key), unknownKey(key, keys));
      }
      const own = (key: string) =>
        Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
      return Object.fromEntries(keys.map((key) => [key, field(own(key), place(key))])) as Record<
        (typeof keys)[number],
        Field
      >;
    },
    list() {
      if (!Array.isArray(value)) throw error('a list');
      return Array.from(value as readonly unknown[], (item, index) => field(item, `${path}[${index}]`));
    },
    text(expected = 'a string') {
      if (typeof value !== 'string' || value === '') throw error(expected);
      return value;
    },
    boolean() {
      if (typeof value !== 'boolean') throw error('true or false');
      return value;
    },
    integer(minimum, maximum) {
      if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) {
        throw error(`a whole number from ${minimum} to ${maximum}`);
      }
      return value as number;
    },
    oneOf(choices) {
      const choice = choices.find((candidate) => candidate === value);
      if (choice === undefined) throw error(choices.map((each) => JSON.stringify(each)).join(' or '));
      return choice;
    },
    size() {
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
      if (typeof value !== 'string') throw error('bytes as a whole number, or a size such as "256M"');
      try {
        return parseSize(value);
      } catch (problem) {
        throw new DescriptionError(path, (problem as RangeError).message);
      }
    },
  };
}

function unknownKey(key: string, keys: readonly string[]): string {
  const meant = OTHER_NAMES[key.toLowerCase().replace(/[-_]/g, '')];
  const hint = meant !== undefined && keys.includes(meant) ? meant : nearest(key, keys);
  const known = keys.map((each) => JSON.stringify(each)).join(', ');
  return hint === undefined
    ? `unknown key; known are ${known}`
    : `unknown key; did you mean ${JSON.stringify(hint)}?`;
}

/** The one of `keys` that somebody who wrote `key` probably meant. */
export function nearest(key: string, keys: readonly string[]): string | undefined {
  const lower = key.toLowerCase().slice(0, 32);
  const [best] = keys
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  // One slip in a short word, two in a longer one.
  return best && best.distance <= (best.candidate.length > 4 ? 2 : 1) ? best.candidate : undefined;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string')
    return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).slice(0, 4);
    return keys.length === 0
      ? 'an empty object'
      : `an object with ${keys.map((key) => JSON.stringify(key)).join(', ')}`;
  }
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}
