/**
 * Puts functions of one type into a WebAssembly module that imports its memory
 * and a table, and whose functions an active element segment puts into
 * consecutive slots of that table (core specification, 5.5).
 */
import { TYPE_I32, TYPE_I64 } from './opcode';
import { cursor, emit, i32Const, moveCursor, patchU32, reserveU32, writeByte, writeU32 } from './writer';
import { Wasm } from './opcode';

const SECTION_TYPE: u32 = 1;
const SECTION_IMPORT: u32 = 2;
const SECTION_FUNCTION: u32 = 3;
const SECTION_ELEMENT: u32 = 9;
const SECTION_CODE: u32 = 10;
const FUNCTION_TYPE: u32 = 0x60;
const EXTERNAL_TABLE: u32 = 1;
const EXTERNAL_MEMORY: u32 = 2;
const FUNCREF: u32 = 0x70;

function startSection(id: u32): usize {
  writeByte(id);
  return reserveU32();
}

function endSection(size: usize): void {
  patchU32(size, (cursor - size - 5) as u32);
}

/** A name of four letters at most, given by their codes from the lowest byte up. */
function writeName(letters: u64): void {
  const length = (71 - (clz(letters) as u32)) >> 3;
  writeByte(length);
  for (let left = letters; left; left >>= 8) writeByte((left as u32) & 0xff);
}

const NAME_ENV: u64 = 0x766e65;
const NAME_MEMORY: u64 = 0x79726f6d656d;
const NAME_TABLE: u64 = 0x656c626174;

/**
 * Writes a module at `at` with `count` functions (i32, i64, i32, i32) → i32,
 * whose bodies stand one after the other in `bodies`, for the slots from `slot`
 * on; returns its end.
 */
export function writeModule(at: usize, bodies: usize, length: usize, count: u32, slot: u32): usize {
  store<u64>(at, 0x00000001_6d736100);
  moveCursor(at + 8);
  let size = startSection(SECTION_TYPE);
  writeU32(1);
  writeByte(FUNCTION_TYPE);
  writeU32(4);
  writeByte(TYPE_I32);
  writeByte(TYPE_I64);
  writeByte(TYPE_I32);
  writeByte(TYPE_I32);
  writeU32(1);
  writeByte(TYPE_I32);
  endSection(size);

  size = startSection(SECTION_IMPORT);
  writeU32(2);
  writeName(NAME_ENV);
  writeName(NAME_MEMORY);
  writeByte(EXTERNAL_MEMORY);
  writeByte(0);
  writeU32(0);
  writeName(NAME_ENV);
  writeName(NAME_TABLE);
  writeByte(EXTERNAL_TABLE);
  writeByte(FUNCREF);
  writeByte(0);
  writeU32(0);
  endSection(size);

  size = startSection(SECTION_FUNCTION);
  writeU32(count);
  for (let i: u32 = 0; i < count; i++) writeU32(0);
  endSection(size);

  size = startSection(SECTION_ELEMENT);
  writeU32(1);
  writeU32(0);
  i32Const(slot as i32);
  emit(Wasm.END);
  writeU32(count);
  for (let i: u32 = 0; i < count; i++) writeU32(i);
  endSection(size);

  size = startSection(SECTION_CODE);
  writeU32(count);
  memory.copy(cursor, bodies, length);
  moveCursor(cursor + length);
  endSection(size);
  return cursor;
}
