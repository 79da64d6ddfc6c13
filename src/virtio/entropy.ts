/** Entropy device (virtio 1.2, 5.4): fills what the driver offers with random bytes. */
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_ENTROPY } from './features.ts';
import type { Virtqueue } from './queue.ts';

/** Fills `into`, at most 64 KiB at a time, with random bytes. */
export type EntropySource = (into: Uint8Array) => void;

/** 5.4.6.2: the device may place fewer bytes than there is room for, and at least one. */
const MAX_REQUEST = 65536;
const REQUESTQ = 0;
const QUEUE_SIZE = 64;

export class VirtioEntropy implements VirtioDevice {
  readonly deviceId = VIRTIO_ID_ENTROPY;
  readonly features = 0n;
  readonly queueSizes = [QUEUE_SIZE] as const;

  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];

  constructor(private readonly source: EntropySource) {}

  readConfig(): number {
    return 0;
  }

  writeConfig(): void {}

  activate(transport: VirtioTransport, queues: readonly Virtqueue[]): void {
    this.transport = transport;
    this.queues = queues;
  }

  notify(): void {
    const { transport } = this;
    const queue = this.queues[REQUESTQ];
    if (transport === undefined || queue === undefined) return;
    for (let chain = queue.pop(); chain !== undefined; chain = queue.pop()) {
      const bytes = new Uint8Array(Math.min(chain.writableLength, MAX_REQUEST));
      this.source(bytes);
      queue.push(chain, chain.write(0, bytes));
    }
    transport.notifyUsed(queue);
  }

  reset(): void {
    this.transport = undefined;
    this.queues = [];
  }
}
