/**
 * x registers whose value is, for now, only the i32 in their local for the low half. In the
 * second copy of a loop (jit/page-loop.ts) words that were made by extending an i32 stay
 * like that, and are extended where the whole is asked for, or where control leaves: engines
 * that compute a value where it is written, as V8's newer compilers do, would otherwise
 * extend in each round what only the exit needs.
 */
import { JIT_LOCALS, JIT_LOW_LOCALS } from '../layout';
import { Wasm } from '../wasm/opcode';
import { emit, localGet, localSet } from '../wasm/writer';

let isOn: bool = false;
/** A bit for each of them. */
export let narrow: u32 = 0;

export function keepsNarrow(): bool {
  return isOn;
}

export function setNarrow(registers: u32): void {
  narrow = registers;
}

/** Whether words stay narrow in the code that follows. */
export function keepNarrow(on: bool): void {
  isOn = on;
  narrow = 0;
}

// @ts-ignore: decorator
@inline
export function lowLocal(register: u32): u32 {
  return load<u8>(JIT_LOW_LOCALS + (register as usize));
}

/** Gives registers locals for their low halves, from `next` on; the others have none. */
export function assignLowLocals(registers: u32, next: u32): void {
  memory.fill(JIT_LOW_LOCALS, 0, 32);
  for (let left = registers; left; left &= left - 1) store<u8>(JIT_LOW_LOCALS + (ctz(left) as usize), next++ as u8);
}

/** Whether the register at `offset` of the hart record is one of them; `narrow` has none but x registers. */
// @ts-ignore: decorator
@inline
export function isNarrow(offset: u32): bool {
  return offset < 256 && (narrow & (1 << (offset >> 3))) != 0;
}

/** The register at `offset` got a whole value. */
// @ts-ignore: decorator
@inline
export function noteWhole(offset: u32): void {
  if (offset < 256) narrow &= ~(1 << (offset >> 3));
}

/** Whether the register at `offset` is left narrow when it gets a word. */
// @ts-ignore: decorator
@inline
export function staysNarrow(offset: u32): bool {
  return isOn && offset < 256 && lowLocal(offset >> 3) != 0;
}

/** Pops an i32 into the register at `offset`, if that stays narrow. */
export function emitSetNarrow(offset: u32): bool {
  if (!staysNarrow(offset)) return false;
  localSet(lowLocal(offset >> 3));
  narrow |= 1 << (offset >> 3);
  return true;
}

/** Puts the whole values of registers, whose low halves are in their locals, into their locals. */
export function emitWiden(registers: u32): void {
  for (let left = registers; left; left &= left - 1) {
    const register = ctz(left) as u32;
    localGet(lowLocal(register));
    emit(Wasm.I64_EXTEND_I32_S);
    localSet(load<u8>(JIT_LOCALS + (register as usize)));
  }
}

/** Puts the low halves of registers into the locals for these. */
export function emitNarrow(registers: u32): void {
  for (let left = registers; left; left &= left - 1) {
    const register = ctz(left) as u32;
    localGet(load<u8>(JIT_LOCALS + (register as usize)));
    emit(Wasm.I32_WRAP_I64);
    localSet(lowLocal(register));
  }
}
