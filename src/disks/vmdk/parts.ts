/** The extents that a VMDK image consists of, as parts of its disk. */
import { withoutHole } from '../chain.ts';
import { Clusters } from '../clusters.ts';
import { DiskImageError, type Extent, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { writeZeros } from '../zeros.ts';
import { CompressedGrains } from './compressed-grains.ts';
import type { ExtentLine } from './descriptor.ts';
import { GrainTables, type Owner } from './grain-tables.ts';
import { readSparseHeader, SECTOR, type SparseHeader } from './sparse-header.ts';

/** A part of a disk. Offsets count from its beginning. */
export interface Part {
  readonly kind: 'flat' | 'sparse' | 'compressed' | 'zero';
  /** In bytes. */
  readonly size: number;
  readonly file?: ImageFile;
  /** Unit of allocation in bytes. */
  readonly clusterSize?: number;
  readonly isDirty?: boolean;
  /** Absent where it can only be read. */
  readonly changes?: PartChanges;
  /** The tables of a sparse one. */
  readonly tables?: GrainTables;
  read(offset: number, into: Uint8Array): Promise<void>;
  nextExtent(offset: number): Promise<Extent>;
}

export interface PartChanges {
  write(offset: number, from: Uint8Array): Promise<void>;
  discard(offset: number, length: number): Promise<void>;
  writeZeroes(offset: number, length: number, mayUnmap: boolean): Promise<void>;
  flush(): Promise<void>;
  makeEmpty(): Promise<void>;
  /** Makes all durable, and says so in the extent. */
  finish(): Promise<void>;
}

/** A file with the bytes of the disk as they are. */
export function flatPart(file: ImageFile, line: ExtentLine, owner: Owner): Part {
  const [start, size] = [line.offset * SECTOR, line.sectors * SECTOR];
  if (start + size > file.size)
    throw new DiskImageError(
      file.name,
      'vmdk',
      `expected ${size} bytes of the disk from ${start} on, the file has ${file.size}`,
    );
  const changes: PartChanges = {
    async write(offset, from) {
      await owner.touch();
      await file.write(start + offset, from);
    },
    async discard(offset, length) {
      if (!file.punchHole) return;
      await owner.touch();
      await file.punchHole(start + offset, length);
    },
    async writeZeroes(offset, length, mayUnmap) {
      await owner.touch();
      if (mayUnmap && file.punchHole) await file.punchHole(start + offset, length);
      else await writeZeros(file, start + offset, length);
    },
    flush: () => file.flush(),
    makeEmpty: () => changes.writeZeroes(0, size, true),
    finish: () => file.flush(),
  };
  return {
    kind: 'flat',
    size,
    file,
    changes: file.readOnly ? undefined : changes,
    read: (offset, into) => file.read(start + offset, into),
    // Nobody else asks for holes: the file that has them is not the image's own.
    nextExtent: (offset) =>
      withoutHole({ offset, length: size - offset, kind: 'data', fileOffset: start + offset }, { file }),
  };
}

/** A part that has no file, and reads as zeros. */
export function zeroPart(line: ExtentLine): Part {
  const size = line.sectors * SECTOR;
  return {
    kind: 'zero',
    size,
    read: async (_, into) => void into.fill(0),
    nextExtent: async (offset) => ({ offset, length: size - offset, kind: 'zero' }),
  };
}

/**
 * A sparse extent.
 * @param start where on the disk it begins.
 */
export async function sparsePart(
  file: ImageFile,
  header: SparseHeader,
  start: number,
  owner: Owner,
  host: ImageHost,
): Promise<Part> {
  const size = header.capacity * SECTOR;
  const tables = await GrainTables.open(file, header, owner);
  const common = { size, file, clusterSize: tables.clusterSize, tables };
  if (header.isCompressed) {
    const grains = new CompressedGrains(file, tables, host, size, start, owner);
    return {
      ...common,
      kind: 'compressed',
      read: (offset, into) => grains.read(offset, into),
      nextExtent: (offset) => grains.nextExtent(offset),
    };
  }
  const clusters = new Clusters(file, tables, size, start, owner);
  const canWrite = !file.readOnly && header.kind === 'KDMV' && header.version < 3;
  if (canWrite && header.isUnclean) await tables.synchronise();
  const changes: PartChanges = {
    write: (offset, from) => clusters.write(offset, from),
    discard: (offset, length) => clusters.discard(offset, length),
    writeZeroes: (offset, length, mayUnmap) => clusters.writeZeroes(offset, length, mayUnmap),
    flush: () => clusters.flush(),
    async makeEmpty() {
      await tables.beginChanges();
      clusters.forget();
      await tables.makeEmpty();
      if (!clusters.isChanged) await tables.endChanges();
    },
    async finish() {
      await clusters.flush();
      if (clusters.isChanged) await tables.endChanges();
    },
  };
  return {
    ...common,
    kind: 'sparse',
    isDirty: header.isUnclean && !canWrite,
    changes: canWrite ? changes : undefined,
    read: (offset, into) => clusters.read(offset, into),
    nextExtent: (offset) => clusters.nextExtent(offset),
  };
}

/**
 * Opens the file of an extent.
 * @throws DiskImageError, or what the host throws.
 */
export async function openPart(
  line: ExtentLine,
  start: number,
  owner: Owner & { readonly file: ImageFile },
  host: ImageHost,
): Promise<Part> {
  const fail = (reason: string): DiskImageError => new DiskImageError(owner.file.name, 'vmdk', reason);
  if (line.type === 'ZERO') return zeroPart(line);
  const isFlat = line.type === 'FLAT' || line.type === 'VMFS';
  if (!isFlat && line.type !== 'SPARSE' && line.type !== 'VMFSSPARSE')
    throw fail(`extents of the type ${line.type} are not supported`);
  if (line.access === 'NOACCESS')
    throw fail(`the extent ${line.file} may not be accessed, as the descriptor says`);
  if (line.file === undefined) throw fail(`an extent of the type ${line.type} has no file`);
  const file = await host.openReferenced(
    line.file,
    owner.file,
    owner.file.readOnly || line.access === 'RDONLY',
  );
  try {
    if ((file.identity ?? file.name) === (owner.file.identity ?? owner.file.name))
      throw fail('the descriptor names itself as an extent');
    if (isFlat) return flatPart(file, line, owner);
    const header = await readSparseHeader(file);
    // Whole grains may be counted in its header.
    if (header.capacity < line.sectors)
      throw fail(`the extent ${line.file} has ${header.capacity} sectors, expected ${line.sectors}`);
    return await sparsePart(file, { ...header, capacity: line.sectors }, start, owner, host);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
}
