/** What leaving to QEMU and to libvirt have in common, because libvirt starts QEMU. */
import { ArgumentError } from '../errors.ts';
import type { CompleteDrive, NamedFile, ResolvedDescription } from '../machine/description.ts';
import { backendOption, nodeName } from './backend-option.ts';
import { CPU_MODEL, cpuSettings, MISSING_EXTENSIONS, OLDEST_QEMU, type QemuVersion } from './harts.ts';
import { urlProtocol, type ImageFormat, type ImageFound } from './images.ts';
import { formatSettings } from './option-syntax.ts';
import { driverOn, placeSettings } from './slots.ts';

/** What the description alone does not say. */
export interface ExportOptions {
  /** What a file of the description is called there. Default: the same. */
  readonly path?: (reference: string) => string;
  /** What the kernel is, which decides how it starts without firmware. Default `linux`. */
  readonly kernelKind?: 'linux' | 'elf' | 'raw';
  /** Whether the kernel's file is packed, which QEMU does not take. Default false. */
  readonly isKernelPacked?: boolean;
  /** The release that is to run it, 7.2 or later. Default 7.2, whose options 10.0 is the last to take. */
  readonly qemu?: QemuVersion;
  /** Folders there by the tags of shared folders. Default: an empty one. */
  readonly shares?: Readonly<Record<string, string>>;
  /** What the images of drives are, in the order of the drives; undefined where that could not be found out. */
  readonly images?: readonly (ImageFound | undefined)[];
  /** The file in which several initrds are joined, because QEMU takes one. */
  readonly initrd?: string;
}

/** Files as QEMU is told of them. */
export interface BootFilesThere {
  readonly kernel?: string;
  readonly initrd?: string;
  readonly firmware?: string;
  readonly fdt?: string;
  readonly flash?: { readonly code: string; readonly variables?: string; readonly readOnly?: boolean };
}

const NANOSECONDS = 1_000_000_000;
/** QEMU's limits of `shift`. */
const MAX_SHIFT = 10;

/** A virtio device in its slot. */
export type PlacedDevice = ResolvedDescription['virtio'][number];

/** Collects what cannot be kept, and what QEMU has to be told. */
export class Leaving {
  readonly notes: string[] = [];

  constructor(
    readonly machine: ResolvedDescription,
    private readonly options: ExportOptions,
  ) {}

  /** Puts down that `what` cannot be kept as it is, and why. */
  note(what: string, why: string): void {
    this.notes.push(`${what}: ${why}`);
  }

  /** A file's name there. Notes what is no file, and that its digest is not checked. */
  file(what: string, named: NamedFile): string {
    const { file: reference } = named;
    this.noteDigest(what, named);
    const isRemote =
      /^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(reference) || /^(opfs|indexeddb):/.test(reference);
    if (isRemote) {
      this.note(
        `${what} ${JSON.stringify(reference)}`,
        'QEMU opens files alone; download it and name the file',
      );
      return reference;
    }
    const path = this.options.path?.(reference) ?? reference;
    if (path.includes('\0'))
      throw new ArgumentError(`${what}: expected the name of a file, found one with a NUL character`);
    return path;
  }

  private noteDigest(what: string, { file, sha256 }: NamedFile): void {
    if (sha256 !== undefined)
      this.note(`${what} ${JSON.stringify(file)}`, 'has a sha256, which QEMU does not check');
  }

  /** The boot files, and notes of what starts otherwise there. */
  bootFiles(): BootFilesThere & { readonly isBare: boolean } {
    const { boot } = this.machine;
    const { kernelKind = 'linux', isKernelPacked = false } = this.options;
    const { flash, privilege = flash || kernelKind === 'linux' ? 'supervisor' : 'machine' } = boot;
    const isBare = boot.firmware === undefined && privilege === 'machine';
    if (boot.firmware === undefined && !isBare) {
      this.note(
        'boot.firmware',
        'none: here the machine itself provides SBI, there QEMU’s own OpenSBI does, of another implementation ID and version',
      );
    }
    if (flash) {
      const { major, minor } = this.options.qemu ?? OLDEST_QEMU;
      if (!isBare && (major < 8 || (major === 8 && minor < 1)))
        this.note('boot.flash', 'up to 8.0, QEMU starts the first bank in M-mode and without firmware');
      this.note('boot.flash', 'QEMU wants files of exactly 32 MiB');
    }
    if (isBare && !flash && kernelKind === 'elf') {
      this.note(
        `boot.kernel ${JSON.stringify(boot.kernel?.file)}`,
        'an ELF program without firmware: QEMU starts at 0x80000000 and not at its entry point, if that is elsewhere',
      );
    }
    if (isKernelPacked) {
      this.note(
        `boot.kernel ${JSON.stringify(boot.kernel?.file)}`,
        'compressed: QEMU does not unpack kernels of this board; give it the unpacked file',
      );
    }
    if (boot.initrd.length > 1 && this.options.initrd === undefined) {
      this.note(
        `boot.initrd ${JSON.stringify(boot.initrd.map(({ file }) => file))}`,
        'QEMU takes one initrd, and only the first is named; join them in one file',
      );
    }
    const joined = boot.initrd.length > 1 ? this.options.initrd : undefined;
    const file = (what: string, named: NamedFile | undefined): string | undefined =>
      named && this.file(what, named);
    return {
      isBare,
      kernel: file('boot.kernel', boot.kernel),
      initrd: file('boot.initrd', joined === undefined ? boot.initrd[0] : { file: joined }),
      firmware: file('boot.firmware', boot.firmware),
      fdt: file('boot.fdt', boot.fdt),
      flash: flash && {
        code: this.file('boot.flash.code', flash.code),
        variables: file('boot.flash.variables', flash.variables),
        readOnly: flash.variables?.readOnly,
      },
    };
  }

  /** The value of `-cpu`. */
  cpu(): string {
    this.note(
      `the extensions ${MISSING_EXTENSIONS.join(', ')}`,
      'QEMU 7.2 lacks them, so that the guest does not find them there; later releases have most',
    );
    const { paging } = this.machine.isa;
    if (paging !== 'sv57')
      this.note(
        `isa.paging "${paging}"`,
        'QEMU 7.2 offers sv57 always; a kernel may choose larger addresses there',
      );
    return formatSettings(CPU_MODEL, cpuSettings(this.options.qemu ?? OLDEST_QEMU));
  }

  /** The arguments for time, as pairs of option and value. */
  clock(): (readonly [string, string])[] {
    const { clock } = this.machine;
    if (clock.kind === 'host') return [['-rtc', 'base=utc']];
    const exact = Math.log2(NANOSECONDS / clock.instructionsPerSecond);
    const shift = Math.min(MAX_SHIFT, Math.max(0, Math.round(exact)));
    if (shift !== exact) {
      this.note(
        `clock.instructionsPerSecond ${clock.instructionsPerSecond}`,
        `QEMU has powers of two of nanoseconds an instruction: ${NANOSECONDS / 2 ** shift} a second there`,
      );
    }
    this.note(
      'clock.kind "virtual"',
      'QEMU’s -icount counts instructions as well, but equal runs need its record and replay',
    );
    const start = new Date(Number(clock.startTime / 1_000_000n)).toISOString();
    if (!start.endsWith('.000Z')) this.note(`clock.startTime "${start}"`, 'QEMU takes whole seconds');
    return [
      ['-rtc', `base=${start.slice(0, 19)},clock=vm`],
      ['-icount', `shift=${shift},sleep=${clock.idle === 'sleep' ? 'on' : 'off'}`],
    ];
  }

  /** The seed of all random numbers; undefined for the host's. */
  seed(): number | undefined {
    const { rng } = this.machine.devices;
    if (typeof rng === 'boolean' || rng.seed === undefined) return undefined;
    this.note(`devices.rng.seed ${rng.seed}`, 'repeatable there as well, but of other values');
    return rng.seed;
  }

  /** What it takes to have a device in a slot, as pairs of option and value. */
  device(device: PlacedDevice): (readonly [string, string])[] {
    const place = placeSettings(device);
    const driver = (name: string): string => driverOn(device, name);
    switch (device.kind) {
      case 'drive': {
        const drive = this.machine.drives[device.index];
        const node = nodeName(device.index);
        return [
          backendOption(drive, node, this.image(device.index)),
          [
            '-device',
            formatSettings(driver('virtio-blk'), {
              ...{ drive: node, ...place, serial: drive.id },
              // Of a drive on PCI QEMU makes it as many as there are harts, if nothing is said.
              'num-queues': drive.queues ?? (device.bus === 'pci' ? 1 : undefined),
            }),
          ],
        ];
      }
      case 'console':
        return [
          ['-device', formatSettings(driver('virtio-serial'), { id: 'console', ...place, max_ports: 1 })],
          ['-device', formatSettings('virtconsole', { chardev: 'console', bus: 'console.0' })],
        ];
      case 'network': {
        const id = `net${device.index}`;
        this.noteNetwork(device.index);
        return [
          ['-netdev', formatSettings('user', { id })],
          [
            '-device',
            formatSettings(driver('virtio-net'), {
              netdev: id,
              ...place,
              // No expansion ROM, which QEMU wants a file for.
              romfile: device.bus === 'pci' ? '' : undefined,
              mac: this.machine.network[device.index].mac,
            }),
          ],
        ];
      }
      case 'share': {
        const { tag, readOnly } = this.machine.shares[device.index];
        const id = `fs${device.index}`;
        const path = this.shared(device.index);
        const readonly = { readonly: readOnly ? 'on' : 'off' };
        const folder =
          path === undefined
            ? formatSettings('synth', { id, readonly: 'on' })
            : formatSettings('local', { id, path, security_model: 'none', ...readonly });
        return [
          ['-fsdev', folder],
          ['-device', formatSettings(driver('virtio-9p'), { fsdev: id, mount_tag: tag, ...place })],
        ];
      }
      case 'rng':
        return [
          ['-object', formatSettings('rng-builtin', { id: 'rng' })],
          ['-device', formatSettings(driver('virtio-rng'), { rng: 'rng', ...place })],
        ];
      case 'powerButton':
        this.note(
          'devices.powerButton',
          'a whole keyboard there, of which it is one key; the monitor presses it by “sendkey power”',
        );
        return [['-device', formatSettings(driver('virtio-keyboard'), place)]];
    }
  }

  /** The format of a drive's image; undefined where it is not known, and of a drive in memory. */
  formatOf(drive: CompleteDrive): ImageFormat | undefined {
    return drive.format ?? this.imageFound(drive)?.format;
  }

  private imageFound(drive: CompleteDrive): ImageFound | undefined {
    return this.options.images?.[this.machine.drives.indexOf(drive)];
  }

  /** What a drive's image is called there, and its format; undefined of a drive in memory. */
  image(index: number): { readonly file: string; readonly format: ImageFormat } | undefined {
    const drive = this.machine.drives[index];
    if (drive.file === undefined) return undefined;
    const what = `drives[${index}].file`;
    const name = `${what} ${JSON.stringify(drive.file)}`;
    const format = this.formatOf(drive);
    if (format === undefined)
      this.note(name, 'its format is not known, and raw there; if it is another one, name it (“format”)');
    if (this.imageFound(drive)?.isOverlay && (format === 'vhd' || format === 'vhdx'))
      this.note(
        name,
        'it lies on top of another image, and QEMU reads no differencing VHD and VHDX: convert it',
      );
    if (urlProtocol(drive.file) === undefined)
      return { file: this.file(what, drive), format: format ?? 'raw' };
    this.noteDigest(what, drive);
    this.note(name, 'QEMU reads it by its driver curl, which Debian has in qemu-block-extra');
    return { file: drive.file, format: format ?? 'raw' };
  }

  /** Notes that a card is there, and nothing of what it is connected to. */
  noteNetwork(index: number): void {
    this.note(
      `network[${index}]`,
      'what its cable leads to is no part of the description: there it is a network of QEMU’s own (-netdev user)',
    );
  }

  /** The folder that is shared there; notes where none is named. */
  shared(index: number): string | undefined {
    const { tag } = this.machine.shares[index];
    const { shares } = this.options;
    const folder = shares && Object.hasOwn(shares, tag) ? shares[tag] : undefined;
    if (folder?.includes('\0'))
      throw new ArgumentError(
        `shares[${index}]: expected the name of a folder, found one with a NUL character`,
      );
    if (folder === undefined) {
      this.note(
        `shares[${index}] ${JSON.stringify(tag)}`,
        'what is in it is no part of the description: name the folder there (--share TAG=FOLDER), else it is empty',
      );
    }
    return folder;
  }

  /** Notes of what concerns the drives together. */
  noteDrives(): void {
    const drives = this.machine.drives.filter(({ bus = 'mmio' }) => bus === 'mmio');
    if (drives.length < 2) return;
    this.note(
      `drives ${drives.map(({ id }) => JSON.stringify(id)).join(', ')}`,
      'in the same slots, but Linux names them in the order of the device tree, which QEMU has from the last slot to the first: /dev/vda is the last drive there; name them by serial number, label or UUID',
    );
  }
}
