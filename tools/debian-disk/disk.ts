/** A Debian system on a disk that boots, made by Debian's own tools. */
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheDirectory } from '../../src/bindings/node/guest/file-cache.ts';
import { firstStage, makeRoot } from './first-stage.ts';
import { layoutOf, partition } from './layout.ts';
import { SECOND_STAGE, secondStage, secondStageScript } from './second-stage.ts';
import { FILES, PACKAGES } from './system.ts';

export interface DebianDiskOptions {
  /** In bytes. Default 2 GiB. */
  readonly size?: number;
  /** Default `HARTWARE_DEBIAN_MIRROR`; without either, the machine's apt is asked. */
  readonly mirror?: string;
  /** Default `HARTWARE_CACHE`, or `hartware` in the XDG cache directory. */
  readonly cacheDirectory?: string;
  /** Takes what the tools print. */
  readonly report?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const DEFAULT_SIZE = 2 * 2 ** 30;

/** Writes the disk to `image`, which is there in whole or not at all. */
export async function buildDebianDisk(image: string, options: DebianDiskOptions = {}): Promise<void> {
  const { report = () => {}, signal } = options;
  const mirror = options.mirror ?? (process.env.HARTWARE_DEBIAN_MIRROR || undefined);
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
  const layout = layoutOf(options.size ?? DEFAULT_SIZE);
  const unfinished = `${image}.part-${randomBytes(6).toString('hex')}`;
  const scratch = await mkdtemp(join(tmpdir(), 'hartware-debian-disk-'));
  try {
    const directory = join(scratch, 'root');
    const packageCache = join(cacheDirectory, 'debian-disk-packages');
    await firstStage({ directory, packageCache, mirror, report, signal });
    await writeFile(join(directory, SECOND_STAGE), secondStageScript(layout));
    await partition(unfinished, layout);
    await makeRoot(unfinished, layout.root, directory);
    await secondStage({ image: unfinished, layout, guest: { mirror, cacheDirectory, signal }, report });
    await rename(unfinished, image);
  } finally {
    await rm(unfinished, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The disk in the cache, built when it is not there. Not to be written to. */
export async function obtainDebianDisk(options: Omit<DebianDiskOptions, 'size'> = {}): Promise<string> {
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
  const recipe = JSON.stringify([FILES, PACKAGES, secondStageScript(layoutOf(DEFAULT_SIZE))]);
  const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 16);
  const image = join(cacheDirectory, `debian-disk-${digest}.img`);
  const isThere = await access(image).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(cacheDirectory, { recursive: true });
    await buildDebianDisk(image, options);
  }
  return image;
}
