/** A virtio device that records what its transport does with it and keeps the chains it is given. */
import type { DescriptorChain } from '../../src/virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioTransport } from '../../src/virtio/device.ts';
import type { Virtqueue } from '../../src/virtio/queue.ts';

export const PROBE_FEATURE = 1n << 3n;

export class ProbeDevice implements VirtioDevice {
  readonly deviceId = 42;
  readonly features = PROBE_FEATURE | (1n << 50n);
  readonly queueSizes: readonly number[];
  readonly log: string[] = [];
  readonly chains: DescriptorChain[] = [];
  transport!: VirtioTransport;
  queues: readonly Virtqueue[] = [];
  negotiated = 0n;
  /** Called on a notification, before chains are taken. */
  onNotify = (): void => {};

  constructor(queueSizes: readonly number[] = [16, 8]) {
    this.queueSizes = queueSizes;
  }

  readConfig(offset: number, size: number): number {
    return offset * 16 + size;
  }

  writeConfig(offset: number, size: number, value: number): void {
    this.log.push(`config ${offset} ${size} ${value}`);
  }

  activate(transport: VirtioTransport, queues: readonly Virtqueue[], features: bigint): void {
    this.log.push('activate');
    this.transport = transport;
    this.queues = queues;
    this.negotiated = features;
  }

  notify(index: number): void {
    this.log.push(`notify ${index}`);
    this.onNotify();
    for (let chain = this.queues[index].pop(); chain; chain = this.queues[index].pop())
      this.chains.push(chain);
  }

  reset(): void {
    this.log.push('reset');
    this.chains.length = 0;
  }

  /** Gives the oldest chain back with `written` bytes, and notifies. */
  complete(written = 0): void {
    const chain = this.chains.shift();
    if (chain === undefined) throw new Error('no chain to complete');
    chain.queue.push(chain, written);
    this.transport.notifyUsed(chain.queue);
  }
}
