/** VDI images: ours, qemu-img's, killed, damaged. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { VDI } from '../../src/disks/vdi/vdi.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { hasQemuImg, qemuImg } from './qemu-img.ts';
import { countReads, readAll } from './content.ts';
import { compareWithModel, contentOf, crashEverywhere, fuzz, walk } from './image-model.ts';
import { MemoryFolder } from './memory-image-host.ts';

const MIB = 1 << 20;
const host = createImageHost();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartware-vdi-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A disk with holes, whose last block is a part of one. */
function sample(): Uint8Array {
  const random = new Random(7);
  const bytes = new Uint8Array(9 * MIB + 512 * 3);
  for (const [from, to] of [
    [0, 512],
    [MIB - 4096, MIB + 4096],
    [3 * MIB, 5 * MIB],
    [9 * MIB + 512, 9 * MIB + 1536],
  ])
    for (let i = from; i < to; i += 4) bytes.fill(random.below(256), i, i + 4);
  return bytes;
}

describe('a VDI image', () => {
  it.each([1, 2, 3])('holds what is written to it (seed %i)', async (seed) => {
    await compareWithModel({ format: VDI, size: 6 * MIB + 1536, seed, rounds: 30 });
  });

  it('is the same when it is static', async () => {
    await compareWithModel({ format: VDI, options: { static: true }, size: 3 * MIB, seed: 4, rounds: 15 });
  });

  it.each(fuzzSeeds(2))(
    'has what was flushed whenever the process dies or the power fails (seed %i)',
    async (seed) => {
      await crashEverywhere({ format: VDI, size: 3 * MIB, seed, rounds: 20 });
    },
  );

  it('takes the place in the file that a crash left unused', async () => {
    const memory = new MemoryFolder();
    const image = await VDI.create(memory.open('disk'), { size: 8 * MIB }, host);
    await image.write(0, Uint8Array.of(1));
    await image.flush();
    const before = await memory.copy();
    await image.write(2 * MIB, Uint8Array.of(2));
    await image.write(4 * MIB, Uint8Array.of(4));
    await image.close();
    // Of the tables, only the last entry came to be written.
    const bytes = new Uint8Array(4);
    await memory.files.get('disk')!.read(4096 + 16, bytes);
    for (const event of memory.log)
      if (event.kind === 'write' && event.offset !== 4096) await before.apply(event);
    await before.files.get('disk')!.write(4096, Uint8Array.of(0, 0, 0, 0));
    await before.files.get('disk')!.write(4096 + 16, bytes);
    const again = await openDiskImage(before.open('disk'), host);
    expect(await again.check!()).toMatchObject({ leaks: 1 });
    const { size } = before.files.get('disk')!;
    await again.write(6 * MIB, Uint8Array.of(6));
    expect(before.files.get('disk')!.size).toBe(size);
    expect(await again.check!()).toMatchObject({ leaks: 0, errorCount: 0 });
    const expected = new Uint8Array(8 * MIB);
    for (const i of [0, 4, 6]) expected[i * MIB] = i || 1;
    expect(Buffer.compare(await readAll(again), expected)).toBe(0);
  });

  it('of a terabyte is opened without reading its map, and takes little memory', async () => {
    const memory = new MemoryFolder();
    await (await VDI.create(memory.open('disk'), { size: 2 ** 40 }, host)).close();
    const counting = memory.open('disk');
    const bytesRead = countReads(counting);
    const image = await openDiskImage(counting, host);
    await image.read(2 ** 39, new Uint8Array(4096));
    expect(bytesRead()).toBeLessThan(100_000);
    expect(await walk(image)).toBe(0);
    await image.write(2 ** 40 - 512, new Uint8Array(512).fill(1));
    await image.close();
    expect(memory.files.get('disk')!.allocated).toBeLessThan(6 * MIB);
  });
});

describe('a VDI image is refused', () => {
  const made = async (): Promise<MemoryFolder> => {
    const memory = new MemoryFolder();
    const image = await VDI.create(memory.open('disk'), { size: 4 * MIB }, host);
    await image.write(0, new Uint8Array(2 * MIB).fill(1));
    await image.close();
    return memory;
  };
  const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

  it.each([
    [68, 1, 'version 0.1 is not supported, only 1.1'],
    [76, 4, 'it holds only the differences to the image with the UUID 00000000-'],
    [76, 9, 'there is no kind 9 of images'],
    [340, 100, 'the map of blocks cannot be at 100'],
    [340, 0x7fff_fe00, 'the map of 4 blocks ends behind the file'],
    [344, 4096, 'the blocks cannot be at 4096: the map ends at 4112'],
    [360, 4096, 'expected sectors of 512 bytes, found 4096'],
    [372, 1, 'does not fit into 4 blocks'],
    [376, 3 * MIB, 'expected blocks of a power of two'],
    [380, 512, '512 extra bytes with each block are not supported'],
    [384, 0xffff_ffff, 'more than 67108864 blocks are not supported'],
    [424, 1, 'it has a parent'],
  ])('with %i: %i', async (offset, value, message) => {
    const memory = await made();
    await memory.files.get('disk')!.write(offset, word(value));
    await expect(openDiskImage(memory.open('disk'), host)).rejects.toThrow(message);
  });

  it('where a block is behind the end of the file, or two have one place', async () => {
    const memory = await made();
    await memory.files.get('disk')!.write(4096, word(77));
    const image = await openDiskImage(memory.open('disk'), host);
    await expect(image.read(0, new Uint8Array(512))).rejects.toThrow(
      'disk: vdi at offset 4096: block 0 lies at 80748544, behind the end of the file',
    );
    await memory.files.get('disk')!.write(4096, word(1));
    const again = await openDiskImage(memory.open('disk'), host);
    await expect(again.write(0, new Uint8Array(512))).rejects.toThrow(
      'block 1 has the place 1 of another block',
    );
    expect((await again.check!()).errors[0]).toBe('block 1 has the place 1 of another block');
  });

  it('when it is made with options that there are not', async () => {
    const file = new MemoryImageFile();
    await expect(VDI.create(file, { size: 0 }, host)).rejects.toThrow('expected a size for VDI images');
    await expect(VDI.create(file, { size: 512, options: { static: 'yes' } }, host)).rejects.toThrow(
      'found yes',
    );
  });

  it('repairs the count of blocks', async () => {
    const memory = await made();
    await memory.files.get('disk')!.write(388, word(7));
    const image = await openDiskImage(memory.open('disk'), host);
    expect(await image.check!({ repair: 'all' })).toMatchObject({
      errors: ['the header counts 7 blocks, the map 2'],
      repaired: 1,
    });
    expect(await image.check!()).toMatchObject({ errorCount: 0 });
  });

  it.each(fuzzSeeds(60))('or read when it is damaged (seed %i)', async (seed) => {
    damaged ??= contentOf(await made());
    await fuzz([{ name: 'dynamic', files: await damaged }], VDI, seed);
  });
  let damaged: Promise<Map<string, Uint8Array>> | undefined;
});

describe.skipIf(!hasQemuImg)('VDI images and qemu-img', () => {
  it.each([false, true])('qemu-img reads ours, static: %s', async (isStatic) => {
    const [path, raw] = [join(folder, 'ours.vdi'), join(folder, 'ours.raw')];
    const content = sample();
    const image = await VDI.create(
      await NodeImageFile.create(path),
      { size: content.length, options: { static: isStatic } },
      host,
    );
    for (let i = 0; i < content.length; i += MIB) {
      const piece = content.subarray(i, i + MIB);
      if (piece.some((byte) => byte !== 0)) await image.write(i, piece);
    }
    await image.close();
    expect(qemuImg('check', path)).toContain('No errors were found');
    qemuImg('convert', '-O', 'raw', path, raw);
    expect(digest(await readFile(raw))).toBe(digest(content));
  });

  it.each(['static=off', 'static=on'])('we read and change theirs, %s', async (option) => {
    const [path, raw] = [join(folder, 'theirs.vdi'), join(folder, 'theirs.raw')];
    const content = sample();
    await writeFile(raw, content);
    qemuImg('convert', '-O', 'vdi', '-o', option, raw, path);
    const file = await NodeImageFile.open(path, false);
    expect(await probeFormat(file)).toBe('vdi');
    const image = await openDiskImage(file, host);
    expect(image.size).toBe(content.length);
    expect(digest(await readAll(image))).toBe(digest(content));
    await walk(image, content);
    for (const at of [100 * 512, 6 * MIB, 9 * MIB]) {
      const bytes = new Uint8Array(1536).fill(at & 0xff || 9);
      content.set(bytes, at);
      await image.write(at, bytes);
    }
    await image.writeZeroes!(3 * MIB + 512, MIB, true);
    content.fill(0, 3 * MIB + 512, 4 * MIB + 512);
    await image.close();
    expect(qemuImg('check', path)).toContain('No errors were found');
    qemuImg('convert', '-O', 'raw', path, raw);
    expect(digest(await readFile(raw))).toBe(digest(content));
  });

  it('of hundreds of gigabytes', async () => {
    const path = join(folder, 'big.vdi');
    qemuImg('create', '-q', '-f', 'vdi', path, '600G');
    const image = await openDiskImage(await NodeImageFile.open(path, false), host);
    expect(image.size).toBe(600 * 2 ** 30);
    await image.write(image.size - 512, new Uint8Array(512).fill(3));
    await image.write(2 ** 38, new Uint8Array(512).fill(4));
    await image.close();
    expect(qemuImg('check', path)).toContain('No errors were found');
    const map = JSON.parse(qemuImg('map', '--output=json', path)) as { start: number; data: boolean }[];
    expect(map.filter((entry) => entry.data).map((entry) => entry.start)).toEqual([
      2 ** 38,
      600 * 2 ** 30 - MIB,
    ]);
  });
});

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
