/**
 * Block device (virtio 1.2, 5.2). Several requests are under way at a time, over one queue or
 * more, each in pieces of at most 1 MiB, so that neither their number nor their size decides
 * how much the host has to hold. What the backend can do at once goes between it and guest RAM
 * without a copy of ours; the driver hears of it as of all else, between two instructions.
 *
 * Durability: a flush waits for the writes that were taken before it, from whichever queue, then
 * flushes the backend. While the cache is write-through, each write is flushed (5.2.6.2).
 *
 * Left out on purpose: SIZE_MAX and GEOMETRY, because segments have any size and disks no
 * cylinders; secure erase, because no backend can promise that; lifetime and zones, because
 * images have neither.
 */
import { messageOf } from '../errors.ts';
import type { BlockBackend } from '../block/backend.ts';
import type { DeviceLog, IoScheduler } from '../devices/device.ts';
import { blockConfig, MAX_SEGMENT_SECTORS, MAX_SEGMENTS } from './block-config.ts';
import * as layout from './block-layout.ts';
import { HEADER_SIZE, SECTOR_SIZE, SEGMENT_SIZE } from './block-layout.ts';
import type { ConfigSpace } from './config-space.ts';
import type { DescriptorChain } from './descriptor-chain.ts';
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_BLOCK } from './features.ts';
import type { Virtqueue } from './queue.ts';

const { VIRTIO_BLK_S_OK: OK, VIRTIO_BLK_S_IOERR: IOERR, VIRTIO_BLK_S_UNSUPP: UNSUPP } = layout;

const QUEUE_SIZE = 256;
const MAX_QUEUES = 8;
const MAX_CHUNK = 1 << 20;
const MAX_IN_FLIGHT = 64;

export interface VirtioBlockOptions {
  readonly backend: BlockBackend;
  readonly io: IoScheduler;
  /** Answer to GET_ID: up to 20 ASCII characters. Default 'hartware'. */
  readonly id?: string;
  /** Request queues, 1 to 8. Default 1: harts that take turns on one thread gain nothing by more. */
  readonly queues?: number;
  /** Logical block size the driver is told, in bytes: a power of two from 512 to 65536. Default 512. */
  readonly blockSize?: number;
  /** Physical block size, in bytes: a power of two, from `blockSize` to 65536. Default `blockSize`. */
  readonly physicalBlockSize?: number;
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
  readonly queueSizes: readonly number[];

  private readonly backend: BlockBackend;
  private readonly io: IoScheduler;
  private readonly id: Uint8Array;
  private readonly log: DeviceLog;
  private readonly config: ConfigSpace;
  private readonly capacity: number;
  private readonly header = new Uint8Array(HEADER_SIZE);
  private readonly headerView = new DataView(this.header.buffer);

  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];
  /** Where the turn is when not all that waits may be taken. */
  private nextQueue = 0;
  private negotiatedFeatures = 0n;
  /** These go on through a reset: what the host was told to do is still under way. */
  private inFlight = 0;
  private writesInFlight = 0;
  private waitingFlushes: WaitingFlush[] = [];
  private sequence = 0;

  /** @throws RangeError when a driver cannot be told one of the options. */
  constructor(options: VirtioBlockOptions) {
    const { backend, io, id = 'hartware', queues = 1, blockSize = SECTOR_SIZE, log } = options;
    const { physicalBlockSize = blockSize } = options;
    if (!Number.isInteger(queues) || queues < 1 || queues > MAX_QUEUES)
      throw new RangeError(`number of queues must be 1 to ${MAX_QUEUES}, got ${queues}`);
    if (!/^[\x20-\x7e]{0,20}$/.test(id))
      throw new RangeError(`block device identifier must be up to 20 ASCII characters, got '${id}'`);
    this.backend = backend;
    this.io = io;
    this.log = log ?? (() => {});
    this.capacity = Math.floor(backend.size / SECTOR_SIZE);
    this.id = new Uint8Array(layout.VIRTIO_BLK_ID_BYTES);
    for (let i = 0; i < id.length; i++) this.id[i] = id.charCodeAt(i);
    this.queueSizes = Array.from({ length: queues }, () => QUEUE_SIZE);
    const told = { backend, queues, queueSize: QUEUE_SIZE, blockSize, physicalBlockSize };
    ({ features: this.features, config: this.config } = blockConfig(told));
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    return this.config.read(offset, size);
  }

  /** 5.2.5: with CONFIG_WCE the driver may choose the cache mode, and nothing else. */
  writeConfig(offset: number, _size: 1 | 2 | 4, value: number): void {
    if (offset !== layout.CONFIG_WRITEBACK || !this.has(layout.VIRTIO_BLK_F_CONFIG_WCE)) return;
    this.config.setUint8(layout.CONFIG_WRITEBACK, (value & 0xff) === 0 ? 0 : 1);
  }

  negotiate(features: bigint): void {
    this.negotiatedFeatures = features;
    // 5.2.5.2: who cannot flush starts write-through.
    const isWriteBack = this.has(layout.VIRTIO_BLK_F_FLUSH);
    this.config.setUint8(layout.CONFIG_WRITEBACK, isWriteBack ? 1 : 0);
  }

  activate(transport: VirtioTransport, queues: readonly Virtqueue[], features: bigint): void {
    this.transport = transport;
    this.queues = queues;
    this.negotiatedFeatures = features;
  }

  notify(index: number): void {
    const { transport } = this;
    const queue = this.queues[index];
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
    this.negotiatedFeatures = 0n;
    this.config.setUint8(layout.CONFIG_WRITEBACK, 1);
  }

  private has(feature: bigint): boolean {
    return (this.negotiatedFeatures & feature) !== 0n;
  }

  /** 5.2.6.2: whether a write has to be durable when it is answered. */
  private get isWriteThrough(): boolean {
    return this.config.read(layout.CONFIG_WRITEBACK, 1) === 0;
  }

  private start(chain: DescriptorChain): void {
    chain.read(0, this.header);
    const { type, sector } = layout.readHeader(this.headerView);
    switch (type) {
      case layout.VIRTIO_BLK_T_IN:
        return this.startRead(chain, sector);
      case layout.VIRTIO_BLK_T_OUT:
        return this.startWrite(chain, sector);
      case layout.VIRTIO_BLK_T_FLUSH:
        return this.startFlush(this.begin(chain, false));
      case layout.VIRTIO_BLK_T_GET_ID:
        return this.getId(chain);
      case layout.VIRTIO_BLK_T_DISCARD:
        return this.startRanges(chain, this.backend.discard !== undefined, false);
      case layout.VIRTIO_BLK_T_WRITE_ZEROES:
        return this.startRanges(chain, this.backend.writeZeroes !== undefined, true);
      default:
        return this.answer(chain, UNSUPP);
    }
  }

  private startRead(chain: DescriptorChain, sector: number): void {
    const length = chain.writableLength - 1;
    if (!this.isOnDisk(sector, length)) return this.answer(chain, IOERR);
    if (length === 0) return this.answer(chain, OK);
    this.readFrom(this.begin(chain, false), sector * SECTOR_SIZE, 0, length);
  }

  private readFrom(request: Request, base: number, done: number, length: number): void {
    if (done === length) return this.finish(request, OK);
    const { backend } = this;
    const { chain } = request;
    const part = Math.min(MAX_CHUNK, length - done);
    const next = (): void => this.readFrom(request, base, done + part, length);
    const now = (): boolean => {
      const isDone = backend.readNow!(base + done, chain.writableViews(done, part));
      if (isDone) chain.noteWrite(done, part);
      return isDone;
    };
    if (backend.readNow && this.runNow(request, now, next)) return;
    const bytes = new Uint8Array(part);
    this.run(
      request,
      () => backend.read(base + done, bytes),
      () => {
        chain.write(done, bytes);
        next();
      },
    );
  }

  private startWrite(chain: DescriptorChain, sector: number): void {
    const length = chain.readableLength - HEADER_SIZE;
    if (this.backend.readOnly || !this.isOnDisk(sector, length)) return this.answer(chain, IOERR);
    if (length === 0) return this.answer(chain, OK);
    this.writeFrom(this.begin(chain, true), sector * SECTOR_SIZE, 0, length);
  }

  private writeFrom(request: Request, base: number, done: number, length: number): void {
    if (done === length) return this.finishWrite(request);
    const { backend } = this;
    const { chain } = request;
    const part = Math.min(MAX_CHUNK, length - done);
    const next = (): void => this.writeFrom(request, base, done + part, length);
    const now = (): boolean => backend.writeNow!(base + done, chain.readableViews(HEADER_SIZE + done, part));
    if (backend.writeNow && this.runNow(request, now, next)) return;
    const bytes = new Uint8Array(part);
    chain.read(HEADER_SIZE + done, bytes);
    this.run(request, () => backend.write(base + done, bytes), next);
  }

  private finishWrite(request: Request): void {
    if (this.isWriteThrough) this.flush(request);
    else this.finish(request, OK);
  }

  private startFlush(request: Request): void {
    if (this.writesInFlight === 0) this.flush(request);
    else this.waitingFlushes.push({ request, remaining: this.writesInFlight });
  }

  private flush(request: Request): void {
    this.run(
      request,
      () => this.backend.flush(),
      () => this.finish(request, OK),
    );
  }

  private getId(chain: DescriptorChain): void {
    const room = Math.min(chain.writableLength - 1, layout.VIRTIO_BLK_ID_BYTES);
    chain.write(0, this.id.subarray(0, room));
    this.answer(chain, OK);
  }

  /** Discard and write-zeroes: a list of ranges, of which none is touched unless all are good. */
  private startRanges(chain: DescriptorChain, isSupported: boolean, isWriteZeroes: boolean): void {
    if (!isSupported) return this.answer(chain, UNSUPP);
    if (this.backend.readOnly) return this.answer(chain, IOERR);
    const length = chain.readableLength - HEADER_SIZE;
    if (length === 0 || length % SEGMENT_SIZE !== 0 || length > MAX_SEGMENTS * SEGMENT_SIZE)
      return this.answer(chain, IOERR);
    const bytes = new Uint8Array(length);
    chain.read(HEADER_SIZE, bytes);
    const ranges = layout.readRanges(bytes);
    // 5.2.6.2: for discard even the unmap flag is unknown.
    const knownFlags = isWriteZeroes ? layout.VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0;
    for (const { sector, sectors, flags } of ranges) {
      if ((flags & ~knownFlags) !== 0) return this.answer(chain, UNSUPP);
      if (sectors > MAX_SEGMENT_SECTORS || !this.isOnDisk(sector, sectors * SECTOR_SIZE))
        return this.answer(chain, IOERR);
    }
    const work = async (): Promise<void> => {
      for (const { sector, sectors, flags } of ranges) {
        const [offset, size] = [sector * SECTOR_SIZE, sectors * SECTOR_SIZE];
        if (isWriteZeroes) await this.backend.writeZeroes?.(offset, size, flags !== 0);
        else await this.backend.discard?.(offset, size);
      }
    };
    const request = this.begin(chain, true);
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

  /** Runs one step of `request` at once, if the backend can; `next`, as in `run`, comes soon. */
  private runNow(request: Request, work: () => boolean, next: () => void): boolean {
    try {
      if (!work()) return false;
    } catch (error) {
      this.io.soon(() => this.failed(request, error));
      return true;
    }
    this.io.soon(() => this.goOn(request, next));
    return true;
  }

  /** Runs one step of `request`; `next` only if it succeeded and the driver still waits for it. */
  private run(request: Request, work: () => Promise<void>, next: () => void): void {
    let promise: Promise<void>;
    try {
      promise = work();
    } catch (error) {
      // Through the scheduler too, so that no request ends inside `notify`.
      promise = Promise.reject(error);
    }
    this.io.submit(
      promise,
      () => this.goOn(request, next),
      (error) => this.failed(request, error),
    );
  }

  private goOn(request: Request, next: () => void): void {
    if (request.chain.isStale) this.finish(request, IOERR);
    else next();
  }

  private failed(request: Request, error: unknown): void {
    this.log(`block request failed: ${messageOf(error)}`);
    this.finish(request, IOERR);
  }

  private finish(request: Request, status: number): void {
    this.inFlight--;
    if (!request.chain.isStale) {
      this.answer(request.chain, status);
      this.transport?.notifyUsed(request.chain.queue);
    }
    if (request.isWrite) this.finishedWrite(request.sequence);
    this.takeMore();
  }

  /** There may be requests that were left in the queues for want of room: each queue has its turn. */
  private takeMore(): void {
    const count = this.queues.length;
    for (let i = 0; i < count && this.inFlight < MAX_IN_FLIGHT; i++) {
      this.notify(this.nextQueue);
      this.nextQueue = (this.nextQueue + 1) % count;
    }
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
    for (const request of ready) this.flush(request);
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
