/** An open VMDK image: a disk in parts, and the descriptor that says so. */
import { ArgumentError } from '../../errors.ts';
import {
  DiskImageError,
  type BackingReference,
  type CheckReport,
  type DiskImage,
  type Extent,
  type ImageHost,
  type ImageInfo,
} from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { Findings } from '../findings.ts';
import { together } from '../together.ts';
import { checkGrains } from './check.ts';
import { Descriptor, formatCid, isDescriptor, MAX_DESCRIPTOR, NO_PARENT } from './descriptor.ts';
import { openPart, sparsePart, type Part, type PartChanges } from './parts.ts';
import { createExtent } from './extents.ts';
import { planResize, resizePart } from './resize.ts';
import { isSparse, readSparseHeader, SECTOR, type SparseHeader } from './sparse-header.ts';

/** Kinds of images whose content is on a device, of which the image has nothing. */
const DEVICES =
  /^(fullDevice|partitionedDevice|vmfsRaw|vmfsRDM|vmfsRDMP|vmfsRawDeviceMap|vmfsPassthroughRawDeviceMap)$/;

/** Where the descriptor stands. */
interface Place {
  readonly offset: number;
  /** Bytes that it may have; absent in a file of its own. */
  readonly room?: number;
}

export class VmdkImage implements DiskImage {
  readonly format = 'vmdk';
  size = 0;
  private parts: Part[] = [];
  /** Where each part begins on the disk. */
  private starts: number[] = [];
  private below: DiskImage | undefined;
  private touched: Promise<void> | undefined;
  backingReference: BackingReference | undefined;

  private constructor(
    readonly file: ImageFile,
    private readonly host: ImageHost,
    private readonly descriptor: Descriptor,
    private readonly place: Place,
  ) {}

  /** @throws DiskImageError */
  static async open(file: ImageFile, host: ImageHost): Promise<VmdkImage> {
    const head = new Uint8Array(Math.min(file.size, SECTOR));
    await file.read(0, head);
    if (!isSparse(head)) {
      const text = await readPiece(file, 0, file.size);
      if (!isDescriptor(text))
        throw new DiskImageError(file.name, 'vmdk', 'expected a descriptor or a sparse extent', 0);
      const image = new VmdkImage(file, host, new Descriptor(text), { offset: 0 });
      await image.openParts();
      return image;
    }
    const header = await readSparseHeader(file);
    const place = header.descriptor && {
      offset: header.descriptor.offset * SECTOR,
      room: header.descriptor.length * SECTOR,
    };
    const text = place ? await readPiece(file, place.offset, place.room) : new Uint8Array(0);
    if (!place || !isDescriptor(text))
      throw new DiskImageError(
        file.name,
        'vmdk',
        'it has no descriptor: it is a part of an image, open the file with the descriptor',
      );
    const image = new VmdkImage(file, host, new Descriptor(text), place);
    await image.openParts(header);
    return image;
  }

  private fail(reason: string): DiskImageError {
    return new DiskImageError(this.file.name, 'vmdk', reason, this.place.offset);
  }

  /** @param header of the only extent, where the file is one. */
  private async openParts(header?: SparseHeader): Promise<void> {
    const { descriptor } = this;
    const subformat = descriptor.get('createType') ?? '';
    if (DEVICES.test(subformat)) throw this.fail(`images of the type ${subformat} stand for a device`);
    if (descriptor.getHex('CID') === undefined) throw this.fail('expected a CID of hexadecimal digits');
    const parentCid = descriptor.getHex('parentCID') ?? NO_PARENT;
    const reference = descriptor.get('parentFileNameHint');
    if (parentCid !== NO_PARENT) {
      if (!reference) throw this.fail('it has a parent, and does not name its file');
      this.backingReference = { reference, format: 'vmdk' };
    }
    if (header && header.capacity > 0) {
      this.addPart(await sparsePart(this.file, header, 0, this, this.host));
      return;
    }
    const files = new Set<string>();
    try {
      for (const line of this.extentLines()) {
        const part = await openPart(line, this.size, this, this.host);
        this.addPart(part);
        if (!part.file) continue;
        const identity = part.file.identity ?? part.file.name;
        if (files.has(identity)) throw this.fail(`the file ${line.file} is two extents`);
        files.add(identity);
      }
      if (this.parts.length === 0) throw this.fail('it has no extents');
    } catch (error) {
      await Promise.allSettled(this.parts.map(async (part) => part.file?.close()));
      throw error;
    }
  }

  private extentLines(): ReturnType<Descriptor['extents']> {
    try {
      return this.descriptor.extents();
    } catch (error) {
      if (error instanceof RangeError) throw this.fail(error.message);
      throw error;
    }
  }

  private addPart(part: Part): void {
    this.parts.push(part);
    this.starts.push(this.size);
    this.size += part.size;
    if (this.size > Number.MAX_SAFE_INTEGER / 2) throw this.fail('a disk of that size is not supported');
  }

  get readOnly(): boolean {
    return this.file.readOnly || this.parts.some((part) => !part.changes);
  }

  get clusterSize(): number | undefined {
    return this.parts.find((part) => part.clusterSize !== undefined)?.clusterSize;
  }

  /** The number that changes whenever the content does, so that images on top of it find out. */
  get cid(): number {
    return this.descriptor.getHex('CID')!;
  }

  get backing(): DiskImage | undefined {
    return this.below;
  }

  /** @throws DiskImageError when it is another image than the one that this one was made on, or has changed since. */
  set backing(image: DiskImage | undefined) {
    this.below = image;
    const expected = this.descriptor.getHex('parentCID');
    if (image instanceof VmdkImage && image.cid !== expected)
      throw this.fail(
        `expected a parent with the CID ${formatCid(expected ?? NO_PARENT)}, ${image.file.name} has ${formatCid(image.cid)}: ` +
          'it was changed since, or is another image',
      );
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.split(offset, into.length, (part, at, from, length) =>
      part.read(at, from === 0 && length === into.length ? into : into.subarray(from, from + length)),
    );
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    return this.split(offset, from.length, (part, at, start, length) =>
      this.changesOf(part).write(at, from.subarray(start, start + length)),
    );
  }

  discard(offset: number, length: number): Promise<void> {
    return this.split(offset, length, (part, at, _, size) => this.changesOf(part).discard(at, size));
  }

  writeZeroes(offset: number, length: number, mayUnmap: boolean): Promise<void> {
    return this.split(offset, length, (part, at, _, size) =>
      this.changesOf(part).writeZeroes(at, size, mayUnmap),
    );
  }

  async flush(): Promise<void> {
    if (this.readOnly) return;
    await Promise.all(this.parts.map((part) => part.changes!.flush()));
    if (this.touched && !this.isPart(this.file)) await this.file.flush();
  }

  async nextExtent(offset: number): Promise<Extent> {
    const index = this.partAt(offset);
    const start = this.starts[index];
    const part = this.parts[index];
    const { fileOffset, ...extent } = await part.nextExtent(offset - start);
    const isHere = part.file === this.file && fileOffset !== undefined;
    return { ...extent, offset: extent.offset + start, ...(isHere ? { fileOffset } : {}) };
  }

  async info(): Promise<ImageInfo> {
    const files = new Set([this.file, ...this.parts.flatMap((part) => part.file ?? [])]);
    let fileSize = 0;
    for (const file of files) fileSize += file.size;
    const isDirty = this.parts.some((part) => part.isDirty);
    return {
      format: 'vmdk',
      virtualSize: this.size,
      fileSize,
      ...(this.clusterSize === undefined ? {} : { clusterSize: this.clusterSize }),
      ...(this.backingReference ? { backing: this.backingReference } : {}),
      ...(isDirty ? { isDirty } : {}),
      details: {
        subformat: this.descriptor.get('createType') ?? '',
        adapterType: this.descriptor.get('ddb.adapterType') ?? '',
        hwversion: this.descriptor.get('ddb.virtualHWVersion') ?? '',
        cid: formatCid(this.cid),
        extents: this.parts.length,
      },
    };
  }

  /** Looks at the tables of all sparse extents; what can be repaired are redundant tables that differ. */
  async check({ repair }: { readonly repair?: 'leaks' | 'all' } = {}): Promise<CheckReport> {
    await this.flush();
    const findings = new Findings();
    let repaired = 0;
    for (const part of this.parts) {
      if (part.tables)
        repaired += await checkGrains(part.file!, part.tables, findings, repair === 'all' && !this.readOnly);
    }
    return findings.report(repaired);
  }

  async makeEmpty(): Promise<void> {
    await this.touch();
    for (const part of this.parts) await this.changesOf(part).makeEmpty();
    await this.flush();
  }

  /** The size of the last extent, and further ones where an image is split. Nothing else may be under way. */
  async resize(size: number): Promise<void> {
    const subformat = this.descriptor.get('createType') ?? '';
    const sectors = size / SECTOR;
    if (!Number.isSafeInteger(sectors) || sectors <= 0)
      throw new ArgumentError(`expected a size that is a multiple of ${SECTOR} and not 0, found ${size}`);
    if (this.parts.some((part) => part.kind === 'compressed'))
      throw this.fail(`${subformat} images are written once, and keep their size: convert it`);
    if (this.backingReference) throw this.fail('an image on top of a parent has the size of its parent');
    const lines = this.extentLines();
    const last = this.parts.length - 1;
    const [part, start] = [this.parts[last], this.starts[last]];
    const line = lines.at(-1) ?? { access: 'RW', sectors: part.size / SECTOR, type: 'SPARSE', offset: 0 };
    this.changesOf(part);
    if (size === this.size) return;
    if (size <= start)
      throw this.fail(`a split image keeps its extents: it can become as small as ${start + SECTOR} bytes`);
    const { wanted, more } = planResize(
      { name: this.file.name, subformat, lines, start: start / SECTOR, part },
      sectors,
    );
    await this.flush();
    await this.touch();
    const resized = { part, line, start, owner: this, host: this.host };
    const describe = async (): Promise<void> => {
      await this.edit(() => this.descriptor.resize(wanted, more));
      await this.file.flush();
    };
    // The descriptor never names what is not there.
    const isShorter = size < this.size;
    if (isShorter) await describe();
    this.parts[last] = await resizePart(resized, wanted);
    for (const extent of more) await createExtent(extent, this.file, this.host, !part.tables, hasZeros(part));
    if (!isShorter) await describe();
    this.size = start + wanted * SECTOR;
    for (const extent of more) this.addPart(await openPart(extent, this.size, this, this.host));
  }

  /** The parent's CID is read from its file. */
  async setBackingReference(backing: BackingReference | undefined): Promise<void> {
    let cid = NO_PARENT;
    if (backing) {
      if (/["\r\n]/.test(backing.reference))
        throw this.fail('the name of a parent has neither quotes nor line ends');
      const file = await this.host.openReferenced(backing.reference, this.file, true);
      const parent = await VmdkImage.open(file, this.host).catch(async (error) => {
        await file.close();
        throw error;
      });
      cid = parent.cid;
      await parent.close();
    }
    if (this.parts.some((part) => part.kind === 'flat') && backing)
      throw this.fail('flat images have no parent: everything is in them');
    await this.flush();
    await this.edit(() => {
      this.descriptor.set('parentCID', formatCid(cid), { quoted: false, after: 'CID' });
      this.descriptor.set('parentFileNameHint', backing?.reference, { after: 'createType' });
    });
    this.backingReference = backing && { reference: backing.reference, format: 'vmdk' };
  }

  async close(): Promise<void> {
    const files = new Set([this.file, ...this.parts.flatMap((part) => part.file ?? [])]);
    try {
      if (!this.readOnly) {
        await this.flush();
        for (const part of this.parts) await part.changes!.finish();
      }
    } finally {
      await Promise.allSettled([...files].map((file) => file.close()));
      await this.below?.close();
    }
  }

  /** Gives the content another CID, the first time that it changes. */
  touch(): Promise<void> {
    return (this.touched ??= this.changeCid().catch((error) => {
      this.touched = undefined;
      throw error;
    }));
  }

  private async changeCid(): Promise<void> {
    const bytes = new Uint8Array(16);
    this.host.random(bytes);
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    // These two stand for no parent, and for the long identifier alone.
    const cid = digits.startsWith('fffffff') ? '00000001' : digits.slice(0, 8);
    await this.edit(() => {
      this.descriptor.set('CID', cid, { quoted: false });
      // Its end is the CID.
      if (this.descriptor.get('ddb.longContentID') !== undefined)
        this.descriptor.set('ddb.longContentID', digits.slice(8) + cid);
    });
  }

  /** Changes the descriptor. What became shorter is filled up, so that a single write does it. */
  private async edit(change: () => void): Promise<void> {
    const before = this.descriptor.encode();
    change();
    const after = this.descriptor.encode();
    const { room } = this.place;
    if (after.length > (room ?? MAX_DESCRIPTOR))
      throw this.fail(
        `the descriptor has room for ${room ?? MAX_DESCRIPTOR} bytes, and needs ${after.length}`,
      );
    const bytes = new Uint8Array(Math.max(before.length, after.length)).fill(room === undefined ? 0x0a : 0);
    bytes.set(after);
    let first = 0;
    while (first < before.length && first < bytes.length && before[first] === bytes[first]) first++;
    let end = bytes.length;
    while (end > first && end <= before.length && before[end - 1] === bytes[end - 1]) end--;
    if (end > first) await this.file.write(this.place.offset + first, bytes.subarray(first, end));
  }

  private isPart(file: ImageFile): boolean {
    return this.parts.some((part) => part.file === file);
  }

  private changesOf(part: Part): PartChanges {
    if (!part.changes || this.file.readOnly) throw this.fail('it can only be read');
    return part.changes;
  }

  private partAt(offset: number): number {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Does something with each part of a range: at which offset in the part, from where in the range, how many bytes. */
  private async split(
    offset: number,
    length: number,
    work: (part: Part, at: number, from: number, length: number) => Promise<void>,
  ): Promise<void> {
    await together((add) => {
      let index = this.partAt(offset);
      for (let done = 0; done < length; index++) {
        const at = offset + done - this.starts[index];
        const size = Math.min(length - done, this.parts[index].size - at);
        add(work(this.parts[index], at, done, size));
        done += size;
      }
    });
  }
}

const hasZeros = (part: Part): boolean => part.tables?.header.hasZeroGrains ?? false;

async function readPiece(file: ImageFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(length, file.size - offset, MAX_DESCRIPTOR));
  await file.read(offset, bytes);
  return bytes;
}
