/**
 * Compressed and wrapped files: gzip (RFC 1952) is unpacked with the host's
 * DecompressionStream, the others are recognised and refused by name.
 */
import { messageOf } from '../errors.ts';
import { allocateTransient } from '../transient-bytes.ts';
import { ImageFormatError } from './boot-image.ts';

/** Largest unpacked kernel or firmware accepted by default, in bytes. */
export const MAX_UNPACKED_SIZE = 512 * 1024 * 1024;

const INPUT_CHUNK = 64 * 1024;

/** The part of the Streams standard used here, which no library of `src/` declares. */
interface ByteTransform {
  readonly writable: {
    getWriter(): { write(chunk: Uint8Array): Promise<void>; close(): Promise<void>; abort(): Promise<void> };
  };
  readonly readable: {
    getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(): Promise<void> };
  };
}

export function isGzip(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x1f, 0x8b]);
}

/**
 * Unpacks gzip data.
 * @param what names the file in errors, as "kernel".
 * @throws ImageFormatError for damaged data, or for more than `maximumSize` bytes.
 */
export async function gunzip(
  bytes: Uint8Array,
  what = 'file',
  maximumSize = MAX_UNPACKED_SIZE,
): Promise<Uint8Array> {
  const { DecompressionStream } = globalThis as unknown as {
    readonly DecompressionStream?: new (format: 'gzip') => ByteTransform;
  };
  if (!DecompressionStream) {
    throw new ImageFormatError(
      `the ${what} is compressed with gzip, and this host has no DecompressionStream; unpack it first`,
    );
  }
  const { readable, writable } = new DecompressionStream('gzip');
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const feed = async () => {
    for (let offset = 0; offset < bytes.length; offset += INPUT_CHUNK) {
      // A copy, because browsers unpack nothing of a resizable buffer.
      await writer.write(bytes.slice(offset, offset + INPUT_CHUNK));
    }
    await writer.close();
  };
  // Its failure is the reader's, too, and is reported there.
  const feeding = feed().catch(() => undefined);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !value) break;
      length += value.length;
      if (length > maximumSize) break;
      chunks.push(value);
    }
  } catch (error) {
    throw new ImageFormatError(
      `expected a whole gzip-compressed ${what}, found damaged or truncated data (${messageOf(error)})`,
    );
  }
  if (length > maximumSize) {
    await Promise.allSettled([reader.cancel(), writer.abort(), feeding]);
    throw new ImageFormatError(
      `expected a ${what} of at most ${maximumSize} bytes, found more when unpacking it`,
    );
  }
  await feeding;
  const unpacked = allocateTransient(length);
  let offset = 0;
  for (const chunk of chunks) {
    unpacked.set(chunk, offset);
    offset += chunk.length;
  }
  return unpacked;
}

/** First bytes of files that people take for kernels, and what to do about them. */
const FOREIGN_FORMATS: readonly { readonly magic: readonly number[]; readonly found: string }[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], found: 'xz-compressed data; unpack it with xz -d' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], found: 'zstd-compressed data; unpack it with zstd -d' },
  { magic: [0x04, 0x22, 0x4d, 0x18], found: 'lz4-compressed data; unpack it with lz4 -d' },
  { magic: [0x02, 0x21, 0x4c, 0x18], found: 'lz4-compressed data; unpack it with lz4 -d' },
  { magic: [0x42, 0x5a, 0x68], found: 'bzip2-compressed data; unpack it with bzip2 -d' },
  { magic: [0x89, 0x4c, 0x5a, 0x4f, 0x00], found: 'lzo-compressed data; unpack it with lzop -d' },
  { magic: [0x5d, 0x00, 0x00], found: 'lzma-compressed data; unpack it with xz --format=lzma -d' },
  { magic: [0x27, 0x05, 0x19, 0x56], found: 'a U-Boot uImage; supply the kernel inside it' },
  { magic: [0xd0, 0x0d, 0xfe, 0xed], found: 'a device tree or FIT image' },
  { magic: [0x30, 0x37, 0x30, 0x37, 0x30], found: 'a cpio archive; is it the initrd?' },
  { magic: [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], found: 'a package or static library (ar archive)' },
  { magic: [0x50, 0x4b, 0x03, 0x04], found: 'a zip archive' },
  { magic: [0x3c, 0x21], found: 'an HTML page; was the download redirected?' },
  { magic: [0x3c, 0x68, 0x74, 0x6d, 0x6c], found: 'an HTML page; was the download redirected?' },
];

/** What `bytes` are when they are a known format that cannot be booted. */
export function describeForeignFormat(bytes: Uint8Array): string | undefined {
  const known = FOREIGN_FORMATS.find(({ magic }) => startsWith(bytes, magic))?.found;
  if (known) return known;
  if (isText(bytes)) return 'a text file';
  // 16 zero bits are the illegal instruction (ISA manual, 1.5): a disk image, or data.
  if ((bytes[0] | bytes[1]) === 0) return 'zeros where its first instruction would be';
  return undefined;
}

const TEXT_PROBE = 512;

/** Whether it starts with printable ASCII for longer than code does by chance. */
function isText(bytes: Uint8Array): boolean {
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
  return bytes.length >= 16 && bytes.subarray(0, TEXT_PROBE).every(isPrintable);
}

// EFI zboot (Linux, drivers/firmware/efi/libstub/zboot-header.S): "MZ", "zimg" at 4, the offset
// and the size of the payload at 8 and 12, the name of its compression at 24.
const ZBOOT_HEADER_SIZE = 56;

export function isEfiZboot(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x4d, 0x5a]) && startsWith(bytes.subarray(4), [0x7a, 0x69, 0x6d, 0x67]);
}

/**
 * The gzip-compressed kernel in an EFI zboot image.
 * @throws ImageFormatError for another compression or a damaged header.
 */
export function zbootPayload(bytes: Uint8Array): Uint8Array {
  if (bytes.length < ZBOOT_HEADER_SIZE) {
    throw new ImageFormatError(`truncated EFI zboot image: ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = view.getUint32(8, true);
  const size = view.getUint32(12, true);
  const name = bytes.subarray(24, ZBOOT_HEADER_SIZE);
  const end = name.indexOf(0);
  const compression = String.fromCharCode(...name.subarray(0, end < 0 ? name.length : end)).replace(
    /[^ -~]/g,
    '?',
  );
  if (compression !== 'gzip') {
    throw new ImageFormatError(
      `expected an EFI zboot image compressed with gzip, found ${JSON.stringify(compression)}; supply the uncompressed Image`,
    );
  }
  if (offset + size > bytes.length) {
    throw new ImageFormatError(
      `truncated EFI zboot image: its payload ends at byte ${offset + size}, the file at ${bytes.length}`,
    );
  }
  return bytes.subarray(offset, offset + size);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}
