/** What the loaders of this directory make of a kernel or firmware file. */
import { HartwareError } from '../errors.ts';

/** A file that cannot be booted; the message says what was expected and what was found. */
export class ImageFormatError extends HartwareError {
  override readonly name = 'ImageFormatError';
  readonly code = 'IMAGE_FORMAT';
}

export interface BootSegment {
  /** Guest physical address, or an offset from the load address when the image `isRelative`. */
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Bytes the segment takes in RAM; what lies past `bytes` starts as zeros. */
  readonly memorySize: number;
  /**
   * How many of the first bytes may be left out where RAM does not reach: linkers put the
   * file's own headers, and padding, in front of a program's first section. Default 0.
   */
  readonly headerSize?: number;
}

export interface BootSymbol {
  readonly name: string;
  /** Like `BootSegment.address`; virtual where the program is linked to run translated. */
  readonly address: bigint;
  readonly size: number;
  readonly kind: 'function' | 'object' | 'other';
}

export interface BootImage {
  /** `linux`: an Image with the RISC-V boot header; `elf`: ELF64; `raw`: bytes that start with code. */
  readonly kind: 'linux' | 'elf' | 'raw';
  /** Whether addresses count from a load address that the machine chooses. */
  readonly isRelative: boolean;
  /** Where execution starts; like `BootSegment.address`. */
  readonly entry: bigint;
  readonly segments: readonly BootSegment[];
  /** From the ELF symbol table; empty for the other kinds. */
  readonly symbols: readonly BootSymbol[];
}
