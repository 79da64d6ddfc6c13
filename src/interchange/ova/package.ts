/** The files of an OVF package: those of an archive, or those beside a descriptor. */
import type { WorkOptions } from '../../disks/disk-image.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { decodeUtf8 } from '../../text.ts';
import { InterchangeError } from '../error.ts';
import type { PackagedFile } from './envelope.ts';
import { JoinedFile } from './file-parts.ts';
import { checkDigest, parseManifest, type CreateHash } from './manifest.ts';
import { Stages } from './pieces.ts';
import { readTar } from './tar.ts';

/** Descriptors and manifests have some kilobytes. */
export const MAX_TEXT = 1 << 20;
/** How many chunks a file may have. */
const MAX_CHUNKS = 4096;
const CHUNK_DIGITS = 9;

/** Where the files of a package lie. */
export interface PackageFiles {
  readonly names: readonly string[];
  /** Opens one of them for reading. */
  open(name: string): Promise<ImageFile>;
}

/** The files of an archive. @throws InterchangeError */
export async function archiveFiles(archive: ImageFile): Promise<PackageFiles> {
  const members = await readTar(archive);
  return { names: [...members.keys()], open: async (name) => members.get(name)! };
}

/** A package whose files are what its manifest says. */
export class OvfPackage {
  private constructor(
    private readonly files: PackageFiles,
    /** The XML of the descriptor. */
    readonly descriptor: Uint8Array,
    private readonly checked: ReadonlySet<string> | undefined,
    /** What was not checked. */
    readonly notes: readonly string[],
  ) {}

  /**
   * Finds the descriptor and checks all files that the manifest names, before anything is made of them.
   * @param name of the descriptor. Default: the one whose name says so.
   * @throws InterchangeError
   */
  static async open(
    files: PackageFiles,
    createHash: CreateHash,
    work: WorkOptions,
    name?: string,
  ): Promise<OvfPackage> {
    const descriptors = name === undefined ? files.names.filter((each) => /\.ovf$/i.test(each)) : [name];
    if (descriptors.length !== 1)
      throw new InterchangeError(
        `expected a package with one descriptor, a file NAME.ovf, found ${descriptors.length === 0 ? 'none' : descriptors.join(' and ')}`,
      );
    const [descriptor] = descriptors;
    const beside = (extension: string): string | undefined => {
      const wanted = descriptor.replace(/\.ovf$/i, '') + extension;
      return files.names.find((each) => each.toLowerCase() === wanted.toLowerCase());
    };
    const manifest = beside('.mf');
    const notes: string[] = [];
    let digests: ReturnType<typeof parseManifest> | undefined;
    if (manifest === undefined)
      notes.push('the package has no manifest: whether its files are whole was not checked');
    else digests = parseManifest(decodeUtf8(await readSmall(files, manifest)));
    const certificate = beside('.cert');
    if (certificate !== undefined) notes.push(`${certificate}: the signature of the package was not checked`);
    for (const each of digests?.keys() ?? [])
      if (!files.names.includes(each))
        throw new InterchangeError(`the manifest names ${JSON.stringify(each)}, which is not in the package`);
    if (digests && !digests.has(descriptor))
      throw new InterchangeError(`the manifest has no digest of the descriptor ${descriptor}`);
    const stages = new Stages(work);
    for (const each of digests?.keys() ?? [])
      await withFile(files, each, async ({ size }) => stages.expect(size));
    for (const [each, digest] of digests ?? [])
      await withFile(files, each, (file) => checkDigest(file, digest, createHash, stages.next(file.size)));
    return new OvfPackage(
      files,
      await readSmall(files, descriptor),
      digests && new Set(digests.keys()),
      notes,
    );
  }

  /** The files with the content of a reference as it lies there, by their names. @throws InterchangeError */
  private namesOf(file: PackagedFile): readonly string[] {
    const { href, chunkSize } = file;
    const name = this.nameOf(href, chunkSize === undefined ? '' : chunkSuffix(0));
    if (chunkSize === undefined) return [name];
    const names: string[] = [];
    for (const stem = name.slice(0, -chunkSuffix(0).length); names.length <= MAX_CHUNKS;) {
      const next = stem + chunkSuffix(names.length);
      if (!this.files.names.includes(next)) return names;
      names.push(next);
    }
    throw new InterchangeError(`${href}: expected at most ${MAX_CHUNKS} chunks, found more`);
  }

  private nameOf(href: string, suffix: string): string {
    const shown = JSON.stringify(href.slice(0, 200));
    const plain = href.replace(/^(\.\/)+/, '');
    // RFC 3986, 3.1: what begins with a scheme is no name.
    if (/^[a-z][a-z0-9+.-]*:/i.test(plain))
      throw new InterchangeError(
        `the package names the file ${shown}, which is not in it: download it, and have the descriptor name it`,
      );
    const names = [plain, unescaped(plain)].map((each) => each + suffix);
    if (!names.every(isPlainName))
      throw new InterchangeError(`the package names the file ${shown}: expected a name without a folder`);
    const name = names.find((each) => this.files.names.includes(each));
    if (name !== undefined) return name;
    throw new InterchangeError(`the package names the file ${shown}, which is not in it`);
  }

  /**
   * The content of a file as it lies there, for reading. Whoever opens it closes it.
   * @param notes gets a line when no digest was checked, and when the size is another one.
   * @throws InterchangeError when it is not there, or incomplete.
   */
  async open(file: PackagedFile, notes: string[]): Promise<ImageFile> {
    const names = this.namesOf(file);
    for (const name of names)
      if (this.checked && !this.checked.has(name))
        notes.push(`${name}: the manifest has no digest of it: whether it is whole was not checked`);
    const parts: ImageFile[] = [];
    try {
      for (const name of names) parts.push(await this.files.open(name));
      const { chunkSize, size } = file;
      const whole = parts.length === 1 ? parts[0] : new JoinedFile(file.href, parts);
      const short = parts.slice(0, -1).find((part) => part.size !== chunkSize);
      if (short)
        throw new InterchangeError(
          `${short.name}: expected a chunk of ${chunkSize} bytes, found ${short.size}`,
        );
      if (size !== undefined && size !== whole.size)
        notes.push(`${file.href}: the descriptor says ${size} bytes, and there are ${whole.size}`);
      return whole;
    } catch (error) {
      for (const part of parts) await part.close();
      throw error;
    }
  }
}

/** What is behind the name of a chunk's file (DSP0243, 7.1). */
function chunkSuffix(index: number): string {
  return `.${String(index).padStart(CHUNK_DIGITS, '0')}`;
}

/** A name of a file in a folder, and of nothing outside of it. */
export function isPlainName(name: string): boolean {
  return (
    name !== '' && name !== '.' && name !== '..' && name.length <= 255 && !/[/\\:\0-\x1f\x7f]/.test(name)
  );
}

/** References are URIs, but some writers put names there as they are. */
function unescaped(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

function readSmall(files: PackageFiles, name: string): Promise<Uint8Array> {
  return withFile(files, name, async (file) => {
    if (file.size > MAX_TEXT)
      throw new InterchangeError(`${name}: expected at most ${MAX_TEXT} bytes, found ${file.size}`);
    const bytes = new Uint8Array(file.size);
    await file.read(0, bytes);
    return bytes;
  });
}

async function withFile<T>(
  files: PackageFiles,
  name: string,
  work: (file: ImageFile) => Promise<T>,
): Promise<T> {
  const file = await files.open(name);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
