/** Which of a machine's virtio devices lies in which slot of the board. */
import type { CompleteDescription } from './description.ts';

/** What a description says of virtio devices. */
export type VirtioKeys = Pick<CompleteDescription, 'drives' | 'devices'>;

const OTHERS = ['console', 'rng', 'powerButton'] as const;

/** A virtio device of the machine's; a drive by its place among the drives. */
export type VirtioPart =
  { readonly kind: 'drive'; readonly index: number } | { readonly kind: (typeof OTHERS)[number] };

/** It in its slot. */
export type PlacedPart = VirtioPart & { readonly slot: number };

/** The devices in the order in which they take slots. */
export function virtioParts({ drives, devices }: VirtioKeys): VirtioPart[] {
  return [
    ...drives.map((_, index): VirtioPart => ({ kind: 'drive', index })),
    ...OTHERS.filter((kind) => devices[kind] !== false).map((kind): VirtioPart => ({ kind })),
  ];
}

/** The slot that a device names. */
export function slotOf({ drives, devices }: VirtioKeys, part: VirtioPart): number | undefined {
  const device = part.kind === 'drive' ? drives[part.index] : devices[part.kind];
  return typeof device === 'object' ? device.slot : undefined;
}

/** A slot for each device: the one that it names, else the first that is free. No two name the same. */
export function assignSlots(named: readonly (number | undefined)[]): number[] {
  const taken = new Set(named);
  let next = 0;
  return named.map((slot) => {
    if (slot !== undefined) return slot;
    while (taken.has(next)) next++;
    return next++;
  });
}

/** The devices in the order in which they take slots, with these. */
export function placedParts(keys: VirtioKeys): PlacedPart[] {
  const parts = virtioParts(keys);
  const slots = assignSlots(parts.map((part) => slotOf(keys, part)));
  return parts.map((part, index) => ({ ...part, slot: slots[index] }));
}

/**
 * The same devices in one form: drives in the order of their slots, and the slots of all named or,
 * where that changes nothing, of none.
 */
export function inSlotOrder({ drives, devices }: VirtioKeys): VirtioKeys {
  const placed = placedParts({ drives, devices });
  const sorted = placed.filter((part) => part.kind === 'drive').sort((a, b) => a.slot - b.slot);
  const others = placed.filter((part) => part.kind !== 'drive');
  const isUsual = [...sorted, ...others].every(({ slot }, index) => slot === index);
  const key = (part: PlacedPart | undefined): { slot?: number } =>
    part && !isUsual ? { slot: part.slot } : {};
  const slotKey = (kind: VirtioPart['kind']): { slot?: number } =>
    key(others.find((part) => part.kind === kind));
  const seed = typeof devices.rng === 'object' &&
    devices.rng.seed !== undefined && { seed: devices.rng.seed };
  return {
    drives: sorted.map((part) => {
      const { slot: _, ...drive } = drives[part.index];
      return { ...drive, ...key(part) } as VirtioKeys['drives'][number];
    }),
    devices: {
      rng: devices.rng !== false && orTrue({ ...seed, ...slotKey('rng') }),
      console: devices.console !== false && orTrue(slotKey('console') as { slot: number }),
      powerButton: devices.powerButton !== false && orTrue(slotKey('powerButton') as { slot: number }),
    },
  };
}

/** A device of which nothing is said but that it is there. */
function orTrue<T extends object>(device: T): T | true {
  return Object.keys(device).length === 0 || device;
}
