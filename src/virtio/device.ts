/**
 * A virtio device as its transport sees it (virtio 1.2, 2): its queues, feature
 * bits and configuration space, and nothing of where or how it is attached.
 */

/** The buffers of one request, of which the driver wrote the first part; the device may write the rest. */
export interface VirtioChain {
  /** Bytes the driver wrote for the device. */
  readonly readableLength: number;
  /** Bytes the device may write. */
  readonly writableLength: number;
  /** Whether the queue was reset since: the buffers are the driver's again and must not be touched. */
  readonly isStale: boolean;
  /** Fills `into` from `offset` of the readable bytes; returns how many there were. */
  read(offset: number, into: Uint8Array): number;
  /** Stores `bytes` at `offset` of the writable bytes; returns how many fitted. */
  write(offset: number, bytes: Uint8Array): number;
}

/** A virtqueue as its device uses it (virtio 1.2, 2.6). */
export interface VirtioQueue {
  /** From 0, in the order of `VirtioDevice.queueSizes`. */
  readonly index: number;
  /** Descriptors in the ring. */
  readonly size: number;
  /** The next chain that the driver made available, if there is one. Push it, each exactly once. */
  pop(): VirtioChain | undefined;
  /** Returns `chain` to the driver, `written` bytes of its writable part filled from its start. */
  push(chain: VirtioChain, written: number): void;
  /** Breaks the queue and reports why: the driver did something fatal. */
  fail(reason: string): void;
}

/** What a transport gives the device that sits behind it. */
export interface VirtioTransport {
  /** Sends a used-buffer notification for `queue`, if the driver wants one. */
  notifyUsed(queue: VirtioQueue): void;
  /** Sends a configuration-change notification (virtio 1.2, 2.3). */
  notifyConfig(): void;
  /** Sets DEVICE_NEEDS_RESET (virtio 1.2, 2.1.2): the driver did something fatal. */
  needsReset(reason: string): void;
}

/** A virtio device, whatever transport it is behind. */
export interface VirtioDevice {
  /** Device ID (virtio 1.2, 5). */
  readonly deviceId: number;
  /** Device feature bits offered, beside those of the transport and the queues. */
  readonly features: bigint;
  /** Largest size of each queue, in descriptors. */
  readonly queueSizes: readonly number[];
  /** The bytes of the configuration space (virtio 1.2, 2.5); reads past the end give zero. */
  readConfig(offset: number, size: 1 | 2 | 4): number;
  /** The driver wrote the low `size` bytes of `value` there. What it may not change stays as it is. */
  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void;
  /** FEATURES_OK was set with these features (virtio 1.2, 3.1.1): the configuration shows what goes with them. */
  negotiate?(features: bigint): void;
  /** DRIVER_OK was set: `features` are the negotiated ones. */
  activate(transport: VirtioTransport, queues: readonly VirtioQueue[], features: bigint): void;
  /** The driver notified queue `index` (virtio 1.2, 2.3). */
  notify(index: number): void;
  /** Back to the state before `activate`; work under way is dropped. */
  reset(): void;
}
