/** qcow2 images: what is refused and how, repair, places that are used again, memory. */
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/errors.ts';
import { DiskImageError, type ImageHost } from '../../src/disks/disk-image.ts';
import { probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { QCOW2 } from '../../src/disks/qcow2/index.ts';
import { Random } from '../support/random.ts';
import { countReads, readAll } from './content.ts';
import { createImage, firstDifference, HOST, openImage, pattern } from './qcow2-support.ts';

const MIB = 1 << 20;
const CLUSTER = 65536;

/** An image of 16 MiB with data at its start and at 8 MiB. */
async function sample(options = {}): Promise<MemoryImageFile> {
  const file = new MemoryImageFile('disk.qcow2');
  const image = await createImage(file, 16 * MIB, options);
  await image.write(0, new Uint8Array(3 * CLUSTER).fill(1));
  await image.write(8 * MIB, new Uint8Array(CLUSTER).fill(2));
  await image.close();
  return file;
}

/** The file with some bytes changed. */
async function damage(file: MemoryImageFile, offset: number, ...bytes: number[]): Promise<MemoryImageFile> {
  const copy = new MemoryImageFile(file.name, await readAll(file));
  await copy.write(offset, Uint8Array.from(bytes));
  return copy;
}

const uint64 = (value: number): number[] =>
  [...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer)].reverse();

async function fieldAt(file: MemoryImageFile, offset: number): Promise<number> {
  const bytes = new Uint8Array(8);
  await file.read(offset, bytes);
  // Without the flags of entries.
  return Number(new DataView(bytes.buffer).getBigUint64(0) & 0x00ff_ffff_ffff_ffffn);
}

describe('the header', () => {
  it.each([
    ['a version that there is not', 4, [0, 0, 0, 4], 'at offset 4: expected version 2 or 3, found 4'],
    ['clusters that are too small', 20, [0, 0, 0, 8], 'expected clusters of 2^9 to 2^21 bytes, found 2^8'],
    ['a disk that is too large', 24, [0xff, 0, 0, 0], 'is too large'],
    ['AES', 32, [0, 0, 0, 1], 'it is encrypted (AES)'],
    ['LUKS', 32, [0, 0, 0, 2], 'it is encrypted (LUKS)'],
    ['an L1 table that is too short', 36, [0, 0, 0, 0], 'expected 1 L1 entries'],
    ['an L1 table that is too long', 36, [0xff, 0, 0, 0], 'expected at most 4194304 L1 entries'],
    ['an L1 table elsewhere', 40, uint64(2 ** 40), "ends behind the file's end"],
    [
      'an L1 table between clusters',
      40,
      uint64(CLUSTER + 512),
      'expected the L1 table at the start of a cluster',
    ],
    ['an external data file', 79, [4], 'its data lie in an external file'],
    ['features without a name', 72, [0x80, 0, 0, 0, 0, 0, 0, 0x20], 'not supported: bit 5, bit 63'],
    ['counts that are too wide', 96, [0, 0, 0, 7], 'expected reference counts of 2^0 to 2^6 bits'],
    ['a header of no length', 100, [0, 0, 0, 8], 'expected a header length of 104'],
    ['a compression without its feature', 104, [1], 'contradict each other'],
    ['a compression that there is not', 104, [9], 'unknown compression type 9'],
    ['an extension without an end', 116, [0xff, 0xff, 0xff, 0xff], 'a header extension of 4294967295 bytes'],
  ])('is refused with %s', async (_, offset, bytes, message) => {
    const file = await damage(await sample(), offset, ...bytes);
    await expect(openImage(file)).rejects.toThrow(message);
    await expect(openImage(file)).rejects.toBeInstanceOf(DiskImageError);
  });

  it('has the names of features that programs do not know', async () => {
    const file = await sample();
    const bytes = await readAll(file);
    const at = Buffer.from(bytes).indexOf('extended L2 entries');
    // Bit 4 becomes bit 50, and the name one that tries to move the cursor.
    const named = await damage(file, at - 1, 50, ...Buffer.from('\x1b[1mtime travel'));
    await expect(openImage(await damage(named, 73, 4))).rejects.toThrow('not supported: ?[1mtime travel');
  });

  it('is refused when a truncated file has not all of it', async () => {
    const bytes = await readAll(await sample());
    for (const length of [8, 72, 103, 110])
      await expect(openImage(new MemoryImageFile('cut', bytes.slice(0, length)))).rejects.toThrow(
        DiskImageError,
      );
    expect(await probeFormat(new MemoryImageFile('cut', bytes.slice(0, 200)))).toBe('qcow2');
  });

  it('keeps what it does not know when the backing image is set', async () => {
    const file = await sample();
    const image = await openImage(file);
    const content = await readAll(image);
    await image.setBackingReference({ reference: 'a/base.vhd', format: 'vhd' });
    expect((await openImage(file)).backingReference).toEqual({ reference: 'a/base.vhd', format: 'vhd' });
    await expect(image.setBackingReference({ reference: 'x'.repeat(1024) })).rejects.toThrow('1024 bytes');
    expect(image.backingReference?.reference).toBe('a/base.vhd');
    await image.setBackingReference(undefined);
    const again = await openImage(file);
    expect(again.backingReference).toBeUndefined();
    expect(firstDifference(await readAll(again), content)).toBe(-1);
    expect(Buffer.from(await readAll(file)).indexOf('extended L2 entries')).toBeGreaterThan(0);
  });
});

describe('options', () => {
  it.each([
    [
      { clusterSize: 1000 },
      'expected a power of 2 from 512 to 2097152 for the option clusterSize, found "1000"',
    ],
    [{ refcountBits: 3 }, 'expected a power of 2 from 1 to 64'],
    [{ compat: '2' }, 'expected 0.10, 1.1 for the option compat, found "2"'],
    [{ compat: '0.10', extendedL2: true }, 'expected compat "1.1" for the option extendedL2'],
    [{ extendedL2: true, clusterSize: 8192 }, 'expected clusters of 16384 bytes at least'],
    [{ lazyRefcounts: 'maybe' }, 'expected true or false for the option lazyRefcounts'],
    [{ subformat: 'x' }, 'qcow2 has no option "subformat"; it has compat, clusterSize'],
  ])('%j is refused', async (options, message) => {
    const create = QCOW2.create(new MemoryImageFile('new'), { size: MIB, options }, HOST);
    await expect(create).rejects.toThrow(message);
    await expect(create).rejects.toBeInstanceOf(ArgumentError);
  });

  it('a disk that no L1 table is for is refused', async () => {
    const create = QCOW2.create(
      new MemoryImageFile('new'),
      { size: 2 ** 40, options: { clusterSize: 512 } },
      HOST,
    );
    await expect(create).rejects.toThrow('expected at most 137438953472 bytes with clusters of 512');
  });

  it('a disk of no size is one', async () => {
    const file = new MemoryImageFile('new');
    const image = await createImage(file, 0);
    await image.resize(MIB);
    await image.write(MIB - 512, new Uint8Array(512).fill(3));
    await image.close();
    expect(await (await openImage(file)).check()).toMatchObject({ errorCount: 0, leaks: 0 });
  });
});

describe('a damaged table', () => {
  const l1 = 40;
  it.each([
    ['L2 table behind the end', 'l1', 2 ** 40, "an L2 table, 65536 bytes, ends behind the file's end"],
    ['L2 table between clusters', 'l1', CLUSTER + 512, 'expected an L2 table at the start of a cluster'],
    ['data behind the end', 'l2', 2 ** 40, 'the L2 entry refers to 1099511627776, behind the file'],
    ['data between clusters', 'l2', CLUSTER + 512, 'where no cluster begins'],
    ['compressed data behind the end', 'l2', 2 ** 62 + 2 ** 40, 'a compressed cluster lies there'],
    ['compressed data that are none', 'l2', 2 ** 62 + CLUSTER, 'the compressed cluster cannot be unpacked'],
  ])('is refused: %s', async (_, table, entry, message) => {
    const file = await sample();
    const l1Offset = await fieldAt(file, l1);
    const at = table === 'l1' ? l1Offset : await fieldAt(file, l1Offset);
    const image = await openImage(await damage(file, at, ...uint64(entry)));
    const read = image.read(0, new Uint8Array(512));
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(DiskImageError);
    if (!message.includes('unpacked')) expect((await image.check()).errorCount).toBeGreaterThan(0);
  });

  it('that would have data written over metadata stops all writing', async () => {
    const file = await sample();
    const l1Offset = await fieldAt(file, l1);
    const l2Offset = await fieldAt(file, l1Offset);
    for (const target of [l1Offset, l2Offset, CLUSTER, 2 * CLUSTER]) {
      const entry = [0x80, ...uint64(target).slice(1)];
      const damaged = await damage(file, l2Offset + 8, ...entry);
      const image = await openImage(damaged);
      await image.write(0, new Uint8Array(512));
      const before = await readAll(damaged);
      await expect(image.write(CLUSTER, new Uint8Array(512).fill(0xff))).rejects.toThrow(
        'lies over metadata',
      );
      expect(image.readOnly).toBe(true);
      await image.close();
      // The mark in the header is all that changed.
      expect(firstDifference(await readAll(damaged), before)).toBe(79);
      const again = await openImage(damaged);
      expect(again.readOnly).toBe(true);
      expect((await again.info()).details?.corrupt).toBe(true);
      await expect(again.write(MIB, new Uint8Array(512))).rejects.toThrow('it is marked as corrupt');
      await expect(again.resize(32 * MIB)).rejects.toThrow('it is marked as corrupt');
    }
  });

  it('whose counts are too small does not have metadata written over', async () => {
    const file = await sample();
    const table = await fieldAt(file, 48);
    const block = await fieldAt(file, table);
    const image = await openImage(await damage(file, block, ...new Array<number>(CLUSTER).fill(0)));
    await expect(image.write(MIB, new Uint8Array(512))).rejects.toThrow('metadata lie in a cluster');
  });
});

describe('check', () => {
  it('finds bits in tables that have no meaning', async () => {
    const file = await sample();
    const l1Offset = await fieldAt(file, 40);
    const l2Offset = await fieldAt(file, l1Offset);
    for (const [at, byte] of [
      [l1Offset, 0x81],
      [l1Offset + 7, 1],
      [l2Offset, 0x82],
      [l2Offset + 7, 2],
    ]) {
      const image = await openImage(await damage(file, at, byte));
      const { errors } = await image.check();
      expect(errors).toEqual([expect.stringMatching(`offset ${at - (at % 8)}:? .*has reserved bits set`)]);
    }
  });

  it('repairs lost room, missing counts, wrong flags and a missing table of counts', async () => {
    const file = await sample();
    const content = await readAll(await openImage(file));
    const table = await fieldAt(file, 48);
    const block = await fieldAt(file, table);
    const l1Offset = await fieldAt(file, 40);
    const cases = [
      { at: block + 2 * 30, bytes: [0, 1, 0, 3], leaks: 2, errors: 0, isRepairedBy: 'leaks' },
      { at: block + 2 * 5, bytes: [0, 0, 0, 0], leaks: 0, errors: 2, isRepairedBy: 'all' },
      { at: block + 2 * 5, bytes: [0, 0, 0, 4], leaks: 1, errors: 1, isRepairedBy: 'all' },
      { at: l1Offset, bytes: [0], leaks: 0, errors: 1, isRepairedBy: 'leaks' },
      { at: table, bytes: uint64(0), leaks: 0, errors: 8, isRepairedBy: 'all' },
      { at: table + 15, bytes: [1], leaks: 0, errors: 1, isRepairedBy: 'all' },
      { at: 48, bytes: uint64(2 ** 50), leaks: 0, errors: 1, isRepairedBy: 'all' },
    ];
    for (const { at, bytes, leaks, errors, isRepairedBy } of cases) {
      const damaged = await damage(file, at, ...bytes);
      let image = await openImage(damaged);
      const report = await image.check();
      expect(report).toMatchObject({ leaks, repaired: 0 });
      expect(report.errorCount).toBeGreaterThanOrEqual(errors);
      expect(report.errors).toHaveLength(report.errorCount);
      if (isRepairedBy === 'all') expect((await image.check({ repair: 'leaks' })).repaired).toBe(leaks);
      image = await openImage(damaged);
      const { repaired } = await image.check({ repair: isRepairedBy as 'leaks' | 'all' });
      expect(repaired).toBeGreaterThan(0);
      expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
      await image.write(12 * MIB, new Uint8Array(CLUSTER).fill(9));
      await image.close();
      image = await openImage(damaged);
      expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
      expect(
        firstDifference((await readAll(image)).subarray(0, 12 * MIB), content.subarray(0, 12 * MIB)),
      ).toBe(-1);
    }
  });

  it('finds clusters that two entries refer to, and makes a write to one copy it', async () => {
    const file = await sample();
    const l2 = await fieldAt(file, await fieldAt(file, 40));
    const first = new Uint8Array(8);
    await file.read(l2, first);
    const damaged = await damage(file, l2 + 8, ...first);
    const image = await openImage(damaged);
    expect((await image.check()).errorCount).toBeGreaterThan(0);
    await image.check({ repair: 'all' });
    expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
    await image.write(0, new Uint8Array(CLUSTER).fill(7));
    const bytes = new Uint8Array(1);
    await image.read(CLUSTER, bytes);
    expect(bytes[0]).toBe(1);
    await image.close();
  });

  it('needs a file that may be written to repair, and can be ended', async () => {
    const bytes = await readAll(await sample());
    const image = await openImage(new MemoryImageFile('r', bytes, true));
    await expect(image.check({ repair: 'all' })).rejects.toThrow('to be open for writing');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(image.check({ signal })).rejects.toThrow('enough');
    expect(await image.check()).toMatchObject({ errorCount: 0 });
  });
});

describe('room', () => {
  it('is used again after discard, and given back at the end', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    const image = await createImage(file, 64 * MIB);
    const data = pattern(new Random(1), 8 * MIB);
    await image.write(0, data);
    await image.flush();
    const { size } = file;
    for (let i = 1; i < 7; i++) {
      await image.discard((i - 1) * 8 * MIB, 8 * MIB);
      await image.flush();
      await image.write(i * 8 * MIB, data);
      await image.flush();
      expect(file.size).toBe(size);
    }
    await image.discard(0, 64 * MIB);
    await image.close();
    expect(file.size).toBeLessThan(10 * CLUSTER);
  });

  it('for counts grows with the file, in clusters of 512 bytes, too', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    const image = await createImage(file, 16 * MIB, { clusterSize: 512, refcountBits: 64 });
    const before = await fieldAt(file, 48);
    const data = pattern(new Random(2), 16 * MIB);
    for (let at = 0; at < data.length; at += MIB) await image.write(at, data.subarray(at, at + MIB));
    await image.flush();
    expect(await fieldAt(file, 48)).not.toBe(before);
    expect(firstDifference(await readAll(image), data)).toBe(-1);
    expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
    await image.close();
  });

  it('is not lost when data cannot be written', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    const image = await createImage(file, 16 * MIB);
    const write = file.write.bind(file);
    file.write = () => Promise.reject(new Error('no space'));
    await expect(image.write(0, new Uint8Array(3 * CLUSTER))).rejects.toThrow('no space');
    await expect(image.writeCompressed(MIB, new Uint8Array(CLUSTER))).rejects.toThrow('no space');
    file.write = write;
    await image.write(0, new Uint8Array(CLUSTER).fill(4));
    await image.close();
    expect(await (await openImage(file)).check()).toMatchObject({ errors: [], leaks: 0 });
  });

  it('a snapshot that counts have no bits for changes nothing', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    const image = await createImage(file, 16 * MIB, { refcountBits: 1 });
    await image.write(0, new Uint8Array(3 * CLUSTER).fill(4));
    await expect(image.createSnapshot('one')).rejects.toThrow('cannot be greater with 1 bits');
    expect(await image.check()).toMatchObject({ errors: [], leaks: 0 });
    await image.close();
  });
});

describe('accesses', () => {
  it('of one piece in the file are one', async () => {
    const file = await sample();
    const image = await openImage(file);
    await image.write(0, new Uint8Array(512));
    let [reads, writes] = [0, 0];
    const [read, write] = [file.read.bind(file), file.write.bind(file)];
    file.read = (...all) => (reads++, read(...all));
    file.write = (...all) => (writes++, write(...all));
    await image.read(100, new Uint8Array(3 * CLUSTER - 100));
    await image.write(100, new Uint8Array(3 * CLUSTER - 100));
    expect([reads, writes]).toEqual([1, 1]);
    await image.write(MIB, new Uint8Array(MIB));
    expect([reads, writes]).toEqual([2, 2]);
    await image.flush();
    // Counts, and entries.
    expect(writes).toBe(4);
    await image.flush();
    expect(writes).toBe(4);
  });

  it('to compressed clusters unpack each once', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    let unpacked = 0;
    const host: ImageHost = { ...HOST, decompress: (...all) => (unpacked++, HOST.decompress(...all)) };
    const made = await createImage(file, MIB);
    for (let at = 0; at < MIB; at += CLUSTER)
      await made.writeCompressed(at, new Uint8Array(CLUSTER).fill(at / CLUSTER));
    await made.close();
    expect(file.size).toBeLessThan(8 * CLUSTER);
    const image = await QCOW2.open(file, host);
    const bytes = new Uint8Array(4096);
    for (let at = 0; at < MIB; at += bytes.length) {
      await image.read(at, bytes);
      expect(bytes[17]).toBe(Math.floor(at / CLUSTER));
    }
    expect(unpacked).toBe(16);
  });

  it('to a sparse disk of a terabyte take little', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    const image = await createImage(file, 2 ** 40);
    await image.write(2 ** 39, Uint8Array.of(1));
    await image.close();
    expect(file.allocated).toBeLessThan(10 * CLUSTER);
    const bytesRead = countReads(file);
    const again = await openImage(file);
    expect(bytesRead()).toBeLessThan(3 * CLUSTER);
    expect(await again.nextExtent(0)).toMatchObject({ kind: 'absent', length: 2 ** 39 });
  });

  it('beyond what is kept in memory read and write tables again', async () => {
    const file = new MemoryImageFile('disk.qcow2');
    // An L2 table of 512 bytes describes 32 KiB.
    const image = await createImage(file, 1024 * MIB, { clusterSize: 512 });
    const places = Array.from({ length: 10_000 }, (_, i) => (i * 7919 * 512 * 13) % (1024 * MIB));
    for (const [i, place] of places.entries()) await image.write(place, new Uint8Array(512).fill(i % 251));
    const bytes = new Uint8Array(512);
    for (const [i, place] of places.entries()) {
      await image.read(place, bytes);
      if (bytes[0] !== i % 251) throw new Error(`${place} has ${bytes[0]}`);
    }
    await image.close();
    expect(await (await openImage(file)).check()).toMatchObject({ errors: [], leaks: 0 });
  });
});
