/**
 * Recognises and reads kernel and firmware files. A format is one file of this
 * directory and one line of `FORMATS`.
 */
import { ImageFormatError, type BootImage } from './boot-image.ts';
import { describeForeignFormat, gunzip, isEfiZboot, isGzip, zbootPayload } from './compression.ts';
import { isElf, readElf } from './elf.ts';
import { isLinuxImage, isPortableExecutable, readLinuxImage } from './linux-image.ts';
import { readRaw } from './raw.ts';

export * from './boot-image.ts';
export { gunzip } from './compression.ts';
export { alignInitrds, concatenateInitrds } from './initrd.ts';

interface BootFormat {
  readonly name: string;
  probe(bytes: Uint8Array): boolean;
  open(bytes: Uint8Array): BootImage;
}

const FORMATS: readonly BootFormat[] = [
  { name: 'ELF64', probe: isElf, open: readElf },
  // A PE file that is no Linux image goes the same way, for a message that says what it is.
  {
    name: 'Linux Image',
    probe: (bytes) => isLinuxImage(bytes) || isPortableExecutable(bytes),
    open: readLinuxImage,
  },
];

export interface LoadOptions {
  /** What the file is for, in errors. Default "kernel". */
  readonly what?: string;
  /** Largest size after unpacking, in bytes. Default 512 MiB. */
  readonly maximumSize?: number;
}

/**
 * Reads a kernel or firmware: a Linux Image (also with an EFI stub, gzip-compressed, or
 * an EFI zboot image with gzip), an ELF64 program, or raw bytes when it is nothing known.
 * The result may hold views of `bytes`.
 * @throws ImageFormatError that says what was expected and what was found.
 */
export async function loadKernel(bytes: Uint8Array, options: LoadOptions = {}): Promise<BootImage> {
  const { what = 'kernel', maximumSize } = options;
  try {
    return open(await unpack(bytes, what, maximumSize));
  } catch (error) {
    if (error instanceof ImageFormatError) error.message = `${what}: ${error.message}`;
    throw error;
  }
}

async function unpack(bytes: Uint8Array, what: string, maximumSize?: number): Promise<Uint8Array> {
  const packed = isEfiZboot(bytes) ? zbootPayload(bytes) : bytes;
  if (!isGzip(packed)) {
    if (packed !== bytes)
      throw new ImageFormatError('expected gzip data in the EFI zboot image, found something else');
    return bytes;
  }
  const unpacked = await gunzip(packed, what, maximumSize);
  if (isGzip(unpacked))
    throw new ImageFormatError('expected a file compressed once, found it compressed twice');
  return unpacked;
}

function open(bytes: Uint8Array): BootImage {
  if (bytes.length === 0) throw new ImageFormatError('expected code, found an empty file');
  const format = FORMATS.find(({ probe }) => probe(bytes));
  if (format) return format.open(bytes);
  const foreign = describeForeignFormat(bytes);
  if (foreign) {
    throw new ImageFormatError(
      `expected a Linux Image (or that with gzip), an ELF64 program or raw code, found ${foreign}`,
    );
  }
  return readRaw(bytes);
}
