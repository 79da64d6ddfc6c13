/** QEMU's names of the virtio slots. */

/** QEMU's name of a slot. */
export const busOf = (slot: number): string => `virtio-mmio-bus.${slot}`;

/** The slot of a name of QEMU's; undefined for another bus. */
export function slotOf(bus: string | undefined): number | undefined {
  const match = /^virtio-mmio-bus\.([0-7])$/.exec(bus ?? '');
  return match ? Number(match[1]) : undefined;
}
