/**
 * A description in the making: what another program's file says piece by piece, made
 * to fit what a machine can be. Whatever does not fit is put down as a note.
 */
import {
  defaultMac,
  DESCRIPTION_VERSION,
  MAX_HARTS,
  MAX_MEMORY,
  MAX_MEMORY_WITH_FLASH,
  MIN_MEMORY,
  validateDescription,
  type BootDescription,
  type ClockDescription,
  type DriveDescription,
  type MachineDescription,
  type Paging,
  type VirtioBus,
} from '../machine/description.ts';
import { assignSlots, BUSES, SLOTS, type Place, type WantedPlace } from '../machine/virtio-slots.ts';
import { InterchangeError } from './error.ts';
import type { ImageFormat } from './images.ts';
import type { Settings } from './option-syntax.ts';

const MiB = 1024 * 1024;
const SECTOR = 512;
/** virtio 1.2, 5.2.6. */
const MAX_ID = 20;
const MAX_QUEUES = 8;

/** A description, and what of its source it does not say. */
export interface Imported {
  readonly description: MachineDescription;
  /** Each thing that cannot be represented: where it stood, what it was, and why. */
  readonly notes: readonly string[];
}

/** Where a virtio device comes from. */
export interface Origin {
  /** What it was called there, for notes. */
  readonly from: string;
  /** Default "mmio". */
  readonly bus?: VirtioBus;
  /** Its slot there, if that is said. */
  readonly slot?: number;
}

/** A drive as found. */
export interface FoundDrive extends Origin {
  readonly source:
    | {
        readonly file: string;
        /** Undefined where it is to be found out. */
        readonly format?: ImageFormat;
        readonly temporary?: true;
      }
    | { readonly memory: number };
  readonly readOnly: boolean;
  /** Serial number. */
  readonly id?: string;
  /** As it was written. */
  readonly queues?: string;
}

/** What is in a bank of flash, as found. */
export interface FoundFlash {
  readonly source: FoundDrive['source'];
  readonly readOnly: boolean;
}

/** A network card as found. */
export interface FoundCard extends Origin {
  /** As it was written. */
  readonly mac?: string;
}

/** A shared folder as found. */
export interface FoundShare extends Origin {
  readonly tag: string;
  readonly readOnly: boolean;
}

/** Why what a folder has in it is not in a description. */
export const NO_FOLDER =
  'which folder is shared is no part of a description; whoever makes the machine says it (docs/shared-folders.md)';

/** Why what a card is connected to is not in a description. */
export const NO_CABLE =
  'what a card is connected to is no part of a description; whoever makes the machine says it (docs/network.md)';

/** A tag, as descriptions have it. */
const TAG = /^[!-~]{1,31}$/;
/** An address of one card, as descriptions have it. */
const MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;

/** An address in one form; undefined where it is none, which QEMU takes as that as well if it is all zeros. */
function plainMac(mac: string | undefined): string | undefined {
  const plain = mac?.toLowerCase().replaceAll('-', ':');
  return plain === '00:00:00:00:00:00' ? undefined : plain;
}

/** What is not said of a device that is to have any slot. */
const UNNAMED = {
  mmio: 'no slot of virtio-mmio is named',
  pci: 'no device number on bus 0 is named',
} as const satisfies Record<VirtioBus, string>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Collects what is found. */
export class Draft {
  private readonly noted = new Set<string>();
  readonly boot: Mutable<BootDescription> = {};
  harts = 1;
  /** In bytes. */
  memory: number;
  clock: ClockDescription | undefined;
  /** Largest size of addresses, if that is said. */
  paging: Paging | undefined;
  readonly drives: FoundDrive[] = [];
  readonly network: FoundCard[] = [];
  readonly shares: FoundShare[] = [];
  console: Origin | undefined;
  rng: Origin | undefined;
  seed: number | undefined;
  powerButton: Origin | undefined;

  /** @param memory RAM where nothing is said of it, in bytes. */
  constructor(memory: number) {
    this.memory = memory;
  }

  /** What is in the banks of flash. */
  private readonly flash: ({ readonly file: string; readonly readOnly: boolean } | undefined)[] = [];

  /** Takes what is in a bank: in the first one that is free, if it is not said in which. */
  addFlash(what: string, { source, readOnly }: FoundFlash, unit?: string): void {
    const bank = unit === undefined ? (this.flash[0] ? 1 : 0) : Number(unit);
    if (!('file' in source) || (source.format ?? 'raw') !== 'raw')
      this.note(what, 'flash is kept in raw files');
    else if ((bank !== 0 && bank !== 1) || this.flash[bank] !== undefined)
      this.note(what, 'there are two banks of flash, each with one file');
    else this.flash[bank] = { file: source.file, readOnly };
  }

  /** Whether something starts from flash. */
  get hasFlash(): boolean {
    return this.flash[0] !== undefined;
  }

  private placeFlash(): void {
    const [code, variables] = this.flash;
    if (code) {
      this.boot.flash = {
        code: code.file,
        ...(variables && { variables: variables.readOnly ? { ...variables } : variables.file }),
      };
    } else if (variables) {
      this.note(`flash ${JSON.stringify(variables.file)}`, 'the second bank goes with code in the first');
    }
  }

  get notes(): readonly string[] {
    return [...this.noted];
  }

  /** Puts down that `what` is not in the description, and why. */
  note(what: string, why: string): void {
    this.noted.add(`${what}: ${why}`);
  }

  /** The same of each setting of an option that nobody has taken. */
  noteRest(option: string, settings: Settings, why: string): void {
    for (const setting of settings.rest) this.note(`${option} ${setting}`, why);
  }

  /** @throws InterchangeError when nothing is left that a machine could start. */
  finish(): Imported {
    const { boot } = this;
    this.placeFlash();
    if (boot.kernel === undefined && boot.firmware === undefined && boot.flash === undefined) {
      throw new InterchangeError(
        'expected a kernel or firmware in a file of its own, found neither: a machine here starts one of them',
        this.notes,
      );
    }
    if (boot.kernel === undefined && boot.initrd !== undefined) {
      this.note(`initrd ${JSON.stringify(boot.initrd)}`, 'it goes with a kernel, and there is none');
      delete boot.initrd;
    }
    const { rng } = this;
    const seed = this.fitSeed();
    const others = [this.console, rng, this.powerButton].filter((origin) => origin !== undefined);
    const room = { mmio: SLOTS.mmio.count, pci: SLOTS.pci.count };
    for (const { bus = 'mmio' } of others) room[bus]--;
    const drives = inSlotOrder(this.fitting(this.drives, room));
    const network = inSlotOrder(this.nameCards(this.fitting(this.network, room)));
    const shares = inSlotOrder(this.fitting(this.checkTags(), room));
    const places = this.findSlots([...drives, ...others, ...network, ...shares]);
    const place = (origin: Origin): WantedPlace => places.get(origin)!;
    const isSaid = (origin: Origin): boolean => Object.keys(place(origin)).length > 0;
    const there = (origin: Origin): true | WantedPlace => !isSaid(origin) || place(origin);
    const devices: MachineDescription['devices'] = {
      ...(!rng && { rng: false }),
      ...(rng &&
        (seed !== undefined || isSaid(rng)) && {
          rng: { ...(seed !== undefined && { seed }), ...place(rng) },
        }),
      ...(this.console && { console: there(this.console) }),
      ...(this.powerButton && { powerButton: there(this.powerButton) }),
    };
    const description: MachineDescription = {
      hartware: DESCRIPTION_VERSION,
      harts: this.fitHarts(),
      memory: this.fitMemory(),
      ...(this.clock && { clock: this.clock }),
      ...(this.paging && { isa: { paging: this.paging } }),
      boot,
      ...(drives.length > 0 && { drives: this.describe(drives, place) }),
      ...(network.length > 0 && { network: network.map((card) => ({ mac: card.mac, ...place(card) })) }),
      ...(shares.length > 0 && {
        shares: shares.map((share) => ({
          tag: share.tag,
          ...(share.readOnly && { readOnly: true }),
          ...place(share),
        })),
      }),
      ...(Object.keys(devices).length > 0 && { devices }),
    };
    return { description: validateDescription(description), notes: this.notes };
  }

  private fitSeed(): number | undefined {
    const { rng, seed } = this;
    if (seed === undefined) return undefined;
    if (rng && Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff) return seed;
    this.note(`seed ${seed}`, 'goes with an entropy device, and is a whole number below 2^32');
    return undefined;
  }

  private fitHarts(): number {
    const harts = Math.min(MAX_HARTS, Math.max(1, Math.floor(this.harts) || 1));
    if (harts !== this.harts)
      this.note(`${this.harts} processors`, `a machine has 1 to ${MAX_HARTS} harts: ${harts}`);
    return harts;
  }

  private fitMemory(): string {
    const whole = Math.round(this.memory / MiB) * MiB;
    const most = this.hasFlash ? MAX_MEMORY_WITH_FLASH : MAX_MEMORY;
    const memory = Math.min(most, Math.max(MIN_MEMORY, whole));
    if (memory !== this.memory) {
      this.note(
        `${this.memory} bytes of RAM`,
        `a machine has ${MIN_MEMORY / MiB} to ${most / MiB} whole MiB: ${memory / MiB}`,
      );
    }
    return `${memory / MiB}M`;
  }

  /** As many as there is room for on each bus. */
  private fitting<T extends Origin>(devices: readonly T[], room: Record<VirtioBus, number>): T[] {
    return devices.filter(({ from, bus = 'mmio' }) => {
      const { count, where } = SLOTS[bus];
      if (room[bus]-- > 0) return true;
      this.note(from, `left out: the board has places for ${count} virtio devices${where}`);
      return false;
    });
  }

  /** The cards with an address each; where none is named, the one that QEMU gives, in the order in which they stand there. */
  private nameCards(cards: readonly FoundCard[]): (FoundCard & { readonly mac: string })[] {
    const used = new Set<string>();
    const written = cards.map(({ mac }) => plainMac(mac));
    return cards.map((card, index) => {
      const { from, mac: found } = card;
      let mac = written[index];
      if (mac === undefined || !MAC.test(mac) || used.has(mac)) {
        let next = 0;
        do mac = defaultMac(next++);
        while (used.has(mac) || written.includes(mac));
        if (written[index] !== undefined)
          this.note(from, `address ${JSON.stringify(found)}; here each card has one of its own: ${mac}`);
      }
      used.add(mac);
      return { ...card, mac };
    });
  }

  /** The shared folders that guests can tell apart. */
  private checkTags(): FoundShare[] {
    const used = new Set<string>();
    return this.shares.filter(({ from, tag }) => {
      const isRight = TAG.test(tag) && !used.has(tag);
      if (!isRight)
        this.note(
          from,
          `left out: tag ${JSON.stringify(tag)}; here each shared folder has one of its own, of at most 31 printable ASCII characters`,
        );
      used.add(tag);
      return isRight;
    });
  }

  /** Where each device lies, as far as it has to be said: no slots of a bus where they are those that a description fills anyway. */
  private findSlots(devices: readonly Origin[]): ReadonlyMap<Origin, WantedPlace> {
    const owners = new Map<string, Origin>();
    const nameOf = ({ bus = 'mmio', slot }: WantedPlace): string => `${bus} ${slot}`;
    for (const device of devices) {
      const { from, slot } = device;
      if (slot === undefined) continue;
      const owner = owners.get(nameOf(device));
      if (owner) this.note(from, `slot ${slot} is that of ${owner.from}: another one here`);
      else owners.set(nameOf(device), device);
    }
    for (const bus of BUSES) {
      const loose = devices.filter((device) => (device.bus ?? 'mmio') === bus && device.slot === undefined);
      if (loose.length === 0) continue;
      this.note(
        loose.map(({ from }) => from).join(', '),
        `${UNNAMED[bus]}: here they take those that are free, from the first`,
      );
    }
    const places = assignSlots(
      devices.map((device) => {
        const { bus, slot } = device;
        return owners.get(nameOf(device)) === device ? { bus, slot } : { bus };
      }),
    );
    const isUsual = (bus: VirtioBus): boolean =>
      places
        .filter((place) => place.bus === bus)
        .every(({ slot }, index) => slot === SLOTS[bus].first + index);
    const usual = { mmio: isUsual('mmio'), pci: isUsual('pci') };
    const said = ({ bus, slot }: Place): WantedPlace => ({
      ...(bus !== 'mmio' && { bus }),
      ...(!usual[bus] && { slot }),
    });
    return new Map(devices.map((device, index) => [device, said(places[index])]));
  }

  private describe(
    drives: readonly FoundDrive[],
    placeOf: (drive: Origin) => WantedPlace,
  ): DriveDescription[] {
    const taken = new Set(drives.map(({ id }) => id).filter((id) => id !== undefined));
    const used = new Set<string>();
    return drives.map((drive, index) => {
      const { from, source, readOnly, id, queues } = drive;
      let serial = id;
      const isUsable = serial !== undefined && /^[!-~]+$/.test(serial) && serial.length <= MAX_ID;
      if (!isUsable || used.has(serial!)) {
        const standard = `drive${index}`;
        const found =
          serial === undefined ? 'has no serial number' : `serial number ${JSON.stringify(serial)}`;
        serial = standard;
        for (let suffix = 0; taken.has(serial) || used.has(serial); suffix++)
          serial = `${standard}.${suffix}`;
        this.note(
          from,
          `${found}; here each drive has one of its own, of at most ${MAX_ID} printable ASCII characters: ${JSON.stringify(serial)}`,
        );
      }
      used.add(serial!);
      const place = 'file' in source ? source : { memory: this.fitDrive(from, source.memory) };
      return {
        ...place,
        ...(readOnly && { readOnly }),
        id: serial,
        ...(queues !== undefined && this.fitQueues(from, queues)),
        ...placeOf(drive),
      };
    });
  }

  private fitQueues(from: string, text: string): { readonly queues?: number } {
    const found = /^\d+$/.test(text) ? Number(text) : 0;
    const queues = Math.min(Math.max(found, 1), MAX_QUEUES);
    if (queues !== found) this.note(from, `${text} queues; a drive has 1 to ${MAX_QUEUES} here: ${queues}`);
    return queues > 1 ? { queues } : {};
  }

  private fitDrive(from: string, bytes: number): number {
    const fitting = Math.max(SECTOR, Math.floor(bytes / SECTOR) * SECTOR);
    if (fitting !== bytes)
      this.note(from, `${bytes} bytes; a drive has whole sectors of ${SECTOR}: ${fitting}`);
    return fitting;
  }
}

/** As in their slots, if all of them have one. */
function inSlotOrder<T extends Origin>(devices: readonly T[]): readonly T[] {
  const order = ({ bus = 'mmio', slot }: Origin): number => BUSES.indexOf(bus) * SLOTS.pci.count + slot!;
  return devices.every(({ slot }) => slot !== undefined)
    ? [...devices].sort((a, b) => order(a) - order(b))
    : devices;
}
