/** Which virtio device lies in which slot of the board (board.ts fills them in this order). */
import type { ResolvedDescription, CompleteDrive } from '../machine/description.ts';

/** A virtio device of the machine's. */
export type SlotDevice =
  | { readonly kind: 'drive'; readonly index: number; readonly drive: CompleteDrive }
  | { readonly kind: 'console' | 'rng' | 'power-button' };

/** The devices in the order of their slots, from the first. */
export function slotsOf({ drives, devices }: ResolvedDescription): SlotDevice[] {
  return [
    ...drives.map((drive, index): SlotDevice => ({ kind: 'drive', index, drive })),
    ...(devices.console ? [{ kind: 'console' } as const] : []),
    ...(devices.rng ? [{ kind: 'rng' } as const] : []),
    ...(devices.powerButton ? [{ kind: 'power-button' } as const] : []),
  ];
}

/** QEMU's name of a slot. */
export const busOf = (slot: number): string => `virtio-mmio-bus.${slot}`;

/** The slot of a name of QEMU's; undefined for another bus. */
export function slotOf(bus: string | undefined): number | undefined {
  const match = /^virtio-mmio-bus\.([0-7])$/.exec(bus ?? '');
  return match ? Number(match[1]) : undefined;
}
