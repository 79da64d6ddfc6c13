/**
 * 9P transport (virtio 1.2, 5, has its number and no more; the rest is as Linux' driver and QEMU
 * have it): one queue, whose chains have a request of 9P in their readable part and room for the
 * answer in their writable part, and a tag by which drivers know what is shared.
 */
import type { DeviceLog, IoScheduler } from '../devices/device.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import { ERROR_SIZE, HEADER_SIZE } from '../9p/messages.ts';
import { MAX_MESSAGE, NinePServer, type Answer } from '../9p/server.ts';
import { encodeUtf8 } from '../text.ts';
import { ConfigSpace } from './config-space.ts';
import type { DescriptorChain } from './descriptor-chain.ts';
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_9P } from './features.ts';
import type { Virtqueue } from './queue.ts';

export const VIRTIO_9P_MOUNT_TAG = 1n << 0n;

const REQUESTQ = 0;
/** Requests that Linux has under way, at most; a chain of it has as many descriptors. */
const QUEUE_SIZE = 128;
/** Requests that are carried out at a time, so that their messages do not fill the host's memory. */
const MAX_IN_FLIGHT = 64;

export interface Virtio9pOptions {
  /** What drivers know it by. */
  readonly tag: string;
  readonly backend: FileSystemBackend;
  /** Whether the guest may only read, whatever the backend lets it. */
  readonly readOnly: boolean;
  readonly io: IoScheduler;
  readonly log?: DeviceLog;
}

export class Virtio9p implements VirtioDevice {
  readonly deviceId = VIRTIO_ID_9P;
  readonly features = VIRTIO_9P_MOUNT_TAG;
  readonly queueSizes = [QUEUE_SIZE] as const;

  private readonly io: IoScheduler;
  private readonly log: DeviceLog;
  private readonly server: NinePServer;
  private readonly config: ConfigSpace;
  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];
  private inFlight = 0;

  constructor({ tag, backend, readOnly, io, log = () => {} }: Virtio9pOptions) {
    this.io = io;
    this.log = log;
    this.server = new NinePServer({ backend, readOnly, log });
    const bytes = encodeUtf8(tag);
    this.config = new ConfigSpace(2 + bytes.length);
    this.config.setUint16(0, bytes.length);
    bytes.forEach((byte, index) => this.config.setUint8(2 + index, byte));
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    return this.config.read(offset, size);
  }

  writeConfig(): void {}

  activate(transport: VirtioTransport, queues: readonly Virtqueue[]): void {
    this.transport = transport;
    this.queues = queues;
  }

  notify(): void {
    const queue = this.queues[REQUESTQ];
    if (queue === undefined) return;
    while (this.inFlight < MAX_IN_FLIGHT) {
      const chain = queue.pop();
      if (chain === undefined) break;
      const { readableLength, writableLength } = chain;
      if (readableLength < HEADER_SIZE || writableLength < ERROR_SIZE) {
        // Nobody could be told what is wrong.
        queue.fail('9P request without a header, or without room for an answer');
        return;
      }
      if (readableLength > MAX_MESSAGE) {
        queue.fail(`9P request of ${readableLength} bytes, of at most ${MAX_MESSAGE}`);
        return;
      }
      this.start(chain);
    }
  }

  /** The connection ends with the driver: its files are closed when what is under way has ended. */
  reset(): void {
    this.transport = undefined;
    this.queues = [];
    void this.close();
  }

  /** Closes all files. */
  async close(): Promise<void> {
    await this.server.reset();
  }

  private start(chain: DescriptorChain): void {
    const message = new Uint8Array(chain.readableLength);
    chain.read(0, message);
    this.inFlight++;
    this.io.submit(
      this.server.answer(message, Math.min(chain.writableLength, MAX_MESSAGE)),
      (answer) => this.finish(chain, answer),
      (error) => {
        this.log(`9P request failed: ${String(error)}`);
        this.finish(chain, undefined);
      },
    );
  }

  /** Of a request that was flushed the driver gets its buffers back, and no answer in them. */
  private finish(chain: DescriptorChain, answer: Answer): void {
    this.inFlight--;
    if (!chain.isStale) {
      let written = 0;
      for (const part of answer ?? []) written += chain.write(written, part);
      chain.queue.push(chain, written);
      this.transport?.notifyUsed(chain.queue);
    }
    // There may be requests that were left in the queue for want of room.
    this.notify();
  }
}
