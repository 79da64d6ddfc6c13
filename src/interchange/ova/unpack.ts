/** Taking files out of a package, disks in a format that a machine can write to. */
import { convertImage } from '../../disks/convert.ts';
import type { DiskFormatName, DiskImage, WorkOptions } from '../../disks/disk-image.ts';
import { DISK_FORMATS, diskFormat } from '../../disks/formats.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { openDiskImage } from '../../disks/open.ts';
import { messageOf } from '../../errors.ts';
import { InterchangeError } from '../error.ts';
import { plain, unusedName } from './contents.ts';
import type { Envelope, PackagedDisk, PackagedFile } from './envelope.ts';
import type { WantedDrive } from './hardware.ts';
import type { UnpackHost } from './import.ts';
import type { OvfPackage } from './package.ts';
import { forPieces, Stages } from './pieces.ts';

const SECTOR = 512;
/** Of disks of other programs: what takes no more room than their content, and can be written to. */
const DEFAULT_FORMAT = 'qcow2';
/** How many disks may be based on each other. */
const MAX_PARENTS = 32;
/** What an image may have beside the content of its disk: a part of it, and some for headers and tables. */
const OVERHEAD = { part: 1 / 64, bytes: 64 * 2 ** 20 };
/** The largest image of a compact disc that is unpacked. */
const MAX_FILE = 2 ** 35;
/** What is added to names while something is unpacked. */
const TEMPORARY = '.unpacked';

/** A file that is to be there in the end. */
type Wanted =
  | { readonly file: PackagedFile; readonly disk?: undefined; readonly name: string }
  | {
      readonly disk: PackagedDisk;
      readonly name: string;
      readonly format: DiskFormatName;
      readonly contentSize?: number;
    };

/** Collects what is wanted of a package, and then unpacks it. */
export class Unpacking {
  /** What there is to say of the files. */
  readonly notes: string[] = [];
  private readonly wanted = new Map<string, Wanted>();

  constructor(
    private readonly source: OvfPackage,
    private readonly envelope: Envelope,
    private readonly host: UnpackHost,
    /** For all disks. Default: what each is wanted in. */
    private readonly format: DiskFormatName | undefined,
  ) {}

  /** What a disk will be of. */
  formatOf(wanted: DiskFormatName): DiskFormatName {
    return this.format ?? wanted;
  }

  /** Wants what is on a drive of another program's machine, and gives the name of its file. */
  want({ kind, id }: WantedDrive): string {
    if (kind === 'file') {
      const file = this.envelope.files.get(id)!;
      return this.wantFile(file, this.unused(plain(file.href), file));
    }
    const disk = this.envelope.disks.get(id)!;
    const format = this.formatOf(DEFAULT_FORMAT);
    return this.addDisk(disk, withEnding(plain(disk.file?.href ?? id), format), format);
  }

  /** Wants a file as it is, but for its compression. */
  wantFile(file: PackagedFile, name: string): string {
    this.wanted.set(name.toLowerCase(), { file, name });
    return name;
  }

  /**
   * Wants a disk that had a name and a format, and gives the name that it will have.
   * @param contentSize where a raw image ends, if not with a whole sector.
   */
  wantDisk(disk: PackagedDisk, name: string, was: DiskFormatName, contentSize?: number): string {
    const format = this.formatOf(was);
    return this.addDisk(disk, format === was ? name : withEnding(name, format), format, contentSize);
  }

  private addDisk(disk: PackagedDisk, wanted: string, format: DiskFormatName, contentSize?: number): string {
    const name = this.unused(wanted, disk);
    const end = format === 'raw' ? contentSize : undefined;
    this.wanted.set(name.toLowerCase(), { disk, name, format, contentSize: end });
    return name;
  }

  /** Unpacks all of it. */
  async run(work: WorkOptions): Promise<void> {
    const stages = new Stages(work);
    const all = [...this.wanted.values()];
    for (const each of all) stages.expect(weightOf(each));
    for (const each of all) {
      const step = stages.next(weightOf(each));
      if (each.disk) await this.unpackDisk(each, step);
      else await this.unpackFile(each.file, each.name, MAX_FILE, step);
    }
  }

  /** The name, with a number if another file has it. */
  private unused(wanted: string, of: PackagedFile | PackagedDisk): string {
    return unusedName(wanted, (name) => {
      const other = this.wanted.get(name.toLowerCase());
      return other !== undefined && (other.disk ?? other.file) !== of;
    });
  }

  private async unpackFile(file: PackagedFile, name: string, most: number, work: WorkOptions): Promise<void> {
    const from = await this.source.open(file, this.notes);
    const to = await this.host.createFile(name).catch(async (error) => {
      await from.close();
      throw error;
    });
    try {
      if (!file.isGzip) await forPieces(from, work, (piece, offset) => to.write(offset, piece));
      else await this.gunzip(from, to, most, work);
      await to.flush();
    } finally {
      await from.close();
      await to.close();
    }
  }

  private async gunzip(from: ImageFile, to: ImageFile, most: number, work: WorkOptions): Promise<void> {
    let offset = 0;
    try {
      for await (const piece of this.host.gunzip(from)) {
        work.signal?.throwIfAborted();
        if (offset + piece.length > most) throw new InterchangeError(`it becomes larger than ${most} bytes`);
        await to.write(offset, piece);
        offset += piece.length;
      }
    } catch (error) {
      work.signal?.throwIfAborted();
      throw new InterchangeError(`${from.name}: cannot unpack it: ${messageOf(error)}`);
    }
  }

  private async unpackDisk(
    wanted: Wanted & { readonly disk: PackagedDisk },
    work: WorkOptions,
  ): Promise<void> {
    const { disk, name, format, contentSize } = wanted;
    const temporary: string[] = [];
    const source = disk.file && (await this.openDisk(disk, name, temporary, work));
    try {
      const size = source?.size ?? Math.ceil(disk.capacity / SECTOR) * SECTOR;
      if (size !== disk.capacity)
        this.notes.push(`${name}: the descriptor says ${disk.capacity} bytes, and the disk has ${size}`);
      const file = await this.host.createFile(name);
      const target = await diskFormat(format)
        .create(file, { size }, this.host)
        .catch(async (error) => {
          await file.close();
          throw error;
        });
      try {
        if (source) await convertImage(source, target, work);
        if (contentSize !== undefined && contentSize < size && size - contentSize < SECTOR)
          await file.truncate(contentSize);
      } catch (error) {
        await target.close().catch(() => {});
        throw error;
      }
      await target.close();
    } finally {
      await source?.close();
      for (const each of temporary) await this.host.removeFile(each);
    }
  }

  /** A disk with those that it is based on. */
  private async openDisk(
    disk: PackagedDisk,
    name: string,
    temporary: string[],
    work: WorkOptions,
  ): Promise<DiskImage> {
    const chain = this.chainOf(disk);
    let beneath: DiskImage | undefined;
    try {
      for (const each of chain.reverse()) {
        const file = await this.openFile(each, name, temporary, work);
        const image = await openDiskImage(file, this.confined(), { withBacking: false });
        // What is no image of any kind is taken for a raw one.
        if (image.format === 'raw' && each.format.includes('vmdk')) {
          await image.close();
          throw new InterchangeError(
            `${each.file!.href}: expected a VMDK image, as the descriptor says, found none`,
          );
        }
        if (image.backingReference && !beneath) {
          await image.close();
          throw new InterchangeError(
            `the disk ${JSON.stringify(each.id)} lies on the file ${JSON.stringify(image.backingReference.reference)}, which a package cannot have`,
          );
        }
        if (beneath) image.backing = beneath;
        beneath = image;
      }
      return beneath!;
    } catch (error) {
      await beneath?.close().catch(() => {});
      throw error;
    }
  }

  /** The disk, and those beneath it. */
  private chainOf(disk: PackagedDisk): PackagedDisk[] {
    const chain = [disk];
    for (let parent = disk.parent; parent !== undefined;) {
      const next = this.envelope.disks.get(parent);
      if (!next?.file)
        throw new InterchangeError(
          `the disk ${JSON.stringify(disk.id)} is based on ${JSON.stringify(parent)}, which is not in the package`,
        );
      if (chain.includes(next) || chain.length >= MAX_PARENTS)
        throw new InterchangeError(
          `the disk ${JSON.stringify(disk.id)} is based on itself, or on more than ${MAX_PARENTS} others`,
        );
      chain.push(next);
      parent = next.parent;
    }
    return chain;
  }

  private async openFile(
    disk: PackagedDisk,
    name: string,
    temporary: string[],
    work: WorkOptions,
  ): Promise<ImageFile> {
    const file = disk.file!;
    if (!file.isGzip) return this.source.open(file, this.notes);
    const place = `${name}${TEMPORARY}${temporary.length}`;
    temporary.push(place);
    const most = Math.ceil(disk.capacity * (1 + OVERHEAD.part)) + OVERHEAD.bytes;
    await this.unpackFile(file, place, most, { signal: work.signal });
    return this.host.reopenFile(place);
  }

  /** A disk of a package is in one file: it names no others. */
  private confined(): UnpackHost {
    return {
      ...this.host,
      async openReferenced(reference) {
        throw new InterchangeError(
          `a disk in the package lies in the file ${JSON.stringify(reference)} as well: each has to be one file`,
        );
      },
    };
  }
}

/** The name with the usual ending of a format, in place of that of another one. */
function withEnding(name: string, format: DiskFormatName): string {
  const endings = DISK_FORMATS.flatMap(({ extensions }) => extensions);
  let stem = name;
  for (const ending of ['.gz', ...endings])
    if (stem.toLowerCase().endsWith(ending)) stem = stem.slice(0, -ending.length);
  return `${stem || 'disk'}${diskFormat(format).extensions[0]}`;
}

function weightOf({ disk }: Wanted): number {
  return disk?.capacity ?? 0;
}
