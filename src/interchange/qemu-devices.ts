/** QEMU's options for devices and for what is behind them, which belong together by names. */
import { NO_CABLE, NO_FOLDER, type Draft, type Origin } from './draft.ts';
import { Settings } from './option-syntax.ts';
import { QemuDrives } from './qemu-drives.ts';
import { mmioSlotOf, pciSlotOf } from './slots.ts';

/** Transports of virtio, and how QEMU calls them. */
const VIRTIO_DEVICE = /^virtio-(blk|rng|serial|keyboard|net|9p)(-device|-pci|-pci-(?:non-)?transitional)?$/;

/** Collects devices, and puts them together at the end. */
export class QemuDevices {
  private readonly drives: QemuDrives;
  private readonly devices: { readonly what: string; readonly settings: Settings }[] = [];
  /** Slots of virtio-mmio, and device numbers on PCI, that devices have. */
  private readonly slots = new Set<number>();
  /** Whether what `-fsdev` names may only be read. */
  private readonly folders = new Map<string, boolean>();
  private readonly numbers = new Set<number>();
  private readonly flash: { readonly node: string; readonly unit: string }[] = [];
  private serialPorts = 0;

  constructor(private readonly draft: Draft) {
    this.drives = new QemuDrives(draft);
  }

  /** `-snapshot`: what is written to drives by `-drive` is gone with the machine. */
  makeTemporary(): void {
    this.drives.areTemporary = true;
  }

  /** Whether it was an option for devices. */
  read(name: string, value: string): boolean {
    const what = `-${name} ${value}`;
    switch (name) {
      case 'device':
        this.devices.push({ what, settings: Settings.parse(value, 'driver') });
        return true;
      case 'drive':
        this.drives.readDrive(what, value);
        return true;
      case 'blockdev':
        this.drives.readBlockdev(what, value);
        return true;
      case 'serial':
        if (value !== 'none' && ++this.serialPorts > 1)
          this.draft.note(what, 'the board has one serial port');
        return true;
      case 'object':
        return /^(rng-random|rng-builtin|memory-backend-ram)\b|"qom-type":\s*"(rng-random|rng-builtin|memory-backend-ram)"/.test(
          value,
        );
      // Where a port leads to is the embedder's to say.
      case 'chardev':
      case 'mon':
      case 'monitor':
        return true;
      case 'netdev':
        this.draft.note(what, NO_CABLE);
        return true;
      case 'fsdev':
        this.readFolder(what, Settings.parse(value, 'fsdriver'));
        return true;
      case 'virtfs':
        this.readVirtfs(what, value);
        return true;
      case 'nic':
        if (value !== 'none') this.readNic(what, value);
        return true;
      case 'net':
        return value === 'none';
      default:
        return false;
    }
  }

  /** A bank of flash that is behind a `-blockdev` or `-drive`. */
  useAsFlash(node: string, unit: string): void {
    this.flash.push({ node, unit });
  }

  finish(): void {
    for (const device of this.devices) this.place(device);
    for (const { node, unit } of this.flash) {
      const what = `-M pflash${unit}=${node}`;
      const backend = this.drives.behind(node);
      if (backend === undefined) this.draft.note(what, noBackend(node));
      else if (backend !== 'unusable') this.draft.addFlash(what, backend, unit);
    }
    if (this.drives.areTemporary && this.draft.hasFlash)
      this.draft.note('-snapshot', 'here flash keeps what is written');
    // QEMU makes their devices behind all others, and on PCI.
    for (const drive of this.drives.attached)
      this.draft.drives.push({ ...drive, bus: 'pci', slot: this.numberOnPci(undefined) });
    this.drives.noteUnused();
  }

  private place({ what, settings }: { what: string; settings: Settings }): void {
    const { draft } = this;
    const driver = settings.take('driver') ?? '';
    const [, kind, transport] = VIRTIO_DEVICE.exec(driver) ?? [];
    if (driver === 'virtconsole') {
      settings.ignore('chardev');
      settings.ignore('id');
      settings.ignore('bus');
      settings.ignore('nr', '0');
      this.draft.noteRest('virtconsole', settings, 'the console has one port without a name');
      if (draft.console) return;
      draft.note(what, 'a port without a virtio-serial device');
      return;
    }
    if (kind === undefined) {
      draft.note(what, whyNot(driver));
      return;
    }
    settings.ignore('id');
    const bus = settings.take('bus');
    const origin: Origin =
      transport === '-device'
        ? { from: what, slot: this.slotOnBoard(bus) }
        : { from: what, bus: 'pci', slot: this.placeOnPci(what, settings, transport, bus) };
    switch (kind) {
      case 'blk':
        this.placeDrive(what, settings, origin);
        break;
      case 'rng':
        settings.ignore('rng');
        if (draft.rng) draft.note(what, 'there is one entropy device');
        else draft.rng = origin;
        break;
      case 'serial':
        settings.ignore('max_ports', '1');
        if (draft.console) draft.note(what, 'there is one console');
        else draft.console = origin;
        break;
      case 'net':
        settings.ignore('netdev');
        draft.network.push({ ...origin, mac: settings.take('mac') });
        break;
      case '9p': {
        const folder = settings.take('fsdev') ?? '';
        const tag = settings.take('mount_tag') ?? '';
        if (!this.folders.has(folder))
          draft.note(what, `there is no -fsdev called ${JSON.stringify(folder)}`);
        draft.shares.push({ ...origin, tag, readOnly: this.folders.get(folder) ?? false });
        break;
      }
      case 'keyboard':
        if (draft.powerButton) draft.note(what, 'there is one power button');
        else {
          draft.powerButton = origin;
          draft.note(what, 'of its keys, only the one for power is there');
        }
    }
    this.draft.noteRest(driver, settings, 'there is no such setting here');
  }

  /** The slot of a device: QEMU gives those of the board that name none the last one that is free. */
  private slotOnBoard(bus: string | undefined): number | undefined {
    const free = (): number | undefined => [7, 6, 5, 4, 3, 2, 1, 0].find((slot) => !this.slots.has(slot));
    const slot = bus === undefined ? free() : mmioSlotOf(bus);
    if (slot !== undefined) this.slots.add(slot);
    return slot;
  }

  /** The number of a device on bus 0; undefined where all are taken. */
  private placeOnPci(
    what: string,
    settings: Settings,
    transport: string | undefined,
    bus: string | undefined,
  ): number | undefined {
    const { draft } = this;
    const address = settings.take('addr');
    const number = pciSlotOf(address);
    if (bus !== undefined && !/^pci(e\.0)?$/.test(bus))
      draft.note(what, `on the PCI bus ${JSON.stringify(bus)} there; here there is bus 0 alone`);
    else if (address !== undefined && number === undefined)
      draft.note(what, `addr=${address}: here a device has a number from 1 to 31, and one function`);
    const isModern = settings.takeSwitch('disable-legacy') ?? transport === '-pci-non-transitional';
    if (!isModern)
      draft.note(what, 'with the legacy interface of virtio there (no disable-legacy=on), without here');
    if (settings.take('vectors') !== '0')
      draft.note(what, 'with MSI-X there (no vectors=0), which nobody takes on this board, and without here');
    settings.ignore('romfile');
    return this.numberOnPci(bus === undefined || bus === 'pcie.0' ? number : undefined);
  }

  /** QEMU gives a device that names no number the first one that is free. */
  private numberOnPci(number: number | undefined): number | undefined {
    for (let free = 1; free <= 31 && number === undefined; free++) if (!this.numbers.has(free)) number = free;
    if (number !== undefined) this.numbers.add(number);
    return number;
  }

  private placeDrive(what: string, settings: Settings, origin: Origin): void {
    const name = settings.take('drive');
    const id = settings.take('serial');
    const queues = settings.take('num-queues');
    const backend = this.drives.behind(name);
    if (backend === undefined) this.draft.note(what, noBackend(name));
    else if (backend !== 'unusable') this.draft.drives.push({ ...origin, ...backend, id, queues });
  }

  /** A card and what it is connected to in one. QEMU 7.2 makes no card of it on this board. */
  private readNic(what: string, value: string): void {
    const { draft } = this;
    const settings = Settings.parse(value, 'type');
    const model = settings.take('model') ?? 'virtio';
    const kind = VIRTIO_DEVICE.exec(model);
    const mac = settings.take('mac', 'macaddr');
    if (model !== 'virtio' && kind?.[1] !== 'net') draft.note(what, whyNot(model));
    else {
      draft.note(what, NO_CABLE);
      draft.note(what, 'a card here; QEMU 7.2 makes none of it on this board');
      draft.network.push({ from: what, ...(/-pci/.test(model) && { bus: 'pci' }), mac });
    }
  }

  /** Which folder it is, and how QEMU keeps owners there, is the host's side. */
  private readFolder(what: string, settings: Settings, name = settings.take('id') ?? ''): void {
    const readOnly = settings.takeSwitch('readonly') ?? false;
    this.draft.note(what, NO_FOLDER);
    this.folders.set(name, readOnly);
  }

  /** A folder and its device in one: QEMU makes a device on PCI of it. */
  private readVirtfs(what: string, value: string): void {
    const folder = Settings.parse(value, 'fsdriver');
    const tag = folder.take('mount_tag') ?? '';
    // Several may have no id.
    this.readFolder(what, folder, what);
    const device = { driver: 'virtio-9p-pci', fsdev: what, mount_tag: tag };
    this.devices.push({ what, settings: Settings.parse(JSON.stringify(device), 'driver') });
  }
}

const noBackend = (name: string | undefined): string =>
  `there is no -drive or -blockdev called ${JSON.stringify(name)}`;

function whyNot(driver: string): string {
  if (/net|e1000|rtl8139/.test(driver)) return 'network cards are virtio ones here';
  if (/gpu|vga|ramfb/.test(driver)) return 'there are no graphics yet';
  if (/vhost-user-fs|virtiofs/.test(driver)) return 'shared folders are virtio 9P devices here';
  if (/pci|xhci|nvme|ahci/.test(driver)) return 'what is on PCI here are virtio devices on bus 0';
  if (/virtserialport/.test(driver)) return 'the console has one port';
  if (/tablet|mouse|keyboard|input/.test(driver)) return 'there are no input devices but a power button';
  return 'there is no such device here';
}
