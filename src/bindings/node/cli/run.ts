/** `hartware run`. */
import { dirname, join, resolve } from 'node:path';
import {
  decodeFdt,
  DESCRIPTION_VERSION,
  DescriptionError,
  printFdtSource,
  validateDescription,
  type DriveDescription,
  type MachineDescription,
  type ShareDescription,
} from '../../../index.ts';
import { withoutQuery } from '../../../disks/http/http-file.ts';
import { defaultCacheDirectory } from '../guest/file-cache.ts';
import { isHttpUrl } from '../http.ts';
import { createMachine, HostFolder, type LocalMachine, type NodeHostOptions } from '../index.ts';
import { UsageError, type RunArguments } from './arguments.ts';
import { debianGuest } from './debian.ts';
import { diskGuest } from './disk.ts';
import { readDescription } from './description-file.ts';
import { write } from './files.ts';
import { runInLockstep } from './lockstep.ts';
import { writeAll } from './output.ts';
import { runSession } from './session.ts';
import { formatStatistics } from './statistics.ts';

const A1 = 11;
const FDT_TOTALSIZE_OFFSET = 4;
/** Stands for a kernel when only the device tree is wanted: wfi, and a jump back to it. */
const NOTHING = 'nothing';
const NOTHING_CODE = Uint8Array.of(0x73, 0x00, 0x50, 0x10, 0x6f, 0xf0, 0xdf, 0xff);

/** A machine to be made: what it is, and what its host needs to know. */
export interface Plan {
  readonly description: MachineDescription;
  readonly host: NodeHostOptions;
  /** See SessionOptions. */
  readonly readyText?: string;
}

/** Runs a machine and returns the exit code. */
export async function run(args: RunArguments): Promise<number> {
  // The options name folders from here, and a description files from where it is.
  const ofDrives = { urlCache: urlCacheOf(args), imageFolders: args.allow.map((folder) => resolve(folder)) };
  const ofOptions = { ...ofDrives, shares: await foldersOf(args) };
  const { host, ...rest } = await planOf(args, ofOptions);
  const plan = { ...rest, host: { ...host, ...ofOptions } };
  if (args.lockstep) return runInLockstep({ ...plan, jit: args.jit, console: args.console });
  const machine = await createMachine(plan.description, { ...plan.host, jit: { mode: args.jit } });
  if (args.dumpDts || args.dumpDtb !== undefined) {
    await machine.stop();
    return dump(machine, args);
  }
  const code = await runSession(machine, { console: args.console, readyText: plan.readyText });
  if (args.stats) await writeAll(process.stderr, formatStatistics(machine.figures, args.stats));
  return code;
}

/** In the folder in which downloads are kept. */
function urlCacheOf({
  cache = defaultCacheDirectory(),
  keepsUrls,
}: RunArguments): NodeHostOptions['urlCache'] {
  if (!keepsUrls) return undefined;
  return {
    directory: join(cache, 'urls'),
    log: (message) => void process.stderr.write(`hartware: note: ${message}\n`),
  };
}

/** What is behind a URL cannot be written to: then what the guest writes is for this run alone. */
function asDrive(drive: DriveDescription, place: (path: string) => string): DriveDescription {
  const { file = '', readOnly, temporary } = drive;
  if (!isHttpUrl(file)) return { ...drive, file: place(file) };
  if (readOnly || temporary) return drive;
  const name = withoutQuery(file);
  process.stderr.write(`hartware: note: what the guest writes to ${name} is gone when it ends\n`);
  return { ...drive, temporary: true };
}

async function planOf(args: RunArguments, host: NodeHostOptions): Promise<Plan> {
  if (args.guest.kind === 'debian') {
    const { boot, files, readyText } = await debianGuest(args);
    const base: MachineDescription = { hartware: DESCRIPTION_VERSION, memory: '512M', boot };
    return { description: combine(base, args, (file) => file), host: { files }, readyText };
  }
  if (args.guest.kind === 'file') {
    const { file } = args.guest;
    const description = combine(await readDescription(file, host), args, (path) => resolve(path));
    return { description, host: { baseDirectory: dirname(file) } };
  }
  if (args.guest.kind === 'disk') {
    const { disk } = args.guest;
    const { boot, files } = await diskGuest(disk, args, host);
    const base: MachineDescription = {
      hartware: DESCRIPTION_VERSION,
      memory: '1G',
      boot,
      drives: [asDrive({ file: disk }, (path) => path)],
    };
    return { description: combine(base, args, (file) => file), host: { files } };
  }
  const isBare = args.kernel === undefined && args.bios === undefined;
  const boot = isBare ? { firmware: NOTHING } : {};
  const files = isBare ? { [NOTHING]: NOTHING_CODE } : undefined;
  return {
    description: combine({ hartware: DESCRIPTION_VERSION, boot }, args, (file) => file),
    host: { files },
  };
}

/** The folders that the options share. */
async function foldersOf({ shares }: RunArguments): Promise<NonNullable<NodeHostOptions['shares']>> {
  const folders: Record<string, HostFolder> = Object.create(null);
  for (const { tag, folder, readOnly } of shares) folders[tag] = await HostFolder.open(folder, { readOnly });
  return folders;
}

/** `base` with what the options say. `place` makes a path of theirs one that the host finds. */
function combine(
  base: MachineDescription,
  args: RunArguments,
  place: (path: string) => string,
): MachineDescription {
  const path = (file: string | undefined): string | undefined => file && place(file);
  const append = [base.boot.append, args.append].filter(Boolean).join(' ');
  const description = {
    ...base,
    harts: args.harts ?? base.harts,
    memory: args.memory ?? base.memory,
    clock: args.clock ?? base.clock,
    isa: args.paging === undefined ? base.isa : { paging: args.paging },
    boot: {
      ...base.boot,
      kernel: path(args.kernel) ?? base.boot.kernel,
      initrd: args.initrd.length > 0 ? args.initrd.map(place) : base.boot.initrd,
      append: append || undefined,
      firmware: path(args.bios) ?? base.boot.firmware,
      fdt: path(args.dtb) ?? base.boot.fdt,
    },
    drives: [...(base.drives ?? []), ...args.drives.map((drive) => asDrive(drive, place))],
    shares: shared(base.shares ?? [], args.shares),
    devices: args.console === 'virtio' ? { ...base.devices, console: true } : base.devices,
  };
  try {
    return validateDescription(description);
  } catch (error) {
    if (error instanceof DescriptionError) throw new UsageError(inOptions(error));
    throw error;
  }
}

/** What the description shares, and what the options share beside it; a tag that it has is that share. */
function shared(
  described: readonly ShareDescription[],
  given: RunArguments['shares'],
): readonly ShareDescription[] {
  const readOnly = (tag: string): boolean => given.some((share) => share.tag === tag && share.readOnly);
  const has = (tag: string): boolean => described.some((share) => share.tag === tag);
  return [
    ...described.map((share) => (readOnly(share.tag) ? { ...share, readOnly: true } : share)),
    ...given.filter(({ tag }) => !has(tag)).map(({ tag, readOnly }) => ({ tag, readOnly })),
  ];
}

/** Names of options for places in the description. */
const OPTION_OF: readonly (readonly [RegExp, string])[] = [
  [/^harts/, '--harts'],
  [/^memory/, '--memory'],
  [/^isa\.paging/, '--paging'],
  [/^clock/, '--clock'],
  [/^boot\.append/, '--append'],
  [/^boot\.initrd/, '--initrd'],
  [/^drives/, '--drive'],
  [/^shares/, '--share'],
];

function inOptions({ errors }: DescriptionError): string {
  const lines = errors.map(({ path, message }) => {
    const option = OPTION_OF.find(([pattern]) => pattern.test(path))?.[1];
    return option ? `${option}: ${message.slice(path.length + 2)}` : message;
  });
  return lines.join('\n');
}

async function dump(machine: LocalMachine, { dumpDtb, dumpDts }: RunArguments): Promise<number> {
  const address = machine.harts[0].getX(A1);
  const size = new DataView(machine.ram.view(address, 8).slice().buffer).getUint32(FDT_TOTALSIZE_OFFSET);
  const blob = machine.ram.view(address, size);
  if (dumpDtb !== undefined) await write(dumpDtb, blob);
  if (dumpDts) {
    const { root, memoryReservations } = decodeFdt(blob);
    await writeAll(process.stdout, printFdtSource(root, memoryReservations));
  }
  return 0;
}
