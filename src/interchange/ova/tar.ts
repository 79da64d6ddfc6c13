/**
 * Archives of tar, of which an OVA is one: POSIX.1 ustar, with what GNU tar and pax add for long names and for files
 * of 8 GiB and more. Files are not taken into memory: they are parts of the archive.
 */
import type { ImageFile } from '../../disks/image-file.ts';
import {
  decodePax,
  decodeTarHeader,
  encodeTarHeader,
  isTarEnd,
  MAX_TAR_EXTENSION,
  TAR_BLOCK,
  TAR_DIRECTORY,
  TAR_FILES,
  TAR_LONG_LINK,
  TAR_LONG_NAME,
  TAR_PAX,
  TAR_PAX_FOR_ALL,
  tarText,
  type TarExtension,
} from '../../tar-header.ts';
import { InterchangeError } from '../error.ts';
import { FilePart } from './file-parts.ts';

/** What GNU tar writes at a time; an archive is filled up to it. */
const RECORD = 20 * TAR_BLOCK;
/** Packages have some files. */
export const MAX_MEMBERS = 4096;
/** What is no file, for messages. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '6': 'a FIFO',
  S: 'a sparse file of GNU tar',
};

/**
 * The files in an archive, by their names without a leading "./", in their order.
 * @throws InterchangeError for what is no whole archive of plain files with names of their own.
 */
export async function readTar(archive: ImageFile): Promise<ReadonlyMap<string, ImageFile>> {
  const members = new Map<string, ImageFile>();
  let extension: TarExtension = {};
  for (let offset = 0, headers = 0; offset + TAR_BLOCK <= archive.size; headers++) {
    const at = offset;
    const block = new Uint8Array(TAR_BLOCK);
    await archive.read(at, block);
    if (isTarEnd(block)) break;
    const header = decodeTarHeader(block);
    if (!header)
      throw new InterchangeError(`expected an archive of tar, found no header of it at offset ${at}`);
    const { type } = header;
    const { size = header.size } = extension;
    if (Number.isNaN(size))
      throw new InterchangeError(`expected a size in the archive's header at offset ${at}, found none`);
    const start = at + TAR_BLOCK;
    offset = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
    if (start + size > archive.size)
      throw new InterchangeError(
        `the archive is cut off: the file at offset ${at} has ${size} bytes, of which ${archive.size - start} are there`,
      );
    if (headers >= 2 * MAX_MEMBERS)
      throw new InterchangeError(`expected an archive of at most ${MAX_MEMBERS} files, found more`);
    if ([TAR_LONG_NAME, TAR_LONG_LINK, TAR_PAX, TAR_PAX_FOR_ALL].includes(type)) {
      if (size > MAX_TAR_EXTENSION)
        throw new InterchangeError(`the archive has a name of ${size} bytes at offset ${at}`);
      const bytes = new Uint8Array(size);
      await archive.read(start, bytes);
      if (type === TAR_LONG_NAME) extension = { ...extension, name: tarText(bytes) };
      else if (type === TAR_PAX) extension = { ...extension, ...paxOf(bytes, at) };
      continue;
    }
    const name = (extension.name ?? header.name).replace(/^(\.\/+)+/, '');
    extension = {};
    if (type === TAR_DIRECTORY) continue;
    if (!TAR_FILES.includes(type)) {
      const what = OTHER_TYPES[type] ?? `of the unknown type ${JSON.stringify(type)}`;
      throw new InterchangeError(`expected files in the archive, found ${quote(name)}, which is ${what}`);
    }
    if (members.has(name)) throw new InterchangeError(`the archive has two files ${quote(name)}`);
    members.set(name, new FilePart(name, archive, start, size));
  }
  return members;
}

function paxOf(bytes: Uint8Array, offset: number): TarExtension {
  const extension = decodePax(bytes);
  if (!extension) throw new InterchangeError(`the archive has a damaged pax header at offset ${offset}`);
  if (extension.isSparse)
    throw new InterchangeError(`the archive has a sparse file of GNU tar at offset ${offset}`);
  return extension;
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

/** Writes an archive. A file is added when the one before it has its full size. */
export class TarWriter {
  /** Where the next header goes. */
  private end = 0;
  private last: FilePart | undefined;

  /** @param archive an empty file; it remains the caller's to close. */
  constructor(private readonly archive: ImageFile) {}

  /** A file whose content is written later, and has exactly this size. */
  async reserve(name: string, size: number): Promise<FilePart> {
    await this.endLast();
    await this.archive.write(this.end, encodeTarHeader(name, size));
    const part = new FilePart(name, this.archive, this.end + TAR_BLOCK, size);
    this.end = padded(part);
    return part;
  }

  /** A file that grows while it is written. */
  async add(name: string): Promise<FilePart> {
    await this.endLast();
    this.last = new FilePart(name, this.archive, this.end + TAR_BLOCK);
    return this.last;
  }

  /** Makes it a whole archive, and durable. */
  async finish(): Promise<void> {
    await this.endLast();
    // Two blocks of zeros end it.
    await this.archive.truncate(Math.ceil((this.end + 2 * TAR_BLOCK) / RECORD) * RECORD);
    await this.archive.flush();
  }

  private async endLast(): Promise<void> {
    const { last } = this;
    if (!last) return;
    this.last = undefined;
    await this.archive.write(this.end, encodeTarHeader(last.name, last.size));
    this.end = padded(last);
    if (this.archive.size < this.end) await this.archive.truncate(this.end);
  }
}

/** Where the header of the file behind it goes. */
function padded(part: FilePart): number {
  return part.start + Math.ceil(part.size / TAR_BLOCK) * TAR_BLOCK;
}
