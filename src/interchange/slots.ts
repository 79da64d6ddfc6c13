/** QEMU's names of the places that virtio devices have: slots of virtio-mmio, and device numbers on PCI. */
import type { Place } from '../machine/virtio-slots.ts';

/** The settings of a device that put it into its place. */
export function placeSettings({ bus, slot }: Place): Readonly<Record<string, string>> {
  if (bus === 'mmio') return { bus: `virtio-mmio-bus.${slot}` };
  // Of a device without the legacy interface, and without interrupts by messages, which nobody takes on this board.
  return { bus: 'pcie.0', addr: `0x${slot.toString(16)}`, 'disable-legacy': 'on', vectors: '0' };
}

/** QEMU's name of a virtio device, as `virtio-blk`, on a bus. */
export const driverOn = ({ bus }: Place, device: string): string =>
  `${device}-${bus === 'pci' ? 'pci' : 'device'}`;

/** The slot of virtio-mmio with a name of QEMU's; undefined for another bus. */
export function mmioSlotOf(bus: string | undefined): number | undefined {
  const match = /^virtio-mmio-bus\.([0-7])$/.exec(bus ?? '');
  return match ? Number(match[1]) : undefined;
}

/** The device number of an address as QEMU writes it, `slot` or `slot.0` in hexadecimal; undefined for another one. */
export function pciSlotOf(address: string | undefined): number | undefined {
  const match = /^(?:0x)?([0-9a-f]{1,2})(?:\.0)?$/i.exec(address ?? '');
  const slot = match ? parseInt(match[1], 16) : 0;
  return slot >= 1 && slot <= 31 ? slot : undefined;
}
