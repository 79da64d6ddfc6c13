/**
 * Static ELF64 programs for RISC-V (System V ABI, chapters 4 and 5; RISC-V ELF
 * psABI 8). Segments are loaded at their physical addresses. A position-independent
 * program (ET_DYN) goes to a load address the machine chooses and relocates itself,
 * as firmware does: no relocation is applied here. The bytes are untrusted.
 */
import { decodeUtf8 } from '../text.ts';
import { ImageFormatError, type BootImage, type BootSegment, type BootSymbol } from './boot-image.ts';

const ELF_MAGIC = 0x7f454c46;
const EI_CLASS = 4;
const EI_DATA = 5;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const ET_EXEC = 2;
const ET_DYN = 3;
const EM_RISCV = 243;
const EHDR_SIZE = 64;
const PHDR_SIZE = 56;
const SHDR_SIZE = 64;
const SYM_SIZE = 24;
const PT_LOAD = 1;
const PT_INTERP = 3;
const SHT_SYMTAB = 2;
const SHN_UNDEF = 0;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_SECTION = 3;
const STT_FILE = 4;

const TYPES: Readonly<Record<number, string>> = {
  0: 'no type',
  1: 'a relocatable object file',
  4: 'a core dump',
};
const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86',
  20: 'PowerPC',
  21: '64-bit PowerPC',
  22: 'S/390',
  40: 'arm',
  62: 'x86-64',
  183: 'arm64',
  258: 'LoongArch',
};

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0) === ELF_MAGIC;
}

/**
 * Reads an ELF file; segment bytes are views of `bytes`.
 * @throws ImageFormatError when it is damaged or for another kind of machine.
 */
export function readElf(bytes: Uint8Array): BootImage {
  if (!isElf(bytes)) throw new ImageFormatError('expected an ELF file, found another magic number');
  if (bytes.length < EHDR_SIZE) {
    throw new ImageFormatError(
      `truncated ELF file: expected a header of ${EHDR_SIZE} bytes, found ${bytes.length}`,
    );
  }
  const view = viewOf(bytes);
  if (bytes[EI_CLASS] !== ELFCLASS64) {
    throw new ImageFormatError(
      `expected a 64-bit ELF file, found ${bytes[EI_CLASS] === 1 ? 'a 32-bit one' : `class ${bytes[EI_CLASS]}`}`,
    );
  }
  if (bytes[EI_DATA] !== ELFDATA2LSB) {
    throw new ImageFormatError(
      `expected a little-endian ELF file, found ${bytes[EI_DATA] === 2 ? 'a big-endian one' : `data encoding ${bytes[EI_DATA]}`}`,
    );
  }
  const machine = view.getUint16(18, true);
  if (machine !== EM_RISCV) {
    throw new ImageFormatError(
      `expected an ELF file for RISC-V, found one for ${MACHINES[machine] ?? `machine ${machine}`}`,
    );
  }
  const type = view.getUint16(16, true);
  if (type !== ET_EXEC && type !== ET_DYN) {
    throw new ImageFormatError(`expected an ELF executable, found ${TYPES[type] ?? `type ${type}`}`);
  }

  const headers = readProgramHeaders(bytes, view);
  const loads = headers.filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0);
  if (loads.length === 0)
    throw new ImageFormatError('expected an ELF file with a segment to load, found none');

  const isRelative = type === ET_DYN;
  const virtualEntry = view.getBigUint64(24, true);
  const entrySegment = loads.find(
    ({ virtual, memorySize }) => virtualEntry >= virtual && virtualEntry < virtual + BigInt(memorySize),
  );
  if (!entrySegment) {
    throw new ImageFormatError(`ELF entry point 0x${virtualEntry.toString(16)} lies in no segment`);
  }
  const lowest = loads.reduce((low, { physical }) => (physical < low ? physical : low), loads[0].physical);
  // Whole pages, so that the load address keeps the alignment the program was linked with.
  const origin = isRelative ? lowest & ~0xfffn : 0n;
  return {
    kind: 'elf',
    isRelative,
    entry: virtualEntry - entrySegment.virtual + entrySegment.physical - origin,
    segments: loads.map(({ physical, offset, fileSize, memorySize }): BootSegment => ({
      address: physical - origin,
      bytes: bytes.subarray(offset, offset + fileSize),
      memorySize,
      ...(offset === 0 ? { headerSize: headerSize(bytes.subarray(0, fileSize), view) } : {}),
    })),
    symbols: readSymbols(bytes, view, origin),
  };
}

interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly virtual: bigint;
  readonly physical: bigint;
  readonly fileSize: number;
  readonly memorySize: number;
}

function readProgramHeaders(bytes: Uint8Array, view: DataView): ProgramHeader[] {
  const table = view.getBigUint64(32, true);
  const entrySize = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  if (count === 0) throw new ImageFormatError('expected an ELF file with program headers, found none');
  if (entrySize < PHDR_SIZE) {
    throw new ImageFormatError(`ELF program headers: expected ${PHDR_SIZE} bytes each, found ${entrySize}`);
  }
  const start = checkRange(bytes, table, BigInt(entrySize * count), 'program header table');
  const headers: ProgramHeader[] = [];
  for (let index = 0; index < count; index++) {
    const at = start + index * entrySize;
    const type = view.getUint32(at, true);
    if (type === PT_INTERP) {
      throw new ImageFormatError('expected a static ELF program, found one that needs a dynamic linker');
    }
    if (type !== PT_LOAD) continue;
    const fileSize = view.getBigUint64(at + 32, true);
    const memorySize = view.getBigUint64(at + 40, true);
    if (memorySize < fileSize || memorySize > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ImageFormatError(
        `ELF segment ${index}: ${memorySize} bytes in memory do not go with ${fileSize} bytes in the file`,
      );
    }
    headers.push({
      type,
      offset: checkRange(bytes, view.getBigUint64(at + 8, true), fileSize, `segment ${index}`),
      virtual: view.getBigUint64(at + 16, true),
      physical: view.getBigUint64(at + 24, true),
      fileSize: Number(fileSize),
      memorySize: Number(memorySize),
    });
  }
  return headers;
}

/** Bytes of the file's headers, with the zeros behind them. */
function headerSize(segment: Uint8Array, view: DataView): number {
  const headers = Number(view.getBigUint64(32, true)) + view.getUint16(54, true) * view.getUint16(56, true);
  const padding = segment.subarray(headers).findIndex((byte) => byte !== 0);
  return padding < 0 ? segment.length : headers + padding;
}

function readSymbols(bytes: Uint8Array, view: DataView, origin: bigint): BootSymbol[] {
  const table = view.getBigUint64(40, true);
  const entrySize = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  if (table === 0n || count === 0) return [];
  if (entrySize < SHDR_SIZE) {
    throw new ImageFormatError(`ELF section headers: expected ${SHDR_SIZE} bytes each, found ${entrySize}`);
  }
  const start = checkRange(bytes, table, BigInt(entrySize * count), 'section header table');
  const section = (index: number) => {
    const at = start + index * entrySize;
    const size = view.getBigUint64(at + 32, true);
    const offset = checkRange(bytes, view.getBigUint64(at + 24, true), size, `section ${index}`);
    return { offset, size: Number(size), link: view.getUint32(at + 40, true) };
  };
  for (let index = 0; index < count; index++) {
    if (view.getUint32(start + index * entrySize + 4, true) !== SHT_SYMTAB) continue;
    const symbols = section(index);
    if (symbols.link >= count) {
      throw new ImageFormatError(
        `ELF symbol table: expected its string table in section 0 to ${count - 1}, found ${symbols.link}`,
      );
    }
    const names = section(symbols.link);
    return readSymbolTable(view, symbols, bytes.subarray(names.offset, names.offset + names.size), origin);
  }
  return [];
}

/** Symbols that name a place in the program; a name that has no end is left out. */
function readSymbolTable(
  view: DataView,
  table: { readonly offset: number; readonly size: number },
  names: Uint8Array,
  origin: bigint,
): BootSymbol[] {
  const symbols: BootSymbol[] = [];
  for (let at = table.offset; at + SYM_SIZE <= table.offset + table.size; at += SYM_SIZE) {
    const nameOffset = view.getUint32(at, true);
    const type = view.getUint8(at + 4) & 15;
    const isDefined = view.getUint16(at + 6, true) !== SHN_UNDEF;
    if (!isDefined || nameOffset === 0 || nameOffset >= names.length) continue;
    if (type === STT_SECTION || type === STT_FILE) continue;
    const end = names.indexOf(0, nameOffset);
    if (end < 0 || end - nameOffset > MAX_SYMBOL_NAME) continue;
    symbols.push({
      name: decodeUtf8(names.subarray(nameOffset, end)),
      address: BigInt.asUintN(64, view.getBigUint64(at + 8, true) - origin),
      size: Number(view.getBigUint64(at + 16, true)),
      kind: type === STT_FUNC ? 'function' : type === STT_OBJECT ? 'object' : 'other',
    });
  }
  return symbols;
}

/** Names may share bytes of the string table; without a bound a small file could fill the host's memory. */
const MAX_SYMBOL_NAME = 4096;

function checkRange(bytes: Uint8Array, offset: bigint, size: bigint, what: string): number {
  if (offset + size > BigInt(bytes.length)) {
    throw new ImageFormatError(
      `truncated ELF file: its ${what} ends at byte ${offset + size}, the file at ${bytes.length}`,
    );
  }
  return Number(offset);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
