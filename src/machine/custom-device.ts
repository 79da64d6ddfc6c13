/**
 * Devices of the embedder's own. They have the contracts that the machine's own have
 * (devices/device.ts, virtio/device.ts), and get everything from outside by their context.
 */
import type { Device, DeviceLog, IoScheduler, Timer, WallClock } from '../devices/device.ts';
import { HartwareError } from '../errors.ts';
import type { VirtioBus } from '../generated/description-types.ts';
import { MEMORY_MAP } from '../generated/memory-map.ts';
import { PLIC_SOURCES } from '../devices/plic.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { GuestMemory } from '../memory.ts';
import type { VirtioDevice } from '../virtio/device.ts';

/** What a device has of the machine around it. */
export interface DeviceContext {
  /** Guest RAM, by guest physical address. */
  readonly memory: GuestMemory;
  /** The device's interrupt line; a virtio device has none, its transport interrupts. */
  readonly interrupt: InterruptLine;
  /** Nanoseconds since 1970-01-01 UTC; with the virtual clock, the guest's. */
  readonly wallClock: WallClock;
  /** A timer of the device's own. */
  createTimer(): Timer;
  /** For work that takes host time. */
  readonly io: IoScheduler;
  /** Fills an array with random bytes, repeatable ones with the virtual clock. */
  readonly random: (into: Uint8Array) => void;
  /** Calls back soon, when the guest has gone on a little: for output in larger pieces. */
  readonly defer: (callback: () => void) => void;
  /** Takes what a guest did wrong. */
  readonly log: DeviceLog;
}

/** A device with registers at a place of its own. */
export interface CustomMmioDevice {
  /** Tells the two kinds of `CustomDevice` apart. */
  readonly kind: 'mmio';
  /** For messages. */
  readonly name: string;
  /**
   * Physical address of its registers, a multiple of 8 that no device of the board has.
   * 0x4000000 to 0x5ffffff is kept free for such devices.
   */
  readonly base: number;
  /** Bytes of its registers. */
  readonly size: number;
  /** Interrupt number at the PLIC, 1 to 95, that no device of the board has; 64 to 95 are kept free. Default: none. */
  readonly irq?: number;
  /** Makes the device, once for each machine. */
  create(context: DeviceContext): Device;
}

/** A virtio device; it gets the first slot of its bus that is free of the machine's own. */
export interface CustomVirtioDevice {
  /** Tells the two kinds of `CustomDevice` apart. */
  readonly kind: 'virtio';
  /** For messages. */
  readonly name: string;
  /** What it is connected to. Default "mmio". */
  readonly bus?: VirtioBus;
  /** Makes the device, once for each machine. */
  create(context: DeviceContext): VirtioDevice;
}

/** A device of the embedder's. */
export type CustomDevice = CustomMmioDevice | CustomVirtioDevice;

/** Two devices want the same place, or one wants a place that there is not. */
export class DeviceConflictError extends HartwareError {
  override readonly name = 'DeviceConflictError';
  readonly code = 'DEVICE_CONFLICT';
}

/** Where devices of embedders belong. */
const FREE_REGION = 'platform-bus';
const RAM = MEMORY_MAP.find(({ name }) => name === 'ram')!;
const hex = (value: number): string => `0x${value.toString(16)}`;

/** @throws DeviceConflictError when devices cannot all be where they want to be. */
export function checkPlaces(devices: readonly CustomDevice[]): void {
  const taken = MEMORY_MAP.filter(({ name }) => name !== FREE_REGION && name !== 'ram').map((row) => ({
    name: row.name,
    start: row.base,
    end: row.base + (row.count ? row.count * row.step! : row.size!),
  }));
  const irqs = new Map<number, string>();
  for (const { name, irq, irqs: several, count } of MEMORY_MAP) {
    for (let i = 0; irq !== undefined && i < (several ?? count ?? 1); i++) irqs.set(irq + i, name);
  }
  for (const device of devices) {
    if (device.kind !== 'mmio' && device.kind !== 'virtio')
      throw new DeviceConflictError('a device: expected the kind mmio or virtio');
    if (device.kind === 'virtio') {
      const { bus = 'mmio' } = device;
      if (bus !== 'mmio' && bus !== 'pci')
        throw new DeviceConflictError(
          `device ${device.name}: expected the bus mmio or pci, found ${String(bus)}`,
        );
      continue;
    }
    const { name, base, size, irq } = device;
    if (!Number.isInteger(base) || base < 0 || base % 8 !== 0)
      throw new DeviceConflictError(`device ${name}: expected a base that is a multiple of 8, found ${base}`);
    if (!Number.isInteger(size) || size < 1)
      throw new DeviceConflictError(`device ${name}: expected a size in bytes, found ${size}`);
    const end = base + size;
    if (end > RAM.base)
      throw new DeviceConflictError(
        `device ${name}: expected it to end below RAM at ${hex(RAM.base)}, found ${hex(end)}`,
      );
    const other = taken.find((place) => base < place.end && place.start < end);
    if (other) {
      throw new DeviceConflictError(
        `device ${name} at ${hex(base)} to ${hex(end)} overlaps ${other.name} at ${hex(other.start)} to ` +
          `${hex(other.end)}; 0x4000000 to 0x6000000 is free for devices of your own`,
      );
    }
    taken.push({ name: `device ${name}`, start: base, end });
    if (irq === undefined) continue;
    if (!Number.isInteger(irq) || irq < 1 || irq >= PLIC_SOURCES)
      throw new DeviceConflictError(
        `device ${name}: expected an irq from 1 to ${PLIC_SOURCES - 1}, found ${irq}`,
      );
    const owner = irqs.get(irq);
    if (owner !== undefined)
      throw new DeviceConflictError(`device ${name}: irq ${irq} belongs to ${owner}; 64 to 95 are free`);
    irqs.set(irq, `device ${name}`);
  }
}
