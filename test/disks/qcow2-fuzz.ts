/** Damaged qcow2 images: whatever is wrong with one, it is a DiskImageError that says so. */
import { DiskImageError } from '../../src/disks/disk-image.ts';
import { ArgumentError } from '../../src/errors.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import type { Qcow2Image } from '../../src/disks/qcow2/image.ts';
import type { Random } from '../support/random.ts';
import { readAll } from './content.ts';
import { createImage, openImage, pattern, VARIANTS } from './qcow2-support.ts';

const SIZE = 300 * 512;

/** Images with all that the format has, by our own hand. */
export async function fuzzSamples(random: Random): Promise<Uint8Array[]> {
  const samples: Uint8Array[] = [];
  for (const options of VARIANTS) {
    // A disk of 2 MiB takes long to damage where it matters.
    if (options.clusterSize === 2 << 20) continue;
    const file = new MemoryImageFile('sample');
    const backing = random.oneIn(2) ? pattern(random, SIZE) : undefined;
    const image = await createImage(file, SIZE, options, backing);
    await image.write(random.below(100) * 512, pattern(random, 40 * 512));
    const cluster = image.clusterSize;
    const last = Math.floor((SIZE - 1) / cluster) * cluster;
    await image.writeCompressed(last, pattern(random, SIZE - last));
    if (Number(options.refcountBits ?? 16) >= 8) await image.createSnapshot('one');
    await image.write(0, pattern(random, 512));
    await image.writeZeroes(20 * 512, 60 * 512, random.oneIn(2));
    await image.close();
    samples.push(await readAll(file));
  }
  return samples;
}

/** Changes some of what matters: the header, and words of tables, to values that nearly make sense. */
export function mutate(sample: Uint8Array, random: Random): Uint8Array {
  let bytes = sample.slice();
  for (let i = 1 + random.below(4); i > 0; i--) {
    const view = new DataView(bytes.buffer);
    const clusterSize = 2 ** Math.min(21, view.getUint32(20));
    const clusters = Math.ceil(bytes.length / clusterSize);
    // Tables are sparse: their words that are not zero are near the start of clusters.
    const places = [
      () => random.below(28) * 4,
      () => random.below(clusters) * clusterSize + random.below(16) * 8,
      () => random.below(clusters) * clusterSize + random.below(40) * 2,
      () => random.below(bytes.length),
    ];
    const at = Math.min(random.pick(places)(), bytes.length - 8);
    const cluster = random.below(clusters + 2) * clusterSize;
    switch (random.below(7)) {
      case 0:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 1:
        view.setUint32(at, random.uint32());
        break;
      case 2:
        view.setUint32(at, random.pick([0, 1, 0xff, 0xffff_ffff, 0x8000_0000, 0x7fff_ffff]));
        break;
      case 3:
        view.setBigUint64(at, BigInt(cluster));
        break;
      case 4:
        view.setBigUint64(at, BigInt(cluster) | (1n << 63n));
        break;
      case 5:
        view.setBigUint64(
          at,
          BigInt(cluster + random.below(2) * 512 + random.below(2)) | (1n << BigInt(random.below(64))),
        );
        break;
      default:
        if (random.oneIn(3)) bytes = bytes.slice(0, Math.max(32, random.below(bytes.length)));
    }
  }
  return bytes;
}

/** @throws whatever is no DiskImageError, and when damage makes it take too much. */
export async function useDamaged(bytes: Uint8Array, random: Random): Promise<void> {
  const file = new MemoryImageFile('damaged.qcow2', bytes);
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DiskImageError)) throw error;
    }
  };
  let image: Qcow2Image | undefined;
  await attempt(async () => {
    image = await openImage(file);
  });
  if (!image) return;
  const opened = image;
  const places = [0, 512, SIZE / 2, SIZE - 512].filter((place) => place + 512 <= opened.size);
  const buffer = new Uint8Array(512);
  const work: (() => Promise<unknown>)[] = [
    () => opened.info(),
    () => opened.check(),
    ...places.map((place) => () => opened.read(place, buffer)),
    ...places.map((place) => () => opened.nextExtent(place)),
    ...places.map((place) => () => opened.write(place, buffer.fill(place & 255))),
    () => opened.discard(0, Math.min(opened.size, SIZE)),
    () => opened.writeZeroes(0, Math.min(opened.size, SIZE), true),
    () => opened.flush(),
    () => opened.check({ repair: random.oneIn(2) ? 'all' : 'leaks' }),
    () => opened.write(0, buffer.subarray(0, Math.min(512, opened.size))),
    () => opened.flush(),
    ...['openSnapshot', 'applySnapshot', 'deleteSnapshot'].map((name) => async (): Promise<void> => {
      const snapshot = (await opened.info()).snapshots?.[0];
      if (!snapshot) return;
      // Where the list lies in other clusters, too, it is another one now than it was at first.
      const view = await opened[name as 'openSnapshot'](snapshot.name).catch((error: unknown) => {
        if (!(error instanceof ArgumentError)) throw error;
      });
      if (view) await view.read(0, buffer.subarray(0, Math.min(512, view.size)));
    }),
    () => opened.flush(),
  ];
  // Reading first or writing first: what is in memory differs.
  if (random.oneIn(2)) work.splice(0, 2);
  for (const step of work) await attempt(step);
  await attempt(() => opened.close());
  // A snapshot may be of a much larger disk, whose L1 table it brings: up to 16 bytes for each L2 table.
  const l1Size = (opened.size / opened.clusterSize ** 2) * 128;
  if (file.allocated > bytes.length * 4 + (8 << 20) + l1Size)
    throw new Error(`the file takes ${file.allocated} bytes`);
}
