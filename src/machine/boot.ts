/**
 * Where kernel, firmware, initrd and FDT go in RAM: the places QEMU `virt` uses, so
 * that a guest sees the same addresses. Known difference: an initrd that does not fit
 * there goes elsewhere instead of failing, as long as RAM has a place for it.
 *
 * What is in flash is there already. It is started in place of the kernel, which fw_cfg hands over.
 *
 *   RAM base             firmware, or nothing when the machine provides SBI
 *   base + 2 MiB         kernel, or the next 2 MiB boundary after the firmware
 *   kernel + min(RAM / 2, 128 MiB)   initrd
 *   top, below 3 GiB     FDT, at a 2 MiB boundary
 */
import { HartwareError } from '../errors.ts';
import type { BootImage, BootSymbol } from '../images/boot-image.ts';
import type { GuestMemory } from '../memory.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** RISC-V kernels map themselves with 2 MiB pages and start at such a boundary. */
const KERNEL_ALIGNMENT = 2 * MiB;
const FDT_ALIGNMENT = 2 * MiB;
/** 32-bit stages and old kernels reach no further. */
const FDT_LIMIT = 3 * GiB;
const INITRD_OFFSET_LIMIT = 128 * MiB;
const PAGE = 4 * KiB;

/** The files do not fit into the machine's RAM; the message names the sizes. */
export class BootPlacementError extends HartwareError {
  override readonly name = 'BootPlacementError';
  readonly code = 'BOOT_PLACEMENT';
}

export interface BootRequest {
  readonly ramBase: number;
  /** In bytes. */
  readonly ramSize: number;
  readonly kernel?: BootImage;
  readonly firmware?: BootImage;
  /** Address of what is in flash, which is started in the kernel's place. */
  readonly flash?: number;
  /** In bytes; 0 or absent for none. */
  readonly initrdSize?: number;
  /** In bytes. The initrd's address does not change it: `reg`-like values have a fixed size. */
  readonly fdtSize: number;
  /**
   * How what is in flash, or a kernel, is entered without firmware: in S-mode with the machine's own SBI, or in
   * M-mode (then raw and Linux images go to the RAM base). Default `supervisor`.
   */
  readonly kernelPrivilege?: 'supervisor' | 'machine';
}

/** A range of guest physical addresses; `end` is the first one after it. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

export interface PlacedSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly memorySize: number;
}

export interface BootPlan {
  readonly segments: readonly PlacedSegment[];
  /** Where the boot hart starts: the target of the reset code in M-mode, its first pc in S-mode. */
  readonly start: number;
  readonly privilege: 'supervisor' | 'machine';
  /** Names in the kernel and firmware, at the addresses where they are now. */
  readonly symbols: readonly BootSymbol[];
  /** The entry point of the kernel, or of what is in flash: `next` of the reset vector when there is firmware. */
  readonly kernelEntry?: number;
  /** For `/chosen`: `linux,initrd-start` and `linux,initrd-end`. */
  readonly initrd?: AddressRange;
  readonly fdt: AddressRange;
}

/**
 * Finds a place for everything.
 * @throws BootPlacementError when something does not fit or two parts overlap.
 */
export function planBoot(request: BootRequest): BootPlan {
  const {
    ramBase,
    ramSize,
    kernel,
    firmware,
    flash,
    initrdSize = 0,
    fdtSize,
    kernelPrivilege = 'supervisor',
  } = request;
  const ram: AddressRange = { start: ramBase, end: ramBase + ramSize };
  if (!kernel && !firmware && flash === undefined)
    throw new BootPlacementError('expected a kernel, firmware or flash to start, found none');
  if (!kernel && initrdSize > 0) throw new BootPlacementError('an initrd needs a kernel, found none');

  const placedFirmware = firmware && place(firmware, ramBase, 'firmware', ram);
  const kernelBase = placedFirmware
    ? alignUp(Math.max(placedFirmware.range.end, ramBase + 1), KERNEL_ALIGNMENT)
    : kernelPrivilege === 'supervisor'
      ? ramBase + KERNEL_ALIGNMENT
      : ramBase;
  const placedKernel = kernel && place(kernel, kernelBase, 'kernel', ram);
  const next = flash ?? placedKernel?.entry;
  const fdt = placeFdt(fdtSize, ram);
  const taken: NamedRange[] = [{ name: 'FDT', ...fdt }];
  for (const placed of [placedFirmware, placedKernel]) {
    if (placed) taken.push({ name: placed.name, ...placed.range });
  }
  checkOverlaps(taken, ram);
  const initrd =
    placedKernel && initrdSize > 0 ? placeInitrd(initrdSize, placedKernel.entry, taken, ram) : undefined;

  return {
    segments: [...(placedFirmware?.segments ?? []), ...(placedKernel?.segments ?? [])],
    symbols: [...(placedKernel?.symbols ?? []), ...(placedFirmware?.symbols ?? [])],
    start: placedFirmware?.entry ?? next!,
    privilege: placedFirmware ? 'machine' : kernelPrivilege,
    kernelEntry: next,
    initrd,
    fdt,
  };
}

/** Writes everything to RAM, the initrd from pieces that follow each other, zeros after a segment's bytes included, so that a reboot starts afresh. */
export function writeBoot(
  memory: GuestMemory,
  plan: BootPlan,
  files: { readonly initrd: readonly Uint8Array[]; readonly fdt: Uint8Array },
): void {
  for (const { address, bytes, memorySize } of plan.segments) {
    memory.write(address, bytes);
    const zeros = new Uint8Array(Math.min(MiB, memorySize - bytes.length));
    for (let offset = bytes.length; offset < memorySize; offset += zeros.length) {
      memory.write(address + offset, zeros.subarray(0, memorySize - offset));
    }
  }
  if (plan.initrd) {
    let address = plan.initrd.start;
    for (const piece of files.initrd) {
      memory.write(address, piece);
      address += piece.length;
    }
  }
  memory.write(plan.fdt.start, files.fdt);
}

interface NamedRange extends AddressRange {
  readonly name: string;
}

interface PlacedImage {
  readonly name: string;
  readonly symbols: readonly BootSymbol[];
  readonly segments: readonly PlacedSegment[];
  readonly entry: number;
  readonly range: AddressRange;
}

function place(image: BootImage, base: number, name: string, ram: AddressRange): PlacedImage {
  const origin = image.isRelative ? BigInt(base) : 0n;
  let start = Infinity;
  let end = 0;
  const segments = image.segments.map((segment) => {
    const missing = BigInt(ram.start) - segment.address - origin;
    const skipped = missing > 0n && missing <= (segment.headerSize ?? 0) ? Number(missing) : 0;
    const bytes = segment.bytes.subarray(skipped);
    const memorySize = segment.memorySize - skipped;
    const from = segment.address + origin + BigInt(skipped);
    const to = from + BigInt(memorySize);
    if (from < BigInt(ram.start) || to > BigInt(ram.end)) {
      throw new BootPlacementError(
        `the ${name} needs ${size(memorySize)} at 0x${from.toString(16)} to 0x${to.toString(16)}, which is outside ${describeRam(ram)}`,
      );
    }
    start = Math.min(start, Number(from));
    end = Math.max(end, Number(to));
    return { address: Number(from), bytes, memorySize };
  });
  const entry = image.entry + origin;
  if (entry < BigInt(ram.start) || entry >= BigInt(ram.end)) {
    throw new BootPlacementError(
      `the ${name} starts at 0x${entry.toString(16)}, which is outside ${describeRam(ram)}`,
    );
  }
  const symbols = image.symbols.map((symbol) => ({
    ...symbol,
    address: BigInt.asUintN(64, symbol.address + origin),
  }));
  return { name, symbols, segments, entry: Number(entry), range: { start, end } };
}

function placeFdt(fdtSize: number, ram: AddressRange): AddressRange {
  const limit = ram.start < FDT_LIMIT ? Math.min(ram.end, FDT_LIMIT) : ram.end;
  const start = alignDown(limit - fdtSize, FDT_ALIGNMENT);
  if (start < ram.start) {
    throw new BootPlacementError(`no room for an FDT of ${size(fdtSize)} in ${describeRam(ram)}`);
  }
  return { start, end: start + fdtSize };
}

function placeInitrd(
  initrdSize: number,
  kernelEntry: number,
  taken: readonly NamedRange[],
  ram: AddressRange,
): AddressRange {
  const ramSize = ram.end - ram.start;
  const usual = alignDown(kernelEntry + Math.min(ramSize / 2, INITRD_OFFSET_LIMIT), PAGE);
  // Else as high as possible, away from a kernel that moves or grows.
  const below = taken.map(({ start }) => alignDown(start - initrdSize, PAGE)).sort((a, b) => b - a);
  for (const start of [usual, alignDown(ram.end - initrdSize, PAGE), ...below]) {
    const range = { start, end: start + initrdSize };
    if (range.start < ram.start || range.end > ram.end) continue;
    if (taken.every((other) => !overlap(range, other))) return range;
  }
  const used = taken.map(({ name, start, end }) => `${name} ${size(end - start)}`).join(', ');
  throw new BootPlacementError(
    `no room for an initrd of ${size(initrdSize)} beside ${used} in ${describeRam(ram)}; give the machine more memory`,
  );
}

function checkOverlaps(ranges: readonly NamedRange[], ram: AddressRange): void {
  ranges.forEach((one, index) => {
    const other = ranges.slice(index + 1).find((candidate) => overlap(one, candidate));
    if (!other) return;
    throw new BootPlacementError(`${describe(one)} and ${describe(other)} overlap in ${describeRam(ram)}`);
  });
}

function overlap(one: AddressRange, other: AddressRange): boolean {
  return one.start < other.end && other.start < one.end;
}

function describe({ name, start, end }: NamedRange): string {
  return `${name} (${size(end - start)} at 0x${start.toString(16)})`;
}

function describeRam({ start, end }: AddressRange): string {
  return `RAM (${size(end - start)} from 0x${start.toString(16)})`;
}

function size(bytes: number): string {
  if (bytes < KiB) return `${bytes} bytes`;
  const [value, unit] = bytes < MiB ? [bytes / KiB, 'KiB'] : [bytes / MiB, 'MiB'];
  return `${Number(value.toFixed(1))} ${unit}`;
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

function alignDown(value: number, alignment: number): number {
  return Math.floor(value / alignment) * alignment;
}
