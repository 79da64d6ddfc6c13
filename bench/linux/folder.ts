/** Folders of the host as entries of an initramfs. */
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { CpioEntry } from '../../src/images/cpio.ts';

export interface FolderOptions {
  /** Whether to leave out what lies at this path of the folder, with all below it. */
  readonly isLeftOut?: (path: string) => boolean;
}

/** Files, links and folders below `folder`, to lie below `at` (without a slash at its start). */
export async function folderEntries(
  folder: string,
  at: string,
  { isLeftOut = () => false }: FolderOptions = {},
): Promise<CpioEntry[]> {
  const entries: CpioEntry[] = [];
  async function add(path: string): Promise<void> {
    for (const name of (await readdir(join(folder, path))).sort()) {
      const inner = path === '' ? name : `${path}/${name}`;
      if (isLeftOut(inner)) continue;
      const file = join(folder, inner);
      const status = await lstat(file);
      const entry = { path: `${at}/${inner}`, permissions: status.mode & 0o7777 };
      if (status.isDirectory()) {
        entries.push({ ...entry, kind: 'directory' });
        await add(inner);
      } else if (status.isSymbolicLink()) {
        entries.push({ ...entry, kind: 'symlink', target: await readlink(file) });
      } else if (status.isFile()) {
        entries.push({ ...entry, kind: 'file', bytes: await readFile(file) });
      }
    }
  }
  await add('');
  return entries;
}
