/** Which of a machine's virtio devices lies in which slot of the board: of virtio-mmio, or a device number on PCI. */
import type { VirtioBus } from '../generated/description-types.ts';
import { VIRTIO_MMIO_COUNT } from '../generated/memory-map.ts';
import { DEVICES } from '../pci/bus.ts';
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

/** Where a device wants to be; without a slot, in any. */
export interface WantedPlace {
  /** Default "mmio". */
  readonly bus?: VirtioBus;
  readonly slot?: number;
}

/** Where a device lies. */
export interface Place {
  readonly bus: VirtioBus;
  readonly slot: number;
}

/** It in its slot. */
export type PlacedPart = VirtioPart & Place;

/** The slots of each bus: the first one, how many there are, and the bus as it is called in messages. */
export const SLOTS: Readonly<
  Record<VirtioBus, { readonly first: number; readonly count: number; readonly where: string }>
> = {
  mmio: { first: 0, count: VIRTIO_MMIO_COUNT, where: '' },
  // The host bridge is device 0.
  pci: { first: 1, count: DEVICES - 1, where: ' on PCI' },
};
export const BUSES = ['mmio', 'pci'] as const satisfies readonly VirtioBus[];

/** The devices in the order in which they take slots. */
export function virtioParts(keys: VirtioKeys): VirtioPart[] {
  const all = (kind: ListedPart['kind']): VirtioPart[] =>
    keys[LISTS[kind]].map((_, index) => ({ kind, index }));
  const others = OTHERS.filter((kind) => keys.devices[kind] !== false).map((kind): VirtioPart => ({ kind }));
  return [...all('drive'), ...others, ...all('network'), ...all('share')];
}

/** The bus of a device, and the slot if it names one. */
export function wantedPlace(keys: VirtioKeys, part: VirtioPart): WantedPlace {
  const device = 'index' in part ? keys[LISTS[part.kind]][part.index] : keys.devices[part.kind];
  return typeof device === 'object' ? device : {};
}

/**
 * A place for each device: the slot that it names, else the first of its bus that is free. No two
 * name the same. With more devices than a bus has slots, some lie behind its last one.
 */
export function assignSlots(wanted: readonly WantedPlace[]): Place[] {
  const taken = { mmio: new Set<number>(), pci: new Set<number>() };
  for (const { bus = 'mmio', slot } of wanted) if (slot !== undefined) taken[bus].add(slot);
  const next = { mmio: SLOTS.mmio.first, pci: SLOTS.pci.first };
  return wanted.map(({ bus = 'mmio', slot }) => {
    if (slot !== undefined) return { bus, slot };
    while (taken[bus].has(next[bus])) next[bus]++;
    return { bus, slot: next[bus]++ };
  });
}

/** The devices in the order in which they take slots, with these. */
export function placedParts(keys: VirtioKeys): PlacedPart[] {
  const parts = virtioParts(keys);
  const places = assignSlots(parts.map((part) => wantedPlace(keys, part)));
  return parts.map((part, index) => ({ ...part, ...places[index] }));
}

/**
 * The same devices in one form: those of a list in the order of their buses and slots, and the
 * slots of all devices of a bus named or, where that changes nothing, of none.
 */
export function inSlotOrder(keys: VirtioKeys): VirtioKeys {
  const { drives, network, shares, devices } = keys;
  const placed = placedParts(keys);
  const isIn =
    (list: ListedPart['kind']) =>
    (part: PlacedPart): part is ListedPart & Place =>
      part.kind === list;
  const order = (a: Place, b: Place): number =>
    BUSES.indexOf(a.bus) - BUSES.indexOf(b.bus) || a.slot - b.slot;
  const sorted = (list: ListedPart['kind']) => placed.filter(isIn(list)).sort(order);
  const single = placed.filter((part) => !('index' in part));
  const all = [...sorted('drive'), ...single, ...sorted('network'), ...sorted('share')];
  const isUsual = (bus: VirtioBus): boolean =>
    all.filter((part) => part.bus === bus).every(({ slot }, index) => slot === SLOTS[bus].first + index);
  const usual = { mmio: isUsual('mmio'), pci: isUsual('pci') };
  const key = (part: PlacedPart | undefined): WantedPlace =>
    part === undefined
      ? {}
      : { ...(part.bus !== 'mmio' && { bus: part.bus }), ...(!usual[part.bus] && { slot: part.slot }) };
  const singleKey = (kind: VirtioPart['kind']): WantedPlace => key(single.find((part) => part.kind === kind));
  const inOrder = <T extends WantedPlace>(list: ListedPart['kind'], items: readonly T[]): T[] =>
    sorted(list).map((part) => {
      const { bus: _bus, slot: _slot, ...item } = items[part.index];
      return { ...item, ...key(part) } as T;
    });
  const seed = typeof devices.rng === 'object' &&
    devices.rng.seed !== undefined && { seed: devices.rng.seed };
  return {
    drives: inOrder('drive', drives),
    network: inOrder('network', network),
    shares: inOrder('share', shares),
    devices: {
      rng: devices.rng !== false && orTrue({ ...seed, ...singleKey('rng') }),
      console: devices.console !== false && orTrue(singleKey('console')),
      powerButton: devices.powerButton !== false && orTrue(singleKey('powerButton')),
    },
  };
}

/** A device of which nothing is said but that it is there. */
function orTrue<T extends object>(device: T): T | true {
  return Object.keys(device).length === 0 || device;
}
