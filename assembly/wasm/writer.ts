/**
 * Writes WebAssembly instructions at a cursor. Labels are counted from outside:
 * `block` and `loop` return a number that stays the same however deep the code
 * that branches to it lies, and `br` makes the relative depth of it.
 */
import { TYPE_EMPTY, Wasm } from './opcode';

/** Where the next byte goes. The writer does not check bounds: whoever starts a function leaves room for it. */
export let cursor: usize = 0;
/** How many blocks, loops and ifs are open. */
let labels: u32 = 0;

export function moveCursor(to: usize): void {
  cursor = to;
}

// @ts-ignore: decorator
@inline
export function writeByte(value: u32): void {
  store<u8>(cursor, value as u8);
  cursor++;
}

/** An unsigned integer in LEB128 (core specification, 5.2.2). */
export function writeU32(value: u32): void {
  while (value > 0x7f) {
    writeByte(value | 0x80);
    value >>= 7;
  }
  writeByte(value);
}

export function writeS64(value: i64): void {
  while (value < -64 || value > 63) {
    writeByte((value as u32) | 0x80);
    value >>= 7;
  }
  writeByte((value as u32) & 0x7f);
}

/** A number of five bytes whatever its value, to be filled in later by `patchU32`. */
export function reserveU32(): usize {
  const at = cursor;
  cursor += 5;
  return at;
}

export function patchU32(at: usize, value: u32): void {
  for (let i: usize = 0; i < 4; i++) {
    store<u8>(at + i, (value | 0x80) as u8);
    value >>= 7;
  }
  store<u8>(at + 4, value as u8);
}

/** An instruction without immediates. */
// @ts-ignore: decorator
@inline
export function emit(opcode: u32): void {
  writeByte(opcode);
}

export function i32Const(value: i32): void {
  writeByte(Wasm.I32_CONST);
  writeS64(value as i64);
}

export function i64Const(value: i64): void {
  writeByte(Wasm.I64_CONST);
  writeS64(value);
}

export function f64Const(value: f64): void {
  writeByte(Wasm.F64_CONST);
  store<f64>(cursor, value);
  cursor += 8;
}

export function f32Const(value: f32): void {
  writeByte(Wasm.F32_CONST);
  store<f32>(cursor, value);
  cursor += 4;
}

export function localGet(index: u32): void {
  writeByte(Wasm.LOCAL_GET);
  writeU32(index);
}

export function localSet(index: u32): void {
  writeByte(Wasm.LOCAL_SET);
  writeU32(index);
}

export function localTee(index: u32): void {
  writeByte(Wasm.LOCAL_TEE);
  writeU32(index);
}

/** A load or store; alignment is a hint, and given as 1. */
export function memoryAccess(opcode: u32, offset: u32): void {
  writeByte(opcode);
  writeByte(0);
  writeU32(offset);
}

export function startLabels(): void {
  labels = 0;
}

/** Opens a block, loop or if without a result; returns its label. */
export function open(opcode: u32): u32 {
  writeByte(opcode);
  writeByte(TYPE_EMPTY);
  return labels++;
}

/** Opens one with a result of this type. */
export function openTyped(opcode: u32, type: u32): u32 {
  writeByte(opcode);
  writeByte(type);
  return labels++;
}

export function end(): void {
  writeByte(Wasm.END);
  labels--;
}

// @ts-ignore: decorator
@inline
export function depthOf(label: u32): u32 {
  return labels - 1 - label;
}

export function br(label: u32): void {
  writeByte(Wasm.BR);
  writeU32(depthOf(label));
}

export function brIf(label: u32): void {
  writeByte(Wasm.BR_IF);
  writeU32(depthOf(label));
}

export function call(index: u32): void {
  writeByte(Wasm.CALL);
  writeU32(index);
}

/** `opcode` is CALL_INDIRECT or RETURN_CALL_INDIRECT. */
export function callTable(opcode: u32, type: u32): void {
  writeByte(opcode);
  writeU32(type);
  writeByte(0);
}
