/**
 * The machine description: a plain JSON document that says what a machine is. It is a
 * public format that files are kept in, so it carries a version, and a key never
 * changes its meaning. Files are named, not contained: the binding finds and reads them.
 *
 * What may stand where, and what its default is, says spec/schema/machine.schema.json. Here are
 * the rules that go across places, and what the schema's vocabulary cannot say.
 */
import { DESCRIPTION_RULE } from '../generated/description-rules.ts';
import {
  MAX_MEMORY,
  type BootDescription,
  type BootFile,
  type ClockDescription,
  type DriveDescription,
  type FlashVariables,
  type MachineDescription,
  type NetworkDescription,
  type Paging,
  type VirtioBus,
} from '../generated/description-types.ts';
import { FLASH_COUNT, FLASH_SIZE } from '../generated/memory-map.ts';
import { describe, Problems } from './description-error.ts';
import { complete, read, type Rule } from './description-reader.ts';
import { bytesOf } from './size.ts';
import {
  BUSES,
  inSlotOrder,
  LISTS,
  placedParts,
  SLOTS,
  virtioParts,
  wantedPlace,
  type PlacedPart,
  type VirtioKeys,
  type VirtioPart,
  type WantedPlace,
} from './virtio-slots.ts';

export {
  DESCRIPTION_VERSION,
  MAX_HARTS,
  MAX_MEMORY,
  MIN_MEMORY,
  type BootDescription,
  type BootFile,
  type ClockDescription,
  type DriveDescription,
  type FlashDescription,
  type FlashVariables,
  type MachineDescription,
  type NetworkDescription,
  type Paging,
  type ShareDescription,
  type VirtioBus,
} from '../generated/description-types.ts';
export { DescriptionError, type DescriptionProblem } from './description-error.ts';
export { parseSize } from './size.ts';

/** Ticks of `time` a second, the same as on QEMU `virt`. */
export const TIMEBASE_FREQUENCY = 10_000_000;

/** Most memory of a machine with flash, which the core keeps beside it. */
export const MAX_MEMORY_WITH_FLASH = MAX_MEMORY - FLASH_COUNT * FLASH_SIZE;

/** Length of a time to the second. */
const SECONDS = 19;

const RULE: Rule = DESCRIPTION_RULE;

type Full<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** A file that is named, and what its content should be. */
export interface NamedFile {
  readonly file: string;
  readonly sha256?: string;
}

/**
 * A description with all defaults in place and everything in one form: sizes in bytes, files as objects, initrds
 * as a list, drives in the order of their buses and slots, which all devices of a bus name or, where each has the one that
 * it would have anyway, none.
 */
export interface CompleteDescription {
  readonly hartware: MachineDescription['hartware'];
  readonly harts: number;
  readonly memory: number;
  readonly clock:
    Extract<ClockDescription, { kind: 'host' }> | Required<Extract<ClockDescription, { kind: 'virtual' }>>;
  readonly isa: { readonly paging: Paging };
  readonly boot: {
    readonly kernel?: NamedFile;
    /** At least one. */
    readonly initrd?: readonly NamedFile[];
    readonly append: string;
    readonly firmware?: NamedFile;
    readonly flash?: CompleteFlash;
    readonly privilege?: 'supervisor' | 'machine';
    readonly fdt?: NamedFile;
  };
  readonly drives: readonly CompleteDrive[];
  readonly network: readonly CompleteNetwork[];
  readonly shares: readonly CompleteShare[];
  readonly devices: Required<NonNullable<MachineDescription['devices']>>;
}

/** What is in the banks of flash. */
export interface CompleteFlash {
  readonly code: NamedFile;
  readonly variables?: NamedFile & { readonly readOnly: boolean };
}

export type CompleteDrive = {
  readonly readOnly: boolean;
  readonly id: string;
  /** If there are several. */
  readonly queues?: number;
} & WantedPlace &
  (
    | (NamedFile & {
        readonly format?: DriveDescription['format'];
        readonly temporary?: true;
        readonly memory?: undefined;
      })
    | {
        readonly file?: undefined;
        readonly sha256?: undefined;
        readonly format?: undefined;
        readonly temporary?: undefined;
        readonly memory: number;
      }
  );

/** A network card. */
export type CompleteNetwork = { readonly mac: string } & WantedPlace;

/** A shared folder. */
export type CompleteShare = { readonly tag: string; readonly readOnly: boolean } & WantedPlace;

/** A description as the machine uses it. */
export type ResolvedDescription = Omit<CompleteDescription, 'hartware' | 'clock' | 'boot'> & {
  readonly boot: CompleteDescription['boot'] & { readonly initrd: readonly NamedFile[] };
  /** The virtio devices, and where they lie. */
  readonly virtio: readonly PlacedPart[];
  readonly clock:
    | { readonly kind: 'host' }
    | {
        readonly kind: 'virtual';
        readonly instructionsPerSecond: number;
        readonly idle: 'sleep' | 'skip';
        /** Nanoseconds since 1970-01-01 UTC. */
        readonly startTime: bigint;
      };
};

/**
 * Checks a description, as read from JSON.
 * @returns a copy that is safe to keep.
 * @throws DescriptionError that names each wrong place, what was expected there and what was found.
 */
export function validateDescription(value: unknown): MachineDescription {
  const { description, problems } = examineDescription(value);
  problems.throwIfAny();
  return description as MachineDescription;
}

/** The same for who has more to find: what is right of a description, in which anything may be missing, and what is wrong. */
export function examineDescription(value: unknown): { description: unknown; problems: Problems } {
  const problems = new Problems();
  const description = read(RULE, value, '', problems) as MachineDescription | undefined;
  if (description !== undefined) checkTogether(description, problems);
  return { description, problems };
}

/** Fills in the defaults of a description that `validateDescription` has accepted. */
export function completeDescription(description: MachineDescription): CompleteDescription {
  const full = withDefaults(description);
  return { ...full, ...inSlotOrder(full) };
}

/** The same with drives in the order in which they stand there, and slots as they are named there. */
function withDefaults(description: MachineDescription): CompleteDescription {
  // Where the schema has a default there is a value now.
  const { $schema: _, ...full } = complete(RULE, description) as Full<MachineDescription> & {
    readonly memory: number;
  };
  const { clock, boot, drives, network } = full;
  const {
    initrd = [],
    append,
    flash,
    privilege,
    ...files
  } = boot as Full<Omit<BootDescription, 'initrd' | 'flash' | 'privilege'>> & BootDescription;
  const initrds: readonly BootFile[] = isList(initrd) ? initrd : [initrd];
  return {
    ...full,
    clock:
      clock.kind === 'host'
        ? clock
        : { ...(clock as Full<typeof clock>), startTime: new Date(clock.startTime!).toISOString() },
    isa: full.isa as Full<typeof full.isa>,
    boot: {
      ...Object.fromEntries(Object.entries(files).map(([key, file]) => [key, named(file)])),
      ...(initrds.length > 0 && { initrd: initrds.map(named) }),
      ...(flash && {
        flash: {
          code: named(flash.code),
          ...(flash.variables !== undefined && { variables: writable(flash.variables) }),
        },
      }),
      // Without flash it is the kernel's file that the default depends on.
      ...(privilege && !(flash && privilege === 'supervisor') && { privilege }),
      append,
    },
    drives: drives.map(({ queues = 1, temporary = false, ...drive }, index) => {
      // Keys that came later: digests of machines that say the default, or nothing, stay.
      const later = { ...(queues > 1 && { queues }), ...(temporary && { temporary }) };
      return { ...drive, id: idOf(drive, index), ...later } as CompleteDrive;
    }),
    network: network.map((card, index) => ({ ...card, mac: macOf(card, index) })),
    shares: full.shares as readonly CompleteShare[],
    devices: full.devices as Full<typeof full.devices>,
  };
}

/** A description that `validateDescription` has accepted, as the machine uses it. */
export function resolveDescription(description: MachineDescription): ResolvedDescription {
  const { hartware: _, clock, boot, ...rest } = withDefaults(description);
  return {
    ...rest,
    virtio: placedParts(rest),
    boot: { ...boot, initrd: boot.initrd ?? [] },
    clock:
      clock.kind === 'host'
        ? clock
        : { ...clock, startTime: BigInt(Date.parse(clock.startTime)) * 1_000_000n },
  };
}

/** What no single place says; of those places that are right in themselves. */
function checkTogether(
  { clock, boot, memory, drives = [], network = [], shares = [], devices }: Partial<MachineDescription>,
  problems: Problems,
): void {
  const bytes = typeof memory === 'string' ? bytesOf(memory) : memory;
  if (boot?.flash !== undefined && bytes !== undefined && bytes > MAX_MEMORY_WITH_FLASH)
    problems.add('memory', `at most ${MAX_MEMORY_WITH_FLASH / 2 ** 20}M beside flash`, describe(memory));
  if (clock?.kind === 'virtual' && clock.startTime !== undefined && !isTime(clock.startTime))
    problems.add('clock.startTime', 'a day that the month has', describe(clock.startTime));
  checkNames(problems, 'drives', 'id', 'an id of its own', drives.map(ifThere(idOf)));
  checkNames(problems, 'network', 'mac', 'an address of its own', network.map(ifThere(macOf)));
  checkNames(
    problems,
    'shares',
    'tag',
    'a tag of its own',
    shares.map((share) => share?.tag),
  );
  const keys = {
    drives: drives as readonly CompleteDrive[],
    network: network as readonly CompleteNetwork[],
    shares: shares as readonly CompleteShare[],
    devices: complete(RULE.properties!.devices, devices ?? {}) as CompleteDescription['devices'],
  };
  const parts = virtioParts(keys);
  checkSlots(keys, parts, problems);
  // What is wrong may stand for no device.
  if (!problems.isRight('devices')) return;
  for (const bus of BUSES) {
    const { count: slots, where } = SLOTS[bus];
    const count = parts.filter((part) => busOf(wantedPlace(keys, part)) === bus).length;
    if (count > slots)
      problems.add(
        'drives',
        `at most ${slots} virtio devices${where}`,
        `${count} (drives, network cards, shared folders, rng, console and powerButton together)`,
      );
  }
}

/** No two of a list have the same name, counting the defaults. */
function checkNames(
  problems: Problems,
  list: string,
  key: string,
  expected: string,
  names: readonly (string | undefined)[],
): void {
  const seen = new Set<string>();
  names.forEach((name, index) => {
    if (name === undefined || !problems.isRight(`${list}[${index}].${key}`)) return;
    if (seen.has(name)) problems.add(`${list}[${index}].${key}`, expected, `${describe(name)} again`);
    seen.add(name);
  });
}

function checkSlots(keys: VirtioKeys, parts: readonly VirtioPart[], problems: Problems): void {
  const owners = new Map<string, string>();
  for (const part of parts) {
    const place = 'index' in part ? `${LISTS[part.kind]}[${part.index}]` : `devices.${part.kind}`;
    const wanted = wantedPlace(keys, part);
    const { slot } = wanted;
    if (slot === undefined || !problems.isRight(`${place}.bus`)) continue;
    const bus = busOf(wanted);
    const { first, count, where } = SLOTS[bus];
    const last = first + count - 1;
    if (slot < first || slot > last) {
      problems.add(`${place}.slot`, `a whole number from ${first} to ${last}${where}`, String(slot));
      continue;
    }
    const owner = owners.get(`${bus} ${slot}`);
    if (owner !== undefined) problems.add(`${place}.slot`, 'a slot of its own', `${slot}, where ${owner} is`);
    else owners.set(`${bus} ${slot}`, place);
  }
}

/** The bus of a device that names none. */
function busOf({ bus = 'mmio' }: WantedPlace): VirtioBus {
  return bus;
}

/** Whether a time of the right form is one that there is; engines differ in what they make of 30 February. */
function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, SECONDS) === text.slice(0, SECONDS);
}

/** Whether initrds are a list. */
export const isList = (files: BootFile | readonly BootFile[]): files is readonly BootFile[] =>
  Array.isArray(files);

const named = (file: BootFile): NamedFile => (typeof file === 'string' ? { file } : file);

/** A bank that the guest writes to, unless it says otherwise. */
const writable = (file: FlashVariables): NamedFile & { readonly readOnly: boolean } => ({
  readOnly: false,
  ...(typeof file === 'string' ? { file } : file),
});

/** Of what is wrong nothing may be there. */
function ifThere<T>(nameOf: (item: T, index: number) => string) {
  return (item: T | undefined, index: number): string | undefined => item && nameOf(item, index);
}

/** The serial number of a drive. */
function idOf({ id }: DriveDescription, index: number): string {
  return id ?? `drive${index}`;
}

/** The address of a network card. */
function macOf({ mac }: NetworkDescription, index: number): string {
  return mac ?? defaultMac(index);
}

/** That of a card that names none, by its place: QEMU's first one, and those that follow. */
export function defaultMac(index: number): string {
  return `52:54:00:12:34:${(0x56 + index).toString(16)}`;
}
