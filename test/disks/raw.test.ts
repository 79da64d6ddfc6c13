/** Raw images, files in memory, and the folders that images may name files in. */
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { diskFormat, probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { isZero } from '../../src/disks/zeros.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartware-disks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = async (
  image: { read(offset: number, into: Uint8Array): Promise<void> },
  offset: number,
  length: number,
) => {
  const bytes = new Uint8Array(length).fill(0xee);
  await image.read(offset, bytes);
  return bytes;
};

describe('a file in memory', () => {
  it('holds what was written, and zeros elsewhere', async () => {
    const file = new MemoryImageFile();
    await file.write(200_000, Uint8Array.of(1, 2, 3));
    expect(file.size).toBe(200_003);
    expect(file.allocated).toBe(65536);
    expect(await read(file, 199_999, 4)).toEqual(Uint8Array.of(0, 1, 2, 3));
    await file.truncate(200_001);
    await file.truncate(200_003);
    expect(await read(file, 200_000, 3)).toEqual(Uint8Array.of(1, 0, 0));
    await file.punchHole(65536, 1 << 20);
    expect(file.allocated).toBe(0);
  });
});

describe('a raw image', () => {
  it('reads as if zeros followed, up to a whole sector, and becomes longer by writes there', async () => {
    const file = new MemoryImageFile('a.img', new Uint8Array(600).fill(7));
    expect(await probeFormat(file)).toBe('raw');
    const image = await openDiskImage(file, createImageHost());
    expect(image.size).toBe(1024);
    const bytes = await read(image, 512, 512);
    expect(bytes.subarray(0, 88).every((byte) => byte === 7)).toBe(true);
    expect(isZero(bytes.subarray(88))).toBe(true);
    await image.write(1000, Uint8Array.of(9));
    expect(file.size).toBe(1001);
    expect(await read(image, 999, 3)).toEqual(Uint8Array.of(0, 9, 0));
  });

  it('is refused when it is empty', async () => {
    await expect(openDiskImage(new MemoryImageFile('e.img'), createImageHost())).rejects.toThrow(
      'e.img: raw: it is empty',
    );
  });

  it('is a file that is locked', async () => {
    const path = join(folder, 'disk.img');
    const file = await NodeImageFile.create(path);
    const image = await diskFormat('raw').create(file, { size: 1 << 20 }, createImageHost());
    await image.write(4096, Uint8Array.of(5));
    await expect(NodeImageFile.create(path)).rejects.toThrow('it exists already');
    await expect(NodeImageFile.open(path, false)).rejects.toThrow('is in use by this process already');
    await image.close();
    const again = await NodeImageFile.open(path, true);
    expect(again.size).toBe(1 << 20);
    expect(await read(again, 4095, 2)).toEqual(Uint8Array.of(0, 5));
    await again.close();
  });
});

describe('what an image names', () => {
  it('is opened in its folder and where it is allowed, symbolic links followed', async () => {
    const [inside, outside] = [join(folder, 'images'), join(folder, 'secret')];
    await Promise.all([mkdir(inside), mkdir(outside)]);
    await writeFile(join(inside, 'top'), 'x');
    await writeFile(join(inside, 'base'), 'x');
    await writeFile(join(outside, 'key'), 'x');
    await symlink(join(outside, 'key'), join(inside, 'link'));
    const top = await NodeImageFile.open(join(inside, 'top'), true, 'top');
    const strict = createImageHost();
    await (await strict.openReferenced('base', top, true)).close();
    for (const reference of ['../secret/key', 'link', join(outside, 'key')])
      await expect(strict.openReferenced(reference, top, true)).rejects.toThrow('lies outside its folder');
    const file = await createImageHost({ allow: [outside] }).openReferenced('link', top, true);
    await file.close();
    await expect(strict.openReferenced('none', top, true)).rejects.toThrow('no such file');
    await expect(strict.createReferenced('../secret/new', top)).rejects.toThrow('cannot create');
    await top.close();
  });
});

describe('zeros', () => {
  it('are found at every place and alignment', () => {
    const bytes = new Uint8Array(200);
    for (let start = 0; start < 9; start++) {
      for (let end = 100; end < 109; end++) {
        expect(isZero(bytes.subarray(start, end))).toBe(true);
        for (const at of [start, start + 1, 50, end - 1]) {
          bytes[at] = 0x80;
          expect(isZero(bytes.subarray(start, end))).toBe(false);
          bytes[at] = 0;
        }
      }
    }
  });
});
