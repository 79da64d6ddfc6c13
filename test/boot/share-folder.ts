/** A folder for a guest, and one beside it that is none of its business. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../support/random.ts';

export const LARGE = 9 * 1024 * 1024 + 123;
export const MANY = 700;
/** Of sparse files only the size is compared. */
const MOST_READ = 64 * 1024 * 1024;

export interface ShareFolder {
  /** What is removed in the end. */
  readonly base: string;
  readonly shared: string;
}

/** Makes the folder that the scripts expect. */
export async function makeShareFolder(): Promise<ShareFolder> {
  const base = await mkdtemp(join(tmpdir(), 'hartware-share-'));
  const shared = join(base, 'shared');
  const deep = join(shared, 'tree/a/b/c/d/e/f/g/h');
  await mkdir(deep, { recursive: true });
  await mkdir(join(shared, 'many'));
  await mkdir(join(base, 'outside'));
  await writeFile(join(base, 'outside/host-only'), 'a secret of the host\n');
  await writeFile(join(shared, 'greeting'), 'from the host\n');
  await writeFile(join(shared, 'secret'), 'for its owner\n', { mode: 0o600 });
  await writeFile(join(deep, 'leaf'), 'a leaf\n');
  await writeFile(join(shared, 'large'), new Random(1).bytes(LARGE));
  for (let index = 0; index < MANY; index++) await writeFile(join(shared, 'many', `name ${index}`), '');
  // The guest has none of these files.
  await symlink(join(base, 'outside/host-only'), join(shared, 'outside'));
  await symlink(join(base, 'outside'), join(shared, 'folder-outside'));
  // And this one is something else in each of them.
  await symlink('/', join(shared, 'up'));
  return { base, shared };
}

/** Everything in a folder: names, kinds, permissions, links and content. */
export async function contentOf(folder: string, prefix = ''): Promise<string[]> {
  // Not readdir's `recursive`, which follows links to folders.
  const lines = (await readdir(join(folder, prefix))).map(async (entry): Promise<string[]> => {
    const name = join(prefix, entry);
    const path = join(folder, name);
    const status = await lstat(path);
    const mode = status.mode.toString(8);
    if (status.isSymbolicLink()) return [`${name} ${mode} -> ${await readlink(path)}`];
    if (status.isDirectory()) return [`${name} ${mode}`, ...(await contentOf(folder, name))];
    const sum =
      status.size > MOST_READ
        ? 'large'
        : createHash('sha256')
            .update(await readFile(path))
            .digest('hex');
    return [`${name} ${mode} ${status.nlink} ${status.size} ${sum}`];
  });
  return (await Promise.all(lines)).flat().sort();
}
