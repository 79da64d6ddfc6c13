/** QEMU's options for what is behind drives, `-drive` and `-blockdev`, of which one can lie on another. */
import type { Draft, FoundDrive } from './draft.ts';
import { formatOf, otherFormat, urlProtocol } from './images.ts';
import { Settings } from './option-syntax.ts';
import { parseQemuSize } from './qemu-size.ts';

/** What is behind a drive. */
interface Content {
  readonly source: FoundDrive['source'];
  readonly readOnly: boolean;
  /** What `snapshot` says; undefined where `-snapshot` decides. */
  readonly isTemporary?: boolean;
}

/** Something that is no drive of ours was noted. */
type Backend = Content | 'unusable';

/** Drivers of files, and not of formats within them. */
const PROTOCOLS = ['file', 'host_device', 'http', 'https'];

const NO_DEVICE =
  'left out: no device that there is here has it (-device virtio-blk-device,drive=…, or if=virtio)';

/** Collects what `-device` names. */
export class QemuDrives {
  /** Whether `-snapshot` is there. */
  areTemporary = false;
  private readonly backends = new Map<string, Backend>();
  /** Options that name what is behind a device, by that name, as long as no device was there that has it. */
  private readonly unused = new Map<string, string>();
  private readonly withDevice: { readonly what: string; readonly content: Content }[] = [];

  constructor(private readonly draft: Draft) {}

  /** What a device's drive is, once all options are read; undefined where there is none of that name. */
  behind(name: string | undefined): Pick<FoundDrive, 'source' | 'readOnly'> | 'unusable' | undefined {
    const backend = name === undefined ? undefined : this.backends.get(name);
    if (name !== undefined) this.unused.delete(name);
    return backend === undefined || backend === 'unusable' ? backend : this.finished(backend);
  }

  /** Drives by `-drive if=virtio`, which have no `-device`. */
  get attached(): Pick<FoundDrive, 'from' | 'source' | 'readOnly'>[] {
    return this.withDevice.map(({ what, content }) => ({ from: what, ...this.finished(content) }));
  }

  /** Puts down what is behind nothing that is there. */
  noteUnused(): void {
    for (const what of this.unused.values()) this.draft.note(what, NO_DEVICE);
  }

  private add(name: string, what: string, backend: Backend): void {
    this.backends.set(name, backend);
    // Why another one is not there was said.
    if (backend !== 'unusable') this.unused.set(name, what);
  }

  private finished({
    source,
    readOnly,
    isTemporary = this.areTemporary,
  }: Content): Pick<FoundDrive, 'source' | 'readOnly'> {
    if (!('file' in source)) return { source, readOnly };
    // What is behind a URL is only read, which QEMU finds by itself.
    const isRead = readOnly || (urlProtocol(source.file) !== undefined && !isTemporary);
    return { source: { ...source, ...(isTemporary && { temporary: true as const }) }, readOnly: isRead };
  }

  readDrive(what: string, value: string): void {
    const settings = Settings.parse(value, 'file');
    // This board has no default of its own.
    const kind = settings.take('if') ?? 'none';
    const id = settings.take('id');
    const unit = kind === 'pflash' ? settings.take('unit', 'index') : undefined;
    const backend = this.backendOf(what, settings);
    if (kind === 'none') {
      if (id !== undefined) this.add(id, what, backend);
      else if (backend !== 'unusable') this.draft.note(what, NO_DEVICE);
    } else if (kind === 'pflash') {
      if (backend === 'unusable') return;
      if (backend.isTemporary) this.draft.note(what, 'snapshot=on: here flash keeps what is written');
      this.draft.addFlash(what, backend, unit);
    } else {
      if (kind !== 'virtio') this.draft.note(what, `drives are virtio block devices here, and not ${kind}`);
      if (backend !== 'unusable') this.withDevice.push({ what, content: backend });
    }
  }

  readBlockdev(what: string, value: string): void {
    const settings = Settings.parse(value, 'driver');
    const name = settings.take('node-name');
    const driver = settings.take('driver') ?? 'raw';
    const lower = settings.take('file');
    const known = lower === undefined ? undefined : this.backends.get(lower);
    if (lower !== undefined) this.unused.delete(lower);
    const backend =
      known === undefined
        ? this.backendOf(what, settings, driver)
        : this.above(what, known, driver, settings);
    // -snapshot is about -drive.
    if (name !== undefined)
      this.add(
        name,
        what,
        backend === 'unusable' ? backend : { ...backend, isTemporary: backend.isTemporary ?? false },
      );
  }

  /** A format on top of a file that has a name of its own, as libvirt has them. */
  private above(what: string, known: Backend, driver: string, settings: Settings): Backend {
    if (known === 'unusable') return known;
    const { source, readOnly } = known;
    const isRead = settings.takeSwitch('read-only') ?? readOnly;
    settings.ignore('discard');
    settings.ignore('auto-read-only');
    // Nothing beneath it; where there is something, the image names it, too.
    settings.ignore('backing', 'null');
    this.draft.noteRest('-blockdev', settings, 'there is no such setting here');
    if (driver === 'raw' || driver === 'file' || !('file' in source)) return { ...known, readOnly: isRead };
    const format = formatOf(driver);
    if (format === undefined || source.format !== 'raw') {
      this.draft.note(
        what,
        format ? `left out: ${driver} within an image of the format ${source.format}` : otherFormat(driver),
      );
      return 'unusable';
    }
    return { ...known, source: { ...source, format }, readOnly: isRead };
  }

  /** @param given what `-blockdev` has as its driver. */
  private backendOf(what: string, settings: Settings, given?: string): Backend {
    const { draft } = this;
    const leaveOut = (why: string): 'unusable' => {
      draft.note(what, why);
      return 'unusable';
    };
    const driver = given ?? settings.take('format', 'driver');
    const isProtocol = driver !== undefined && PROTOCOLS.includes(driver);
    let protocol = settings.take('file.driver') ?? (isProtocol ? driver : undefined);
    let file = settings.take('file.filename', 'filename', 'file.url', 'url', 'file');
    const size = settings.take('file.size');
    const isDisc = settings.take('media') === 'cdrom';
    const readOnly = settings.takeSwitch('readonly') ?? settings.takeSwitch('read-only') ?? isDisc;
    // How the host does it, and nothing of what a guest sees.
    for (const key of [
      'file.locking',
      'locking',
      'discard',
      'file.discard',
      'detect-zeroes',
      'aio',
      'file.aio',
      'index',
    ])
      settings.ignore(key);
    settings.ignore('file.read-zeroes', 'on');
    settings.ignore('auto-read-only');
    settings.ignore('file.auto-read-only');
    settings.ignore('backing', 'null');
    const isTemporary = settings.takeSwitch('snapshot');
    draft.noteRest(what.split(' ')[0], settings, 'there is no such setting here');
    const bytes = size === undefined ? undefined : parseQemuSize(size, 1);
    if (protocol === 'null-co' && bytes !== undefined && isTemporary)
      return { source: { memory: bytes }, readOnly };
    if (protocol === undefined && file !== undefined) {
      // Where the driver is not named, the name of a file may start with it.
      protocol = /^([a-z][a-z0-9+.-]*):/i.exec(file)?.[1].toLowerCase();
      if (protocol === 'file') file = file.slice('file:'.length);
    }
    if (protocol !== undefined && !PROTOCOLS.includes(protocol))
      return leaveOut(
        `left out: drives are files, or what is behind http and https URLs, and not ${protocol}`,
      );
    // QEMU finds out what is not said, as it is done here.
    const format = driver === undefined ? undefined : isProtocol ? 'raw' : formatOf(driver);
    if (driver !== undefined && format === undefined) return leaveOut(otherFormat(driver));
    if (file === undefined || file === '') return leaveOut('left out: it names no file');
    return { source: { file, ...(format && { format }) }, readOnly, isTemporary };
  }
}
