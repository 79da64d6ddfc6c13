/** The command lines of `hartware image`. */
import type { DiskFormatName, FormatOptions } from '../../../../disks/disk-image.ts';
import { DISK_FORMATS } from '../../../../disks/formats.ts';
import { nearest } from '../../../../machine/description-error.ts';
import { parseSize } from '../../../../machine/size.ts';
import { oneOf, quote, read, UsageError, type Option } from '../arguments.ts';

const HELP = { help: { type: 'boolean', short: 'h' } } as const;
const FORMAT = { format: { type: 'string', short: 'f' } } as const;
/** What images that are opened may need. */
const OPEN = { ...FORMAT, allow: { type: 'string', multiple: true }, ...HELP } as const;
const CREATE = {
  option: { type: 'string', short: 'o', multiple: true },
  force: { type: 'boolean' },
} as const;
const BACKING = {
  backing: { type: 'string', short: 'b' },
  'backing-format': { type: 'string', short: 'F' },
} as const;
const JSON_OPTION = { json: { type: 'boolean' } } as const;
const QUIET = { quiet: { type: 'boolean', short: 'q' } } as const;

const OPTIONS = {
  create: { ...OPEN, ...CREATE, ...BACKING },
  info: { ...OPEN, ...JSON_OPTION, chain: { type: 'boolean' } },
  convert: {
    ...OPEN,
    ...CREATE,
    ...QUIET,
    to: { type: 'string', short: 'O' },
    compress: { type: 'boolean', short: 'c' },
    snapshot: { type: 'string', short: 'l' },
  },
  check: { ...OPEN, ...JSON_OPTION, ...QUIET, repair: { type: 'string', short: 'r' } },
  resize: { ...OPEN, shrink: { type: 'boolean' } },
  commit: { ...OPEN, ...QUIET },
  rebase: {
    ...OPEN,
    ...BACKING,
    ...QUIET,
    flatten: { type: 'boolean' },
    unsafe: { type: 'boolean', short: 'u' },
  },
  compare: { ...OPEN, ...QUIET, 'other-format': { type: 'string' }, strict: { type: 'boolean', short: 's' } },
  map: { ...OPEN, ...JSON_OPTION },
  snapshot: {
    ...OPEN,
    ...JSON_OPTION,
    list: { type: 'boolean', short: 'l' },
    create: { type: 'string', short: 'c' },
    apply: { type: 'string', short: 'a' },
    delete: { type: 'string', short: 'd' },
  },
} as const satisfies Record<string, Record<string, Option>>;

const SNAPSHOT_CHANGES = ['create', 'apply', 'delete'] as const;

export const ACTIONS = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];

/** An image that is opened. */
export interface ImageSource {
  readonly file: string;
  /** Default: found out. */
  readonly format?: DiskFormatName;
  /** Folders in which images may name files, beside their own. */
  readonly allow: readonly string[];
}

/** An image that is made. */
export interface ImageTarget {
  readonly file: string;
  readonly format: DiskFormatName;
  readonly options: FormatOptions;
  /** Whether a file of that name is replaced. */
  readonly force: boolean;
}

export interface BackingArguments {
  readonly file: string;
  readonly format?: DiskFormatName;
}

export type ImageArguments =
  | {
      readonly action: 'create';
      readonly target: ImageTarget;
      readonly allow: readonly string[];
      readonly backing?: BackingArguments;
      /** Default: that of the backing image. */
      readonly size?: number;
    }
  | { readonly action: 'info'; readonly source: ImageSource; readonly json: boolean; readonly chain: boolean }
  | {
      readonly action: 'convert';
      readonly source: ImageSource;
      readonly target: ImageTarget;
      readonly compress: boolean;
      /** Default: the disk as it is now. */
      readonly snapshot?: string;
      readonly quiet: boolean;
    }
  | {
      readonly action: 'check';
      readonly source: ImageSource;
      readonly repair?: 'leaks' | 'all';
      readonly json: boolean;
      readonly quiet: boolean;
    }
  | {
      readonly action: 'resize';
      readonly source: ImageSource;
      readonly size: number;
      /** What `size` is counted from: 0, or 1 or -1 to add it to the size there is, or take it away. */
      readonly sign: 0 | 1 | -1;
      readonly shrink: boolean;
    }
  | { readonly action: 'commit'; readonly source: ImageSource; readonly quiet: boolean }
  | {
      readonly action: 'rebase';
      readonly source: ImageSource;
      /** Default: none. */
      readonly backing?: BackingArguments;
      readonly unsafe: boolean;
      readonly quiet: boolean;
    }
  | {
      readonly action: 'compare';
      readonly sources: readonly [ImageSource, ImageSource];
      readonly strict: boolean;
      readonly quiet: boolean;
    }
  | { readonly action: 'map'; readonly source: ImageSource; readonly json: boolean }
  | {
      readonly action: 'snapshot';
      readonly source: ImageSource;
      /** Default: they are listed. */
      readonly change?: { readonly kind: (typeof SNAPSHOT_CHANGES)[number]; readonly name: string };
      readonly json: boolean;
    };

/** Undefined when help is wanted. @throws UsageError */
export function parseImage(args: readonly string[]): ImageArguments | undefined {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') return undefined;
  const action = ACTIONS.find((candidate) => candidate === name);
  if (action === undefined) {
    const hint = nearest(name, ACTIONS);
    throw new UsageError(
      `unknown action ${quote(name)}${hint ? `; did you mean ${quote(hint)}?` : ';'} see "hartware image --help"`,
    );
  }
  const { values, positionals } = readAction(action, rest);
  if (values.help) return undefined;
  const format = formatOf('--format', values.format);
  const allow = values.allow ?? [];
  const quiet = values.quiet ?? false;
  const json = values.json ?? false;
  const files = (...expected: string[]): string[] => {
    if (positionals.length === expected.length) return positionals;
    const found = positionals.length === 0 ? 'nothing' : positionals.map(quote).join(' and ');
    throw new UsageError(`image ${action}: expected ${expected.join(' and ')}, found ${found}`);
  };
  const source = (file: string, of = format): ImageSource => ({ file, format: of, allow });
  switch (action) {
    case 'create': {
      const backing = backingOf(values);
      const isSized = !backing || positionals.length > 1;
      const [file, size] = isSized ? files('FILE', 'SIZE') : files('FILE');
      return {
        action,
        target: targetOf(file, format, values),
        allow,
        backing,
        ...(size !== undefined && { size: sizeOf(size) }),
      };
    }
    case 'convert': {
      const [from, to] = files('SOURCE', 'TARGET');
      const target = targetOf(to, formatOf('--to', values.to), values);
      const { compress = false, snapshot } = values;
      return { action, source: source(from), target, compress, snapshot, quiet };
    }
    case 'check': {
      const repair =
        values.repair === undefined ? undefined : oneOf('--repair', values.repair, ['leaks', 'all']);
      return { action, source: source(files('FILE')[0]), repair, json, quiet };
    }
    case 'resize': {
      // "-1G" is an amount and no option.
      const [file, text] = files('FILE', 'SIZE');
      const sign = text.startsWith('+') ? 1 : text.startsWith('-') ? -1 : 0;
      const size = sizeOf(sign === 0 ? text : text.slice(1));
      return { action, source: source(file), size, sign, shrink: values.shrink ?? false };
    }
    case 'rebase': {
      const backing = backingOf(values);
      if ((backing === undefined) !== (values.flatten ?? false))
        throw new UsageError('image rebase: expected one of --backing FILE and --flatten');
      return {
        action,
        source: source(files('FILE')[0]),
        backing,
        unsafe: values.unsafe ?? false,
        quiet,
      };
    }
    case 'compare': {
      const [one, other] = files('FILE', 'FILE');
      const otherFormat = formatOf('--other-format', values['other-format']);
      return {
        action,
        sources: [source(one), source(other, otherFormat)],
        strict: values.strict ?? false,
        quiet,
      };
    }
    case 'info':
      return { action, source: source(files('FILE')[0]), json, chain: values.chain ?? false };
    case 'commit':
      return { action, source: source(files('FILE')[0]), quiet };
    case 'map':
      return { action, source: source(files('FILE')[0]), json };
    case 'snapshot': {
      const changes = SNAPSHOT_CHANGES.filter((kind) => values[kind] !== undefined);
      if (changes.length + (values.list ? 1 : 0) > 1)
        throw new UsageError('image snapshot: expected one of --list, --create, --apply and --delete');
      const [kind] = changes;
      const change = kind && { kind, name: values[kind]! };
      if (change?.name === '') throw new UsageError(`image snapshot --${kind}: expected a name, found none`);
      return { action, source: source(files('FILE')[0]), change, json };
    }
  }
}

/** Whatever of all options was given to an action that has it. */
interface Values {
  readonly help?: boolean;
  readonly format?: string;
  readonly allow?: string[];
  readonly option?: string[];
  readonly force?: boolean;
  readonly backing?: string;
  readonly 'backing-format'?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly chain?: boolean;
  readonly to?: string;
  readonly compress?: boolean;
  readonly snapshot?: string;
  readonly list?: boolean;
  readonly create?: string;
  readonly apply?: string;
  readonly delete?: string;
  readonly repair?: string;
  readonly shrink?: boolean;
  readonly flatten?: boolean;
  readonly unsafe?: boolean;
  readonly 'other-format'?: string;
  readonly strict?: boolean;
}

function readAction(
  action: keyof typeof OPTIONS,
  args: readonly string[],
): { values: Values; positionals: string[] } {
  const amounts = action === 'resize' ? args.filter((arg) => /^-\d/.test(arg)) : [];
  const others = args.filter((arg) => !amounts.includes(arg));
  const { values, positionals } = read<Record<string, Option>>(
    others,
    OPTIONS[action],
    'hartware image --help',
  );
  return { values: values as Values, positionals: [...positionals, ...amounts] };
}

function formatOf(option: string, text: string | undefined): DiskFormatName | undefined {
  if (text === undefined) return undefined;
  return oneOf(
    option,
    // What qemu-img calls it.
    text === 'vpc' ? 'vhd' : text,
    DISK_FORMATS.map(({ name }) => name),
  );
}

function backingOf(values: Values): BackingArguments | undefined {
  const format = formatOf('--backing-format', values['backing-format']);
  if (values.backing !== undefined) return { file: values.backing, ...(format && { format }) };
  if (format) throw new UsageError('--backing-format belongs to --backing FILE');
  return undefined;
}

function targetOf(
  file: string,
  given: DiskFormatName | undefined,
  { option = [], force = false }: Values,
): ImageTarget {
  const byName = DISK_FORMATS.find(({ extensions }) =>
    extensions.some((extension) => file.toLowerCase().endsWith(extension)),
  );
  const format = given ?? byName?.name ?? 'raw';
  const known = DISK_FORMATS.find(({ name }) => name === format)!.options;
  const options: Record<string, string | number | boolean> = {};
  for (const setting of option.flatMap((list) => list.split(','))) {
    const [written, value = 'on'] = setting.split(/=(.*)/s);
    // As qemu-img writes them, too: cluster_size.
    const name = written.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (!Object.hasOwn(known, name)) {
      const names = Object.keys(known);
      const hint = nearest(name, names);
      const choice = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
      throw new UsageError(
        `--option: ${format} has no option ${quote(written)}; ${hint ? `did you mean ${hint}?` : choice}`,
      );
    }
    options[name] = valueOf(value);
  }
  return { file, format, options, force };
}

function valueOf(text: string): string | number | boolean {
  if (text === 'on' || text === 'true') return true;
  if (text === 'off' || text === 'false') return false;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return /^\d[\d.]*[KMGT]/i.test(text) ? sizeOf(text) : text;
}

function sizeOf(text: string): number {
  if (/^\d{1,15}B$/.test(text)) return Number(text.slice(0, -1));
  try {
    return parseSize(text);
  } catch {
    throw new UsageError(`expected a size such as "10G", "512M" or "1474560B", found ${quote(text)}`);
  }
}
