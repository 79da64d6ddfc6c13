/** Which of a machine's virtio devices lies in which slot of the board. */
import type { CompleteDescription } from './description.ts';

/** What a description says of virtio devices. */
export type VirtioKeys = Pick<CompleteDescription, 'drives' | 'network' | 'shares' | 'devices'>;

const OTHERS = ['console', 'rng', 'powerButton'] as const;

/** The keys of what there may be several of. */
export const LISTS = { drive: 'drives', network: 'network', share: 'shares' } as const;

/** A virtio device of the machine's; a drive, network card or shared folder by its place among these. */
export type VirtioPart = ListedPart | { readonly kind: (typeof OTHERS)[number] };
interface ListedPart {
  readonly kind: keyof typeof LISTS;
  readonly index: number;
}

/** It in its slot. */
export type PlacedPart = VirtioPart & { readonly slot: number };

/** The devices in the order in which they take slots. */
export function virtioParts(keys: VirtioKeys): VirtioPart[] {
  const all = (kind: ListedPart['kind']): VirtioPart[] =>
    keys[LISTS[kind]].map((_, index) => ({ kind, index }));
  const others = OTHERS.filter((kind) => keys.devices[kind] !== false).map((kind): VirtioPart => ({ kind }));
  return [...all('drive'), ...others, ...all('network'), ...all('share')];
}

/** The slot that a device names. */
export function slotOf(keys: VirtioKeys, part: VirtioPart): number | undefined {
  const device = 'index' in part ? keys[LISTS[part.kind]][part.index] : keys.devices[part.kind];
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
 * The same devices in one form: those of a list in the order of their slots, and the slots of all
 * named or, where that changes nothing, of none.
 */
export function inSlotOrder(keys: VirtioKeys): VirtioKeys {
  const { drives, network, shares, devices } = keys;
  const placed = placedParts(keys);
  const isIn =
    (list: ListedPart['kind']) =>
    (part: PlacedPart): part is ListedPart & { slot: number } =>
      part.kind === list;
  const sorted = (list: ListedPart['kind']) => placed.filter(isIn(list)).sort((a, b) => a.slot - b.slot);
  const single = placed.filter((part) => !('index' in part));
  const isUsual = [...sorted('drive'), ...single, ...sorted('network'), ...sorted('share')].every(
    ({ slot }, index) => slot === index,
  );
  const key = (part: PlacedPart | undefined): { slot?: number } =>
    part && !isUsual ? { slot: part.slot } : {};
  const slotKey = (kind: VirtioPart['kind']): { slot?: number } =>
    key(single.find((part) => part.kind === kind));
  const inOrder = <T extends { readonly slot?: number }>(
    list: ListedPart['kind'],
    items: readonly T[],
  ): T[] =>
    sorted(list).map((part) => {
      const { slot: _, ...item } = items[part.index];
      return { ...item, ...key(part) } as T;
    });
  const seed = typeof devices.rng === 'object' &&
    devices.rng.seed !== undefined && { seed: devices.rng.seed };
  return {
    drives: inOrder('drive', drives),
    network: inOrder('network', network),
    shares: inOrder('share', shares),
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
