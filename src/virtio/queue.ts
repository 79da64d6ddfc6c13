/**
 * What is common to the virtqueue formats (virtio 1.2, 2.6): a device takes
 * chains with `pop`, gives them back with `push`, and does not know the format.
 *
 * Whatever a driver gets wrong (a cycle, an address outside RAM, an index out of
 * range) stops the queue and is reported once through `fail`, which ends in
 * DEVICE_NEEDS_RESET. Nothing here throws because of the guest.
 */
import type { GuestMemory } from '../memory.ts';
import type { VirtioQueue } from './device.ts';
import { DescriptorChain } from './descriptor-chain.ts';

/** Descriptor flags, the same in both formats. */
export const VIRTQ_DESC_F_NEXT = 1;
export const VIRTQ_DESC_F_WRITE = 2;
export const VIRTQ_DESC_F_INDIRECT = 4;
/** Size of a descriptor in bytes, in both formats. */
export const DESCRIPTOR_SIZE = 16;

export interface VirtqueueConfig {
  readonly index: number;
  /** Descriptors in the ring. */
  readonly size: number;
  /** Guest physical addresses of the three areas. */
  readonly descriptorArea: number;
  readonly driverArea: number;
  readonly deviceArea: number;
  /** VIRTIO_F_INDIRECT_DESC was negotiated. */
  readonly hasIndirect: boolean;
  /** VIRTIO_F_EVENT_IDX was negotiated. */
  readonly hasEventIdx: boolean;
  readonly memory: GuestMemory;
  /** Told what the driver did wrong. */
  readonly fail: (reason: string) => void;
}

export abstract class Virtqueue implements VirtioQueue {
  readonly index: number;
  readonly size: number;
  protected readonly config: VirtqueueConfig;
  protected readonly memory: GuestMemory;

  private isRunning = true;
  /** Whether memory is out of reach for the time being. */
  private isSuspended = false;
  private readonly spare: DescriptorChain[] = [];
  /** Ring entries of chains that were popped and not pushed. */
  private outstanding = 0;

  constructor(config: VirtqueueConfig) {
    this.config = config;
    this.index = config.index;
    this.size = config.size;
    this.memory = config.memory;
  }

  /** False once the driver has broken the queue, or it was disabled. */
  get isEnabled(): boolean {
    return this.isRunning;
  }

  /** Checks size and areas; a queue that fails this is broken from the start. */
  start(): void {
    const { descriptorArea, driverArea, deviceArea } = this.config;
    const problem =
      this.checkSize() ??
      this.checkArea('descriptor', descriptorArea, this.size * DESCRIPTOR_SIZE, DESCRIPTOR_SIZE) ??
      this.checkArea('driver', driverArea, this.driverAreaSize(), this.driverAreaAlignment) ??
      this.checkArea('device', deviceArea, this.deviceAreaSize(), 4);
    if (problem !== undefined) this.fail(problem);
  }

  /** Stops the queue for good; chains that a device still holds become stale. */
  disable(): void {
    this.isRunning = false;
  }

  /** Keeps away from memory until `resume`. With chains that a device holds that is fatal: they are of use no more. */
  suspend(): void {
    if (this.outstanding > 0) this.fail('memory is taken away while buffers are under way');
    this.isSuspended = true;
  }

  resume(): void {
    this.isSuspended = false;
  }

  pop(): DescriptorChain | undefined {
    if (!this.isRunning || this.isSuspended || !this.isAvailable()) return undefined;
    const chain = this.spare.pop() ?? new DescriptorChain(this, this.memory);
    chain.clear();
    const problem = this.take(chain);
    if (problem === undefined) {
      this.outstanding += chain.slots;
      if (this.outstanding <= this.size) return chain;
      this.fail(`more than ${this.size} descriptors are in use at a time`);
    } else this.fail(problem);
    return undefined;
  }

  /**
   * Returns `chain` to the driver, `written` bytes of its writable part filled from its start.
   * The chain must not be used after that. Does nothing when the queue was reset since.
   */
  push(chain: DescriptorChain, written: number): void {
    if (!this.isRunning) return;
    this.outstanding -= chain.slots;
    this.giveBack(chain, written);
    this.spare.push(chain);
  }

  /** Whether the driver wants a notification for what was pushed since the last call. */
  shouldNotify(): boolean {
    return this.isRunning && !this.isSuspended && this.wantsNotification();
  }

  /** Breaks the queue and reports why. */
  fail(reason: string): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.config.fail(`queue ${this.index}: ${reason}`);
  }

  /** Whether a chain waits; otherwise has asked the driver to notify the next one. */
  protected abstract isAvailable(): boolean;
  /** Reads the waiting chain; returns what is wrong with it, if anything. */
  protected abstract take(chain: DescriptorChain): string | undefined;
  protected abstract giveBack(chain: DescriptorChain, written: number): void;
  protected abstract wantsNotification(): boolean;
  protected abstract checkSize(): string | undefined;
  protected abstract readonly driverAreaAlignment: number;
  protected abstract driverAreaSize(): number;
  protected abstract deviceAreaSize(): number;

  /**
   * Address field of a descriptor. A double holds 53 bits of it; an address that needs
   * more is far outside RAM, before rounding and after.
   */
  protected descriptorAddress(descriptor: number): number {
    return this.memory.getUint32(descriptor + 4) * 2 ** 32 + this.memory.getUint32(descriptor);
  }

  /** Checks an indirect table before its first descriptor is read. */
  protected checkTable(address: number, length: number, flags: number): string | undefined {
    if (!this.config.hasIndirect) return 'indirect descriptor without VIRTIO_F_INDIRECT_DESC';
    if ((flags & VIRTQ_DESC_F_NEXT) !== 0) return 'descriptor with both INDIRECT and NEXT';
    if (length === 0 || length % DESCRIPTOR_SIZE !== 0) return `indirect table of ${length} bytes`;
    if (!this.memory.contains(address, length))
      return `indirect table 0x${address.toString(16)} (${length} bytes) is outside RAM`;
    return undefined;
  }

  private checkArea(name: string, address: number, length: number, alignment: number): string | undefined {
    if (this.memory.contains(address, length) && address % alignment === 0) return undefined;
    return `${name} area 0x${address.toString(16)} (${length} bytes) is outside RAM or not aligned to ${alignment}`;
  }
}
