/**
 * A virtio driver for tests: sets up a device through its MMIO registers, makes
 * buffers available in either ring format and collects what was used. It can also
 * break every rule: raw descriptors, raw indices, raw registers.
 */
import type { MmioDevice } from '../../src/bus.ts';
import * as features from '../../src/virtio/features.ts';
import * as mmio from '../../src/virtio/mmio.ts';
import type { FakeMemory } from './fake-memory.ts';

export const NEXT = 1;
export const WRITE = 2;
export const INDIRECT = 4;
const AVAIL = 1 << 7;
const USED = 1 << 15;

export interface Segment {
  readonly address: number;
  readonly length: number;
  readonly isWritable: boolean;
}

/** A used buffer: the name the driver gave it and the length the device reports. */
export interface UsedBuffer {
  readonly id: number;
  readonly length: number;
}

/** One queue as its driver sees it. */
export abstract class MockQueue {
  protected readonly memory: FakeMemory;
  readonly descriptorArea: number;
  readonly driverArea: number;
  readonly deviceArea: number;

  constructor(
    protected readonly driver: MockDriver,
    readonly index: number,
    readonly size: number,
  ) {
    this.memory = driver.memory;
    this.descriptorArea = driver.allocate(16 * size, 16);
    this.driverArea = driver.allocate(6 + 2 * size, 16);
    this.deviceArea = driver.allocate(6 + 8 * size, 16);
  }

  /** Makes a chain of `segments` available; returns its name. */
  abstract add(segments: readonly Segment[], isIndirect?: boolean): number;
  /** The chains that were used since the last call. */
  abstract takeUsed(): UsedBuffer[];
  /** Writes an entry of a descriptor table in the format of this ring. */
  abstract writeDescriptor(
    table: number,
    index: number,
    entry: { address: number | bigint; length: number; flags: number; next?: number; id?: number },
  ): void;

  /** Makes `readable` followed by room for `writable` bytes available; returns name and addresses. */
  request(
    readable: readonly Uint8Array[],
    writable: readonly number[],
    isIndirect = false,
  ): { id: number; writable: number[] } {
    const segments: Segment[] = [];
    for (const bytes of readable) {
      const address = this.driver.allocate(bytes.length, 1);
      this.memory.write(address, bytes);
      segments.push({ address, length: bytes.length, isWritable: false });
    }
    const room = writable.map((length) => this.driver.allocate(length, 1));
    writable.forEach((length, i) => segments.push({ address: room[i], length, isWritable: true }));
    return { id: this.add(segments, isIndirect), writable: room };
  }

  kick(): void {
    this.driver.writeRegister(mmio.QUEUE_NOTIFY, this.index);
  }

  protected writeTable(table: number, segments: readonly Segment[], isChained: boolean): void {
    segments.forEach(({ address, length, isWritable }, i) => {
      const hasNext = isChained && i + 1 < segments.length;
      const flags = (isWritable ? WRITE : 0) | (hasNext ? NEXT : 0);
      this.writeDescriptor(table, i, { address, length, flags, next: hasNext ? i + 1 : 0 });
    });
  }
}

export class MockSplitQueue extends MockQueue {
  private readonly free = Array.from({ length: this.size }, (_, i) => i);
  private readonly chains = new Map<number, number[]>();
  private availIdx = 0;
  private usedIdx = 0;

  add(segments: readonly Segment[], isIndirect = false): number {
    const taken = this.free.splice(0, isIndirect ? 1 : segments.length);
    const head = taken[0];
    if (isIndirect) {
      const table = this.driver.allocate(16 * segments.length, 16);
      this.writeTable(table, segments, true);
      this.writeDescriptor(this.descriptorArea, head, {
        address: table,
        length: 16 * segments.length,
        flags: INDIRECT,
      });
    } else
      segments.forEach(({ address, length, isWritable }, i) => {
        const hasNext = i + 1 < segments.length;
        const flags = (isWritable ? WRITE : 0) | (hasNext ? NEXT : 0);
        this.writeDescriptor(this.descriptorArea, taken[i], {
          address,
          length,
          flags,
          next: taken[i + 1] ?? 0,
        });
      });
    this.chains.set(head, taken);
    this.publish(head);
    return head;
  }

  /** Puts `head` into the available ring. */
  publish(head: number): void {
    this.memory.setUint16(this.driverArea + 4 + 2 * (this.availIdx % this.size), head);
    this.setAvailIdx((this.availIdx + 1) & 0xffff);
  }

  setAvailIdx(value: number): void {
    this.availIdx = value;
    this.memory.setUint16(this.driverArea + 2, value);
  }

  takeUsed(): UsedBuffer[] {
    const used: UsedBuffer[] = [];
    while (this.usedIdx !== this.memory.getUint16(this.deviceArea + 2)) {
      const element = this.deviceArea + 4 + 8 * (this.usedIdx % this.size);
      const id = this.memory.getUint32(element);
      used.push({ id, length: this.memory.getUint32(element + 4) });
      this.free.push(...(this.chains.get(id) ?? []));
      this.chains.delete(id);
      this.usedIdx = (this.usedIdx + 1) & 0xffff;
    }
    return used;
  }

  setNoInterrupt(isOff: boolean): void {
    this.memory.setUint16(this.driverArea, isOff ? 1 : 0);
  }

  set usedEvent(value: number) {
    this.memory.setUint16(this.driverArea + 4 + 2 * this.size, value);
  }

  get availEvent(): number {
    return this.memory.getUint16(this.deviceArea + 4 + 8 * this.size);
  }

  writeDescriptor(
    table: number,
    index: number,
    entry: { address: number | bigint; length: number; flags: number; next?: number },
  ): void {
    const at = table + 16 * index;
    this.memory.setUint64(at, BigInt(entry.address));
    this.memory.setUint32(at + 8, entry.length);
    this.memory.setUint16(at + 12, entry.flags);
    this.memory.setUint16(at + 14, entry.next ?? 0);
  }
}

export class MockPackedQueue extends MockQueue {
  /** Ring entries of each buffer ID that is out. */
  private readonly slots = new Map<number, number>();
  private nextId = 0;
  private nextAvail = 0;
  private availWrap = true;
  private nextUsed = 0;
  private usedWrap = true;

  add(segments: readonly Segment[], isIndirect = false): number {
    const id = this.nextId;
    this.nextId = (this.nextId + 1) & 0xffff;
    if (isIndirect) {
      const table = this.driver.allocate(16 * segments.length, 16);
      this.writeTable(table, segments, false);
      this.publish({ address: table, length: 16 * segments.length, flags: INDIRECT, id });
      this.slots.set(id, 1);
      return id;
    }
    segments.forEach(({ address, length, isWritable }, i) => {
      const flags = (isWritable ? WRITE : 0) | (i + 1 < segments.length ? NEXT : 0);
      this.publish({ address, length, flags, id });
    });
    this.slots.set(id, segments.length);
    return id;
  }

  /** Writes the next ring entry and makes it available. */
  publish(entry: { address: number | bigint; length: number; flags: number; id: number }): void {
    const flags = entry.flags | (this.availWrap ? AVAIL : USED);
    this.writeDescriptor(this.descriptorArea, this.nextAvail, { ...entry, flags });
    this.nextAvail++;
    if (this.nextAvail === this.size) {
      this.nextAvail = 0;
      this.availWrap = !this.availWrap;
    }
  }

  takeUsed(): UsedBuffer[] {
    const used: UsedBuffer[] = [];
    for (;;) {
      const at = this.descriptorArea + 16 * this.nextUsed;
      const flags = this.memory.getUint16(at + 14);
      if (((flags & AVAIL) !== 0) !== this.usedWrap || ((flags & USED) !== 0) !== this.usedWrap) return used;
      const id = this.memory.getUint16(at + 12);
      const slots = this.slots.get(id);
      if (slots === undefined) throw new Error(`device used buffer ${id}, which is not out`);
      this.slots.delete(id);
      used.push({ id, length: this.memory.getUint32(at + 8) });
      this.nextUsed += slots;
      if (this.nextUsed >= this.size) {
        this.nextUsed -= this.size;
        this.usedWrap = !this.usedWrap;
      }
    }
  }

  /** Sets the driver's event suppression structure. */
  setEvent(offWrap: number, flags: number): void {
    this.memory.setUint16(this.driverArea, offWrap);
    this.memory.setUint16(this.driverArea + 2, flags);
  }

  writeDescriptor(
    table: number,
    index: number,
    entry: { address: number | bigint; length: number; flags: number; id?: number },
  ): void {
    const at = table + 16 * index;
    this.memory.setUint64(at, BigInt(entry.address));
    this.memory.setUint32(at + 8, entry.length);
    this.memory.setUint16(at + 12, entry.id ?? 0);
    this.memory.setUint16(at + 14, entry.flags);
  }
}

/** Everything the transport and the queues offer, without packed rings. */
export const SPLIT_FEATURES =
  features.VIRTIO_F_VERSION_1 |
  features.VIRTIO_F_INDIRECT_DESC |
  features.VIRTIO_F_EVENT_IDX |
  features.VIRTIO_F_RING_RESET;
export const PACKED_FEATURES = SPLIT_FEATURES | features.VIRTIO_F_RING_PACKED;

export class MockDriver {
  private next: number;
  private accepted = 0n;

  constructor(
    readonly transport: MmioDevice,
    readonly memory: FakeMemory,
  ) {
    this.next = memory.base;
  }

  readRegister(offset: number): number {
    return this.transport.read(offset, 4);
  }

  writeRegister(offset: number, value: number): void {
    this.transport.write(offset, 4, value >>> 0);
  }

  get status(): number {
    return this.readRegister(mmio.STATUS);
  }

  get needsReset(): boolean {
    return (this.status & features.STATUS_DEVICE_NEEDS_RESET) !== 0;
  }

  /** A piece of RAM, never given out again. */
  allocate(length: number, alignment = 16): number {
    const address = Math.ceil(this.next / alignment) * alignment;
    this.next = address + length;
    if (this.next > this.memory.base + this.memory.size) throw new Error('the mock driver ran out of memory');
    return address;
  }

  /** Forgets all allocations. */
  release(): void {
    this.next = this.memory.base;
    this.memory.bytes.fill(0);
  }

  offeredFeatures(): bigint {
    const half = (select: number): bigint => {
      this.writeRegister(mmio.DEVICE_FEATURES_SEL, select);
      return BigInt(this.readRegister(mmio.DEVICE_FEATURES));
    };
    return (half(1) << 32n) | half(0);
  }

  writeFeatures(accepted: bigint): void {
    for (const select of [0, 1]) {
      this.writeRegister(mmio.DRIVER_FEATURES_SEL, select);
      this.writeRegister(mmio.DRIVER_FEATURES, Number((accepted >> BigInt(32 * select)) & 0xffff_ffffn));
    }
    this.accepted = accepted;
  }

  addStatus(bit: number): void {
    this.writeRegister(mmio.STATUS, this.status | bit);
  }

  /** Steps 1 to 6 of 3.1.1: negotiates what of `wanted` is offered; returns the accepted features. */
  negotiate(wanted: bigint): bigint {
    this.writeRegister(mmio.STATUS, 0);
    this.addStatus(features.STATUS_ACKNOWLEDGE);
    this.addStatus(features.STATUS_DRIVER);
    this.writeFeatures(this.offeredFeatures() & wanted);
    this.addStatus(features.STATUS_FEATURES_OK);
    return this.accepted;
  }

  setUpQueue(index: number, size: number): MockQueue {
    const isPacked = (this.accepted & features.VIRTIO_F_RING_PACKED) !== 0n;
    const queue = isPacked ? new MockPackedQueue(this, index, size) : new MockSplitQueue(this, index, size);
    this.enableQueue(index, size, queue);
    return queue;
  }

  enableQueue(
    index: number,
    size: number,
    areas: { descriptorArea: number; driverArea: number; deviceArea: number },
  ): void {
    this.writeRegister(mmio.QUEUE_SEL, index);
    this.writeRegister(mmio.QUEUE_NUM, size);
    const writeAddress = (low: number, high: number, address: number): void => {
      this.writeRegister(low, address % 2 ** 32);
      this.writeRegister(high, Math.floor(address / 2 ** 32));
    };
    writeAddress(mmio.QUEUE_DESC_LOW, mmio.QUEUE_DESC_HIGH, areas.descriptorArea);
    writeAddress(mmio.QUEUE_DRIVER_LOW, mmio.QUEUE_DRIVER_HIGH, areas.driverArea);
    writeAddress(mmio.QUEUE_DEVICE_LOW, mmio.QUEUE_DEVICE_HIGH, areas.deviceArea);
    this.writeRegister(mmio.QUEUE_READY, 1);
  }

  /** The whole of 3.1.1, with a queue of each of `sizes`. */
  start(wanted: bigint, sizes: readonly number[]): MockQueue[] {
    this.negotiate(wanted);
    const queues = sizes.map((size, index) => this.setUpQueue(index, size));
    this.addStatus(features.STATUS_DRIVER_OK);
    return queues;
  }

  /** Reads and acknowledges InterruptStatus. */
  acknowledge(): number {
    const interrupts = this.readRegister(mmio.INTERRUPT_STATUS);
    this.writeRegister(mmio.INTERRUPT_ACK, interrupts);
    return interrupts;
  }
}
