/**
 * A flattened device tree (Devicetree Specification 0.4) as plain data, and the
 * constants of its binary form (DTB).
 */

/**
 * The value of a property: a string, a list of strings, a number (one u32 cell), a list of
 * cells, bytes, or `true` for an empty property.
 */
export type FdtValue = string | readonly string[] | number | readonly number[] | Uint8Array | true;

/** A node of a device tree (Devicetree Specification 0.4, 2.2). */
export interface FdtNode {
  /** With the unit address, if it has one, as "memory@80000000" (2.2.1); empty for the root. */
  readonly name: string;
  /** By their names (2.2.4). */
  readonly properties: Readonly<Record<string, FdtValue>>;
  /** Nodes within this one, in the order of the tree. Default none. */
  readonly children?: readonly FdtNode[];
}

/** A range of RAM that the client program must leave alone (Devicetree Specification 0.4, 5.3). */
export interface MemoryReservation {
  /** Physical address of its first byte. */
  readonly address: bigint;
  /** In bytes. */
  readonly size: bigint;
}

// Devicetree Specification 0.4, 5.2: the header of a DTB, ten big-endian words.
export const FDT_MAGIC = 0xd00dfeed;
export const FDT_HEADER_SIZE = 40;
export const FDT_VERSION = 17;
export const FDT_LAST_COMP_VERSION = 16;

// 5.4.1: tokens of the structure block.
export const FDT_BEGIN_NODE = 1;
export const FDT_END_NODE = 2;
export const FDT_PROP = 3;
export const FDT_NOP = 4;
export const FDT_END = 9;

/** The two cells of a 64-bit address or size, high half first. */
export function cells64(value: number | bigint): [high: number, low: number] {
  const bits = BigInt.asUintN(64, BigInt(value));
  return [Number(bits >> 32n), Number(bits & 0xffffffffn)];
}
