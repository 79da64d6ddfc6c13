/** A module as the translator makes them, with one function and no memory. */

/** Puts a function that returns `value` into `slot` of env.table. It asks the core for the function `imported`. */
export function batchModule(slot: number, value: number, imported = 'helper'): Uint8Array<ArrayBuffer> {
  return moduleWith(slot, imported, [I32_CONST, ...sleb(value)]);
}

/** Puts a function into `slot` of env.table that calls the one in slot `target` and returns what it returns. */
export function callingModule(slot: number, target: number): Uint8Array<ArrayBuffer> {
  return moduleWith(slot, 'helper', [I32_CONST, ...sleb(target), CALL_INDIRECT, 0, 0]);
}

const I32_CONST = 0x41;
const CALL_INDIRECT = 0x11;
const END = 0x0b;
const I32 = 0x7f;
const FUNC = 0x60;
const FUNCREF = 0x70;

/** A number from 0 to 8191 as LEB128. */
const sleb = (value: number): number[] => [(value & 0x7f) | 0x80, value >> 7];

/** The module's own numbers are below 64 and so a byte each. */
function moduleWith(slot: number, imported: string, body: readonly number[]): Uint8Array<ArrayBuffer> {
  const text = (name: string): number[] => [name.length, ...new TextEncoder().encode(name)];
  const section = (id: number, ...bytes: number[]): number[] => [id, bytes.length, ...bytes];
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, 1, FUNC, 0, 1, I32),
    ...section(
      2,
      2,
      ...[...text('env'), ...text('table'), 1, FUNCREF, 0, 0],
      ...[...text('core'), ...text(imported), 0, 0],
    ),
    ...section(3, 1, 0),
    // An active segment: function 1, behind the imported one.
    ...section(9, 1, 0, I32_CONST, ...sleb(slot), END, 1, 1),
    ...section(10, 1, body.length + 2, 0, ...body, END),
  );
}
