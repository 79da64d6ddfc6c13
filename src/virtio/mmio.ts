/**
 * virtio over MMIO, register layout version 2 (virtio 1.2, 4.2). One transport
 * serves every device; without a device the slot shows DeviceID 0, and a driver
 * leaves it alone (4.2.2.2).
 *
 * Left out on purpose: the legacy interface (4.2.4), which QEMU's `virt` shows by
 * default, and shared memory regions, which no device of ours has: SHMLen reads
 * as all ones, as for a region that does not exist.
 */
import { messageOf } from '../errors.ts';
import type { MmioDevice } from '../bus.ts';
import type { Device, DeviceLog } from '../devices/device.ts';
import type { FdtNode } from '../fdt/fdt.ts';
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
  VIRTIO_ID_NONE,
} from './features.ts';
import { PackedVirtqueue } from './packed-queue.ts';
import type { Virtqueue, VirtqueueConfig } from './queue.ts';
import { SplitVirtqueue } from './split-queue.ts';

export const MAGIC_VALUE = 0x000;
export const VERSION = 0x004;
export const DEVICE_ID = 0x008;
export const VENDOR_ID = 0x00c;
export const DEVICE_FEATURES = 0x010;
export const DEVICE_FEATURES_SEL = 0x014;
export const DRIVER_FEATURES = 0x020;
export const DRIVER_FEATURES_SEL = 0x024;
export const QUEUE_SEL = 0x030;
export const QUEUE_NUM_MAX = 0x034;
export const QUEUE_NUM = 0x038;
export const QUEUE_READY = 0x044;
export const QUEUE_NOTIFY = 0x050;
export const INTERRUPT_STATUS = 0x060;
export const INTERRUPT_ACK = 0x064;
export const STATUS = 0x070;
export const QUEUE_DESC_LOW = 0x080;
export const QUEUE_DESC_HIGH = 0x084;
export const QUEUE_DRIVER_LOW = 0x090;
export const QUEUE_DRIVER_HIGH = 0x094;
export const QUEUE_DEVICE_LOW = 0x0a0;
export const QUEUE_DEVICE_HIGH = 0x0a4;
export const SHM_SEL = 0x0ac;
export const SHM_LEN_LOW = 0x0b0;
export const SHM_LEN_HIGH = 0x0b4;
export const SHM_BASE_LOW = 0x0b8;
export const SHM_BASE_HIGH = 0x0bc;
export const QUEUE_RESET = 0x0c0;
export const CONFIG_GENERATION = 0x0fc;
export const CONFIG = 0x100;

/** "virt", little-endian. */
export const MAGIC = 0x74726976;
export const MMIO_VERSION = 2;
/** "HWAR", little-endian. */
export const VENDOR = 0x52415748;

export const INTERRUPT_USED_BUFFER = 1;
export const INTERRUPT_CONFIG_CHANGE = 2;

const TRANSPORT_FEATURES =
  VIRTIO_F_INDIRECT_DESC |
  VIRTIO_F_EVENT_IDX |
  VIRTIO_F_VERSION_1 |
  VIRTIO_F_RING_PACKED |
  VIRTIO_F_RING_RESET;

/** Status bits in the order a driver sets them (3.1.1). */
const STATUS_ORDER = [STATUS_ACKNOWLEDGE, STATUS_DRIVER, STATUS_FEATURES_OK, STATUS_DRIVER_OK] as const;

/** What the registers of one queue hold while it is set up. */
interface QueueRegisters {
  num: number;
  descLow: number;
  descHigh: number;
  driverLow: number;
  driverHigh: number;
  deviceLow: number;
  deviceHigh: number;
}

const RESET_REGISTERS: QueueRegisters = {
  num: 0,
  descLow: 0,
  descHigh: 0,
  driverLow: 0,
  driverHigh: 0,
  deviceLow: 0,
  deviceHigh: 0,
};

export interface VirtioMmioOptions {
  /** The device behind the transport; undefined for an empty slot. */
  readonly device?: VirtioDevice;
  readonly memory: GuestMemory;
  readonly interrupt: InterruptLine;
  readonly log?: DeviceLog;
  /** Transport features to withhold, such as VIRTIO_F_RING_PACKED. Default none. */
  readonly withhold?: bigint;
}

export class VirtioMmio implements Device, VirtioTransport {
  readonly accessSizes: MmioDevice['accessSizes'] = { min: 1, max: 8 };
  readonly device: VirtioDevice | undefined;

  private readonly memory: GuestMemory;
  private readonly interrupt: InterruptLine;
  private readonly log: DeviceLog;
  private readonly offered: bigint;

  private status = 0;
  private deviceFeaturesSel = 0;
  private driverFeaturesSel = 0;
  private driverFeatures = 0n;
  private queueSel = 0;
  private interruptStatus = 0;
  private configGeneration = 0;
  private readonly registers: QueueRegisters[];
  /** The queues as the device sees them; one that is not ready is disabled. */
  private readonly queues: Virtqueue[];

  constructor({ device, memory, interrupt, log, withhold }: VirtioMmioOptions) {
    this.device = device;
    this.memory = memory;
    this.interrupt = interrupt;
    this.log = log ?? (() => {});
    this.offered = device ? device.features | (TRANSPORT_FEATURES & ~(withhold ?? 0n)) : 0n;
    const sizes = device?.queueSizes ?? [];
    this.registers = sizes.map(() => ({ ...RESET_REGISTERS }));
    this.queues = sizes.map((_size, index) => this.makeQueue(index, false));
  }

  reset(): void {
    this.status = 0;
    this.deviceFeaturesSel = 0;
    this.driverFeaturesSel = 0;
    this.driverFeatures = 0n;
    this.queueSel = 0;
    for (let index = 0; index < this.queues.length; index++) this.resetQueue(index);
    this.device?.reset();
    this.interruptStatus = 0;
    this.interrupt.set(false);
  }

  read(offset: number, size: 1 | 2 | 4): number {
    const { device } = this;
    if (offset >= CONFIG) return device?.readConfig(offset - CONFIG, size) ?? 0;
    // 4.2.2.2: the registers are 32 bits wide and accessed so.
    if (size !== 4) return 0;
    if (offset === MAGIC_VALUE) return MAGIC;
    if (offset === VERSION) return MMIO_VERSION;
    if (device === undefined) return offset === DEVICE_ID ? VIRTIO_ID_NONE : 0;
    switch (offset) {
      case DEVICE_ID:
        return device.deviceId;
      case VENDOR_ID:
        return VENDOR;
      case DEVICE_FEATURES:
        if (this.deviceFeaturesSel > 1) return 0;
        return Number((this.offered >> BigInt(32 * this.deviceFeaturesSel)) & 0xffff_ffffn);
      case QUEUE_NUM_MAX:
        return device.queueSizes[this.queueSel] ?? 0;
      case QUEUE_READY:
        return this.queues[this.queueSel]?.isEnabled ? 1 : 0;
      case INTERRUPT_STATUS:
        return this.interruptStatus;
      case STATUS:
        return this.status;
      case SHM_LEN_LOW:
      case SHM_LEN_HIGH:
      case SHM_BASE_LOW:
      case SHM_BASE_HIGH:
        return 0xffff_ffff;
      case CONFIG_GENERATION:
        return this.configGeneration;
      default:
        // QUEUE_RESET among them: a reset is over when the write that began it returns.
        return 0;
    }
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    const { device } = this;
    if (device === undefined) return;
    if (offset >= CONFIG) return device.writeConfig(offset - CONFIG, size, value);
    if (size !== 4) return;
    switch (offset) {
      case DEVICE_FEATURES_SEL:
        this.deviceFeaturesSel = value;
        return;
      case DRIVER_FEATURES_SEL:
        this.driverFeaturesSel = value;
        return;
      case DRIVER_FEATURES:
        return this.writeDriverFeatures(value);
      case QUEUE_SEL:
        this.queueSel = value;
        return;
      case QUEUE_READY:
        return this.writeQueueReady(value);
      case QUEUE_RESET:
        return this.writeQueueReset(value);
      case QUEUE_NOTIFY:
        return this.writeQueueNotify(value);
      case INTERRUPT_ACK:
        this.setInterrupts(this.interruptStatus & ~value);
        return;
      case STATUS:
        return this.writeStatus(value);
      default:
        return this.writeQueueRegister(offset, value);
    }
  }

  fdtNode(): FdtNode {
    return { name: 'virtio_mmio', properties: { compatible: 'virtio,mmio' } };
  }

  notifyUsed(queue: Virtqueue): void {
    if (queue.shouldNotify()) this.setInterrupts(this.interruptStatus | INTERRUPT_USED_BUFFER);
  }

  notifyConfig(): void {
    this.configGeneration = (this.configGeneration + 1) >>> 0;
    if (this.has(STATUS_DRIVER_OK)) this.setInterrupts(this.interruptStatus | INTERRUPT_CONFIG_CHANGE);
  }

  needsReset(reason: string): void {
    this.log(`needs reset: ${reason}`);
    if (this.has(STATUS_DEVICE_NEEDS_RESET)) return;
    this.status |= STATUS_DEVICE_NEEDS_RESET;
    // 2.1.2: a driver that is at work hears of it by a configuration change.
    if (this.has(STATUS_DRIVER_OK)) this.setInterrupts(this.interruptStatus | INTERRUPT_CONFIG_CHANGE);
  }

  private has(bit: number): boolean {
    return (this.status & bit) !== 0;
  }

  private setInterrupts(bits: number): void {
    this.interruptStatus = bits & (INTERRUPT_USED_BUFFER | INTERRUPT_CONFIG_CHANGE);
    this.interrupt.set(this.interruptStatus !== 0);
  }

  private writeDriverFeatures(value: number): void {
    if (this.has(STATUS_FEATURES_OK)) return this.log('driver features written after FEATURES_OK');
    const sel = this.driverFeaturesSel;
    if (sel > 1) {
      if (value !== 0) this.log(`driver features ${32 * sel} and up do not exist`);
      return;
    }
    const shift = BigInt(32 * sel);
    this.driverFeatures = (this.driverFeatures & ~(0xffff_ffffn << shift)) | (BigInt(value) << shift);
  }

  private writeStatus(value: number): void {
    if (value === 0) return this.reset();
    // Bits are only ever added (2.1.1); what the driver leaves out stays.
    for (const bit of STATUS_ORDER) {
      if ((value & bit) === 0 || this.has(bit)) continue;
      // The first two say nothing that a device needs, and U-Boot 2023.01 does without ACKNOWLEDGE.
      if (bit === STATUS_DRIVER_OK && !this.has(STATUS_FEATURES_OK)) {
        this.log(`status 0x${value.toString(16)} written out of order, after 0x${this.status.toString(16)}`);
        break;
      }
      if (bit === STATUS_FEATURES_OK && !this.areFeaturesAcceptable()) break;
      this.status |= bit;
      if (bit === STATUS_DRIVER_OK) this.activate();
    }
    this.status |= value & STATUS_FAILED;
  }

  /** 3.1.1 step 5: FEATURES_OK stays clear when the device cannot work with the driver's choice. */
  private areFeaturesAcceptable(): boolean {
    const unknown = this.driverFeatures & ~this.offered;
    if (unknown !== 0n) this.log(`driver accepts features that are not offered: 0x${unknown.toString(16)}`);
    const hasVersion1 = (this.driverFeatures & VIRTIO_F_VERSION_1) !== 0n;
    if (!hasVersion1) this.log('driver does not accept VIRTIO_F_VERSION_1');
    return unknown === 0n && hasVersion1;
  }

  private activate(): void {
    this.guarded('activate', () => this.device?.activate(this, this.queues, this.driverFeatures));
  }

  private writeQueueRegister(offset: number, value: number): void {
    const registers = this.registers[this.queueSel];
    if (registers === undefined || this.queues[this.queueSel].isEnabled) return;
    switch (offset) {
      case QUEUE_NUM:
        registers.num = value;
        return;
      case QUEUE_DESC_LOW:
        registers.descLow = value;
        return;
      case QUEUE_DESC_HIGH:
        registers.descHigh = value;
        return;
      case QUEUE_DRIVER_LOW:
        registers.driverLow = value;
        return;
      case QUEUE_DRIVER_HIGH:
        registers.driverHigh = value;
        return;
      case QUEUE_DEVICE_LOW:
        registers.deviceLow = value;
        return;
      case QUEUE_DEVICE_HIGH:
        registers.deviceHigh = value;
        return;
    }
  }

  private writeQueueReady(value: number): void {
    const index = this.queueSel;
    const queue = this.queues[index];
    if (queue === undefined) return;
    if ((value & 1) === 0) {
      queue.disable();
      return;
    }
    if (queue.isEnabled) return;
    if (!this.has(STATUS_FEATURES_OK) || this.has(STATUS_DEVICE_NEEDS_RESET))
      return this.log(`queue ${index} enabled in status 0x${this.status.toString(16)}`);
    const limit = this.device?.queueSizes[index] ?? 0;
    if (this.registers[index].num > limit)
      return this.needsReset(`queue ${index}: size ${this.registers[index].num} is above ${limit}`);
    this.queues[index] = this.makeQueue(index, true);
    this.queues[index].start();
  }

  /** 2.6.1: gives up the queue at once; what was under way in it is never completed. */
  private writeQueueReset(value: number): void {
    if ((value & 1) === 0 || (this.driverFeatures & VIRTIO_F_RING_RESET) === 0n) return;
    if (this.has(STATUS_FEATURES_OK) && this.queueSel < this.queues.length) this.resetQueue(this.queueSel);
  }

  private writeQueueNotify(index: number): void {
    if (!this.has(STATUS_DRIVER_OK) || this.has(STATUS_DEVICE_NEEDS_RESET)) return;
    if (!this.queues[index]?.isEnabled) return;
    this.guarded('notify', () => this.device?.notify(index));
  }

  private resetQueue(index: number): void {
    this.queues[index].disable();
    this.registers[index] = { ...RESET_REGISTERS };
  }

  private makeQueue(index: number, isEnabled: boolean): Virtqueue {
    const registers = this.registers[index];
    const config: VirtqueueConfig = {
      index,
      size: registers.num,
      descriptorArea: registers.descHigh * 2 ** 32 + registers.descLow,
      driverArea: registers.driverHigh * 2 ** 32 + registers.driverLow,
      deviceArea: registers.deviceHigh * 2 ** 32 + registers.deviceLow,
      hasIndirect: (this.driverFeatures & VIRTIO_F_INDIRECT_DESC) !== 0n,
      hasEventIdx: (this.driverFeatures & VIRTIO_F_EVENT_IDX) !== 0n,
      memory: this.memory,
      fail: (reason) => this.needsReset(reason),
    };
    const isPacked = (this.driverFeatures & VIRTIO_F_RING_PACKED) !== 0n;
    const queue = isPacked ? new PackedVirtqueue(config) : new SplitVirtqueue(config);
    if (!isEnabled) queue.disable();
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
