/**
 * A PCI function with a header of type 0 (PCI Local Bus 3.0, 6.1 and 6.2): identity, command and
 * status, memory BARs, a list of capabilities, and the interrupt pin INTA.
 *
 * Left out on purpose: I/O BARs, expansion ROMs, MSI and MSI-X, whose messages this board has
 * nobody to send to, and everything that PCI Express adds; a function without its capability is a
 * conventional one, which is what a root complex shows of a device of its own.
 */
import type { MmioDevice } from '../bus.ts';
import type { InterruptLine } from '../interrupt.ts';
import { CONFIG_SIZE, PciConfigSpace } from './config-space.ts';

export const VENDOR_ID = 0x00;
export const DEVICE_ID = 0x02;
export const COMMAND = 0x04;
export const STATUS = 0x06;
export const REVISION_ID = 0x08;
export const CLASS_CODE = 0x09;
export const CACHE_LINE_SIZE = 0x0c;
export const BAR_0 = 0x10;
export const SUBSYSTEM_VENDOR_ID = 0x2c;
export const SUBSYSTEM_ID = 0x2e;
export const CAPABILITIES_POINTER = 0x34;
export const INTERRUPT_LINE = 0x3c;
export const INTERRUPT_PIN = 0x3d;
/** Where the header ends, and what a device has of its own begins. */
export const HEADER_SIZE = 0x40;

export const COMMAND_MEMORY = 0x0002;
export const COMMAND_BUS_MASTER = 0x0004;
export const COMMAND_INTX_DISABLE = 0x0400;
export const STATUS_INTERRUPT = 0x0008;
export const STATUS_CAPABILITIES = 0x0010;

const BAR_TYPE_64 = 0x4;
const BAR_PREFETCHABLE = 0x8;

/** A 64-bit memory BAR and the registers behind it. */
export interface PciBar {
  /** Of its lower half, 0 to 4. */
  readonly index: number;
  /** In bytes: a power of two, at least 16. */
  readonly size: number;
  /** Whether reads have no side effects that a driver must fear (PCI Local Bus 3.0, 6.2.5.1). */
  readonly isPrefetchable: boolean;
  readonly registers: Pick<MmioDevice, 'read' | 'write'>;
}

/** A capability (PCI Local Bus 3.0, 6.7). */
export interface PciCapability {
  readonly id: number;
  /** Where it lies, a multiple of 4 from HEADER_SIZE on. */
  readonly offset: number;
  /** What follows its ID and the pointer to the next one. */
  readonly body: Uint8Array;
  /** Bits of the body that can be written. Default none. */
  readonly writable?: Uint8Array;
}

export interface PciFunctionOptions {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly revision: number;
  /** Base class, subclass and programming interface, from the upper byte down. */
  readonly classCode: number;
  readonly subsystemVendorId: number;
  readonly subsystemId: number;
  /** Whether it has INTA. Default false. */
  readonly hasInterrupt?: boolean;
  /** At most one at each index and the next. Default none. */
  readonly bars?: readonly PciBar[];
  /** In the order of their list. Default none. */
  readonly capabilities?: readonly PciCapability[];
  /** Configuration behind the header that the device answers itself, `offset` to `offset + 3`. */
  readonly window?: { readonly offset: number } & Pick<MmioDevice, 'read' | 'write'>;
  /** Called when bits of the command register that matter to the device may have changed. */
  readonly onCommand?: (command: number) => void;
}

/** Where a BAR is decoded: addresses of memory on the bus. */
export interface BarMapping {
  readonly start: number;
  readonly end: number;
  readonly registers: PciBar['registers'];
}

export class PciFunction {
  /** What the device drives INTA by. */
  readonly interrupt: InterruptLine = { set: (level) => this.setInterrupt(level) };
  /** Where INTA leads to; the bus sets it. */
  wire: InterruptLine = { set: () => {} };
  /** Called when BARs may have moved; the bus sets it. */
  onMove: () => void = () => {};

  private readonly config = new PciConfigSpace();
  private isInterrupting = false;

  constructor(private readonly options: PciFunctionOptions) {
    const { config } = this;
    const { vendorId, deviceId, revision, classCode, bars = [], capabilities = [] } = options;
    config.define(VENDOR_ID, 2, vendorId);
    config.define(DEVICE_ID, 2, deviceId);
    config.define(COMMAND, 2, 0, COMMAND_MEMORY | COMMAND_BUS_MASTER | COMMAND_INTX_DISABLE);
    config.define(STATUS, 2, capabilities.length > 0 ? STATUS_CAPABILITIES : 0);
    config.define(REVISION_ID, 4, revision | (classCode << 8));
    config.define(CACHE_LINE_SIZE, 1, 0, 0xff);
    config.define(SUBSYSTEM_VENDOR_ID, 2, options.subsystemVendorId);
    config.define(SUBSYSTEM_ID, 2, options.subsystemId);
    config.define(INTERRUPT_LINE, 1, 0, 0xff);
    config.define(INTERRUPT_PIN, 1, options.hasInterrupt ? 1 : 0);
    for (const { index, size, isPrefetchable } of bars) {
      const type = BAR_TYPE_64 | (isPrefetchable ? BAR_PREFETCHABLE : 0);
      config.define(BAR_0 + 4 * index, 4, type, ~(size - 1));
      config.define(BAR_0 + 4 * index + 4, 4, 0, 0xffff_ffff);
    }
    capabilities.forEach(({ id, offset, body, writable }, position) => {
      config.define(offset, 1, id);
      config.define(offset + 1, 1, capabilities[position + 1]?.offset ?? 0);
      body.forEach((byte, at) => config.define(offset + 2 + at, 1, byte, writable?.[at]));
    });
    config.define(CAPABILITIES_POINTER, 1, capabilities[0]?.offset ?? 0);
  }

  /** The configuration as after a reset of the bus. */
  reset(): void {
    this.config.reset();
    this.onMove();
    this.options.onCommand?.(0);
    this.updateWire();
  }

  /** Reads at a naturally aligned offset. Behind what a conventional function has, all bits are ones. */
  readConfig(offset: number, size: 1 | 2 | 4): number {
    if (offset >= CONFIG_SIZE) return 0xffff_ffff;
    const { window } = this.options;
    if (window !== undefined && offset - (offset % 4) === window.offset) return window.read(offset % 4, size);
    const value = this.config.read(offset, size);
    if (!this.isInterrupting) return value;
    const shift = 8 * (STATUS - offset);
    const isStatus = offset <= STATUS && offset + size > STATUS;
    return isStatus ? (value | (STATUS_INTERRUPT << shift)) >>> 0 : value;
  }

  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    if (offset >= CONFIG_SIZE) return;
    const { window, onCommand } = this.options;
    if (window !== undefined && offset - (offset % 4) === window.offset) {
      window.write(offset % 4, size, value);
      return;
    }
    this.config.write(offset, size, value);
    if (offset >= HEADER_SIZE) return;
    this.onMove();
    if (offset > COMMAND + 1 || offset + size <= COMMAND) return;
    this.updateWire();
    onCommand?.(this.command);
  }

  /** Where its BARs are decoded now. */
  mappings(): BarMapping[] {
    if ((this.command & COMMAND_MEMORY) === 0) return [];
    return (this.options.bars ?? []).map(({ index, size, registers }) => {
      const at = BAR_0 + 4 * index;
      const low = this.config.read(at, 4);
      // A double holds 53 bits of it; an address that needs more is in no window, before rounding and after.
      const start = this.config.read(at + 4, 4) * 2 ** 32 + low - (low % 16);
      return { start, end: start + size, registers };
    });
  }

  private get command(): number {
    return this.config.read(COMMAND, 2);
  }

  private setInterrupt(level: boolean): void {
    this.isInterrupting = level;
    this.updateWire();
  }

  /** PCI Local Bus 3.0, 6.2.2: the bit keeps the pin low, and the status tells of the interrupt all the same. */
  private updateWire(): void {
    this.wire.set(this.isInterrupting && (this.command & COMMAND_INTX_DISABLE) === 0);
  }
}
