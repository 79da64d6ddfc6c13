/**
 * The Linux boot image of RISC-V (Linux, Documentation/arch/riscv/boot-image-header.rst).
 * With an EFI stub the same header is also the start of a PE file ("MZ").
 *
 *    0  code0, code1   u32 × 2   jump over the header ("MZ" in code0 with an EFI stub)
 *    8  text_offset    u64       load offset from a 2 MiB boundary
 *   16  image_size     u64       bytes in RAM, the BSS included
 *   24  flags          u64       bit 0: big-endian
 *   32  version        u32       major << 16 | minor
 *   48  magic          u64       "RISCV", deprecated
 *   56  magic2         u32       "RSC\x05"
 *   60  res3           u32       offset of the PE header
 */
import { ImageFormatError, type BootImage } from './boot-image.ts';

export const LINUX_IMAGE_HEADER_SIZE = 64;
export const RISCV_IMAGE_MAGIC2 = 0x05435352;
const RISCV_IMAGE_MAGIC = 0x5643534952n;
const RISCV_IMAGE_FLAG_BE = 1n;
const ARM64_IMAGE_MAGIC = 0x644d5241;
const DOS_SIGNATURE = 0x5a4d;
const PE_SIGNATURE = 0x4550;
const BZIMAGE_MAGIC_OFFSET = 0x202;
const BZIMAGE_MAGIC = 0x53726448;

/** IMAGE_FILE_MACHINE_* of the PE header, for messages. */
const PE_MACHINES: Readonly<Record<number, string>> = {
  0x014c: 'x86',
  0x8664: 'x86-64',
  0xaa64: 'arm64',
  0x01c2: 'arm',
  0x5032: 'riscv32',
  0x5064: 'riscv64',
  0x6264: 'loongarch64',
};

/** Whether `bytes` claim to be a Linux image of RISC-V. */
export function isLinuxImage(bytes: Uint8Array): boolean {
  if (bytes.length < LINUX_IMAGE_HEADER_SIZE) return false;
  const view = viewOf(bytes);
  return view.getUint32(56, true) === RISCV_IMAGE_MAGIC2 || view.getBigUint64(48, true) === RISCV_IMAGE_MAGIC;
}

/** Whether `bytes` start like a DOS or PE file; a Linux image may, too. */
export function isPortableExecutable(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && viewOf(bytes).getUint16(0, true) === DOS_SIGNATURE;
}

/**
 * Reads a Linux image.
 * @throws ImageFormatError when it is none, or one for another machine.
 */
export function readLinuxImage(bytes: Uint8Array): BootImage {
  if (!isLinuxImage(bytes)) {
    throw new ImageFormatError(
      `expected a Linux image for RISC-V ("RSC\\x05" at offset 56), found ${describeForeign(bytes)}`,
    );
  }
  const view = viewOf(bytes);
  if ((view.getBigUint64(24, true) & RISCV_IMAGE_FLAG_BE) !== 0n) {
    throw new ImageFormatError('expected a little-endian Linux image, found a big-endian one');
  }
  const imageSize = view.getBigUint64(16, true);
  if (imageSize > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ImageFormatError(`damaged Linux image: its header asks for ${imageSize} bytes of RAM`);
  }
  return {
    kind: 'linux',
    isRelative: true,
    entry: 0n,
    // The file may be padded beyond image_size, and old kernels leave image_size 0.
    segments: [{ address: 0n, bytes, memorySize: Math.max(Number(imageSize), bytes.length) }],
    symbols: [],
  };
}

function describeForeign(bytes: Uint8Array): string {
  const view = viewOf(bytes);
  if (bytes.length < LINUX_IMAGE_HEADER_SIZE) return `a file of ${bytes.length} bytes`;
  if (view.getUint32(56, true) === ARM64_IMAGE_MAGIC) return 'a Linux image for arm64';
  if (
    bytes.length >= BZIMAGE_MAGIC_OFFSET + 4 &&
    view.getUint32(BZIMAGE_MAGIC_OFFSET, true) === BZIMAGE_MAGIC
  ) {
    return 'a Linux bzImage for x86';
  }
  if (!isPortableExecutable(bytes))
    return `0x${view.getUint32(56, true).toString(16).padStart(8, '0')} there`;
  const header = view.getUint32(60, true);
  if (header + 6 > bytes.length || view.getUint32(header, true) !== PE_SIGNATURE) return 'a DOS program';
  const machine = view.getUint16(header + 4, true);
  return `an EFI program for ${PE_MACHINES[machine] ?? `machine type 0x${machine.toString(16)}`} without that header`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
