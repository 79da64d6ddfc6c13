/**
 * What is left of an image when everything stops at some moment: every write that was flushed, and metadata that are
 * consistent but for room that is lost. Stops of the process leave the writes so far; losses of power, some of those
 * since the last flush.
 */
import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../../src/disks/disk-image.ts';
import { MemoryImageFile, type ImageFile } from '../../src/disks/image-file.ts';
import type { Qcow2Image } from '../../src/disks/qcow2/image.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { readAll } from './content.ts';
import { createImage, openImage, pattern, SECTOR } from './qcow2-support.ts';

type Event =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number }
  | { readonly kind: 'flush' }
  /** The image's flush returned, and what the disk reads as then. */
  | { readonly kind: 'state'; readonly state: number };

/** A file in memory that notes what is done to it. */
class RecordedFile implements ImageFile {
  readonly readOnly = false;
  readonly events: Event[] = [];

  constructor(
    readonly name: string,
    private readonly inner: MemoryImageFile,
  ) {}

  get size(): number {
    return this.inner.size;
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.inner.read(offset, into);
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    this.events.push({ kind: 'write', offset, bytes: from.slice() });
    return this.inner.write(offset, from);
  }

  truncate(size: number): Promise<void> {
    this.events.push({ kind: 'truncate', size });
    return this.inner.truncate(size);
  }

  async flush(): Promise<void> {
    this.events.push({ kind: 'flush' });
  }

  async close(): Promise<void> {}
}

async function apply(file: MemoryImageFile, event: Event): Promise<void> {
  if (event.kind === 'write') await file.write(event.offset, event.bytes);
  else if (event.kind === 'truncate') await file.truncate(event.size);
}

/** What each byte of the disk may be: what it was at the last flush, or what was written since. */
interface Expected {
  readonly flushed: Uint8Array;
  /** Contents between that flush and the next. */
  readonly later: readonly Uint8Array[];
}

async function expectGood(
  bytes: Uint8Array,
  { flushed, later }: Expected,
  backing: Uint8Array | undefined,
): Promise<void> {
  const image = await openImage(new MemoryImageFile('crashed.qcow2', bytes), backing);
  const { errors } = await image.check();
  // That a count says "shared" longer than it is so loses nothing.
  expect(errors.filter((error) => !error.includes('several refer'))).toEqual([]);
  const content = await readAll(image);
  for (let i = 0; i < content.length; i += 1) {
    const byte = content[i];
    if (byte === flushed[i] || later.some((state) => state[i] === byte)) continue;
    throw new Error(`byte ${i} is ${byte}, was ${flushed[i]} when it was flushed`);
  }
  // It can be used again.
  await image.write(0, new Uint8Array(SECTOR).fill(1));
  await image.check({ repair: 'all' });
  await image.close();
}

interface Scenario {
  readonly options: FormatOptions;
  readonly seed: number;
  readonly losesPower: boolean;
  readonly hasBacking: boolean;
}

async function crashEverywhere({ options, seed, losesPower, hasBacking }: Scenario): Promise<void> {
  const random = new Random(seed);
  const size = 200 * SECTOR;
  const backing = hasBacking ? pattern(random, size - 30 * SECTOR) : undefined;
  const inner = new MemoryImageFile('recorded');
  const file = new RecordedFile('recorded', inner);
  let model = new Uint8Array(size);
  if (backing) model.set(backing);
  const image: Qcow2Image = await createImage(file, size, options, backing);
  file.events.length = 0;
  const start = await readAll(inner);
  // Each is what the disk reads as after another operation.
  const states = [model.slice()];
  const snapshots: Uint8Array<ArrayBuffer>[] = [];
  const note = (): void => {
    states.push(model.slice());
    file.events.push({ kind: 'state', state: states.length - 1 });
  };
  const flushes = new Set<Event>();
  for (let i = 0; i < 30; i++) {
    const offset = random.below(190) * SECTOR;
    const end = Math.min(size, offset + (1 + random.below(30)) * SECTOR);
    // What the operation leaves may come into the file from its beginning on.
    const kind = random.below(10);
    if (kind < 5) {
      const bytes = pattern(random, end - offset);
      model.set(bytes, offset);
      note();
      await image.write(offset, bytes);
    } else if (kind === 5) {
      model.fill(0, offset, end);
      note();
      await image.writeZeroes(offset, end - offset, random.oneIn(2));
    } else if (kind === 6) {
      const before = model.slice();
      model.fill(0, offset, end);
      note();
      await image.discard(offset, end - offset);
      model = before;
      await image.read(offset, model.subarray(offset, end));
      note();
    } else if (kind === 7) {
      const cluster = image.clusterSize;
      const at = offset - (offset % cluster);
      const bytes = pattern(random, Math.min(cluster, size - at));
      model.set(bytes, at);
      note();
      await image.writeCompressed(at, bytes);
    } else if (kind === 8 && options.refcountBits === undefined && snapshots.length < 2) {
      await image.createSnapshot(`s${snapshots.length}`);
      snapshots.push(model.slice());
    } else if (kind === 8 && snapshots.length === 2 && random.oneIn(2)) {
      model = snapshots[0].slice();
      note();
      await image.applySnapshot('s0');
    } else {
      await image.flush();
      const event: Event = { kind: 'state', state: states.length - 1 };
      flushes.add(event);
      file.events.push(event);
    }
  }
  await image.close();

  const { events } = file;
  let flushed = 0;
  let latest = 0;
  const sure = new MemoryImageFile('sure', start);
  let unsure: Event[] = [];
  // Not all moments, which would take long; others with other seeds.
  const every = losesPower ? 4 : 2;
  for (const [i, event] of events.entries()) {
    if (event.kind === 'state') {
      latest = event.state;
      if (flushes.has(event)) flushed = event.state;
      continue;
    }
    if (event.kind === 'flush') {
      for (const other of unsure) await apply(sure, other);
      unsure = [];
      continue;
    }
    unsure.push(event);
    if ((i + seed) % every !== 0) continue;
    const crashed = new MemoryImageFile('crashed', await readAll(sure));
    for (const other of unsure) if (!losesPower || random.oneIn(2)) await apply(crashed, other);
    const later = states.slice(flushed + 1, latest + 1);
    await expectGood(await readAll(crashed), { flushed: states[flushed], later }, backing);
  }
}

describe.each<FormatOptions>([
  {},
  { clusterSize: 512 },
  { clusterSize: 1024, refcountBits: 1 },
  { clusterSize: 4096, compat: '0.10' },
  { clusterSize: 16384, extendedL2: true },
])('%j', (options) => {
  it.each(fuzzSeeds(2))('survives the end of the process, seed %i', (seed) =>
    crashEverywhere({ options, seed, losesPower: false, hasBacking: seed % 2 === 0 }),
  );
  it.each(fuzzSeeds(2))('survives the loss of power, seed %i', (seed) =>
    crashEverywhere({ options, seed, losesPower: true, hasBacking: seed % 2 === 0 }),
  );
});
