/** Packing a machine with its disks and files. */
import { convertImage } from '../../disks/convert.ts';
import type { DiskFormatName, DiskImage, ImageHost, WorkOptions } from '../../disks/disk-image.ts';
import { diskFormat } from '../../disks/formats.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { descriptionDigest } from '../../machine/canonical.ts';
import type { MachineDescription } from '../../machine/description.ts';
import { encodeUtf8 } from '../../text.ts';
import { contentsOf, type Content } from './contents.ts';
import { formatDescriptor, type PackedContent } from './descriptor.ts';
import { FilePart } from './file-parts.ts';
import { digestOf, formatManifest, type CreateHash, type FileDigest } from './manifest.ts';
import { forPieces, Stages } from './pieces.ts';
import { TarWriter } from './tar.ts';

const ALGORITHM = 'SHA256';
const DIGEST_DIGITS = 64;

/** Where the files of a package go. */
export interface PackageTarget {
  /** A file that has exactly this size in the end. */
  reserve(name: string, size: number): Promise<ImageFile>;
  /** A file that grows, and is complete when the next one is asked for. */
  add(name: string): Promise<ImageFile>;
  /** When everything was written. */
  finish(): Promise<void>;
}

/** A package in one file, which remains the caller's. */
export function archiveTarget(archive: ImageFile): PackageTarget {
  return new TarWriter(archive);
}

/** What packing needs of the place it runs in. */
export interface PackHost extends ImageHost {
  readonly createHash: CreateHash;
  /** Opens a disk that a description names, for reading. */
  openDisk(reference: string, format: DiskFormatName | undefined): Promise<DiskImage>;
  /** Opens another file that a description names, for reading. */
  openFile(reference: string): Promise<ImageFile>;
}

/** A file of the machine that was opened. */
type Source = { readonly content: Content } & (
  | { readonly image: DiskImage; readonly file?: undefined }
  | { readonly image?: undefined; readonly file: Pick<ImageFile, 'size' | 'read' | 'close'> }
);

/**
 * Packs a machine: descriptor, manifest, and then disks as stream-optimised VMDK and boot files. The same content
 * makes the same package.
 * @param name of the machine and its descriptor, in characters that file names may have.
 * @throws what opening throws, before anything is written.
 */
export async function exportOva(
  description: MachineDescription,
  name: string,
  target: PackageTarget,
  host: PackHost,
  work: WorkOptions = {},
): Promise<void> {
  const contents = contentsOf(description, name);
  const digest = descriptionDigest(contents.description);
  const steady: ImageHost = {
    ...host,
    // For the identifier that a VMDK image has.
    random: (into) => into.forEach((_, i) => (into[i] = Number(`0x${digest.slice(2 * i, 2 * i + 2)}`))),
  };
  const sources: Source[] = [];
  try {
    for (const content of contents.files) sources.push(await openSource(content, host));
    const stages = new Stages(work);
    for (const source of sources) stages.expect(sizeOf(source));
    // The descriptor stands first and has the sizes in it: room for the longest.
    const draft = formatDescriptor(
      contents,
      sources.map((source) => packedOf(source, Number.MAX_SAFE_INTEGER)),
      name,
    );
    const room = encodeUtf8(draft).length;
    const descriptor = await target.reserve(`${name}.ovf`, room);
    const digests = new Map<string, FileDigest>();
    const noDigest = { algorithm: ALGORITHM, digest: '0'.repeat(DIGEST_DIGITS) } as const;
    for (const each of [`${name}.ovf`, ...contents.files.map(({ href }) => href)])
      digests.set(each, noDigest);
    const manifest = await target.reserve(`${name}.mf`, encodeUtf8(formatManifest(digests)).length);
    const packed: PackedContent[] = [];
    for (const source of sources) {
      const { href } = source.content;
      const file = new FilePart(href, await target.add(href), 0);
      const step = stages.next(sizeOf(source));
      if (source.image) await packDisk(source.image, file, steady, step);
      else await forPieces(source.file, step, (piece, offset) => file.write(offset, piece));
      packed.push(packedOf(source, file.size));
      digests.set(href, {
        algorithm: ALGORITHM,
        digest: await digestOf(file, ALGORITHM, host.createHash, { signal: work.signal }),
      });
    }
    const text = encodeUtf8(formatDescriptor(contents, packed, name));
    const filled = new Uint8Array(room).fill(0x0a);
    filled.set(text);
    await descriptor.write(0, filled);
    const own = await digestOf(descriptor, ALGORITHM, host.createHash);
    digests.set(`${name}.ovf`, { algorithm: ALGORITHM, digest: own });
    await manifest.write(0, encodeUtf8(formatManifest(digests)));
    work.signal?.throwIfAborted();
    await target.finish();
  } finally {
    for (const { image, file } of sources) await (image ?? file)!.close();
  }
}

/** Flash is an image, too, of which the package has the content. */
async function openSource(content: Content, host: PackHost): Promise<Source> {
  const { kind, reference, format } = content;
  if (kind === 'boot') return { content, file: await host.openFile(reference) };
  const image = await host.openDisk(reference, format);
  if (kind === 'drive') return { content, image };
  const file = {
    size: image.contentSize ?? image.size,
    read: (offset: number, into: Uint8Array) => image.read(offset, into),
    close: () => image.close(),
  };
  return { content, file };
}

function sizeOf({ image, file }: Source): number {
  return (image ?? file)!.size;
}

function packedOf({ content, image }: Source, size: number): PackedContent {
  if (!image) return { content, size };
  const { size: capacity, contentSize = capacity, format } = image;
  return {
    content,
    size,
    disk: { capacity, format, ...(contentSize !== capacity && { contentSize }) },
  };
}

async function packDisk(
  image: DiskImage,
  file: ImageFile,
  host: ImageHost,
  work: WorkOptions,
): Promise<void> {
  const options = { size: image.size, options: { subformat: 'streamOptimized' } };
  const packed = await diskFormat('vmdk').create(file, options, host);
  try {
    await convertImage(image, packed, work);
  } catch (error) {
    await packed.close().catch(() => {});
    throw error;
  }
  await packed.close();
}
