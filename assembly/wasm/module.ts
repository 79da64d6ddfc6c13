/**
 * Puts a WebAssembly module together, section by section in their order (core
 * specification, 5.5): types, imports, then functions, whose bodies the caller
 * wrote, and a segment that puts them into consecutive slots of the table.
 */
import { TYPE_I32, Wasm } from './opcode';
import { cursor, emit, i32Const, moveCursor, patchU32, reserveU32, writeByte, writeU32 } from './writer';

const SECTION_TYPE: u32 = 1;
const SECTION_IMPORT: u32 = 2;
const SECTION_FUNCTION: u32 = 3;
const SECTION_ELEMENT: u32 = 9;
const SECTION_CODE: u32 = 10;
const FUNCTION_TYPE: u32 = 0x60;
const EXTERNAL_FUNCTION: u32 = 0;
const EXTERNAL_TABLE: u32 = 1;
const EXTERNAL_MEMORY: u32 = 2;
const FUNCREF: u32 = 0x70;
const MAGIC: u64 = 0x00000001_6d736100; // "\0asm", version 1

/** Where the size of the open section goes. */
let section: usize = 0;

function startSection(id: u32): void {
  writeByte(id);
  section = reserveU32();
}

function endSection(): void {
  if (section) patchU32(section, (cursor - section - 5) as u32);
  section = 0;
}

/** Starts a module at `at`. */
export function startModule(at: usize): void {
  store<u64>(at, MAGIC);
  moveCursor(at + 8);
  section = 0;
}

export function startTypes(count: u32): void {
  startSection(SECTION_TYPE);
  writeU32(count);
}

/** The type of functions with `count` parameters, five at most, and an i32 as result. */
export function functionType(count: u32, first: u32, second: u32, third: u32, fourth: u32, fifth: u32): void {
  writeByte(FUNCTION_TYPE);
  writeU32(count);
  if (count > 0) writeByte(first);
  if (count > 1) writeByte(second);
  if (count > 2) writeByte(third);
  if (count > 3) writeByte(fourth);
  if (count > 4) writeByte(fifth);
  writeU32(1);
  writeByte(TYPE_I32);
}

export function startImports(count: u32): void {
  endSection();
  startSection(SECTION_IMPORT);
  writeU32(count);
}

/** A name in ASCII. */
function writeName(name: string): void {
  writeU32(name.length as u32);
  for (let i = 0; i < name.length; i++) writeByte(name.charCodeAt(i) as u32);
}

/** A memory of any size. */
export function importMemory(from: string, name: string): void {
  writeName(from);
  writeName(name);
  writeByte(EXTERNAL_MEMORY);
  writeByte(0);
  writeU32(0);
}

/** A table of functions of any size. */
export function importTable(from: string, name: string): void {
  writeName(from);
  writeName(name);
  writeByte(EXTERNAL_TABLE);
  writeByte(FUNCREF);
  writeByte(0);
  writeU32(0);
}

export function importFunction(from: string, name: string, type: u32): void {
  writeName(from);
  writeName(name);
  writeByte(EXTERNAL_FUNCTION);
  writeU32(type);
}

/**
 * Ends the module with `count` functions of one type, numbered from `first` on,
 * whose bodies stand one after the other at `bodies`, for the slots of the table
 * from `slot` on; returns its end.
 */
export function finishModule(type: u32, first: u32, count: u32, bodies: usize, length: usize, slot: u32): usize {
  endSection();
  startSection(SECTION_FUNCTION);
  writeU32(count);
  for (let i: u32 = 0; i < count; i++) writeU32(type);
  endSection();

  startSection(SECTION_ELEMENT);
  writeU32(1);
  writeU32(0);
  i32Const(slot as i32);
  emit(Wasm.END);
  writeU32(count);
  for (let i: u32 = 0; i < count; i++) writeU32(first + i);
  endSection();

  startSection(SECTION_CODE);
  writeU32(count);
  memory.copy(cursor, bodies, length);
  moveCursor(cursor + length);
  endSection();
  return cursor;
}
