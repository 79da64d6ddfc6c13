/**
 * What is the same behind every transport of virtio (virtio 1.2, 2 and 3): status, features,
 * queues and interrupts of one device. A transport is the registers by which a driver reaches it.
 */
import { messageOf } from '../errors.ts';
import type { DeviceLog } from '../devices/device.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { GuestMemory } from '../memory.ts';
import type { VirtioDevice, VirtioTransport } from './device.ts';
import {
  STATUS_ACKNOWLEDGE,
  STATUS_DEVICE_NEEDS_RESET,
  STATUS_DRIVER,
  STATUS_DRIVER_OK,
  STATUS_FAILED,
  STATUS_FEATURES_OK,
  VIRTIO_F_EVENT_IDX,
  VIRTIO_F_INDIRECT_DESC,
  VIRTIO_F_RING_PACKED,
  VIRTIO_F_RING_RESET,
  VIRTIO_F_VERSION_1,
} from './features.ts';
import { PackedVirtqueue } from './packed-queue.ts';
import type { Virtqueue, VirtqueueConfig } from './queue.ts';
import { SplitVirtqueue } from './split-queue.ts';

export const INTERRUPT_USED_BUFFER = 1;
export const INTERRUPT_CONFIG_CHANGE = 2;

const TRANSPORT_FEATURES =
  VIRTIO_F_INDIRECT_DESC |
  VIRTIO_F_EVENT_IDX |
  VIRTIO_F_VERSION_1 |
  VIRTIO_F_RING_PACKED |
  VIRTIO_F_RING_RESET;

/** Status bits in the order a driver sets them (3.1.1); each needs those before it. */
const STATUS_ORDER = [STATUS_ACKNOWLEDGE, STATUS_DRIVER, STATUS_FEATURES_OK, STATUS_DRIVER_OK] as const;

/** What a driver says of a queue while it sets it up. */
export interface QueueSetup {
  /** Descriptors in the ring. */
  size: number;
  /** Lower and upper halves of the addresses of the three areas. */
  descLow: number;
  descHigh: number;
  driverLow: number;
  driverHigh: number;
  deviceLow: number;
  deviceHigh: number;
}

export interface TransportOptions {
  /** The device behind the transport. */
  readonly device: VirtioDevice;
  readonly memory: GuestMemory;
  readonly interrupt: InterruptLine;
  readonly log?: DeviceLog;
  /** Transport features to withhold, such as VIRTIO_F_RING_PACKED. Default none. */
  readonly withhold?: bigint;
  /** Whether a queue has its largest size until the driver says another; otherwise 0. Default false. */
  readonly startsLargest?: boolean;
}

export class TransportCore implements VirtioTransport {
  readonly device: VirtioDevice;

  private readonly memory: GuestMemory;
  private readonly interrupt: InterruptLine;
  private readonly log: DeviceLog;
  private readonly offered: bigint;
  private readonly startsLargest: boolean;

  private statusBits = 0;
  private accepted = 0n;
  private interruptBits = 0;
  private generation = 0;
  private canReachMemory = true;
  private readonly setups: QueueSetup[];
  /** The queues as the device sees them; one that is not ready is disabled. */
  private readonly queues: Virtqueue[];

  constructor({ device, memory, interrupt, log, withhold, startsLargest }: TransportOptions) {
    this.device = device;
    this.memory = memory;
    this.interrupt = interrupt;
    this.log = log ?? (() => {});
    this.startsLargest = startsLargest ?? false;
    this.offered = device.features | (TRANSPORT_FEATURES & ~(withhold ?? 0n));
    this.setups = device.queueSizes.map((_size, index) => this.initialSetup(index));
    this.queues = device.queueSizes.map((_size, index) => this.makeQueue(index, false));
  }

  /** The device status field (2.1). */
  get status(): number {
    return this.statusBits;
  }

  /** INTERRUPT_USED_BUFFER and INTERRUPT_CONFIG_CHANGE, as far as they wait for the driver. */
  get interruptStatus(): number {
    return this.interruptBits;
  }

  /** Changes with the configuration (2.5.2); of 32 bits. */
  get configGeneration(): number {
    return this.generation;
  }

  /** Everything as it was made; the device as well. */
  reset(): void {
    this.statusBits = 0;
    this.accepted = 0n;
    for (let index = 0; index < this.queues.length; index++) this.resetQueue(index);
    this.device.reset();
    this.interruptBits = 0;
    this.interrupt.set(false);
  }

  /** 32 of the features that are offered, from 32 × `select` on. */
  deviceFeatures(select: number): number {
    return select > 1 ? 0 : Number((this.offered >> BigInt(32 * select)) & 0xffff_ffffn);
  }

  /** 32 of the features that the driver takes, from 32 × `select` on. */
  driverFeatures(select: number): number {
    return select > 1 ? 0 : Number((this.accepted >> BigInt(32 * select)) & 0xffff_ffffn);
  }

  /** Sets 32 of the features that the driver takes. */
  writeDriverFeatures(select: number, value: number): void {
    if (this.has(STATUS_FEATURES_OK)) return this.log('driver features written after FEATURES_OK');
    if (select > 1) {
      if (value !== 0) this.log(`driver features ${32 * select} and up do not exist`);
      return;
    }
    const shift = BigInt(32 * select);
    this.accepted = (this.accepted & ~(0xffff_ffffn << shift)) | (BigInt(value) << shift);
  }

  /** What a write to the device status field does; 0 resets the device. */
  writeStatus(value: number): void {
    if (value === 0) return this.reset();
    // Bits are only ever added (2.1.1); what the driver leaves out stays.
    for (const [position, bit] of STATUS_ORDER.entries()) {
      if ((value & bit) === 0 || this.has(bit)) continue;
      const before = STATUS_ORDER.slice(0, position);
      if (!before.every((earlier) => this.has(earlier))) {
        this.log(`status 0x${value.toString(16)} written out of order, after 0x${this.status.toString(16)}`);
        break;
      }
      if (bit === STATUS_FEATURES_OK && !this.areFeaturesAcceptable()) break;
      this.statusBits |= bit;
      if (bit === STATUS_FEATURES_OK) this.guarded('negotiate', () => this.device.negotiate?.(this.accepted));
      if (bit === STATUS_DRIVER_OK) this.activate();
    }
    this.statusBits |= value & STATUS_FAILED;
  }

  /** Largest size of a queue; 0 where there is no such queue. */
  queueLimit(index: number): number {
    return this.device.queueSizes[index] ?? 0;
  }

  isQueueEnabled(index: number): boolean {
    return this.queues[index]?.isEnabled ?? false;
  }

  /** What is said of a queue, to be read; undefined where there is no such queue. */
  queueSetup(index: number): Readonly<QueueSetup> | undefined {
    return this.setups[index];
  }

  /** Says something else of a queue, unless it is enabled. */
  changeQueue(index: number, change: Partial<QueueSetup>): void {
    if (index < this.setups.length && !this.queues[index].isEnabled)
      Object.assign(this.setups[index], change);
  }

  enableQueue(index: number): void {
    if (index >= this.queues.length || this.queues[index].isEnabled) return;
    if (!this.has(STATUS_FEATURES_OK) || this.has(STATUS_DEVICE_NEEDS_RESET))
      return this.log(`queue ${index} enabled in status 0x${this.status.toString(16)}`);
    const limit = this.queueLimit(index);
    if (this.setups[index].size > limit)
      return this.needsReset(`queue ${index}: size ${this.setups[index].size} is above ${limit}`);
    this.queues[index] = this.makeQueue(index, true);
    this.queues[index].start();
  }

  disableQueue(index: number): void {
    this.queues[index]?.disable();
  }

  /** 2.6.1: gives up the queue at once; what was under way in it is never completed. */
  requestQueueReset(index: number): void {
    if ((this.accepted & VIRTIO_F_RING_RESET) === 0n) return;
    if (this.has(STATUS_FEATURES_OK) && index < this.queues.length) this.resetQueue(index);
  }

  /** The driver has put something into a queue. */
  notifyQueue(index: number): void {
    if (!this.has(STATUS_DRIVER_OK) || this.has(STATUS_DEVICE_NEEDS_RESET)) return;
    if (!this.queues[index]?.isEnabled || !this.canReachMemory) return;
    this.guarded('notify', () => this.device.notify(index));
  }

  /** Clears interrupts that the driver has seen. */
  acknowledge(bits: number): void {
    this.setInterrupts(this.interruptBits & ~bits);
  }

  /**
   * Lets the device access memory, or keeps it from that. A queue with buffers under way is broken
   * by losing it; the others wait, and the device looks at them when memory is back.
   */
  setMemoryAccess(isAllowed: boolean): void {
    if (this.canReachMemory === isAllowed) return;
    this.canReachMemory = isAllowed;
    for (const queue of this.queues) {
      if (isAllowed) queue.resume();
      else queue.suspend();
    }
    if (isAllowed) for (const { index } of this.queues) this.notifyQueue(index);
  }

  notifyUsed(queue: Virtqueue): void {
    if (queue.shouldNotify()) this.setInterrupts(this.interruptBits | INTERRUPT_USED_BUFFER);
  }

  notifyConfig(): void {
    this.generation = (this.generation + 1) >>> 0;
    if (this.has(STATUS_DRIVER_OK)) this.setInterrupts(this.interruptBits | INTERRUPT_CONFIG_CHANGE);
  }

  needsReset(reason: string): void {
    this.log(`needs reset: ${reason}`);
    if (this.has(STATUS_DEVICE_NEEDS_RESET)) return;
    this.statusBits |= STATUS_DEVICE_NEEDS_RESET;
    // 2.1.2: a driver that is at work hears of it by a configuration change.
    if (this.has(STATUS_DRIVER_OK)) this.setInterrupts(this.interruptBits | INTERRUPT_CONFIG_CHANGE);
  }

  private has(bit: number): boolean {
    return (this.statusBits & bit) !== 0;
  }

  private setInterrupts(bits: number): void {
    this.interruptBits = bits & (INTERRUPT_USED_BUFFER | INTERRUPT_CONFIG_CHANGE);
    this.interrupt.set(this.interruptBits !== 0);
  }

  /** 3.1.1 step 5: FEATURES_OK stays clear when the device cannot work with the driver's choice. */
  private areFeaturesAcceptable(): boolean {
    const unknown = this.accepted & ~this.offered;
    if (unknown !== 0n) this.log(`driver accepts features that are not offered: 0x${unknown.toString(16)}`);
    const hasVersion1 = (this.accepted & VIRTIO_F_VERSION_1) !== 0n;
    if (!hasVersion1) this.log('driver does not accept VIRTIO_F_VERSION_1');
    return unknown === 0n && hasVersion1;
  }

  private activate(): void {
    this.guarded('activate', () => this.device.activate(this, this.queues, this.accepted));
  }

  private resetQueue(index: number): void {
    this.queues[index].disable();
    this.setups[index] = this.initialSetup(index);
  }

  private initialSetup(index: number): QueueSetup {
    return {
      size: this.startsLargest ? this.queueLimit(index) : 0,
      ...{ descLow: 0, descHigh: 0, driverLow: 0, driverHigh: 0, deviceLow: 0, deviceHigh: 0 },
    };
  }

  private makeQueue(index: number, isEnabled: boolean): Virtqueue {
    const setup = this.setups[index];
    const config: VirtqueueConfig = {
      index,
      size: setup.size,
      descriptorArea: setup.descHigh * 2 ** 32 + setup.descLow,
      driverArea: setup.driverHigh * 2 ** 32 + setup.driverLow,
      deviceArea: setup.deviceHigh * 2 ** 32 + setup.deviceLow,
      hasIndirect: (this.accepted & VIRTIO_F_INDIRECT_DESC) !== 0n,
      hasEventIdx: (this.accepted & VIRTIO_F_EVENT_IDX) !== 0n,
      memory: this.memory,
      fail: (reason) => this.needsReset(reason),
    };
    const isPacked = (this.accepted & VIRTIO_F_RING_PACKED) !== 0n;
    const queue = isPacked ? new PackedVirtqueue(config) : new SplitVirtqueue(config);
    if (!isEnabled) queue.disable();
    if (!this.canReachMemory) queue.suspend();
    return queue;
  }

  /** A fault of the device's own ends the device, not the machine. */
  private guarded(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.needsReset(`${what} failed: ${messageOf(error)}`);
    }
  }
}
