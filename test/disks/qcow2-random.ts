/** Random operations on a qcow2 image beside the same on an array of bytes. */
import { expect } from 'vitest';
import type { FormatOptions } from '../../src/disks/disk-image.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import type { Qcow2Image } from '../../src/disks/qcow2/image.ts';
import type { Random } from '../support/random.ts';
import { readAll } from './content.ts';
import { createImage, firstDifference, openImage, pattern, SECTOR } from './qcow2-support.ts';

export interface RandomRun {
  readonly random: Random;
  readonly options: FormatOptions;
  readonly steps: number;
  readonly hasBacking: boolean;
  readonly hasSnapshots: boolean;
}

export async function runRandomly({
  random,
  options,
  steps,
  hasBacking,
  hasSnapshots,
}: RandomRun): Promise<void> {
  const file = new MemoryImageFile('random.qcow2');
  const clusterSize = Number(options.clusterSize ?? 65536);
  // So that there are several L2 tables where they are small, and not too many bytes where they are not.
  const sectors = Math.max(64, Math.min(4096, (clusterSize * 40) / SECTOR)) + random.below(7);
  let model = new Uint8Array(sectors * SECTOR);
  const backing = hasBacking ? pattern(random, (sectors - 20 + random.below(60)) * SECTOR) : undefined;
  if (backing) model.set(backing.subarray(0, model.length));
  let image: Qcow2Image = await createImage(file, model.length, options, backing);
  const snapshots = new Map<string, Uint8Array>();

  const range = (limit: number): [number, number] => {
    const offset = random.below(model.length);
    const most = random.oneIn(4) ? limit * 8 : limit;
    const [start, end] = [offset, Math.min(model.length, offset + 1 + random.below(most))];
    // Mostly whole sectors, as guests do.
    return random.oneIn(5) ? [start, end] : [start - (start % SECTOR), Math.ceil(end / SECTOR) * SECTOR];
  };
  const step = async (): Promise<void> => {
    const [start, end] = range(clusterSize * 2);
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2: {
        // Neighbours in one cluster, at the same time.
        const cuts = [
          start,
          ...Array.from({ length: random.below(4) }, () => start + random.below(end - start)),
          end,
        ].sort((a, b) => a - b);
        const bytes = pattern(random, end - start);
        model.set(bytes, start);
        await Promise.all(
          cuts.slice(1).map((cut, i) => image.write(cuts[i], bytes.subarray(cuts[i] - start, cut - start))),
        );
        break;
      }
      case 3:
        await image.writeZeroes(start, end - start, random.oneIn(2));
        model.fill(0, start, end);
        break;
      case 4: {
        await image.discard(start, end - start);
        const now = new Uint8Array(end - start);
        await image.read(start, now);
        for (let i = 0; i < now.length; i++)
          if (now[i] !== 0 && now[i] !== model[start + i])
            throw new Error(`after a discard there is something else at ${start + i}`);
        model.set(now, start);
        break;
      }
      case 5: {
        const first = start - (start % clusterSize);
        const length = Math.min(clusterSize, model.length - first);
        const bytes = pattern(random, length);
        await image.writeCompressed(first, bytes);
        model.set(bytes, first);
        break;
      }
      case 6:
        await image.flush();
        break;
      case 7: {
        const others = random.below(3);
        const bytes = pattern(random, end - start);
        model.set(bytes, start);
        await Promise.all([
          image.write(start, bytes),
          ...Array.from({ length: others }, () => image.flush()),
        ]);
        break;
      }
      case 8:
        await image.close();
        image = await openImage(file, backing);
        expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
        break;
      case 9: {
        if (hasSnapshots && options.compat === '0.10') break;
        const size = Math.max(
          SECTOR,
          model.length + (random.below(41) - 20) * SECTOR * (random.oneIn(4) ? 20 : 1),
        );
        await image.resize(size);
        const next = new Uint8Array(size);
        next.set(model.subarray(0, size));
        model = next;
        break;
      }
      case 10:
        if (hasSnapshots) await changeSnapshots();
        else if (random.oneIn(6)) {
          await image.makeEmpty();
          model.fill(0);
          if (backing) model.set(backing.subarray(0, model.length));
        }
        break;
      default: {
        const bytes = new Uint8Array(end - start);
        await image.read(start, bytes);
        const at = firstDifference(bytes, model.subarray(start, end));
        if (at >= 0) throw new Error(`the content differs at ${start + at}`);
      }
    }
  };
  const changeSnapshots = async (): Promise<void> => {
    const names = [...snapshots.keys()];
    if (names.length < 3 && (names.length === 0 || random.oneIn(2))) {
      const name = `s${random.below(1000)}`;
      if (snapshots.has(name)) return;
      await image.createSnapshot(name);
      snapshots.set(name, model.slice());
      return;
    }
    const name = random.pick(names);
    if (random.oneIn(2)) {
      await image.applySnapshot(name);
      model = snapshots.get(name)!.slice() as Uint8Array<ArrayBuffer>;
    } else {
      await image.deleteSnapshot(name);
      snapshots.delete(name);
    }
  };

  for (let i = 0; i < steps; i++) {
    try {
      await step();
    } catch (error) {
      throw new Error(`step ${i}: ${String(error)}`, { cause: error });
    }
  }
  expect(firstDifference(await readAll(image), model)).toBe(-1);
  expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
  await image.close();
  image = await openImage(file, backing);
  expect(firstDifference(await readAll(image), model)).toBe(-1);
  expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
  await image.close();
}
