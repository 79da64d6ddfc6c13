/** Overlays: what commit, rebase and temporary drives do with what they read as; and what a guest may write to raw ones. */
import { describe, expect, it } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { commitImage, rebaseImage } from '../../src/disks/commit.ts';
import type { DiskImage, ImageHost } from '../../src/disks/disk-image.ts';
import { openDiskDrive } from '../../src/disks/drive.ts';
import { diskFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { Random } from '../support/random.ts';
import { readAll } from './content.ts';

const SIZE = 8 << 20;

/** Files by name, which stay when they are closed. */
class Folder {
  private readonly files = new Map<string, MemoryImageFile>();
  readonly host: ImageHost = {
    ...createImageHost(),
    openReferenced: async (name, _, readOnly) => this.file(name, readOnly),
  };

  file(name: string, readOnly = false): ImageFile {
    const file = this.files.get(name) ?? new MemoryImageFile(name);
    this.files.set(name, file);
    // One and the same content, seen by who may write and who may not.
    return new Proxy(file, {
      get(target, key) {
        if (key === 'readOnly') return readOnly;
        const value = Reflect.get(target, key) as unknown;
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
  }

  async open(name: string, readOnly = false): Promise<DiskImage> {
    return openDiskImage(this.file(name, readOnly), this.host);
  }

  async create(name: string, format: string, below?: string, size = SIZE): Promise<DiskImage> {
    const image = below === undefined ? undefined : await this.open(below, true);
    const backing = image && { reference: below!, format: image.format, image };
    const made = await diskFormat(format).create(this.file(name), { size, backing }, this.host);
    if (image) made.backing = image;
    return made;
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Scribbles over a disk; some of it zeros. */
async function scribble(image: DiskImage, seed: number, count = 40): Promise<void> {
  const random = new Random(seed);
  for (let i = 0; i < count; i++) {
    const offset = random.below(image.size / 512) * 512;
    const length = Math.min(image.size - offset, 512 * (1 + random.below(300)));
    if (random.below(4) === 0 && image.writeZeroes) await image.writeZeroes(offset, length, true);
    else await image.write(offset, new Uint8Array(length).fill(random.below(256)));
  }
}

const TERABYTE = 2 ** 40;

/** 4 KiB from `offset` on are all `value`. */
async function expectFilled(image: DiskImage, offset: number, value: number): Promise<void> {
  const piece = new Uint8Array(4096).fill(0xff);
  await image.read(offset, piece);
  expect(piece.every((byte) => byte === value)).toBe(true);
}

it('an overlay of a terabyte that has zeros alone is committed where there is something else', async () => {
  const folder = new Folder();
  const base = await folder.create('base', 'qcow2', undefined, TERABYTE);
  for (const offset of [4096, TERABYTE - 4096]) await base.write(offset, new Uint8Array(4096).fill(1));
  await base.close();
  const top = await folder.create('top', 'qcow2', 'base', TERABYTE);
  // The last cluster is left out.
  await top.writeZeroes!(0, 1 << 30, false);
  await top.writeZeroes!(TERABYTE - 2 ** 36, 2 ** 36 - 65536, false);
  await commitImage(top, folder.host);
  await top.close();
  const after = await folder.open('base', true);
  await expectFilled(after, 4096, 0);
  await expectFilled(after, TERABYTE - 4096, 1);
  await after.close();
});

it('an overlay of a terabyte is moved by looking at what has content', async () => {
  const folder = new Folder();
  for (const [name, offset] of [
    ['base', TERABYTE - 65536],
    ['other', TERABYTE / 2 + 4096],
  ] as const) {
    const image = await folder.create(name, 'qcow2', undefined, TERABYTE);
    await image.write(offset, new Uint8Array(4096).fill(1));
    await image.close();
  }
  const top = await folder.create('top', 'qcow2', 'base', TERABYTE);
  const other = await folder.open('other', true);
  let steps = 0;
  await rebaseImage(
    top,
    { reference: 'other', format: 'qcow2', image: other },
    { progress: () => void steps++ },
  );
  // The beginning, one for each cluster with content, and the end.
  expect(steps).toBe(4);
  await other.close();
  await top.close();
  const moved = await folder.open('top', true);
  await expectFilled(moved, TERABYTE - 65536, 1);
  await expectFilled(moved, TERABYTE / 2 + 4096, 0);
  await moved.close();
});

describe.each(['raw', 'qcow2', 'vmdk'])('an overlay over %s', (format) => {
  it('is committed: the image beneath reads as it did, and it has nothing left', async () => {
    const folder = new Folder();
    const base = await folder.create('base', format);
    await scribble(base, 1);
    await base.close();
    const top = await folder.create('top', 'qcow2', 'base', SIZE + 65536);
    await scribble(top, 2);
    const expected = await readAll(top);
    await commitImage(top, folder.host);
    expect(same(await readAll(top), expected)).toBe(true);
    for (let offset = 0; offset < top.size;) {
      const { kind, length } = await top.nextExtent(offset);
      expect(kind).toBe('absent');
      offset += length;
    }
    await top.close();
    const after = await folder.open('base', true);
    expect(same(await readAll(after), expected)).toBe(true);
    await after.close();
  });

  it('is put onto another image, or onto none, and reads as it did', async () => {
    const folder = new Folder();
    for (const [name, seed] of [
      ['base', 3],
      ['other', 4],
    ] as const) {
      const image = await folder.create(name, format);
      await scribble(image, seed);
      await image.close();
    }
    const top = await folder.create('top', 'qcow2', 'base');
    await scribble(top, 5, 10);
    const expected = await readAll(top);
    const other = await folder.open('other', true);
    await rebaseImage(top, { reference: 'other', format: other.format, image: other });
    await top.close();
    await other.close();
    const moved = await folder.open('top');
    expect(moved.backing?.file.name).toBe('other');
    expect(same(await readAll(moved), expected)).toBe(true);
    await rebaseImage(moved, undefined);
    await moved.close();
    const alone = await folder.open('top', true);
    expect(alone.backing).toBeUndefined();
    expect(same(await readAll(alone), expected)).toBe(true);
    await alone.close();
  });

  it('in memory takes what a temporary drive is given', async () => {
    const folder = new Folder();
    const base = await folder.create('base', format);
    await scribble(base, 6);
    const before = await readAll(base);
    await base.close();
    const file = new Uint8Array(folder.file('base').size);
    await folder.file('base').read(0, file);
    const drive = await openDiskDrive(async (readOnly) => folder.file('base', readOnly), folder.host, {
      readOnly: false,
      temporary: true,
    });
    expect(drive.readOnly).toBe(false);
    await drive.write(12_288, new Uint8Array(8192).fill(0xaa));
    const bytes = new Uint8Array(SIZE);
    await drive.read(0, bytes);
    before.fill(0xaa, 12_288, 12_288 + 8192);
    expect(same(bytes, before)).toBe(true);
    await drive.close();
    const now = new Uint8Array(folder.file('base').size);
    await folder.file('base').read(0, now);
    expect(same(now, file)).toBe(true);
  });
});

describe('a raw image whose format was found out', () => {
  const open = (folder: Folder, format?: 'raw') =>
    openDiskDrive(async (readOnly) => folder.file('disk', readOnly), folder.host, {
      readOnly: false,
      format,
    });

  it('does not become one of another format by what a guest writes', async () => {
    const folder = new Folder();
    await folder.create('disk', 'raw');
    const evil = await folder.create('evil', 'qcow2');
    await evil.close();
    const header = new Uint8Array(65536);
    await folder.file('evil').read(0, header);
    const drive = await open(folder);
    await expect(drive.write(0, header)).rejects.toThrow(
      'disk: raw at offset 0: a write was refused that would have it taken for a qcow2 image',
    );
    // Nor in pieces.
    await drive.write(512, header.subarray(512, 1024));
    await drive.write(2, header.subarray(2, 512));
    await expect(drive.write(0, header.subarray(0, 2))).rejects.toThrow('a write was refused');
    await drive.write(0, new Uint8Array(512).fill(1));
    await drive.write(4096, header);
    await drive.close();
    expect((await folder.open('disk', true)).format).toBe('raw');
    // Who says that it is raw may write what he likes.
    const named = await open(folder, 'raw');
    await named.write(0, header.subarray(0, 4096));
    await named.close();
    expect((await folder.open('disk', true)).format).toBe('qcow2');
  });

  it.each([0, 200])('nor by what it writes to the end (of a file with %i bytes more)', async (more) => {
    const folder = new Folder();
    const size = (1 << 20) + more;
    await (await folder.create('disk', 'raw', undefined, size)).close();
    const vhd = folder.file('evil');
    const fixed = await diskFormat('vhd').create(
      vhd,
      { size: 1 << 20, options: { subformat: 'fixed' } },
      folder.host,
    );
    await fixed.close();
    const footer = new Uint8Array(512);
    await vhd.read(vhd.size - 512, footer);
    const drive = await open(folder);
    await expect(drive.write(size - 512, footer)).rejects.toThrow('have it taken for a vhd image');
    // What has a mistake in it is no footer; nor can the mistake be taken away, by zeros neither.
    const broken = footer.slice();
    broken[500] = 1;
    await drive.write(size - 512, broken);
    await expect(drive.write(size - 12, Uint8Array.of(0))).rejects.toThrow('a write was refused');
    await expect(drive.writeZeroes!(size - 12, 4, true)).rejects.toThrow('a write was refused');
    await expect(drive.discard!(size - 12, 4)).rejects.toThrow('a write was refused');
    await drive.writeZeroes!(4096, size - 8192, true);
    await drive.close();
    expect((await folder.open('disk', true)).format).toBe('raw');
  });
});

describe('a temporary drive', () => {
  it('lies over an image whatever the length of its name', async () => {
    const file = new MemoryImageFile('n'.repeat(2000), new Uint8Array(SIZE).fill(1));
    const options = { readOnly: false, temporary: true };
    const drive = await openDiskDrive(async () => file, createImageHost(), options);
    await drive.write(512, Uint8Array.of(2));
    const bytes = new Uint8Array(2);
    await drive.read(511, bytes);
    expect([...bytes]).toEqual([1, 2]);
    await drive.close();
  });
});

describe('backing images', () => {
  it('that lie beneath themselves are found', async () => {
    const folder = new Folder();
    await (await folder.create('a', 'qcow2')).close();
    await (await folder.create('b', 'qcow2', 'a')).close();
    const a = await folder.open('a');
    await rebaseImage(a, { reference: 'b', format: 'qcow2' }, { isUnsafe: true });
    await a.close();
    await expect(folder.open('a', true)).rejects.toThrow(
      'b: qcow2: backing file "a": it lies beneath itself',
    );
  });
});
