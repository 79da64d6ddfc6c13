/**
 * Packed virtqueue (virtio 1.2, 2.8).
 *
 *   descriptor area  { le64 addr; le32 len; le16 id; le16 flags } [size]
 *   driver area      le16 off_wrap; le16 flags: which used descriptors the driver wants to hear of
 *   device area      the same for available descriptors; stays 0, "all of them"
 *
 * A descriptor is available when its AVAIL bit equals our wrap counter and its
 * USED bit does not, and used when both are equal.
 */
import { type DescriptorChain, MAX_SEGMENTS } from './descriptor-chain.ts';
import {
  DESCRIPTOR_SIZE,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  Virtqueue,
} from './queue.ts';

export const VIRTQ_DESC_F_AVAIL = 1 << 7;
export const VIRTQ_DESC_F_USED = 1 << 15;
export const RING_EVENT_FLAGS_ENABLE = 0;
export const RING_EVENT_FLAGS_DISABLE = 1;
export const RING_EVENT_FLAGS_DESC = 2;
/** Largest queue (2.8). */
const MAX_SIZE = 32768;
const EVENT_SUPPRESSION_SIZE = 4;

export class PackedVirtqueue extends Virtqueue {
  private nextAvail = 0;
  private availWrap = true;
  private nextUsed = 0;
  private usedWrap = true;
  /** Ring entries used since notifications were last considered. */
  private usedSinceNotified = 0;

  protected readonly driverAreaAlignment = 4;

  protected checkSize(): string | undefined {
    if (this.size > 0 && this.size <= MAX_SIZE) return undefined;
    return `size ${this.size} is not 1 to ${MAX_SIZE}`;
  }

  protected driverAreaSize(): number {
    return EVENT_SUPPRESSION_SIZE;
  }

  protected deviceAreaSize(): number {
    return EVENT_SUPPRESSION_SIZE;
  }

  protected isAvailable(): boolean {
    const flags = this.memory.getUint16(this.descriptor(this.nextAvail) + 14);
    const isAvail = (flags & VIRTQ_DESC_F_AVAIL) !== 0;
    const isUsed = (flags & VIRTQ_DESC_F_USED) !== 0;
    return isAvail === this.availWrap && isUsed !== this.availWrap;
  }

  protected take(chain: DescriptorChain): string | undefined {
    const limit = Math.min(this.size, MAX_SEGMENTS);
    for (let slots = 1; slots <= limit; slots++) {
      const descriptor = this.descriptor(this.nextAvail);
      this.nextAvail++;
      if (this.nextAvail === this.size) {
        this.nextAvail = 0;
        this.availWrap = !this.availWrap;
      }
      const address = this.descriptorAddress(descriptor);
      const length = this.memory.getUint32(descriptor + 8);
      const flags = this.memory.getUint16(descriptor + 14);
      const problem =
        (flags & VIRTQ_DESC_F_INDIRECT) !== 0
          ? this.takeTable(chain, address, length, flags)
          : chain.add(address, length, (flags & VIRTQ_DESC_F_WRITE) !== 0);
      if (problem !== undefined) return problem;
      if ((flags & VIRTQ_DESC_F_NEXT) === 0) {
        // 2.8.6: the buffer ID stands in the last descriptor of the list.
        chain.id = this.memory.getUint16(descriptor + 12);
        chain.slots = slots;
        return undefined;
      }
    }
    return `chain of more than ${limit} descriptors`;
  }

  protected giveBack(chain: DescriptorChain, written: number): void {
    const descriptor = this.descriptor(this.nextUsed);
    this.memory.setUint32(descriptor + 8, written);
    this.memory.setUint16(descriptor + 12, chain.id);
    let flags = this.usedWrap ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
    if (written > 0) flags |= VIRTQ_DESC_F_WRITE;
    // The flags last: they hand the descriptor over.
    this.memory.setUint16(descriptor + 14, flags);
    this.nextUsed += chain.slots;
    this.usedSinceNotified += chain.slots;
    if (this.nextUsed >= this.size) {
      this.nextUsed -= this.size;
      this.usedWrap = !this.usedWrap;
    }
  }

  protected wantsNotification(): boolean {
    const added = this.usedSinceNotified;
    if (added === 0) return false;
    this.usedSinceNotified = 0;
    const offWrap = this.memory.getUint16(this.config.driverArea);
    const flags = this.memory.getUint16(this.config.driverArea + 2) & 3;
    if (flags === RING_EVENT_FLAGS_DISABLE) return false;
    if (flags !== RING_EVENT_FLAGS_DESC || !this.config.hasEventIdx) return true;
    // 2.8.10: an offset of the other wrap counter is one lap behind `nextUsed`.
    const isSameLap = offWrap >> 15 === (this.usedWrap ? 1 : 0);
    const event = (offWrap & 0x7fff) - (isSameLap ? 0 : this.size);
    return event < this.nextUsed && event >= this.nextUsed - added;
  }

  private descriptor(index: number): number {
    return this.config.descriptorArea + index * DESCRIPTOR_SIZE;
  }

  /** 2.8.7: an indirect table is used in its order, and of its flags only WRITE has a meaning. */
  private takeTable(
    chain: DescriptorChain,
    table: number,
    length: number,
    flags: number,
  ): string | undefined {
    const problem = this.checkTable(table, length, flags);
    if (problem !== undefined) return problem;
    const entries = length / DESCRIPTOR_SIZE;
    if (entries > MAX_SEGMENTS) return `indirect table of ${entries} descriptors, limit ${MAX_SEGMENTS}`;
    for (let index = 0; index < entries; index++) {
      const descriptor = table + index * DESCRIPTOR_SIZE;
      const entryFlags = this.memory.getUint16(descriptor + 14);
      const entryProblem = chain.add(
        this.descriptorAddress(descriptor),
        this.memory.getUint32(descriptor + 8),
        (entryFlags & VIRTQ_DESC_F_WRITE) !== 0,
      );
      if (entryProblem !== undefined) return entryProblem;
    }
    return undefined;
  }
}
