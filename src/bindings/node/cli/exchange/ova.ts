/** `hartware export --to ova`, and `hartware import` of OVA and OVF. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { WorkOptions } from '../../../../disks/disk-image.ts';
import { openDiskImage } from '../../../../disks/open.ts';
import type { ImageFile } from '../../../../disks/image-file.ts';
import type { BootDescription, MachineDescription } from '../../../../index.ts';
import {
  archiveFiles,
  archiveTarget,
  DESCRIPTION_NAME,
  exportOva,
  importOva,
  plain,
  unpackDisks,
  type DigestAlgorithm,
  type PackageFiles,
  type PackageTarget,
  type PackHost,
  type UnpackHost,
} from '../../../../interchange/ova/index.ts';
import { openImageFile } from '../../drive.ts';
import { fileError } from '../../file-error.ts';
import { obtainFirmware } from '../../guest/firmware.ts';
import { NodeImageFile } from '../../image-file.ts';
import { createImageHost } from '../../image-host.ts';
import { UsageError } from '../arguments.ts';
import { withProgress } from '../image/work.ts';
import { writeAll } from '../output.ts';
import type { ImportArguments } from './arguments.ts';
import { readXml } from './read-xml.ts';

/** Bytes that are read of a file that is unpacked. */
const PIECE = 1 << 20;

function hashOf(algorithm: DigestAlgorithm): ReturnType<PackHost['createHash']> {
  const hash = createHash(algorithm.toLowerCase());
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
}

/** Files that are made together. */
class MadeFiles {
  private readonly made: NodeImageFile[] = [];

  async create(path: string): Promise<NodeImageFile> {
    const file = await NodeImageFile.create(path);
    // Half of them are worth nothing.
    file.isFlushIdle = true;
    this.made.push(file);
    return file;
  }

  async close(): Promise<void> {
    for (const file of this.made) await file.close();
  }

  async remove(): Promise<void> {
    await this.close();
    for (const { path } of this.made) await rm(path, { force: true });
  }
}

/** What fails leaves no files. */
async function allOrNone<T>(work: (made: MadeFiles) => Promise<T>): Promise<T> {
  const made = new MadeFiles();
  try {
    const result = await work(made);
    await made.close();
    return result;
  } catch (error) {
    await made.remove();
    throw error;
  }
}

/**
 * Packs a machine into an OVA, or into the files of an OVF package if `output` ends with ".ovf".
 * @throws UsageError, FileError
 */
export async function packMachine(
  description: MachineDescription,
  file: string,
  {
    output,
    name: given,
    quiet,
  }: { readonly output: string; readonly name?: string; readonly quiet: boolean },
): Promise<void> {
  const isFolder = /\.ovf$/i.test(output);
  const base = basename(output).replace(/\.(ova|ovf)$/i, '');
  if (isFolder && plain(base) !== base)
    throw new UsageError(
      `--output: expected a name of letters, digits, ".", "_" and "-" for files that name each other, found ${JSON.stringify(base)}`,
    );
  const name = isFolder ? base : plain(given ?? base);
  const baseDirectory = dirname(resolve(file));
  const images = createImageHost();
  const host: PackHost = {
    ...images,
    createHash: hashOf,
    openDisk: async (reference, format) =>
      openDiskImage(await openImageFile(reference, true, baseDirectory), images, { format }),
    openFile: (reference) => openImageFile(reference, true, baseDirectory),
  };
  const folder = dirname(output);
  await withProgress(`packing ${file}`, quiet, (work) =>
    allOrNone(async (made) => {
      const beside = (each: string): Promise<ImageFile> => made.create(join(folder, each));
      const target: PackageTarget = isFolder
        ? { reserve: beside, add: beside, finish: async () => {} }
        : archiveTarget(await made.create(output));
      await exportOva(description, name, target, host, work);
    }),
  );
}

/**
 * Unpacks a machine, or its disks, into a folder, and returns what there is to say of it.
 * @throws FileError, InterchangeError; nothing that was unpacked stays then.
 */
export async function unpackMachine(folder: string, args: ImportArguments): Promise<readonly string[]> {
  const { file, quiet } = args;
  const source = await NodeImageFile.open(file, true);
  try {
    return await withProgress(`unpacking ${file}`, quiet, async (work) => {
      const first = await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw fileError('create', folder, error);
      });
      try {
        return await allOrNone((made) => unpackTo(folder, source, args, made, work));
      } catch (error) {
        if (first !== undefined) await rmdir(folder).catch(() => {});
        throw error;
      }
    });
  } finally {
    await source.close();
  }
}

async function unpackTo(
  folder: string,
  source: NodeImageFile,
  { file, disksOnly, diskFormat: format, loader }: ImportArguments,
  made: MadeFiles,
  work: WorkOptions & { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const isArchive = !/\.ovf$/i.test(file);
  const files = isArchive ? await archiveFiles(source) : await filesBeside(source);
  const descriptor = isArchive ? undefined : basename(file);
  const host = unpackHost(folder, made);
  if (disksOnly) {
    const { disks, notes } = await unpackDisks(files, host, { descriptor, format }, work);
    for (const { name } of disks) await writeAll(process.stdout, `${join(folder, name)}\n`);
    return notes;
  }
  const boot = loader === undefined ? undefined : () => bootOf(loader, folder, made, work.signal);
  const { description, notes } = await importOva(files, host, { descriptor, format, boot }, work);
  const out = await made.create(join(folder, DESCRIPTION_NAME));
  await out.write(0, Buffer.from(`${JSON.stringify(description, undefined, 2)}\n`));
  return notes;
}

function unpackHost(folder: string, made: MadeFiles): UnpackHost {
  return {
    ...createImageHost(),
    createHash: hashOf,
    readXml,
    gunzip,
    createFile: (name) => made.create(join(folder, name)),
    reopenFile: (name) => NodeImageFile.open(join(folder, name), true),
    removeFile: (name) => rm(join(folder, name), { force: true }),
  };
}

/** The regular files of a package that lies in a folder. */
async function filesBeside(descriptor: NodeImageFile): Promise<PackageFiles> {
  const entries = await readdir(dirname(descriptor.path), { withFileTypes: true });
  const { openReferenced } = createImageHost();
  return {
    names: entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name),
    open: (name) => openReferenced(name, descriptor, true),
  };
}

async function* gunzip(file: ImageFile): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip();
  const feeding = pipeline(pieces(file), unpacked);
  feeding.catch(() => {});
  for await (const piece of unpacked) yield piece as Buffer;
  await feeding;
}

async function* pieces(file: ImageFile): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < file.size; offset += PIECE) {
    const piece = new Uint8Array(Math.min(PIECE, file.size - offset));
    await file.read(offset, piece);
    yield piece;
  }
}

/** What starts a machine whose package does not say it, with its files beside the description. */
async function bootOf(
  loader: string,
  folder: string,
  made: MadeFiles,
  signal: AbortSignal,
): Promise<BootDescription> {
  if (loader !== 'edk2' && loader !== 'u-boot') {
    const code = relative(folder, resolve(loader));
    return { flash: { code } };
  }
  const { code, variables } = await obtainFirmware(loader, { signal });
  const place = async (name: string, content: Uint8Array): Promise<string> => {
    const file = await made.create(join(folder, name));
    await file.write(0, content);
    return name;
  };
  const own = await place(`${loader}.bin`, code);
  if (!variables) return { kernel: own, privilege: 'supervisor' };
  return { flash: { code: own, variables: await place('variables.fd', variables) } };
}
