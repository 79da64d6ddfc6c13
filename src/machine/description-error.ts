/** What is wrong with a machine description, in words: where, what was expected there, and what was found. */
import { HartwareError } from '../errors.ts';

/** One thing that is wrong with a machine description. */
export interface DescriptionProblem {
  /** Where in the document, as "drives[0].file"; empty for all of it. */
  readonly path: string;
  /** What was expected there. For the content of a file: its digest. */
  readonly expected: string;
  /** What was found. */
  readonly found: string;
  /** All of it on one line. */
  readonly message: string;
}

/** A description that is wrong. The message has a line for each thing: where, what was expected and what was found. */
export class DescriptionError extends HartwareError {
  override readonly name = 'DescriptionError';
  readonly code = 'DESCRIPTION';
  /** Where the first problem is, as "drives[0].file"; empty for all of the document. */
  readonly path: string;
  /**
   * @param errors everything that is wrong, or of more than a hundred things the first hundred; at least one.
   * @param omitted how many others there are.
   */
  constructor(
    readonly errors: readonly DescriptionProblem[],
    omitted = 0,
  ) {
    const lines = errors.map(({ message }) => message);
    super([...lines, ...(omitted > 0 ? [`and ${omitted} more`] : [])].join('\n'));
    this.path = errors[0].path;
  }
}

/** Of a document that is wrong all over, nobody reads more. */
const MOST_PROBLEMS = 100;
/** How much of a text or key is shown. */
const SHOWN = 60;

/** Keys, and what users of other tools write for them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  harts: 'cpus cores smp vcpu',
  memory: 'ram mem size',
  firmware: 'bios',
  append: 'cmdline commandline bootargs',
  initrd: 'initramfs ramdisk',
  fdt: 'dtb',
  drives: 'disk disks',
  network: 'networks nic nics net interfaces',
  shares: 'share sharedfolders filesystems fsdev virtfs mounts',
  mac: 'address',
  tag: 'mounttag name',
  file: 'path url',
  readOnly: 'ro',
  id: 'serial',
  sha256: 'hash digest',
};

/** Collects what is wrong. */
export class Problems {
  readonly list: DescriptionProblem[] = [];
  private omitted = 0;

  /** Whether nothing is wrong at or below a path. */
  isRight(path: string): boolean {
    return !this.list.some((problem) => problem.path.startsWith(path));
  }

  /** @param message what is to be said after the path. */
  add(path: string, expected: string, found: string, message = `expected ${expected}, found ${found}`): void {
    if (this.list.length === MOST_PROBLEMS) this.omitted++;
    else this.list.push({ path, expected, found, message: path === '' ? message : `${path}: ${message}` });
  }

  addUnknownKey(path: string, key: string, keys: readonly string[]): void {
    const written = key.toLowerCase().replace(/[-_]/g, '');
    const meant = keys.find((each) => OTHER_NAMES[each]?.split(' ').includes(written));
    const hint = meant ?? nearest(key, keys);
    const expected = (hint === undefined ? keys : [hint]).map(quote).join(', ');
    const advice = hint === undefined ? `known are ${expected}` : `did you mean ${expected}?`;
    this.add(placeOf(path, key), expected, 'an unknown key', `unknown key; ${advice}`);
  }

  /** @throws DescriptionError when something is wrong. */
  throwIfAny(): void {
    if (this.list.length > 0) throw new DescriptionError(this.list, this.omitted);
  }
}

/** The path of a key, which may be any text where the document comes from elsewhere. */
export function placeOf(path: string, key: string): string {
  if (!/^[\w$-]{1,60}$/.test(key)) return `${path}[${quote(key)}]`;
  return path === '' ? key : `${path}.${key}`;
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

/** What a value is, on one short line. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).slice(0, 4);
    return keys.length === 0 ? 'an empty object' : `an object with ${keys.map(quote).join(', ')}`;
  }
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

function quote(text: string): string {
  return text.length > SHOWN ? `${JSON.stringify(text.slice(0, SHOWN))}…` : JSON.stringify(text);
}
