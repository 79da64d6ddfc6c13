/**
 * Split virtqueue (virtio 1.2, 2.7).
 *
 *   descriptor area  { le64 addr; le32 len; le16 flags; le16 next } [size]
 *   driver area      le16 flags; le16 idx; le16 ring[size]; le16 used_event
 *   device area      le16 flags; le16 idx; { le32 id; le32 len } ring[size]; le16 avail_event
 *
 * Left out on purpose: used.flags stays 0, since a driver's notification costs
 * nothing while the device is at work: it works between the guest's instructions.
 */
import { type DescriptorChain, MAX_SEGMENTS } from './descriptor-chain.ts';
import {
  DESCRIPTOR_SIZE,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  Virtqueue,
} from './queue.ts';

export const VIRTQ_AVAIL_F_NO_INTERRUPT = 1;
/** Largest queue (2.7). */
const MAX_SIZE = 32768;

const FLAGS = 0;
const IDX = 2;
const RING = 4;
const USED_ELEMENT_SIZE = 8;

export class SplitVirtqueue extends Virtqueue {
  /** Free-running 16-bit indices, as in the rings. */
  private nextAvail = 0;
  private nextUsed = 0;
  /** `nextUsed` when notifications were last considered. */
  private notifiedUsed = 0;

  protected readonly driverAreaAlignment = 2;

  protected checkSize(): string | undefined {
    const isPowerOfTwo = (this.size & (this.size - 1)) === 0;
    if (this.size > 0 && this.size <= MAX_SIZE && isPowerOfTwo) return undefined;
    return `size ${this.size} is not a power of two up to ${MAX_SIZE}`;
  }

  protected driverAreaSize(): number {
    return RING + 2 * this.size + (this.config.hasEventIdx ? 2 : 0);
  }

  protected deviceAreaSize(): number {
    return RING + USED_ELEMENT_SIZE * this.size + (this.config.hasEventIdx ? 2 : 0);
  }

  protected isAvailable(): boolean {
    if (this.readAvailIdx() !== this.nextAvail) return true;
    if (!this.config.hasEventIdx) return false;
    this.memory.setUint16(this.config.deviceArea + RING + USED_ELEMENT_SIZE * this.size, this.nextAvail);
    // A hart that runs beside us may have made one available before it could see the event index.
    return this.readAvailIdx() !== this.nextAvail;
  }

  protected take(chain: DescriptorChain): string | undefined {
    const waiting = (this.readAvailIdx() - this.nextAvail) & 0xffff;
    if (waiting > this.size) return `available index is ${waiting} ahead, of ${this.size}`;
    const head = this.memory.getUint16(this.config.driverArea + RING + 2 * (this.nextAvail % this.size));
    this.nextAvail = (this.nextAvail + 1) & 0xffff;
    chain.id = head;
    chain.slots = 1;
    return this.walk(chain, head, this.config.descriptorArea, this.size, false);
  }

  protected giveBack(chain: DescriptorChain, written: number): void {
    const { deviceArea } = this.config;
    const element = deviceArea + RING + USED_ELEMENT_SIZE * (this.nextUsed % this.size);
    this.memory.setUint32(element, chain.id);
    this.memory.setUint32(element + 4, written);
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
    this.memory.setUint16(deviceArea + IDX, this.nextUsed);
  }

  protected wantsNotification(): boolean {
    const { driverArea } = this.config;
    const added = (this.nextUsed - this.notifiedUsed) & 0xffff;
    if (added === 0) return false;
    this.notifiedUsed = this.nextUsed;
    if (!this.config.hasEventIdx)
      return (this.memory.getUint16(driverArea + FLAGS) & VIRTQ_AVAIL_F_NO_INTERRUPT) === 0;
    // 2.7.7.2: notify if the entry that used_event names is among those added.
    const usedEvent = this.memory.getUint16(driverArea + RING + 2 * this.size);
    return ((this.nextUsed - usedEvent - 1) & 0xffff) < added;
  }

  private readAvailIdx(): number {
    return this.memory.getUint16(this.config.driverArea + IDX);
  }

  /** Adds the buffers from descriptor `first` of a table with `entries` descriptors. */
  private walk(
    chain: DescriptorChain,
    first: number,
    table: number,
    entries: number,
    isIndirect: boolean,
  ): string | undefined {
    let index = first;
    // A chain visits no descriptor twice, so that one longer than its table has a cycle.
    for (let visited = 0; visited < Math.min(entries, MAX_SEGMENTS); visited++) {
      if (index >= entries) return `descriptor ${index} of ${entries}`;
      const descriptor = table + index * DESCRIPTOR_SIZE;
      const address = this.descriptorAddress(descriptor);
      const length = this.memory.getUint32(descriptor + 8);
      const flags = this.memory.getUint16(descriptor + 12);
      if ((flags & VIRTQ_DESC_F_INDIRECT) !== 0) {
        if (isIndirect) return 'indirect descriptor in an indirect table';
        const problem = this.checkTable(address, length, flags);
        return problem ?? this.walk(chain, 0, address, length / DESCRIPTOR_SIZE, true);
      }
      const problem = chain.add(address, length, (flags & VIRTQ_DESC_F_WRITE) !== 0);
      if (problem !== undefined) return problem;
      if ((flags & VIRTQ_DESC_F_NEXT) === 0) return undefined;
      index = this.memory.getUint16(descriptor + 14);
    }
    return `chain from descriptor ${first} has a cycle or is too long`;
  }
}
