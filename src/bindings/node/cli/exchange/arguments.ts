/** The command lines of `hartware export` and `hartware import`. */
import type { DiskFormatName } from '../../../../disks/disk-image.ts';
import { DISK_FORMATS } from '../../../../disks/formats.ts';
import { OLDEST_QEMU, type QemuVersion } from '../../../../interchange/index.ts';
import { oneOf, parseShare, quote, read, UsageError, type Option } from '../arguments.ts';

const EXPORT_OPTIONS = {
  to: { type: 'string' },
  output: { type: 'string', short: 'o' },
  initrd: { type: 'string' },
  share: { type: 'string', multiple: true },
  'qemu-version': { type: 'string' },
  name: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Record<string, Option>;

const IMPORT_OPTIONS = {
  from: { type: 'string' },
  output: { type: 'string', short: 'o' },
  'disks-only': { type: 'boolean' },
  'disk-format': { type: 'string' },
  loader: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Record<string, Option>;

/** Whether a file is a package of a machine, by its name. */
export function isPackage(file: string): boolean {
  return /\.(ova|ovf)$/i.test(file);
}

/** Programs that run machines of this board, too, and packages of machines. */
export const OTHERS = ['qemu', 'libvirt', 'ova'] as const;
/** One of them. */
export type Other = (typeof OTHERS)[number];

export interface ExportArguments {
  /** A machine description. */
  readonly file: string;
  readonly to: Other;
  /** Default: standard output. */
  readonly output?: string;
  /** Where several initrds are joined. */
  readonly initrd?: string;
  /** Folders there by the tags of shared folders. */
  readonly shares: Readonly<Record<string, string>>;
  /** The release that is to run it. */
  readonly qemu?: QemuVersion;
  /** Of the domain, or of the machine in the package. */
  readonly name?: string;
  /** Without progress. */
  readonly quiet: boolean;
}

export interface ImportArguments {
  /** "-" for standard input. */
  readonly file: string;
  /** Default: what the file looks like. */
  readonly from?: Other;
  /** Default: standard output. The folder that a package is unpacked to. */
  readonly output?: string;
  /** Of a package, whatever its machine is. */
  readonly disksOnly: boolean;
  /** Of disks that are unpacked. Default: what they had, or qcow2. */
  readonly diskFormat?: DiskFormatName;
  /** What starts a machine whose package does not say it: `edk2`, `u-boot`, or a file for flash. */
  readonly loader?: string;
  /** Without progress. */
  readonly quiet: boolean;
}

/** @throws UsageError */
export function parseExport(
  args: readonly string[],
): { kind: 'export-help' } | { kind: 'export'; export: ExportArguments } {
  const { values, positionals } = read(args, EXPORT_OPTIONS, 'hartware export --help');
  if (values.help) return { kind: 'export-help' };
  const file = oneFile(positionals, 'a machine description FILE.json', 'export');
  if (values.to === undefined)
    throw new UsageError('--to is missing: give --to qemu, --to libvirt or --to ova');
  const to = oneOf('--to', values.to, OTHERS);
  if (values.name !== undefined && to === 'qemu')
    throw new UsageError('--name belongs to --to libvirt and --to ova; a command line of QEMU has no name');
  const ofOthers = (['share', 'initrd', 'qemu-version'] as const).find((name) => values[name] !== undefined);
  if (to === 'ova' && ofOthers !== undefined)
    throw new UsageError(`--${ofOthers} does not belong to --to ova, which keeps the machine as it is`);
  if (to === 'ova' && values.output === undefined)
    throw new UsageError('--to ova needs --output FILE.ova, or FILE.ovf for files beside each other');
  if (values.name !== undefined && /[/\n]/.test(values.name))
    throw new UsageError(`--name: expected a name without "/" and line breaks, found ${quote(values.name)}`);
  const { output, initrd, name } = values;
  const version = values['qemu-version'];
  const qemu = version === undefined ? undefined : parseVersion(version);
  const shares: Record<string, string> = Object.create(null);
  for (const { tag, folder, readOnly } of (values.share ?? []).map(parseShare)) {
    if (readOnly) throw new UsageError('--share: whether a folder is only read is in the description');
    shares[tag] = folder;
  }
  return {
    kind: 'export',
    export: { file, to, output, initrd, shares, name, qemu, quiet: values.quiet ?? false },
  };
}

/** @throws UsageError */
export function parseImport(
  args: readonly string[],
): { kind: 'import-help' } | { kind: 'import'; import: ImportArguments } {
  const { values, positionals } = read(args, IMPORT_OPTIONS, 'hartware import --help');
  if (values.help) return { kind: 'import-help' };
  const file = oneFile(
    positionals,
    'an OVA, a libvirt domain or a QEMU command line: FILE, or "-"',
    'import',
  );
  const named = isPackage(file) ? 'ova' : undefined;
  const from = values.from === undefined ? named : oneOf('--from', values.from, OTHERS);
  const { output, loader } = values;
  const format = values['disk-format'];
  const ofOva = (['disks-only', 'disk-format', 'loader'] as const).find((name) => values[name] !== undefined);
  if (from !== 'ova' && ofOva !== undefined)
    throw new UsageError(`--${ofOva} belongs to packages: FILE.ova, FILE.ovf or --from ova`);
  if (from === 'ova' && output === undefined)
    throw new UsageError('a package is unpacked to a folder: give it as --output FOLDER');
  return {
    kind: 'import',
    import: {
      file,
      from,
      output,
      disksOnly: values['disks-only'] ?? false,
      ...(format !== undefined && {
        diskFormat: oneOf(
          '--disk-format',
          format,
          DISK_FORMATS.map(({ name }) => name),
        ),
      }),
      loader,
      quiet: values.quiet ?? false,
    },
  };
}

function parseVersion(text: string): QemuVersion {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})(?:\.\d+)*$/.exec(text) ?? [];
  const version = { major: Number(major), minor: Number(minor) };
  const { major: least, minor: after } = OLDEST_QEMU;
  if (version.major > least || (version.major === least && version.minor >= after)) return version;
  throw new UsageError(
    `--qemu-version: expected ${least}.${after} or later, such as 10.1, found ${quote(text)}`,
  );
}

function oneFile(positionals: readonly string[], expected: string, command: string): string {
  const [file, surplus] = positionals;
  if (file === undefined)
    throw new UsageError(`nothing to ${command}: expected ${expected}; see "hartware ${command} --help"`);
  if (surplus !== undefined)
    throw new UsageError(`expected one file to ${command}, found ${quote(surplus)} as well`);
  return file;
}
