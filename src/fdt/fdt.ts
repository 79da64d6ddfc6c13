/**
 * A flattened device tree (Devicetree Specification 0.4) as plain data, and its
 * binary form (DTB). Property values: a string, a list of strings, a number
 * (one u32 cell), a list of cells, bytes, or `true` for an empty property.
 */
export type FdtValue = string | readonly string[] | number | readonly number[] | Uint8Array | true;

export interface FdtNode {
  readonly name: string;
  readonly properties: Readonly<Record<string, FdtValue>>;
  readonly children?: readonly FdtNode[];
}
