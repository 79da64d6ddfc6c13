/** The command line of `hartware`: what it may say, and one clear sentence when it says something else. */
import { parseArgs } from 'node:util';
import { DISK_FORMATS } from '../../../disks/formats.ts';
import { nearest } from '../../../machine/description-error.ts';
import type { DriveDescription, VirtioBus } from '../../../machine/description.ts';
import { BUSES } from '../../../machine/virtio-slots.ts';
import type { JitMode } from '../../../index.ts';
import { parseConformance, type ConformanceArguments } from './conformance/arguments.ts';
import { parseDescribe, type DescribeArguments } from './describe-arguments.ts';
import {
  isPackage,
  parseExport,
  parseImport,
  type ExportArguments,
  type ImportArguments,
} from './exchange/arguments.ts';
import { parseImage, type ImageArguments } from './image/arguments.ts';

/** The command line is wrong; the message has a line for each thing that is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** What a boolean option may have as its value, after "=". */
  readonly forms?: readonly string[];
}

const RUN_OPTIONS = {
  kernel: { type: 'string' },
  initrd: { type: 'string', multiple: true },
  append: { type: 'string' },
  bios: { type: 'string' },
  dtb: { type: 'string' },
  loader: { type: 'string' },
  variables: { type: 'string' },
  memory: { type: 'string' },
  harts: { type: 'string' },
  paging: { type: 'string' },
  drive: { type: 'string', multiple: true },
  allow: { type: 'string', multiple: true },
  share: { type: 'string', multiple: true },
  clock: { type: 'string' },
  console: { type: 'string' },
  jit: { type: 'string' },
  lockstep: { type: 'boolean' },
  stats: { type: 'boolean', forms: ['json'] },
  'dump-dtb': { type: 'string' },
  'dump-dts': { type: 'boolean' },
  mirror: { type: 'string' },
  deb: { type: 'string' },
  cache: { type: 'string' },
  'no-url-cache': { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Record<string, Option>;

const BENCH_OPTIONS = {
  runs: { type: 'string' },
  only: { type: 'string' },
  mix: { type: 'boolean' },
  json: { type: 'boolean' },
  save: { type: 'string' },
  compare: { type: 'string' },
  memory: { type: 'string' },
  harts: { type: 'string' },
  jit: { type: 'string' },
  limit: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Record<string, Option>;

const GLOBAL_OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const satisfies Record<string, Option>;

/** What other emulators call things. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  firmware: 'bios',
  pflash: 'loader',
  uefi: 'loader',
  nvram: 'variables',
  cpus: 'harts',
  cores: 'harts',
  smp: 'harts',
  ram: 'memory',
  m: 'memory',
  disk: 'drive',
  hda: 'drive',
  image: 'drive',
  virtfs: 'share',
  fsdev: 'share',
  cmdline: 'append',
  bootargs: 'append',
  initramfs: 'initrd',
  ramdisk: 'initrd',
  fdt: 'dtb',
  v: 'version',
  q: 'quiet',
  accel: 'jit',
  statistics: 'stats',
};

/** For `hartware run debian` alone. */
const DEBIAN_OPTIONS = ['deb'] as const;
/** For what brings something of Debian's: that, and `hartware run DISK`. */
const FETCH_OPTIONS = ['mirror', 'quiet'] as const;
/** For `hartware run DISK` alone. */
const DISK_OPTIONS = ['loader', 'variables'] as const;
/** What `hartware run debian` brings itself. */
const OWN_OF_DEBIAN = ['kernel', 'dtb'] as const;

export interface RunArguments {
  /** `debian`, a description file, a disk with a boot loader, or none: the options say everything. */
  readonly guest:
    | { readonly kind: 'debian' | 'options' }
    | { readonly kind: 'file'; readonly file: string }
    | { readonly kind: 'disk'; readonly disk: string };
  readonly kernel?: string;
  readonly initrd: readonly string[];
  readonly append?: string;
  readonly bios?: string;
  readonly dtb?: string;
  /** What starts from a disk: `edk2`, `u-boot`, or a file for flash. */
  readonly loader?: string;
  /** An image of UEFI variables. */
  readonly variables?: string;
  readonly memory?: string;
  readonly harts?: number;
  readonly paging?: string;
  readonly drives: readonly DriveDescription[];
  /** Folders in which disk images may name files, beside their own. */
  readonly allow: readonly string[];
  readonly shares: readonly ShareArgument[];
  readonly clock?:
    { readonly kind: 'host' } | { readonly kind: 'virtual'; readonly instructionsPerSecond?: number };
  readonly console: 'serial' | 'virtio';
  readonly jit?: JitMode;
  /** Interpreted and translated at the same time, to be compared. */
  readonly lockstep: boolean;
  /** Statistics at the end, for a reader or for a program. */
  readonly stats?: 'text' | 'json';
  readonly dumpDtb?: string;
  readonly dumpDts: boolean;
  readonly mirror?: string;
  readonly deb?: string;
  readonly cache?: string;
  /** Whether what is downloaded of images behind URLs is kept. */
  readonly keepsUrls: boolean;
  readonly quiet: boolean;
}

/** A folder that is shared. */
export interface ShareArgument {
  readonly tag: string;
  readonly folder: string;
  readonly readOnly: boolean;
}

export interface BenchArguments {
  /** Files and folders. */
  readonly programs: readonly string[];
  readonly runs: number;
  readonly only?: readonly string[];
  readonly mix: boolean;
  readonly json: boolean;
  readonly save?: string;
  readonly compare?: string;
  readonly memory?: string;
  readonly harts?: number;
  readonly jit?: JitMode;
  /** Instructions that a program may execute. */
  readonly limit: number;
}

export type Command =
  | {
      readonly kind:
        | 'help'
        | 'run-help'
        | 'bench-help'
        | 'describe-help'
        | 'conformance-help'
        | 'export-help'
        | 'import-help'
        | 'image-help'
        | 'version';
    }
  | { readonly kind: 'describe'; readonly describe: DescribeArguments }
  | { readonly kind: 'run'; readonly run: RunArguments }
  | { readonly kind: 'bench'; readonly bench: BenchArguments }
  | { readonly kind: 'conformance'; readonly conformance: ConformanceArguments }
  | { readonly kind: 'export'; readonly export: ExportArguments }
  | { readonly kind: 'import'; readonly import: ImportArguments }
  | { readonly kind: 'image'; readonly image: ImageArguments };

const COMMANDS = ['run', 'bench', 'describe', 'conformance', 'export', 'import', 'image'] as const;
const DEFAULT_RUNS = 5;
/** A minute or two of translated code. */
const DEFAULT_LIMIT = 100_000_000_000;
export const JIT_MODES = ['on', 'off', 'force'] as const satisfies readonly JitMode[];

/** @throws UsageError */
export function parseCommand(args: readonly string[]): Command {
  const [first, ...rest] = args;
  if (first === undefined || first === 'help') {
    const topic = COMMANDS.find((name) => first === 'help' && name === rest[0]);
    return { kind: topic === undefined ? 'help' : `${topic}-help` };
  }
  if (first === 'run') return parseRun(rest);
  if (first === 'bench') return parseBench(rest);
  if (first === 'describe') {
    const describe = parseDescribe(rest);
    return describe ? { kind: 'describe', describe } : { kind: 'describe-help' };
  }
  if (first === 'export') return parseExport(rest);
  if (first === 'import') return parseImport(rest);
  if (first === 'image') {
    const image = parseImage(rest);
    return image ? { kind: 'image', image } : { kind: 'image-help' };
  }
  if (first === 'conformance') {
    const conformance = parseConformance(rest);
    return conformance ? { kind: 'conformance', conformance } : { kind: 'conformance-help' };
  }
  if (first.startsWith('-')) {
    const { values } = read(args, GLOBAL_OPTIONS, 'hartware --help');
    return { kind: values.version ? 'version' : 'help' };
  }
  const hint = nearest(first, COMMANDS);
  throw new UsageError(
    `unknown command ${quote(first)}${hint ? `; did you mean ${quote(hint)}?` : ';'} see "hartware --help"`,
  );
}

function parseRun(args: readonly string[]): Command {
  const { values, positionals } = read(args, RUN_OPTIONS, 'hartware run --help');
  if (values.help) return { kind: 'run-help' };
  const guest = guestOf(positionals);
  const given = <T extends keyof typeof RUN_OPTIONS>(names: readonly T[]): T | undefined =>
    names.find((name) => values[name] !== undefined);
  const isDisk = guest.kind === 'disk';
  const isDebian = guest.kind === 'debian';
  const own = isDebian ? given(OWN_OF_DEBIAN) : undefined;
  if (own !== undefined)
    throw new UsageError(`--${own} cannot be combined with "debian", which brings its own`);
  const ofDebian = isDebian
    ? undefined
    : given(isDisk ? DEBIAN_OPTIONS : [...DEBIAN_OPTIONS, ...FETCH_OPTIONS]);
  if (ofDebian !== undefined) throw new UsageError(`--${ofDebian} belongs to "hartware run debian"`);
  const ofDisk = isDisk ? undefined : given(DISK_OPTIONS);
  if (ofDisk !== undefined) throw new UsageError(`--${ofDisk} belongs to "hartware run DISK"`);
  const run: RunArguments = {
    guest,
    kernel: values.kernel,
    initrd: values.initrd ?? [],
    append: values.append,
    bios: values.bios,
    dtb: values.dtb,
    loader: values.loader,
    variables: values.variables,
    memory: values.memory,
    harts: values.harts === undefined ? undefined : wholeNumber('--harts', values.harts),
    paging: values.paging,
    drives: (values.drive ?? []).map(parseDrive),
    allow: values.allow ?? [],
    shares: (values.share ?? []).map(parseShare),
    clock: values.clock === undefined ? undefined : parseClock(values.clock),
    // Debian's kernel has the driver, and hears from it how large the terminal is.
    console: oneOf('--console', values.console ?? (guest.kind === 'debian' ? 'virtio' : 'serial'), [
      'serial',
      'virtio',
    ]),
    jit: values.jit === undefined ? undefined : oneOf('--jit', values.jit, JIT_MODES),
    lockstep: values.lockstep ?? false,
    stats: values.stats === undefined ? undefined : values.stats === 'json' ? 'json' : 'text',
    dumpDtb: values['dump-dtb'],
    dumpDts: values['dump-dts'] ?? false,
    mirror: values.mirror,
    deb: values.deb,
    cache: values.cache,
    keepsUrls: !values['no-url-cache'],
    quiet: values.quiet ?? false,
  };
  const isDump = run.dumpDtb !== undefined || run.dumpDts;
  if (guest.kind === 'options' && !run.kernel && !run.bios && !isDump) {
    throw new UsageError(
      'nothing to run: give "debian", a machine description FILE.json, a disk image, --kernel FILE or --bios FILE; see "hartware run --help"',
    );
  }
  return { kind: 'run', run };
}

function parseBench(args: readonly string[]): Command {
  const { values, positionals } = read(args, BENCH_OPTIONS, 'hartware bench --help');
  if (values.help) return { kind: 'bench-help' };
  if (positionals.length === 0)
    throw new UsageError(
      'nothing to measure: give a folder of programs, or files; see "hartware bench --help"',
    );
  const number = (option: string, text: string | undefined, standard: number): number => {
    const value = text === undefined ? standard : wholeNumber(option, text);
    if (value > 0) return value;
    throw new UsageError(`${option}: expected a whole number above 0, found ${value}`);
  };
  return {
    kind: 'bench',
    bench: {
      programs: positionals,
      runs: number('--runs', values.runs, DEFAULT_RUNS),
      only: values.only?.split(','),
      mix: values.mix ?? false,
      json: values.json ?? false,
      save: values.save,
      compare: values.compare,
      memory: values.memory,
      harts: values.harts === undefined ? undefined : wholeNumber('--harts', values.harts),
      jit: values.jit === undefined ? undefined : oneOf('--jit', values.jit, JIT_MODES),
      limit: number('--limit', values.limit, DEFAULT_LIMIT),
    },
  };
}

function guestOf(positionals: readonly string[]): RunArguments['guest'] {
  const [guest, surplus] = positionals;
  if (surplus !== undefined)
    throw new UsageError(`expected one thing to run, found ${quote(surplus)} as well`);
  if (guest === undefined) return { kind: 'options' };
  if (guest === 'debian') return { kind: 'debian' };
  if (/\.json$/i.test(guest)) return { kind: 'file', file: guest };
  if (isPackage(guest))
    throw new UsageError(
      `${quote(guest)} is a package: unpack it with "hartware import", and run the machine.json that is in it then`,
    );
  if (!nearest(guest, ['debian'])) return { kind: 'disk', disk: guest };
  throw new UsageError(
    `expected "debian", a machine description FILE.json or a disk image, found ${quote(guest)}; did you mean "debian"?`,
  );
}

function parseDrive(text: string): DriveDescription {
  // Two commas stand for one in the name.
  const [file, ...settings] = text.split(/(?<!,),(?!,)/).map((part) => part.replaceAll(',,', ','));
  if (file === '')
    throw new UsageError(
      `--drive: expected FILE[,readonly][,temporary][,format=FORMAT][,id=ID][,bus=BUS], found ${quote(text)}`,
    );
  let readOnly: boolean | undefined;
  let temporary: boolean | undefined;
  let format: DriveDescription['format'];
  let id: string | undefined;
  let bus: VirtioBus | undefined;
  for (const setting of settings) {
    if (setting === 'readonly') readOnly = true;
    else if (setting === 'temporary') temporary = true;
    else if (/^format=./.test(setting))
      format = oneOf(
        '--drive',
        setting.slice('format='.length),
        DISK_FORMATS.map(({ name }) => name),
      );
    else if (/^id=./.test(setting)) id = setting.slice('id='.length);
    else if (/^bus=/.test(setting)) bus = oneOf('--drive: bus', setting.slice('bus='.length), BUSES);
    else
      throw new UsageError(
        `--drive: expected "readonly", "temporary", "format=FORMAT", "id=ID" or "bus=BUS" after the file, found ${quote(setting)}`,
      );
  }
  return { file, ...(format && { format }), ...(temporary && { temporary }), readOnly, id, bus };
}

export function parseShare(text: string): ShareArgument {
  // Two commas stand for one in the name.
  const [place, ...settings] = text.split(/(?<!,),(?!,)/).map((part) => part.replaceAll(',,', ','));
  const [, tag, folder] = /^([^=]+)=(.+)$/s.exec(place) ?? [];
  if (tag === undefined || folder === undefined)
    throw new UsageError(`--share: expected TAG=FOLDER[,readonly], found ${quote(text)}`);
  const wrong = settings.find((setting) => setting !== 'readonly');
  if (wrong !== undefined)
    throw new UsageError(`--share: expected "readonly" after the folder, found ${quote(wrong)}`);
  return { tag, folder, readOnly: settings.length > 0 };
}

function parseClock(text: string): RunArguments['clock'] {
  const [kind, rate] = text.split(/=(.*)/s);
  if (kind === 'host' && rate === undefined) return { kind: 'host' };
  if (kind === 'virtual' && rate === undefined) return { kind: 'virtual' };
  if (kind === 'virtual')
    return { kind: 'virtual', instructionsPerSecond: wholeNumber('--clock virtual', rate) };
  throw new UsageError(
    `--clock: expected "host", "virtual" or "virtual=INSTRUCTIONS_PER_SECOND", found ${quote(text)}`,
  );
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`${option}: expected a whole number, found ${quote(text)}`);
  return Number(text);
}

export function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option}: expected ${list(choices)}, found ${quote(text)}`);
}

function list(choices: readonly string[]): string {
  const quoted = choices.map(quote);
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ');
}

type Values<T extends Record<string, Option>> = {
  [K in keyof T]?: T[K]['type'] extends 'boolean'
    ? T[K] extends { forms: readonly (infer Form)[] }
      ? true | Form
      : boolean
    : T[K] extends { multiple: true }
      ? string[]
      : string;
};

/** Reads options; an option that takes one value and is given twice has the last. */
export function read<T extends Record<string, Option>>(
  args: readonly string[],
  options: T,
  help: string,
): { values: Values<T>; positionals: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean | string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option: Option | undefined = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw new UsageError(unknownOption(rawName, Object.keys(options), help));
    if (option.type === 'boolean') {
      if (value !== undefined && !option.forms)
        throw new UsageError(`${rawName} takes no value, found ${quote(value)}`);
      values[name] = value === undefined || oneOf(rawName, value, option.forms!);
      continue;
    }
    const isMissing = value === undefined || value === '' || (!inlineValue && value.startsWith('--'));
    if (isMissing) throw new UsageError(`${rawName} needs a value; see "${help}"`);
    if (option.multiple) ((values[name] ??= []) as string[]).push(value);
    else values[name] = value;
  }
  return { values: values as Values<T>, positionals };
}

function unknownOption(rawName: string, known: readonly string[], help: string): string {
  const name = rawName.replace(/^-+/, '');
  const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
  const hint = other !== undefined && known.includes(other) ? other : nearest(name, known);
  return `unknown option ${rawName}${hint ? `; did you mean --${hint}?` : ';'} see "${help}"`;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
