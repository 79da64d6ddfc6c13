/**
 * Block device (virtio 1.2, 5.2). Several requests are under way at a time, each
 * in pieces of at most 1 MiB, so that neither their number nor their size decides
 * how much the host has to hold.
 *
 * Durability: a flush waits for the writes that were taken before it, then flushes the
 * backend. Without VIRTIO_BLK_F_FLUSH every write is flushed (5.2.6.2).
 *
 * Left out on purpose: geometry, topology, CONFIG_WCE, several queues, secure
 * erase, lifetime, zones.
 */
import { messageOf } from '../errors.ts';
import type { BlockBackend } from '../block/backend.ts';
import type { DeviceLog, IoScheduler } from '../devices/device.ts';
import { ConfigSpace } from './config-space.ts';
import type { DescriptorChain } from './descriptor-chain.ts';
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_BLOCK } from './features.ts';
import type { Virtqueue } from './queue.ts';

export const VIRTIO_BLK_F_SEG_MAX = 1n << 2n;
export const VIRTIO_BLK_F_RO = 1n << 5n;
export const VIRTIO_BLK_F_BLK_SIZE = 1n << 6n;
export const VIRTIO_BLK_F_FLUSH = 1n << 9n;
export const VIRTIO_BLK_F_DISCARD = 1n << 13n;
export const VIRTIO_BLK_F_WRITE_ZEROES = 1n << 14n;

export const VIRTIO_BLK_T_IN = 0;
export const VIRTIO_BLK_T_OUT = 1;
export const VIRTIO_BLK_T_FLUSH = 4;
export const VIRTIO_BLK_T_GET_ID = 8;
export const VIRTIO_BLK_T_DISCARD = 11;
export const VIRTIO_BLK_T_WRITE_ZEROES = 13;

export const VIRTIO_BLK_S_OK = 0;
export const VIRTIO_BLK_S_IOERR = 1;
export const VIRTIO_BLK_S_UNSUPP = 2;

export const VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP = 1;

export const SECTOR_SIZE = 512;
export const VIRTIO_BLK_ID_BYTES = 20;

const REQUESTQ = 0;
const QUEUE_SIZE = 256;
/** Header: le32 type, le32 reserved, le64 sector. */
const HEADER_SIZE = 16;
/** Segment of a discard or write-zeroes request: le64 sector, le32 num_sectors, le32 flags. */
const SEGMENT_SIZE = 16;
const MAX_SEGMENTS = 32;
/** Sectors of one such segment: 1 GiB. */
const MAX_SEGMENT_SECTORS = 0x20_0000;
const MAX_CHUNK = 1 << 20;
const MAX_IN_FLIGHT = 64;

const CONFIG_SIZE = 60;
const CONFIG_CAPACITY = 0;
const CONFIG_SEG_MAX = 12;
const CONFIG_BLK_SIZE = 20;
const CONFIG_MAX_DISCARD_SECTORS = 36;
const CONFIG_MAX_DISCARD_SEG = 40;
const CONFIG_DISCARD_SECTOR_ALIGNMENT = 44;
const CONFIG_MAX_WRITE_ZEROES_SECTORS = 48;
const CONFIG_MAX_WRITE_ZEROES_SEG = 52;
const CONFIG_WRITE_ZEROES_MAY_UNMAP = 56;

export interface VirtioBlockOptions {
  readonly backend: BlockBackend;
  readonly io: IoScheduler;
  /** Answer to GET_ID: up to 20 ASCII characters. Default 'hartware'. */
  readonly id?: string;
  /** Logical block size the driver is told, in bytes: a power of two from 512. Default 512. */
  readonly blockSize?: number;
  readonly log?: DeviceLog;
}

/** A request that was taken and not answered. */
interface Request {
  readonly chain: DescriptorChain;
  readonly sequence: number;
  readonly isWrite: boolean;
}

interface WaitingFlush {
  readonly request: Request;
  /** Writes before it that are still under way. */
  remaining: number;
}

export class VirtioBlock implements VirtioDevice {
  readonly deviceId = VIRTIO_ID_BLOCK;
  readonly features: bigint;
  readonly queueSizes = [QUEUE_SIZE] as const;

  private readonly backend: BlockBackend;
  private readonly io: IoScheduler;
  private readonly id: Uint8Array;
  private readonly log: DeviceLog;
  private readonly config = new ConfigSpace(CONFIG_SIZE);
  private readonly capacity: number;
  private readonly header = new Uint8Array(HEADER_SIZE);
  private readonly headerView = new DataView(this.header.buffer);

  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];
  private isWriteThrough = false;
  /** These three go on through a reset: what the host was told to do is still under way. */
  private inFlight = 0;
  private writesInFlight = 0;
  private waitingFlushes: WaitingFlush[] = [];
  private sequence = 0;

  /** @throws RangeError when the block size or the identifier cannot be told to a driver. */
  constructor({ backend, io, id = 'hartware', blockSize = SECTOR_SIZE, log }: VirtioBlockOptions) {
    if (blockSize < SECTOR_SIZE || blockSize > 65536 || (blockSize & (blockSize - 1)) !== 0)
      throw new RangeError(`block size must be a power of two from 512 to 65536, got ${blockSize}`);
    if (!/^[\x20-\x7e]{0,20}$/.test(id))
      throw new RangeError(`block device identifier must be up to 20 ASCII characters, got '${id}'`);
    this.backend = backend;
    this.io = io;
    this.log = log ?? (() => {});
    this.capacity = Math.floor(backend.size / SECTOR_SIZE);
    this.id = new Uint8Array(VIRTIO_BLK_ID_BYTES);
    for (let i = 0; i < id.length; i++) this.id[i] = id.charCodeAt(i);

    let features = VIRTIO_BLK_F_SEG_MAX | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH;
    this.config.setUint64(CONFIG_CAPACITY, BigInt(this.capacity));
    // Two descriptors of a full ring go to header and status.
    this.config.setUint32(CONFIG_SEG_MAX, QUEUE_SIZE - 2);
    this.config.setUint32(CONFIG_BLK_SIZE, blockSize);
    if (backend.readOnly) features |= VIRTIO_BLK_F_RO;
    else {
      if (backend.discard) {
        features |= VIRTIO_BLK_F_DISCARD;
        this.config.setUint32(CONFIG_MAX_DISCARD_SECTORS, MAX_SEGMENT_SECTORS);
        this.config.setUint32(CONFIG_MAX_DISCARD_SEG, MAX_SEGMENTS);
        this.config.setUint32(CONFIG_DISCARD_SECTOR_ALIGNMENT, blockSize / SECTOR_SIZE);
      }
      if (backend.writeZeroes) {
        features |= VIRTIO_BLK_F_WRITE_ZEROES;
        this.config.setUint32(CONFIG_MAX_WRITE_ZEROES_SECTORS, MAX_SEGMENT_SECTORS);
        this.config.setUint32(CONFIG_MAX_WRITE_ZEROES_SEG, MAX_SEGMENTS);
        this.config.setUint8(CONFIG_WRITE_ZEROES_MAY_UNMAP, 1);
      }
    }
    this.features = features;
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    return this.config.read(offset, size);
  }

  writeConfig(): void {}

  activate(transport: VirtioTransport, queues: readonly Virtqueue[], features: bigint): void {
    this.transport = transport;
    this.queues = queues;
    this.isWriteThrough = (features & VIRTIO_BLK_F_FLUSH) === 0n;
  }

  notify(): void {
    const { transport } = this;
    const queue = this.queues[REQUESTQ];
    if (transport === undefined || queue === undefined) return;
    while (this.inFlight < MAX_IN_FLIGHT) {
      const chain = queue.pop();
      if (chain === undefined) break;
      if (chain.readableLength < HEADER_SIZE || chain.writableLength < 1) {
        // There is nowhere to put a status.
        queue.fail('block request without header or status');
        return;
      }
      this.start(chain);
    }
    transport.notifyUsed(queue);
  }

  reset(): void {
    this.transport = undefined;
    this.queues = [];
  }

  private start(chain: DescriptorChain): void {
    chain.read(0, this.header);
    const type = this.headerView.getUint32(0, true);
    const sector = this.headerView.getUint32(12, true) * 2 ** 32 + this.headerView.getUint32(8, true);
    switch (type) {
      case VIRTIO_BLK_T_IN:
        return this.startRead(chain, sector);
      case VIRTIO_BLK_T_OUT:
        return this.startWrite(chain, sector);
      case VIRTIO_BLK_T_FLUSH:
        return this.startFlush(this.begin(chain, false));
      case VIRTIO_BLK_T_GET_ID:
        return this.getId(chain);
      case VIRTIO_BLK_T_DISCARD:
        return this.startRanges(chain, this.backend.discard !== undefined, false);
      case VIRTIO_BLK_T_WRITE_ZEROES:
        return this.startRanges(chain, this.backend.writeZeroes !== undefined, true);
      default:
        return this.answer(chain, VIRTIO_BLK_S_UNSUPP);
    }
  }

  private startRead(chain: DescriptorChain, sector: number): void {
    const length = chain.writableLength - 1;
    if (!this.isOnDisk(sector, length)) return this.answer(chain, VIRTIO_BLK_S_IOERR);
    if (length === 0) return this.answer(chain, VIRTIO_BLK_S_OK);
    const request = this.begin(chain, false);
    this.readFrom(request, sector * SECTOR_SIZE, 0, length);
  }

  private readFrom(request: Request, base: number, done: number, length: number): void {
    if (done === length) return this.finish(request, VIRTIO_BLK_S_OK);
    const bytes = new Uint8Array(Math.min(MAX_CHUNK, length - done));
    this.run(
      request,
      () => this.backend.read(base + done, bytes),
      () => {
        request.chain.write(done, bytes);
        this.readFrom(request, base, done + bytes.length, length);
      },
    );
  }

  private startWrite(chain: DescriptorChain, sector: number): void {
    const length = chain.readableLength - HEADER_SIZE;
    if (this.backend.readOnly || !this.isOnDisk(sector, length))
      return this.answer(chain, VIRTIO_BLK_S_IOERR);
    if (length === 0) return this.answer(chain, VIRTIO_BLK_S_OK);
    const request = this.begin(chain, true);
    this.writeFrom(request, sector * SECTOR_SIZE, 0, length);
  }

  private writeFrom(request: Request, base: number, done: number, length: number): void {
    if (done === length) return this.finishWrite(request);
    const bytes = new Uint8Array(Math.min(MAX_CHUNK, length - done));
    request.chain.read(HEADER_SIZE + done, bytes);
    this.run(
      request,
      () => this.backend.write(base + done, bytes),
      () => this.writeFrom(request, base, done + bytes.length, length),
    );
  }

  private finishWrite(request: Request): void {
    if (!this.isWriteThrough) return this.finish(request, VIRTIO_BLK_S_OK);
    this.run(
      request,
      () => this.backend.flush(),
      () => this.finish(request, VIRTIO_BLK_S_OK),
    );
  }

  private startFlush(request: Request): void {
    if (this.writesInFlight > 0) {
      this.waitingFlushes.push({ request, remaining: this.writesInFlight });
      return;
    }
    this.run(
      request,
      () => this.backend.flush(),
      () => this.finish(request, VIRTIO_BLK_S_OK),
    );
  }

  private getId(chain: DescriptorChain): void {
    const room = Math.min(chain.writableLength - 1, VIRTIO_BLK_ID_BYTES);
    chain.write(0, this.id.subarray(0, room));
    this.answer(chain, VIRTIO_BLK_S_OK);
  }

  /** Discard and write-zeroes: a list of ranges, of which none is touched unless all are good. */
  private startRanges(chain: DescriptorChain, isSupported: boolean, isWriteZeroes: boolean): void {
    if (!isSupported) return this.answer(chain, VIRTIO_BLK_S_UNSUPP);
    if (this.backend.readOnly) return this.answer(chain, VIRTIO_BLK_S_IOERR);
    const length = chain.readableLength - HEADER_SIZE;
    if (length === 0 || length % SEGMENT_SIZE !== 0 || length > MAX_SEGMENTS * SEGMENT_SIZE)
      return this.answer(chain, VIRTIO_BLK_S_IOERR);
    const bytes = new Uint8Array(length);
    chain.read(HEADER_SIZE, bytes);
    const view = new DataView(bytes.buffer);
    // 5.2.6.2: for discard even the unmap flag is unknown.
    const knownFlags = isWriteZeroes ? VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0;
    const ranges: { offset: number; length: number; mayUnmap: boolean }[] = [];
    for (let at = 0; at < length; at += SEGMENT_SIZE) {
      const sector = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
      const sectors = view.getUint32(at + 8, true);
      const flags = view.getUint32(at + 12, true);
      if ((flags & ~knownFlags) !== 0) return this.answer(chain, VIRTIO_BLK_S_UNSUPP);
      if (sectors > MAX_SEGMENT_SECTORS || !this.isOnDisk(sector, sectors * SECTOR_SIZE))
        return this.answer(chain, VIRTIO_BLK_S_IOERR);
      ranges.push({ offset: sector * SECTOR_SIZE, length: sectors * SECTOR_SIZE, mayUnmap: flags !== 0 });
    }
    const request = this.begin(chain, true);
    const work = async (): Promise<void> => {
      for (const range of ranges) {
        if (isWriteZeroes) await this.backend.writeZeroes?.(range.offset, range.length, range.mayUnmap);
        else await this.backend.discard?.(range.offset, range.length);
      }
    };
    this.run(request, work, () => this.finishWrite(request));
  }

  /** Whether whole sectors from `sector` lie on the disk. */
  private isOnDisk(sector: number, length: number): boolean {
    return length % SECTOR_SIZE === 0 && sector + length / SECTOR_SIZE <= this.capacity;
  }

  private begin(chain: DescriptorChain, isWrite: boolean): Request {
    this.inFlight++;
    if (isWrite) this.writesInFlight++;
    return { chain, isWrite, sequence: this.sequence++ };
  }

  /** Runs one step of `request`; `next` only if it succeeded and the driver still waits for it. */
  private run(request: Request, work: () => Promise<void>, next: () => void): void {
    const failed = (error: unknown): void => {
      this.log(`block request failed: ${messageOf(error)}`);
      this.finish(request, VIRTIO_BLK_S_IOERR);
    };
    let promise: Promise<void>;
    try {
      promise = work();
    } catch (error) {
      // Through the scheduler too, so that no request ends inside `notify`.
      promise = Promise.reject(error);
    }
    this.io.submit(
      promise,
      () => (request.chain.isStale ? this.finish(request, VIRTIO_BLK_S_IOERR) : next()),
      failed,
    );
  }

  private finish(request: Request, status: number): void {
    this.inFlight--;
    if (!request.chain.isStale) {
      this.answer(request.chain, status);
      this.transport?.notifyUsed(request.chain.queue);
    }
    if (request.isWrite) this.finishedWrite(request.sequence);
    // There may be requests that were left in the queue for want of room.
    this.notify();
  }

  private finishedWrite(sequence: number): void {
    this.writesInFlight--;
    const ready: Request[] = [];
    this.waitingFlushes = this.waitingFlushes.filter((flush) => {
      if (sequence < flush.request.sequence) flush.remaining--;
      if (flush.remaining > 0) return true;
      ready.push(flush.request);
      return false;
    });
    for (const request of ready)
      this.run(
        request,
        () => this.backend.flush(),
        () => this.finish(request, VIRTIO_BLK_S_OK),
      );
  }

  /**
   * Writes the status, the last byte of the writable part, and gives the chain back. The used
   * length is the whole writable part whatever the status, as every driver expects.
   */
  private answer(chain: DescriptorChain, status: number): void {
    chain.write(chain.writableLength - 1, Uint8Array.of(status));
    chain.queue.push(chain, chain.writableLength);
  }
}
