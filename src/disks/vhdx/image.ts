/**
 * VHDX: fixed, dynamic and differencing disks ([MS-VHDX]).
 *
 * Blocks are only ever added at the end of the file, which is made longer first, so that what is not written yet is
 * zero. What the table and the bitmaps say of them changes in memory when they are there, and in the file at a flush:
 * after a barrier behind the data, through the log, so that the image is consistent at every moment.
 */
import { readBeneath } from '../beneath.ts';
import { BlockImage, type BlockPlace } from '../block-image.ts';
import {
  DiskImageError,
  type BackingReference,
  type CheckReport,
  type DiskImage,
  type Extent,
  type ImageHost,
  type ImageInfo,
  type WorkOptions,
} from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { MetadataPages, type MetadataPage } from '../metadata-pages.ts';
import { SectorBitmaps } from '../sector-bitmaps.ts';
import { BITMAP_SIZE, BlockTable, isStored, STATE } from './block-table.ts';
import { checkVhdx, surveyTable } from './check.ts';
import { hexOf } from './guid.ts';
import { MIB, type Headers } from './header.ts';
import { LOG_SECTOR } from './log-reader.ts';
import { LogWriter, type LoggedSector } from './log-writer.ts';
import type { VhdxMetadata } from './metadata.ts';
import { dataWriteGuidOf } from './parent.ts';
import type { Regions } from './regions.ts';
import { forgetBlocks, linkParent, resizeVhdx, unlinkParent } from './restructure.ts';

/** 4 MiB of tables and bitmaps: 512 Ki blocks. */
const PAGES = 1024;
/** Changed pages that are written without a flush being asked for: less than a log takes at once. */
const MAX_DIRTY = 64;
/** How many zeros are written at once. */
const MAX_ZEROS = 2 ** 21;

/** What is stored of one block within a request. */
interface Place extends BlockPlace {
  readonly block: number;
  readonly state: number;
  /** Where the block lies in the file, if it does. */
  readonly data: number;
  /** Where its bits lie in the file, if it is stored in part. */
  readonly bitmap: number;
}

export interface VhdxParts {
  readonly headers: Headers;
  readonly regions: Regions;
  readonly metadata: VhdxMetadata;
  readonly backing: BackingReference | undefined;
  /** What the parent may be known by. */
  readonly linkages: readonly string[];
  /** Whether the log had to be replayed. */
  readonly wasReplayed: boolean;
}

export class VhdxImage extends BlockImage<Place, void> implements DiskImage {
  readonly format = 'vhdx';
  readonly readOnly: boolean;
  readonly discard?: (offset: number, length: number) => Promise<void>;
  readonly pages: MetadataPages;
  readonly table: BlockTable;
  readonly headers: Headers;
  readonly regions: Regions;
  /** Where the next block goes, behind all others. */
  end: number;
  metadata: VhdxMetadata;
  backingReference: BackingReference | undefined;
  linkages: readonly string[];
  private readonly wasReplayed: boolean;
  protected readonly bitmaps: SectorBitmaps;
  private readonly log: LogWriter;
  private begun: Promise<void> | undefined;

  constructor(
    readonly file: ImageFile,
    private readonly host: ImageHost,
    { headers, regions, metadata, backing, linkages, wasReplayed }: VhdxParts,
  ) {
    super();
    this.readOnly = file.readOnly;
    this.headers = headers;
    this.regions = regions;
    this.metadata = metadata;
    this.backingReference = backing;
    this.linkages = linkages;
    this.wasReplayed = wasReplayed;
    this.end = Math.ceil(file.size / MIB) * MIB;
    this.pages = new MetadataPages(file, { pageSize: LOG_SECTOR, limit: PAGES });
    const endOf = (): number => file.size;
    const lengthOf = (block: number): number => this.lengthOf(block);
    this.table = new BlockTable(file.name, this.pages, regions, metadata, endOf, lengthOf);
    this.bitmaps = new SectorBitmaps(this.pages, metadata.sectorSize, 'low');
    this.log = new LogWriter(file, headers, () => this.newGuid());
    if (file.punchHole) this.discard = (offset, length) => this.clear(offset, length, true);
  }

  get size(): number {
    return this.metadata.size;
  }

  get clusterSize(): number {
    return this.metadata.blockSize;
  }

  /** What differencing disks know this one by: it changes before the content does. */
  get dataWriteGuid(): string {
    return this.headers.current.dataWriteGuid;
  }

  get backing(): DiskImage | undefined {
    return this.beneath;
  }

  /** @throws DiskImageError when it is not the parent that this disk was made upon, or was changed since. */
  set backing(image: DiskImage | undefined) {
    this.beneath = image;
    if (!image || !this.metadata.hasParent) return;
    const guid = dataWriteGuidOf(image);
    if (guid === undefined || !this.linkages.includes(guid))
      throw this.error(
        `${image.file.name} is not its parent, or was changed since: it has another DataWriteGuid`,
      );
  }

  error(reason: string, offset?: number): DiskImageError {
    return new DiskImageError(this.file.name, 'vhdx', reason, offset);
  }

  async nextExtent(offset: number): Promise<Extent> {
    const place = await this.place(offset, this.size - offset);
    const { state, data, start } = place;
    if (state === STATE.partial) {
      const run = await this.bitmaps.run(place.bitmap, start, place.length);
      if (!run.isStored) return { offset, length: run.length, kind: 'absent' };
      return { offset, length: run.length, kind: 'data', fileOffset: data + start };
    }
    const kind = kindOf(state);
    // Further blocks that go on as this one does, as far as the same page of the table tells.
    let { length } = place;
    let block = place.block + 1;
    for (const page = this.pageOf(place.block); offset + length < this.size; block++) {
      if (this.pageOf(block) !== page) break;
      const next = await this.table.payload(block);
      if (next.state === STATE.partial || kindOf(next.state) !== kind) break;
      if (kind === 'data' && next.offset !== data + (block - place.block) * this.clusterSize) break;
      length += Math.min(this.clusterSize, this.size - offset - length);
    }
    return { offset, length, kind, ...(kind === 'data' && { fileOffset: data + start }) };
  }

  async info(): Promise<ImageInfo> {
    const { isFixed, hasParent, sectorSize } = this.metadata;
    return {
      format: 'vhdx',
      virtualSize: this.size,
      fileSize: this.file.size,
      clusterSize: this.clusterSize,
      ...(this.backingReference && { backing: this.backingReference }),
      isDirty: this.wasReplayed && this.readOnly,
      details: {
        subformat: hasParent ? 'differencing' : isFixed ? 'fixed' : 'dynamic',
        logicalSectorSize: sectorSize,
        logSize: this.headers.current.logLength,
      },
    };
  }

  async check(options: WorkOptions & { readonly repair?: 'leaks' | 'all' } = {}): Promise<CheckReport> {
    await this.flush();
    const report = await checkVhdx(this, options);
    if (options.repair) this.begun = undefined;
    return report;
  }

  async resize(size: number): Promise<void> {
    await this.begin();
    await resizeVhdx(this, size);
  }

  async setBackingReference(backing: BackingReference | undefined): Promise<void> {
    await this.begin();
    if (backing) await linkParent(this, backing.reference, this.host);
    else await unlinkParent(this);
  }

  async makeEmpty(): Promise<void> {
    await this.begin();
    await forgetBlocks(this);
    await this.check({ repair: 'leaks' });
  }

  protected override async finishWriting(): Promise<void> {
    await this.log.end();
  }

  /** What must be before the first change: a look at the whole table, and new identifiers of the content. */
  begin(): Promise<void> {
    this.begun ??= this.start().catch((error) => {
      this.begun = undefined;
      throw error;
    });
    return this.begun;
  }

  /** Changes bytes of the metadata, all at once, at the next flush. */
  async patch(changes: readonly { readonly offset: number; readonly bytes: Uint8Array }[]): Promise<void> {
    const places: { page: Promise<MetadataPage>; at: number; bytes: Uint8Array }[] = [];
    for (const { offset, bytes } of changes) {
      for (let done = 0; done < bytes.length;) {
        const at = (offset + done) % LOG_SECTOR;
        const length = Math.min(bytes.length - done, LOG_SECTOR - at);
        const page = this.pages.load(offset + done);
        places.push({ page, at, bytes: bytes.subarray(done, done + length) });
        done += length;
      }
    }
    const pages = await Promise.all(places.map(({ page }) => page));
    for (const [i, { at, bytes }] of places.entries()) {
      pages[i]!.bytes.set(bytes, at);
      this.pages.change(pages[i]!);
    }
  }

  /** Makes what a block stores in part a whole, with zeros for what it does not store. */
  async complete(block: number): Promise<void> {
    const offset = block * this.clusterSize;
    const place = await this.place(offset, Math.min(this.clusterSize, this.size - offset));
    if (place.state !== STATE.partial) return;
    for (let at = 0; at < place.length;) {
      const run = await this.bitmaps.run(place.bitmap, at, Math.min(place.length - at, MAX_ZEROS));
      if (!run.isStored) await this.file.write(place.data + at, new Uint8Array(run.length));
      at += run.length;
    }
    await this.table.setPayload(block, { state: STATE.present, offset: place.data });
    await this.limitDirty();
  }

  override async limitDirty(): Promise<void> {
    if (this.pages.dirtyCount > MAX_DIRTY) await this.flush();
  }

  override async clear(offset: number, length: number, isHint: boolean): Promise<void> {
    await this.begin();
    const { hasParent, isFixed } = this.metadata;
    for (let done = 0; done < length;) {
      const at = offset + done;
      const place = await this.place(at, length - done);
      const { block, state, data, start } = place;
      let part = place.length;
      if (state === STATE.present) {
        if (this.file.punchHole && !isFixed) await this.file.punchHole(data + start, part);
        else if (!isHint) {
          part = Math.min(part, MAX_ZEROS);
          await this.file.write(data + start, new Uint8Array(part));
        }
      } else if (!isHint && (state === STATE.partial || (state === STATE.notPresent && hasParent))) {
        const isWhole = part === Math.min(this.clusterSize, this.size - block * this.clusterSize);
        if (state === STATE.partial || !isWhole || this.allocating.has(block)) {
          part = Math.min(part, MAX_ZEROS);
          await this.writeBlock(at, new Uint8Array(part));
        } else await this.table.setPayload(block, { state: STATE.zero, offset: 0 });
      }
      done += part;
    }
    await this.limitDirty();
  }

  private newGuid(): string {
    const bytes = new Uint8Array(16);
    this.host.random(bytes);
    return hexOf(bytes);
  }

  private async start(): Promise<void> {
    const { findings } = await surveyTable(this);
    if (findings.first) throw this.error(`${findings.first}; it is not written to before it is repaired`);
    await this.headers.update({ fileWriteGuid: this.newGuid(), dataWriteGuid: this.newGuid() });
  }

  /** QEMU ends the file of a fixed disk where the disk ends, within the last block. */
  private lengthOf(block: number): number {
    const { isFixed, blockSize, size } = this.metadata;
    return isFixed ? Math.min(blockSize, size - block * blockSize) : blockSize;
  }

  /** Which page of the table has the entry of a block. */
  private pageOf(block: number): number {
    return Math.floor(this.table.offsetOf(this.table.layout.indexOf(block)) / LOG_SECTOR);
  }

  protected async place(offset: number, length: number): Promise<Place> {
    const block = Math.floor(offset / this.clusterSize);
    const start = offset % this.clusterSize;
    const { state, offset: data } = await this.table.payload(block);
    const bitmap = state === STATE.partial ? await this.bitsOf(block) : 0;
    return { block, state, data, bitmap, start, length: Math.min(length, this.clusterSize - start) };
  }

  /** Where the bits of a block lie in the file that is stored in part. */
  private async bitsOf(block: number): Promise<number> {
    const { layout } = this.table;
    const { state, offset } = await this.table.bitmap(block);
    if (this.metadata.hasParent && state === STATE.present) return offset + layout.bitsOf(block);
    const reason = this.metadata.hasParent ? 'and has no bitmap' : 'and has no parent';
    const at = this.table.offsetOf(layout.indexOf(block));
    throw this.error(`block ${block} is said to be stored in part ${reason}`, at);
  }

  protected async readPlace(place: Place, offset: number, into: Uint8Array): Promise<void> {
    const { state, data, start } = place;
    if (state === STATE.present) await this.file.read(data + start, into);
    else if (state === STATE.notPresent) await readBeneath(this.beneath, offset, into);
    else if (state === STATE.partial) await this.readStored(place, start, offset, into);
    else into.fill(0);
  }

  protected async writeBlock(offset: number, from: Uint8Array): Promise<void> {
    await this.begin();
    let place = await this.place(offset, from.length);
    if (!isStored(place.state)) {
      await this.allocate(place.block, () => this.addBlock(place.block));
      place = await this.place(offset, from.length);
    }
    const { state, data, start } = place;
    if (state === STATE.present) await this.file.write(data + start, from);
    else await this.writeStored(place, start, offset, from);
  }

  /** Makes a block that is not stored one that is. */
  private async addBlock(block: number): Promise<void> {
    const { state } = await this.table.payload(block);
    if (isStored(state)) return;
    const isPartial = state === STATE.notPresent && this.metadata.hasParent;
    if (isPartial) await this.addBits(block);
    const offset = await this.grow(this.clusterSize);
    await this.table.setPayload(block, { state: isPartial ? STATE.partial : STATE.present, offset });
  }

  /** Makes sure that there are bits for a block, all clear. */
  private async addBits(block: number): Promise<void> {
    const { state } = await this.table.bitmap(block);
    if (state !== STATE.present) {
      await this.table.setBitmap(block, { state: STATE.present, offset: await this.grow(BITMAP_SIZE) });
      return;
    }
    const start = await this.bitsOf(block);
    const end = start + this.clusterSize / this.metadata.sectorSize / 8;
    for (let at = start; at < end;) {
      const page = this.pages.peek(at) ?? (await this.pages.load(at));
      const bits = page.bytes.subarray(at - page.offset, end - page.offset);
      if (bits.some((byte) => byte !== 0)) {
        bits.fill(0);
        this.pages.change(page);
      }
      at += bits.length;
    }
  }

  /** Makes the file longer. @returns where the new part, which is zeros, begins. */
  private async grow(length: number): Promise<number> {
    const offset = this.end;
    await this.file.truncate(offset + length);
    this.end = offset + length;
    return offset;
  }

  protected async writeTables(): Promise<void> {
    const changed = this.pages.take();
    // The file is at least so long after a loss of power, once it is flushed.
    const { size } = this.file;
    let isWritten = false;
    try {
      // Data first: neither bits nor table may refer to what is not durable.
      await this.file.flush();
      for (const [i, batch] of this.batches(changed).entries()) {
        if (i > 0) await this.file.flush();
        await this.log.change(batch, size);
      }
      isWritten = true;
    } finally {
      this.pages.settle(changed, isWritten);
    }
  }

  /** Bits before entries, and the entry of a bitmap before those of its blocks, which come before it. */
  private batches(changed: readonly LoggedSector[]): LoggedSector[][] {
    const isEntry = ({ offset }: LoggedSector): number => (this.table.isInTable(offset) ? 1 : 0);
    const ordered = [...changed].sort((a, b) => isEntry(a) - isEntry(b) || b.offset - a.offset);
    const { capacity } = this.log;
    const batches: LoggedSector[][] = [];
    for (let i = 0; i < ordered.length; i += capacity) batches.push(ordered.slice(i, i + capacity));
    return batches;
  }
}

const kindOf = (state: number): Extent['kind'] =>
  state === STATE.present ? 'data' : state === STATE.notPresent ? 'absent' : 'zero';
