/** Images that the user names: opened, made, and taken away again when what they were made for fails. */
import { existsSync, renameSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import {
  DiskImageError,
  type BackingReference,
  type DiskImage,
  type ImageHost,
} from '../../../../disks/disk-image.ts';
import { diskFormat } from '../../../../disks/formats.ts';
import { withoutQuery } from '../../../../disks/http/http-file.ts';
import { openDiskImage } from '../../../../disks/open.ts';
import { ArgumentError } from '../../../../index.ts';
import { abortable } from '../../../../machine/abort.ts';
import { openImageFile } from '../../drive.ts';
import { FileError } from '../../file-error.ts';
import { isHttpUrl } from '../../http.ts';
import { fileIdentity, NodeImageFile } from '../../image-file.ts';
import { createImageHost } from '../../image-host.ts';
import { holdSignals } from '../signals.ts';
import { isPackage } from '../exchange/arguments.ts';
import type { BackingArguments, ImageSource, ImageTarget } from './arguments.ts';

/**
 * @param source a path or a URL.
 * @param options.withBacking whether what lies beneath is opened, too. Default true.
 */
export async function openImage(
  { file, format, allow }: ImageSource,
  options: { readonly readOnly: boolean; readonly withBacking?: boolean },
): Promise<DiskImage> {
  if (format === undefined && isPackage(file))
    throw new ArgumentError(
      `${file} is a package, and no disk image: "hartware import ${file} --disks-only --output FOLDER" unpacks its disks`,
    );
  if (isHttpUrl(file) && !options.readOnly)
    throw new ArgumentError(`cannot write to ${withoutQuery(file)}: convert it into a file first`);
  const image = await openImageFile(file, options.readOnly);
  return openDiskImage(image, createImageHost({ allow }), { format, withBacking: options.withBacking });
}

/** Whether `file` is `image`, or one that lies beneath it, whatever names it has. */
export async function isIn(image: DiskImage, file: string): Promise<boolean> {
  const status = await stat(file, { bigint: true }).catch(() => undefined);
  for (let each: DiskImage | undefined = image; status && each; each = each.backing)
    if (each.file.identity === fileIdentity(status)) return true;
  return false;
}

/**
 * An image that lies beneath another one, and how that one names it: from its own folder.
 * @throws ArgumentError also when the other one would lie beneath itself.
 */
export async function openBacking(
  { file, format }: BackingArguments,
  top: string,
  allow: readonly string[],
): Promise<BackingReference & { readonly image: DiskImage }> {
  if (isHttpUrl(file))
    throw new ArgumentError(`nothing can lie over ${withoutQuery(file)}: convert it into a file first`);
  const image = await openImage({ file, format, allow }, { readOnly: true });
  if (await isIn(image, top)) {
    await image.close();
    throw new ArgumentError(`${file} cannot lie beneath ${top}: it is the same image, or lies on it`);
  }
  return { reference: relative(dirname(resolve(top)), resolve(file)), format: image.format, image };
}

/**
 * Makes an image and has it filled, durable when the system comes to it. If that fails, nothing of it stays, and a
 * file that it was to replace is there again.
 */
export async function makeImage(
  { file, format, options, force }: ImageTarget,
  { size, backing }: { size: number; backing?: BackingReference & { readonly image: DiskImage } },
  fill: (image: DiskImage) => Promise<void> = async () => {},
): Promise<void> {
  const made: NodeImageFile[] = [];
  const note = (created: NodeImageFile): NodeImageFile => {
    created.isFlushIdle = true;
    made.push(created);
    return created;
  };
  /** What is replaced, and what it is called until then. */
  const replaced = new Map<string, string>();
  const setAside = async (path: string): Promise<void> => {
    if (!force || !existsSync(path)) return;
    const former = `${path}.replaced`;
    if (existsSync(former))
      throw new FileError(
        `cannot replace ${path}: ${former} is in the way, which is what another command was replacing when it ended; delete it, or give it its name back`,
      );
    // Whoever uses it would go on with what has no name any more.
    await (await NodeImageFile.open(path, false)).close();
    renameSync(path, former);
    replaced.set(path, former);
  };
  const host = createImageHost();
  const noted: ImageHost = {
    ...host,
    async createReferenced(name, from) {
      // Also the further files of an image.
      if (basename(name) === name) await setAside(join(dirname(file), name));
      return note((await host.createReferenced(name, from)) as NodeImageFile);
    },
  };
  let image: DiskImage | undefined;
  const held = holdSignals();
  try {
    await setAside(file);
    const target = note(await NodeImageFile.create(file));
    const making = diskFormat(format).create(target, { size, backing, options }, noted);
    try {
      // It cannot be aborted, and may have much to write.
      image = await abortable(making, held.signal);
    } catch (error) {
      // What it has still to do fails then.
      await Promise.all(made.map((each) => each.close()));
      await making.catch(() => {});
      throw error instanceof ArgumentError
        ? new ArgumentError(`cannot create ${file}: ${error.message}`)
        : error;
    }
    await fill(image);
    if (replaced.size > 0) {
      // The former files go when the new ones cannot get lost any more.
      for (const each of made) each.isFlushIdle = false;
      await image.flush();
    }
    await image.close();
    for (const former of replaced.values()) await rm(former);
  } catch (error) {
    await image?.close().catch(() => {});
    await Promise.all(made.map(({ path }) => rm(path, { force: true })));
    for (const [path, former] of replaced) await rename(former, path);
    throw error;
  } finally {
    held.release();
  }
}

/** What actions need that not every format has. */
const NEEDED = {
  check: 'this format has nothing to check',
  resize: 'this format has nothing to resize',
  createSnapshot: 'this format has no snapshots',
  applySnapshot: 'this format has no snapshots',
  deleteSnapshot: 'this format has no snapshots',
  openSnapshot: 'this format has no snapshots',
} as const satisfies Partial<Record<keyof DiskImage, string>>;

/** What an action needs of a format. @throws DiskImageError when it has not got it. */
export function needs<K extends keyof typeof NEEDED>(image: DiskImage, action: K): NonNullable<DiskImage[K]> {
  const method = image[action];
  if (method) return method.bind(image) as NonNullable<DiskImage[K]>;
  throw new DiskImageError(image.file.name, image.format, NEEDED[action]);
}
