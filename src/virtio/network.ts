/**
 * Network device (virtio 1.2, 5.1) with one pair of queues, a MAC address and the state of its
 * link. Without a backend no cable is plugged in: the link is down, and frames go nowhere.
 *
 * Left out on purpose: offloads, so that frames have at most the length of Ethernet's; filters,
 * without which a card takes everything (5.1.6.5 leaves them to the control queue).
 */
import type { DeviceLog } from '../devices/device.ts';
import { networkFailed, type NetworkBackend } from '../network/backend.ts';
import { ConfigSpace } from './config-space.ts';
import type { VirtioDevice, VirtioTransport } from './device.ts';
import { VIRTIO_ID_NETWORK } from './features.ts';
import type { Virtqueue } from './queue.ts';

export const VIRTIO_NET_F_MAC = 1n << 5n;
export const VIRTIO_NET_F_STATUS = 1n << 16n;

export const CONFIG_STATUS = 6;
const CONFIG_SIZE = 8;
export const VIRTIO_NET_S_LINK_UP = 1;

export const RECEIVEQ = 0;
export const TRANSMITQ = 1;
const QUEUE_SIZE = 256;
/** The header of each packet (5.1.6): of its fields only num_buffers is not 0, and that in received ones. */
export const HEADER_SIZE = 12;
const HEADER_NUM_BUFFERS = 10;
/** Destination, source, a VLAN tag, type, and 1500 bytes. */
export const MAX_FRAME = 1518;
/** Frames that wait for buffers of the driver's; more are lost. */
const WAITING = 256;

export interface VirtioNetworkOptions {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** What is at the other end of the cable. Default: nothing. */
  readonly backend?: NetworkBackend;
  readonly log?: DeviceLog;
}

export class VirtioNetwork implements VirtioDevice {
  readonly deviceId = VIRTIO_ID_NETWORK;
  readonly features = VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS;
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE] as const;

  private readonly backend: NetworkBackend | undefined;
  private readonly log: DeviceLog;
  private readonly config = new ConfigSpace(CONFIG_SIZE);
  private readonly waiting: Uint8Array[] = [];
  private transport: VirtioTransport | undefined;
  private queues: readonly Virtqueue[] = [];

  constructor({ mac, backend, log }: VirtioNetworkOptions) {
    this.backend = backend;
    this.log = log ?? (() => {});
    mac.forEach((byte, index) => this.config.setUint8(index, byte));
    this.config.setUint16(CONFIG_STATUS, backend ? VIRTIO_NET_S_LINK_UP : 0);
  }

  /** Plugs the cable in: what the backend gives is heard from now on. */
  attach(): void {
    this.call('attach', () => this.backend?.attach((frame) => this.receive(frame)));
  }

  /** Unplugs it: nothing comes from the backend any more, and nothing goes there. */
  detach(): void {
    this.reset();
    this.call('detach', () => this.backend?.detach?.());
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    return this.config.read(offset, size);
  }

  writeConfig(): void {}

  activate(transport: VirtioTransport, queues: readonly Virtqueue[]): void {
    this.transport = transport;
    this.queues = queues;
  }

  notify(index: number): void {
    if (index === RECEIVEQ) this.deliver();
    else if (index === TRANSMITQ) this.transmit();
  }

  /** Frames that wait are lost, as they are for a card that is off. */
  reset(): void {
    this.transport = undefined;
    this.queues = [];
    this.waiting.length = 0;
  }

  private receive(frame: Uint8Array): void {
    // A card that no driver has set up hears nothing.
    if (this.transport === undefined || this.waiting.length === WAITING || frame.length > MAX_FRAME) return;
    this.waiting.push(frame.slice());
    this.deliver();
  }

  /** Moves frames that wait into buffers of the driver's, one each, as far as there are any. */
  private deliver(): void {
    const queue = this.queues[RECEIVEQ];
    if (queue === undefined) return;
    while (this.waiting.length > 0) {
      const chain = queue.pop();
      if (chain === undefined) break;
      const frame = this.waiting.shift()!;
      const packet = new Uint8Array(HEADER_SIZE + frame.length);
      packet[HEADER_NUM_BUFFERS] = 1;
      packet.set(frame, HEADER_SIZE);
      // 5.1.6.3.1: buffers have room for the longest frame. One that has not gets nothing.
      const fits = packet.length <= chain.writableLength;
      queue.push(chain, fits ? chain.write(0, packet) : 0);
    }
    this.transport?.notifyUsed(queue);
  }

  private transmit(): void {
    const queue = this.queues[TRANSMITQ];
    if (queue === undefined) return;
    for (let chain = queue.pop(); chain !== undefined; chain = queue.pop()) {
      const length = chain.readableLength - HEADER_SIZE;
      if (length > 0 && length <= MAX_FRAME && this.backend) {
        const frame = new Uint8Array(length);
        chain.read(HEADER_SIZE, frame);
        this.call('send', () => this.backend!.send(frame));
      }
      queue.push(chain, 0);
    }
    this.transport?.notifyUsed(queue);
  }

  /** A backend that fails must not be the guest's fault. */
  private call(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.log(networkFailed(what, error));
    }
  }
}
