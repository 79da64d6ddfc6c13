/**
 * The machine description: a plain JSON document that says what a machine is. It is a
 * public format that files are kept in, so it carries a version, and a key never
 * changes its meaning. Files are named, not contained: the binding finds and reads them.
 */
import { parseSize } from './size.ts';
import { DescriptionError, field, type Field } from './description-field.ts';

export { DescriptionError } from './description-field.ts';
export { parseSize } from './size.ts';

const MiB = 1024 * 1024;

/** Version of the format that this release reads and writes. */
export const DESCRIPTION_VERSION = 1;
/** Harts that a machine may have. */
export const MAX_HARTS = 8;
/** The least RAM, in bytes. */
export const MIN_MEMORY = 16 * MiB;
/** The most RAM, in bytes: the core's 4 GiB of linear memory, less its own 48 MiB. */
export const MAX_MEMORY = 4048 * MiB;
/** Ticks of `time` a second, the same as on QEMU `virt`. */
export const TIMEBASE_FREQUENCY = 10_000_000;
const MAX_INSTRUCTIONS_PER_SECOND = 1000 * TIMEBASE_FREQUENCY;
/** Places on the board for virtio devices. */
const VIRTIO_SLOTS = 8;
/** Length of the serial number that a virtio block device reports (virtio 1.2, 5.2.6). */
const VIRTIO_BLK_ID_BYTES = 20;

/** What a machine is, as plain JSON. What its surroundings decide is in the options of `createMachine`. */
export interface MachineDescription {
  /** Version of this format: 1. */
  readonly hartware: typeof DESCRIPTION_VERSION;
  /** 1 to 8. Default 1. */
  readonly harts?: number;
  /** RAM, in bytes or as text like "256M": 16M to 4048M, whole MiB. Default "256M". */
  readonly memory?: number | string;
  /** What time is. Default: the host's. */
  readonly clock?: ClockDescription;
  /** What the harts offer beyond the common. */
  readonly isa?: {
    /** Largest virtual address size offered. Default "sv48"; some guests cannot take "sv57". */
    readonly paging?: Paging;
  };
  /** What the machine starts. */
  readonly boot: BootDescription;
  /** virtio block devices, in this order. Default none. */
  readonly drives?: readonly DriveDescription[];
  /** Devices that a machine may have or not. */
  readonly devices?: {
    /** virtio entropy device: host entropy, or a repeatable sequence from a seed. Default true. */
    readonly rng?:
      | boolean
      | {
          /** A whole number from 0 to 2^32 - 1; what comes of it is repeatable, and no secret. */
          readonly seed: number;
        };
    /** virtio console beside the UART. Default false. */
    readonly console?: boolean;
    /** virtio input device with a power key, for `powerButton()`. Default false. */
    readonly powerButton?: boolean;
  };
}

/** Sizes of virtual addresses (privileged spec, 12.3 to 12.5). */
export type Paging = 'sv39' | 'sv48' | 'sv57';

/** What time is to the guest: of `mtime`, timers and the real-time clock. */
export type ClockDescription =
  | {
      /** Time is the host's. The default. */
      readonly kind: 'host';
    }
  | {
      /** Time is counted in executed instructions: equal runs are equal to the instruction. */
      readonly kind: 'virtual';
      /** A multiple of 10 million up to 10 000 million. Default 1 000 million. */
      readonly instructionsPerSecond?: number;
      /** What to do when every hart waits: let host time pass, or go to the next event at once. Default "sleep". */
      readonly idle?: 'sleep' | 'skip';
      /** What the real-time clock starts from, as "2025-01-01T00:00:00Z" (that is the default). */
      readonly startTime?: string;
    };

/** A kernel, or firmware, or both: then the firmware starts the kernel. */
export interface BootDescription {
  /** Linux Image, ELF64 or raw, also gzip-compressed: a file path or URL. */
  readonly kernel?: string;
  /** Joined in this order. */
  readonly initrd?: string | readonly string[];
  /** Kernel command line. */
  readonly append?: string;
  /** M-mode firmware, as OpenSBI. Without it the machine provides SBI itself. */
  readonly firmware?: string;
  /** A DTB to use in place of the machine's own; `/chosen` is still filled in. */
  readonly fdt?: string;
}

/** A virtio block device. */
export interface DriveDescription {
  /** A raw image: a file path or URL. This or `memory`. */
  readonly file?: string;
  /** An empty drive of this size that is gone when the machine is. This or `file`. */
  readonly memory?: number | string;
  /** Default false. */
  readonly readOnly?: boolean;
  /** Serial number the guest sees, at most 20 ASCII characters. Default "drive0", "drive1" and so on. */
  readonly id?: string;
}

/** A description with all defaults in place and sizes in bytes. */
export interface ResolvedDescription {
  readonly harts: number;
  readonly memory: number;
  readonly clock:
    | { readonly kind: 'host' }
    | {
        readonly kind: 'virtual';
        readonly instructionsPerSecond: number;
        readonly idle: 'sleep' | 'skip';
        /** Nanoseconds since 1970-01-01 UTC. */
        readonly startTime: bigint;
      };
  readonly isa: { readonly paging: Paging };
  readonly boot: {
    readonly kernel?: string;
    readonly initrd: readonly string[];
    readonly append: string;
    readonly firmware?: string;
    readonly fdt?: string;
  };
  readonly drives: readonly ResolvedDrive[];
  readonly devices: {
    readonly rng: boolean | { readonly seed: number };
    readonly console: boolean;
    readonly powerButton: boolean;
  };
}

export interface ResolvedDrive {
  readonly source: { readonly file: string } | { readonly memory: number };
  readonly readOnly: boolean;
  readonly id: string;
}

/**
 * Checks a description, as read from JSON.
 * @returns a copy that is safe to keep.
 * @throws DescriptionError that names the place, what was expected there and what was found.
 */
export function validateDescription(value: unknown): MachineDescription {
  const root = field(value, '').object(
    ['hartware', 'harts', 'memory', 'clock', 'isa', 'boot', 'drives', 'devices'],
    'a machine description',
  );
  if (root.hartware.value !== DESCRIPTION_VERSION) {
    throw root.hartware.error(`${DESCRIPTION_VERSION}, the version of this format`);
  }
  const description: MachineDescription = compact({
    hartware: DESCRIPTION_VERSION,
    harts: root.harts.optional((harts) => harts.integer(1, MAX_HARTS)),
    memory: root.memory.optional(memorySize),
    clock: root.clock.optional(clock),
    isa: root.isa.optional((isa) =>
      compact({
        paging: isa.object(['paging']).paging.optional((paging) => paging.oneOf(['sv39', 'sv48', 'sv57'])),
      }),
    ),
    boot: boot(root.boot),
    drives: root.drives.optional((drives) => drives.list().map(drive)),
    devices: root.devices.optional(devices),
  });
  checkDrives(description.drives ?? [], root.drives);
  const { drives, devices: used } = resolveDescription(description);
  const slots = drives.length + [used.rng, used.console, used.powerButton].filter(Boolean).length;
  if (slots > VIRTIO_SLOTS) {
    throw new DescriptionError(
      'drives',
      `expected at most ${VIRTIO_SLOTS} virtio devices, found ${slots} (drives, rng, console and powerButton together)`,
    );
  }
  return description;
}

/** Fills in the defaults of a description that `validateDescription` has accepted. */
export function resolveDescription(description: MachineDescription): ResolvedDescription {
  const { clock = { kind: 'host' }, boot, devices } = description;
  const { initrd = [], append = '', ...files } = boot;
  return {
    harts: description.harts ?? 1,
    memory: bytes(description.memory ?? '256M'),
    clock:
      clock.kind === 'host'
        ? { kind: 'host' }
        : {
            kind: 'virtual',
            instructionsPerSecond: clock.instructionsPerSecond ?? 1_000_000_000,
            idle: clock.idle ?? 'sleep',
            startTime: BigInt(Date.parse(clock.startTime ?? '2025-01-01T00:00:00Z')) * 1_000_000n,
          },
    isa: { paging: description.isa?.paging ?? 'sv48' },
    boot: { ...files, initrd: typeof initrd === 'string' ? [initrd] : initrd, append },
    drives: (description.drives ?? []).map((drive, index) => ({
      source: drive.file !== undefined ? { file: drive.file } : { memory: bytes(drive.memory!) },
      readOnly: drive.readOnly ?? false,
      id: drive.id ?? `drive${index}`,
    })),
    devices: {
      rng: devices?.rng ?? true,
      console: devices?.console ?? false,
      powerButton: devices?.powerButton ?? false,
    },
  };
}

function memorySize(memory: Field): number | string {
  const size = memory.size();
  const expected = `a size from ${MIN_MEMORY / MiB}M to ${MAX_MEMORY / MiB}M`;
  if (size < MIN_MEMORY || size > MAX_MEMORY) throw memory.error(expected);
  if (size % MiB !== 0) throw memory.error(`${expected} in whole MiB`);
  return memory.value as number | string;
}

function clock(clock: Field): ClockDescription {
  const { kind } = clock.object(['kind', 'instructionsPerSecond', 'idle', 'startTime']);
  if (kind.oneOf(['host', 'virtual']) === 'host') {
    clock.object(['kind'], 'a host clock, which has no other keys');
    return { kind: 'host' };
  }
  const { instructionsPerSecond, idle, startTime } = clock.object([
    'kind',
    'instructionsPerSecond',
    'idle',
    'startTime',
  ]);
  return compact({
    kind: 'virtual',
    instructionsPerSecond: instructionsPerSecond.optional((rate) => {
      const value = rate.integer(TIMEBASE_FREQUENCY, MAX_INSTRUCTIONS_PER_SECOND);
      if (value % TIMEBASE_FREQUENCY !== 0) throw rate.error(`a multiple of ${TIMEBASE_FREQUENCY}`);
      return value;
    }),
    idle: idle.optional((idle) => idle.oneOf(['sleep', 'skip'])),
    startTime: startTime.optional((time) => {
      const text = time.text();
      const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
      if (!form.test(text) || !(Date.parse(text) >= 0))
        throw time.error('a UTC time such as "2025-01-01T00:00:00Z"');
      return text;
    }),
  });
}

function boot(boot: Field): BootDescription {
  const keys = boot.object(
    ['kernel', 'initrd', 'append', 'firmware', 'fdt'],
    'an object with a kernel or firmware',
  );
  const path = (file: Field) => file.text('a file path or URL');
  const result: BootDescription = compact({
    kernel: keys.kernel.optional(path),
    initrd: keys.initrd.optional((initrd) =>
      Array.isArray(initrd.value) ? initrd.list().map(path) : path(initrd),
    ),
    append: keys.append.optional((append) => {
      if (append.value === '') return '';
      const line = append.text();
      if (line.includes('\0')) throw append.error('a command line without NUL characters');
      return line;
    }),
    firmware: keys.firmware.optional(path),
    fdt: keys.fdt.optional(path),
  });
  if (result.kernel === undefined && result.firmware === undefined) {
    throw boot.error('a kernel or firmware');
  }
  if (result.kernel === undefined && result.initrd !== undefined) {
    throw keys.initrd.error('none without a kernel');
  }
  return result;
}

function drive(drive: Field): DriveDescription {
  const keys = drive.object(['file', 'memory', 'readOnly', 'id'], 'an object with a file or memory');
  const result: DriveDescription = compact({
    file: keys.file.optional((file) => file.text('a file path or URL')),
    memory: keys.memory.optional((memory) => {
      const size = memory.size();
      if (size < 512 || size % 512 !== 0) throw memory.error('a size in whole sectors of 512 bytes');
      return memory.value as number | string;
    }),
    readOnly: keys.readOnly.optional((readOnly) => readOnly.boolean()),
    id: keys.id.optional((id) => {
      const text = id.text();
      if (!/^[!-~]+$/.test(text) || text.length > VIRTIO_BLK_ID_BYTES) {
        throw id.error(`at most ${VIRTIO_BLK_ID_BYTES} printable ASCII characters`);
      }
      return text;
    }),
  });
  if ((result.file === undefined) === (result.memory === undefined))
    throw drive.error('either a file or memory');
  return result;
}

function devices(devices: Field): NonNullable<MachineDescription['devices']> {
  const { rng, console, powerButton } = devices.object(['rng', 'console', 'powerButton']);
  return compact({
    rng: rng.optional((rng) => {
      if (typeof rng.value === 'boolean') return rng.value;
      const { seed } = rng.object(['seed'], 'true, false or { "seed": number }');
      return { seed: seed.integer(0, 0xffffffff) };
    }),
    console: console.optional((console) => console.boolean()),
    powerButton: powerButton.optional((powerButton) => powerButton.boolean()),
  });
}

function checkDrives(drives: readonly DriveDescription[], at: Field): void {
  const seen = new Set<string>();
  drives.forEach((drive, index) => {
    const id = drive.id ?? `drive${index}`;
    if (seen.has(id)) {
      throw new DescriptionError(
        `${at.path}[${index}].id`,
        `expected an id of its own, found ${JSON.stringify(id)} again`,
      );
    }
    seen.add(id);
  });
}

function bytes(size: number | string): number {
  return typeof size === 'number' ? size : parseSize(size);
}

/** Without the keys that are undefined, so that equal descriptions have equal JSON. */
function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
