/**
 * A virtio device as its transport sees it (virtio 1.2, 2): its queues, feature
 * bits and configuration space, and nothing of where or how it is attached.
 */
import type { Virtqueue } from './queue.ts';

/** What a transport gives the device that sits behind it. */
export interface VirtioTransport {
  /** Sends a used-buffer notification for `queue`, if the driver wants one. */
  notifyUsed(queue: Virtqueue): void;
  /** Sends a configuration-change notification (virtio 1.2, 2.3). */
  notifyConfig(): void;
  /** Sets DEVICE_NEEDS_RESET (virtio 1.2, 2.1.2): the driver did something fatal. */
  needsReset(reason: string): void;
}

export interface VirtioDevice {
  /** Device ID (virtio 1.2, 5). */
  readonly deviceId: number;
  /** Device feature bits offered, beside those of the transport and the queues. */
  readonly features: bigint;
  /** Largest size of each queue, in descriptors. */
  readonly queueSizes: readonly number[];
  /** The bytes of the configuration space; reads past the end give zero. */
  readConfig(offset: number, size: 1 | 2 | 4): number;
  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void;
  /** DRIVER_OK was set: `features` are the negotiated ones. */
  activate(transport: VirtioTransport, queues: readonly Virtqueue[], features: bigint): void;
  /** The driver notified queue `index` (virtio 1.2, 2.3). */
  notify(index: number): void;
  /** Back to the state before `activate`; work under way is dropped. */
  reset(): void;
}
