/** Internal snapshots of qcow2 images: read beside the disk, changed by us and QEMU, killed at any moment. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { DiskImageError, type FormatOptions } from '../../src/disks/disk-image.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import type { Qcow2Image } from '../../src/disks/qcow2/image.ts';
import { QCOW2 } from '../../src/disks/qcow2/index.ts';
import { fuzzSeeds, Random } from '../support/random.ts';

import { hasQemuImg, qemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';
import { MemoryFolder } from './memory-image-host.ts';
import { createImage, HOST, openImage, pattern, SECTOR } from './qcow2-support.ts';

const KIB = 1024;
const SIZE = 400 * KIB;

/** Overwrites some of the disk. */
async function scribble(image: Qcow2Image, random: Random): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const at = random.below(image.size / SECTOR) * SECTOR;
    await image.write(at, pattern(random, Math.min(image.size - at, (1 + random.below(60)) * SECTOR)));
  }
  await image.discard(random.below(image.size / SECTOR / 2) * SECTOR, 100 * KIB);
}

describe('a snapshot', () => {
  it.each<FormatOptions>([{}, { clusterSize: 4096, compat: '0.10' }, { extendedL2: true }])(
    'is read beside the disk, which goes on: %j',
    async (options) => {
      const random = new Random(1);
      const backing = pattern(random, SIZE - 30 * KIB);
      const image = await createImage(new MemoryImageFile('disk'), SIZE, options, backing);
      const states: Uint8Array[] = [];
      for (const name of ['one', 'two', 'three']) {
        await scribble(image, random);
        await image.writeCompressed(0, pattern(random, image.clusterSize));
        states.push(await readAll(image));
        await image.createSnapshot(name);
        if (options.compat === undefined) await image.resize(image.size + 100 * KIB);
      }
      const views = await Promise.all(['one', '2', 'three'].map((name) => image.openSnapshot(name)));
      await scribble(image, random);
      for (const [index, view] of views.entries()) {
        expect(view.readOnly).toBe(true);
        expect(view.size).toBe(states[index].length);
        expect(Buffer.compare(await readAll(view), states[index])).toBe(0);
        await expect(view.write(0, new Uint8Array(SECTOR))).rejects.toThrow('read');
        await view.close();
      }
      expect((await image.check()).errors).toEqual([]);
      await image.applySnapshot('one');
      expect(Buffer.compare(await readAll(image), states[0])).toBe(0);
      await image.close();
    },
  );

  it('of a size that no disk has is refused', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    const image = await createImage(file, SIZE);
    await image.createSnapshot('one');
    const { bytes, at } = await tableOf(file);
    // The size of the disk, in its extra data.
    for (const size of [2 ** 60, 2 ** 52]) {
      new DataView(bytes.buffer).setBigUint64(48, BigInt(size));
      await file.write(at, bytes);
      const again = await openImage(file);
      for (const use of ['openSnapshot', 'applySnapshot'] as const) {
        await expect(again[use]('one')).rejects.toThrow(DiskImageError);
        await expect(again[use]('one')).rejects.toThrow('which is too large');
      }
    }
  });

  async function tableOf(file: MemoryImageFile): Promise<{ bytes: Uint8Array<ArrayBuffer>; at: number }> {
    const head = new Uint8Array(72);
    await file.read(0, head);
    const at = Number(new DataView(head.buffer).getBigUint64(64));
    const bytes = new Uint8Array(64);
    await file.read(at, bytes);
    return { bytes, at };
  }

  it.each(fuzzSeeds(3))(
    'and the disk are whole whenever the process dies or the power fails, seed %i',
    async (seed) => {
      const random = new Random(seed);
      const folder = new MemoryFolder();
      const options = random.pick<FormatOptions>([{}, { clusterSize: 4096 }, { compat: '0.10' }]);
      const image = (await QCOW2.create(
        folder.open('disk'),
        { size: SIZE, options },
        folder.host(),
      )) as Qcow2Image;
      await scribble(image, random);
      await image.flush();
      const start = await folder.copy();
      folder.log.length = 0;
      /** What the disk may read as, and the snapshots that are sure to be there, from so many events on. */
      const states: { from: number; contents: Uint8Array[]; kept: string[] }[] = [];
      const snapshots = new Map<string, Uint8Array>();
      let content = await readAll(image);
      const step = async (work: () => Promise<void>, kept: string[], after = kept): Promise<void> => {
        const former = content;
        const state = { from: folder.log.length, contents: [former], kept };
        states.push(state);
        await work();
        await image.flush();
        content = await readAll(image);
        state.contents.push(content);
        states.push({ from: folder.log.length, contents: [content], kept: after });
      };
      const create = async (name: string): Promise<void> => {
        const former = [...snapshots.keys()];
        snapshots.set(name, content);
        await step(() => image.createSnapshot(name), former, [...former, name]);
      };
      const write = async (): Promise<void> => {
        await scribble(image, random);
        await image.flush();
        content = await readAll(image);
      };
      await create('one');
      const quiet = folder.log.length;
      await write();
      const busy = folder.log.length;
      await create('two');
      await step(() => image.applySnapshot('one'), ['one', 'two']);
      await step(() => image.deleteSnapshot('one'), ['two']);
      await step(() => image.deleteSnapshot('two'), []);
      await image.close();

      const look = async (left: MemoryFolder, events: number, what: string): Promise<void> => {
        const again = (await openDiskImage(left.open('disk'), left.host())) as Qcow2Image;
        const { errors } = await again.check();
        // That a count says "shared" longer than it is so loses nothing.
        expect(
          errors.filter((error) => !error.includes('several refer')),
          what,
        ).toEqual([]);
        const { contents, kept } = states.filter(({ from }) => from <= events).at(-1)!;
        const found = await readAll(again);
        // While it is written to it is in between.
        if (events <= quiet || events >= busy)
          expect(
            contents.some((each) => Buffer.compare(each, found) === 0),
            what,
          ).toBe(true);
        const { snapshots: there = [] } = await again.info();
        expect(
          there.map(({ name }) => name),
          what,
        ).toEqual(expect.arrayContaining(kept));
        for (const { name } of there) {
          const view = await again.openSnapshot(name);
          expect(Buffer.compare(await readAll(view), snapshots.get(name)!), what).toBe(0);
        }
        // It goes on, and nothing of a snapshot is lost by that.
        await scribble(again, new Random(1));
        for (const { name } of there) {
          const view = await again.openSnapshot(name);
          expect(Buffer.compare(await readAll(view), snapshots.get(name)!), what).toBe(0);
        }
        await again.check({ repair: 'all' });
        expect(await again.check(), what).toMatchObject({ errorCount: 0, leaks: 0 });
        await again.close();
      };
      const { log } = folder;
      const killed = await start.copy();
      const stable = await start.copy();
      let pending: number[] = [];
      for (let events = 1; events <= log.length; events++) {
        const event = log[events - 1];
        await killed.apply(event);
        if (event.kind === 'flush') {
          for (const i of pending) await stable.apply(log[i]);
          pending = [];
        } else pending.push(events - 1);
        await look(await killed.copy(), events, `killed after ${events} events`);
        const left = await stable.copy();
        for (const i of pending) if (random.oneIn(2) || log[i].kind === 'truncate') await left.apply(log[i]);
        // What was not flushed may be missing.
        if (pending.length === 0 || events <= quiet || events > busy)
          await look(left, events - pending.length, `power lost after ${events} events`);
      }
    },
  );
});

describe.skipIf(!hasQemuImg)('with QEMU', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hartware-snapshots-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each<FormatOptions>([{}, { compat: '0.10', clusterSize: 4096 }, { extendedL2: true }])(
    'snapshots are made, read, applied and deleted by turns: %j',
    async (options) => {
      const random = new Random(3);
      const path = join(folder, 'disk.qcow2');
      const open = async (readOnly = false): Promise<Qcow2Image> =>
        (await openDiskImage(await NodeImageFile.open(path, readOnly), HOST)) as Qcow2Image;
      const created = (await QCOW2.create(
        await NodeImageFile.create(path),
        { size: SIZE, options },
        HOST,
      )) as Qcow2Image;
      await created.close();
      const states = new Map<string, Uint8Array>();
      for (const [index, name] of ['ours', 'theirs', 'ours too'].entries()) {
        const image = await open();
        await scribble(image, random);
        states.set(name, await readAll(image));
        if (index !== 1) await image.createSnapshot(name);
        await image.close();
        if (index === 1) qemuImg('snapshot', '-c', name, path);
        expect(qemuImg('check', path)).toContain('No errors were found');
      }
      execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 4k 100k', path], { stdio: 'ignore' });
      const listed = JSON.parse(qemuImg('info', '--output=json', path)) as { snapshots: { name: string }[] };
      const now = await open(true);
      expect((await now.info()).snapshots).toMatchObject(
        listed.snapshots.map((each) => {
          const { id, name, ...times } = each as {
            id: string;
            name: string;
            'date-sec': number;
            'date-nsec': number;
          };
          const time = times['date-sec'] * 1000 + Math.floor(times['date-nsec'] / 1e6);
          return { id, name, time, size: SIZE, stateSize: 0 };
        }),
      );
      for (const [name, state] of states) {
        expect(Buffer.compare(await readAll(await now.openSnapshot(name)), state)).toBe(0);
        const raw = join(folder, 'raw');
        qemuImg('convert', '-l', name, '-O', 'raw', path, raw);
        const theirs = await openDiskImage(await NodeImageFile.open(raw, true), HOST, { format: 'raw' });
        expect(Buffer.compare(await readAll(theirs), state)).toBe(0);
        await theirs.close();
      }
      await now.close();
      qemuImg('snapshot', '-a', 'ours', path);
      const image = await open();
      expect(Buffer.compare(await readAll(image), states.get('ours')!)).toBe(0);
      await image.applySnapshot('theirs');
      await image.deleteSnapshot('ours too');
      await image.close();
      expect(qemuImg('check', path)).toContain('No errors were found');
      qemuImg('snapshot', '-d', 'theirs', path);
      const last = await open(true);
      expect(Buffer.compare(await readAll(last), states.get('theirs')!)).toBe(0);
      expect((await last.info()).snapshots).toMatchObject([{ name: 'ours' }]);
      await last.close();
      expect(qemuImg('check', path)).toContain('No errors were found');
    },
  );
});
