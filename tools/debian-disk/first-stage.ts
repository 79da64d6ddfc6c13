/**
 * The first stage of debootstrap, on the host: packages fetched, verified and the first of them
 * unpacked. Under fakeroot, which needs no privilege and remembers whose the files are.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptArchives, type ConfiguredArchive } from '../../src/bindings/node/guest/apt.ts';
import { ARCHITECTURE, SUITE } from '../../src/bindings/node/guest/package-source.ts';
import type { Partition } from './layout.ts';
import { run } from './run.ts';
import { FILES, PACKAGES, ROOT_LABEL } from './system.ts';

export interface FirstStageOptions {
  /** An empty folder for the files of the system. */
  readonly directory: string;
  /** Where packages are kept for the next time. */
  readonly packageCache: string;
  /** Root of a Debian archive. Default: those of the machine's apt, one after the other. */
  readonly mirror?: string;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What fakeroot knows of the folder's files. */
const owners = (directory: string): string => `${directory}.owners`;

/** @throws Error when the packages cannot be had. */
export async function firstStage(options: FirstStageOptions): Promise<void> {
  const { directory, packageCache, mirror, signal } = options;
  await mkdir(packageCache, { recursive: true });
  const archives: readonly ConfiguredArchive[] = mirror ? [{ uri: mirror }] : await aptArchives({ signal });
  const failures: string[] = [];
  for (const archive of archives) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    try {
      await debootstrap(archive, options);
      await shortenIndex(directory);
      await leaveKernel(directory);
      for (const [path, text] of Object.entries(FILES)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), text);
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${archive.uri}: ${(error as Error).message}`);
    }
  }
  throw new Error(
    failures.length > 0 ? failures.join('; ') : "apt's configuration on this machine names no archive",
  );
}

async function debootstrap(
  { uri, signedBy }: ConfiguredArchive,
  { directory, packageCache, report, signal }: FirstStageOptions,
): Promise<void> {
  const args = ['--foreign', `--arch=${ARCHITECTURE}`, '--variant=minbase', `--cache-dir=${packageCache}`];
  if (signedBy) args.push(`--keyring=${signedBy}`);
  args.push(`--include=${PACKAGES.join()}`, SUITE, directory, uri);
  await run('fakeroot', ['-s', owners(directory), 'debootstrap', ...args], {
    signal,
    onOutput: lines(report),
  });
}

/**
 * The second stage reads the archive's index once for each dependency: minutes, in a guest. Of the
 * packages that it does not install it needs nothing.
 */
async function shortenIndex(directory: string): Promise<void> {
  const names = new Set<string>();
  for (const list of ['required', 'base']) {
    const text = await readFile(join(directory, 'debootstrap', list), 'utf8');
    for (const name of text.split(/\s+/)) if (name !== '') names.add(name);
  }
  const lists = join(directory, 'var/lib/apt/lists');
  for (const file of await readdir(lists)) {
    if (!file.endsWith('_Packages')) continue;
    const stanzas = (await readFile(join(lists, file), 'utf8')).split('\n\n');
    const kept = stanzas.filter((stanza) => names.has(/^Package: *(\S+)/m.exec(stanza)?.[1] ?? ''));
    await writeFile(join(lists, file), kept.map((stanza) => `${stanza.trim()}\n\n`).join(''));
  }
}

/**
 * The kernel is fetched and not yet installed: the second stage does that at its end, when the
 * initramfs that comes with it is made once, and of everything.
 */
async function leaveKernel(directory: string): Promise<void> {
  const list = join(directory, 'debootstrap/base');
  const names = (await readFile(list, 'utf8')).split(/\s+/);
  await writeFile(
    list,
    `${names
      .filter((name) => !name.startsWith('linux-image-'))
      .join(' ')
      .trim()}\n`,
  );
}

/** Makes the ext4 file system of the partition, with all files of `directory`. */
export async function makeRoot(image: string, { offset, size }: Partition, directory: string): Promise<void> {
  const args = ['-q', '-F', '-t', 'ext4', '-L', ROOT_LABEL, '-d', directory, '-E', `offset=${offset}`];
  await run('fakeroot', ['-i', owners(directory), 'mke2fs', ...args, image, `${size / 1024}k`]);
}

/** Calls `report` for each whole line of a text that comes in pieces. */
export function lines(report: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const all = (rest + text).split('\n');
    rest = all.pop()!;
    for (const line of all) report(line.trimEnd());
  };
}
