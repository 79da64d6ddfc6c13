// Generated from spec/tables by tools/generate. Do not edit.

/** A region of the physical address space, or `count` of them `step` bytes apart. */
export interface MemoryMapEntry {
  readonly name: string;
  readonly base: number;
  /** Bytes; undefined for RAM, whose size is an option of the machine. */
  readonly size?: number;
  /** First PLIC source; regions of an entry with `count` have consecutive ones. */
  readonly irq?: number;
  /** PLIC sources of a single region, 1 unless given. */
  readonly irqs?: number;
  readonly count?: number;
  readonly step?: number;
  /** Whether the board has it; otherwise the addresses are reserved. */
  readonly present: boolean;
}

export const MEMORY_MAP: readonly MemoryMapEntry[] = [
  { name: 'mrom', base: 0x1000, size: 0xf000, present: true },
  { name: 'test', base: 0x100000, size: 0x1000, present: true },
  { name: 'rtc', base: 0x101000, size: 0x1000, irq: 11, present: true },
  { name: 'clint', base: 0x2000000, size: 0x10000, present: true },
  { name: 'aclint-sswi', base: 0x2f00000, size: 0x4000, present: true },
  { name: 'pcie-pio', base: 0x3000000, size: 0x10000, present: false },
  { name: 'platform-bus', base: 0x4000000, size: 0x2000000, present: false },
  { name: 'plic', base: 0xc000000, size: 0x600000, present: true },
  { name: 'uart', base: 0x10000000, size: 0x100, irq: 10, present: true },
  { name: 'virtio-mmio', base: 0x10001000, size: 0x1000, irq: 1, count: 8, step: 0x1000, present: true },
  { name: 'fw-cfg', base: 0x10100000, size: 0x18, present: true },
  { name: 'flash', base: 0x20000000, size: 0x2000000, count: 2, step: 0x2000000, present: true },
  { name: 'pcie-ecam', base: 0x30000000, size: 0x10000000, irq: 32, irqs: 4, present: false },
  { name: 'pcie-mmio', base: 0x40000000, size: 0x40000000, present: false },
  { name: 'ram', base: 0x80000000, present: true },
];

export const MROM_BASE = 0x1000;
export const MROM_SIZE = 0xf000;
export const TEST_BASE = 0x100000;
export const TEST_SIZE = 0x1000;
export const RTC_BASE = 0x101000;
export const RTC_SIZE = 0x1000;
export const RTC_IRQ = 11;
export const CLINT_BASE = 0x2000000;
export const CLINT_SIZE = 0x10000;
export const ACLINT_SSWI_BASE = 0x2f00000;
export const ACLINT_SSWI_SIZE = 0x4000;
export const PCIE_PIO_BASE = 0x3000000;
export const PCIE_PIO_SIZE = 0x10000;
export const PLATFORM_BUS_BASE = 0x4000000;
export const PLATFORM_BUS_SIZE = 0x2000000;
export const PLIC_BASE = 0xc000000;
export const PLIC_SIZE = 0x600000;
export const UART_BASE = 0x10000000;
export const UART_SIZE = 0x100;
export const UART_IRQ = 10;
export const VIRTIO_MMIO_BASE = 0x10001000;
export const VIRTIO_MMIO_SIZE = 0x1000;
export const VIRTIO_MMIO_STEP = 0x1000;
export const VIRTIO_MMIO_COUNT = 8;
export const VIRTIO_MMIO_IRQ = 1;
export const FW_CFG_BASE = 0x10100000;
export const FW_CFG_SIZE = 0x18;
export const FLASH_BASE = 0x20000000;
export const FLASH_SIZE = 0x2000000;
export const FLASH_STEP = 0x2000000;
export const FLASH_COUNT = 2;
export const PCIE_ECAM_BASE = 0x30000000;
export const PCIE_ECAM_SIZE = 0x10000000;
export const PCIE_ECAM_IRQ = 32;
export const PCIE_MMIO_BASE = 0x40000000;
export const PCIE_MMIO_SIZE = 0x40000000;
export const RAM_BASE = 0x80000000;
