/** The log of a VHDX: written, replayed, refused. */
import { describe, expect, it } from 'vitest';
import { MemoryImageFile, type ImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { crc32c } from '../../src/disks/vhdx/crc32c.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { NO_GUID } from '../../src/disks/vhdx/guid.ts';
import { Headers, viewOf } from '../../src/disks/vhdx/header.ts';
import type { VhdxImage } from '../../src/disks/vhdx/image.ts';
import { LogWriter } from '../../src/disks/vhdx/log-writer.ts';
import { Random } from '../support/random.ts';
import { readAll } from './content.ts';
import {
  copyOf,
  expectSame,
  memoryHost,
  RecordedFile,
  replayCrashes,
  SECTOR,
  withoutHoles,
} from './vhd-support.ts';
import { MIB, small } from './vhdx-support.ts';

describe('the log of a VHDX', () => {
  it('goes round, and is whole at every moment', async () => {
    const file = new RecordedFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 20 * MIB, options: small }, memoryHost());
    const add = async (block: number): Promise<void> => {
      await image.write(block * MIB, new Uint8Array(SECTOR).fill(block + 1));
      await image.flush();
    };
    await add(0);
    // An entry takes two sectors, so that 128 fill the log.
    for (let n = 0; n < 120; n++) {
      await (image as VhdxImage).patch([{ offset: 2 * MIB + 4096, bytes: Uint8Array.of(0) }]);
      await image.flush();
    }
    const base = await readAll(file);
    file.log.length = 0;
    for (let block = 1; block < 15; block++) await add(block);
    const judge = async (left: ImageFile): Promise<void> => {
      const again = await VHDX.open(left, memoryHost());
      const sector = new Uint8Array(SECTOR);
      await again.read(0, sector);
      expect(sector.every((byte) => byte === 1)).toBe(true);
      let last = 1;
      for (let block = 1; block < 15; block++) {
        await again.read(block * MIB, sector);
        // One after the other: none is missing before one that is there.
        expect([0, last === block ? block + 1 : 0]).toContain(sector[0]);
        if (sector[0] !== 0) last = sector[0]!;
      }
      expect(await again.check!()).toMatchObject({ errorCount: 0 });
    };
    await replayCrashes(base, file, judge, new Random(1), 20);
  });

  it('of other programs is replayed: several entries, stretches of zeros, the file made longer', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(MIB).fill(7));
    await image.close();
    const headers = await Headers.read(file);
    const guid = '11'.repeat(16);
    await headers.update({ logGuid: guid });
    const end = file.size;
    const data = end - MIB;
    const sector = (fill: number): Uint8Array => new Uint8Array(4096).fill(fill);
    // The third one lies over the end of the log.
    const logEnd = headers.current.logLength;
    const log = [
      {
        sequence: 1n,
        changes: [
          { at: data, bytes: sector(1) },
          { at: data + 8192, bytes: sector(2) },
        ],
      },
      {
        sequence: 2n,
        changes: [
          { at: data, zeros: 16384 },
          { at: data + 4096, bytes: sector(3) },
        ],
      },
      {
        sequence: 3n,
        changes: [
          { at: data + 65536, bytes: sector(4) },
          { at: end, zeros: 4096 },
        ],
      },
    ];
    const tail = logEnd - 16384;
    let position = tail;
    for (const { sequence, changes } of log) {
      const entry = buildEntry(guid, sequence, tail, changes, end, end + 5000);
      for (let at = 0; at < entry.length; at += 4096)
        await file.write(
          headers.current.logOffset + ((position + at) % logEnd),
          entry.subarray(at, at + 4096),
        );
      position += entry.length;
    }
    expect(position).toBeGreaterThan(logEnd);
    const expected = new Uint8Array(MIB).fill(7);
    expected.fill(0, 0, 16384);
    expected.fill(3, 4096, 8192);
    expected.fill(4, 65536, 65536 + 4096);
    const before = await readAll(file);
    const readOnly = await VHDX.open(readOnlyView(file), memoryHost());
    expect(await readOnly.info()).toMatchObject({ isDirty: true });
    expectSame((await readAll(readOnly)).subarray(0, MIB), expected, 0);
    for (const [start, length] of [
      [4000, 200],
      [65530, 4200],
      [16000, 700],
    ] as const) {
      const bytes = new Uint8Array(length);
      await readOnly.read(start, bytes);
      expectSame(bytes, expected.subarray(start, start + length), start);
    }
    expectSame(await readAll(file), before, 0);
    for (const replayed of [file, withoutHoles(await copyOf(file))]) {
      const written = await VHDX.open(replayed, memoryHost());
      expectSame((await readAll(written)).subarray(0, MIB), expected, 0);
      expect(replayed.size).toBe(end + MIB);
      expect((await Headers.read(replayed)).current.logGuid).toBe(NO_GUID);
    }
  });

  it('is refused when it is not whole, or the file was cut off, or it writes over headers', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    const guid = '22'.repeat(16);
    const headers = await Headers.read(file);
    await headers.update({ logGuid: guid });
    const open = async (entry: Uint8Array): Promise<unknown> => {
      const copy = await copyOf(file);
      await copy.write(headers.current.logOffset, entry);
      return VHDX.open(copy, memoryHost());
    };
    const change = [{ at: file.size - MIB, bytes: new Uint8Array(4096) }];
    const entry = buildEntry(guid, 5n, 0, change, file.size, file.size);
    await expect(open(new Uint8Array(4096))).rejects.toThrow('no whole sequence');
    await expect(open(buildEntry('33'.repeat(16), 5n, 0, change, 0, 0))).rejects.toThrow('no whole sequence');
    await expect(open(buildEntry(guid, 5n, 8192, change, 0, 0))).rejects.toThrow('no whole sequence');
    const torn = entry.slice();
    torn[6000]! ^= 1;
    await expect(open(torn)).rejects.toThrow('no whole sequence');
    await expect(open(buildEntry(guid, 5n, 0, change, file.size + 1, file.size))).rejects.toThrow('cut off');
    const over = [{ at: 65536, bytes: new Uint8Array(4096) }];
    await expect(open(buildEntry(guid, 5n, 0, over, 0, 0))).rejects.toThrow('write at offset 65536');
  });

  it('changes all of its sectors or none', async () => {
    const file = new RecordedFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 2 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(MIB));
    await image.close();
    const headers = await Headers.read(file);
    const log = new LogWriter(file, headers, () => '44'.repeat(16));
    const base = await readAll(file);
    file.log.length = 0;
    const start = file.size - MIB;
    for (const fill of [1, 2, 3]) {
      const bytes = new Uint8Array(4096).fill(fill);
      await file.flush();
      await log.change(
        Array.from({ length: 20 }, (_, i) => ({ offset: start + i * 4096, bytes })),
        file.size,
      );
    }
    await log.end();
    const seen = new Set<number>();
    const judge = async (left: ImageFile): Promise<void> => {
      const bytes = new Uint8Array(20 * 4096);
      await (await VHDX.open(left, memoryHost())).read(0, bytes);
      seen.add(bytes[0]!);
      expect(bytes.findIndex((byte) => byte !== bytes[0])).toBe(-1);
    };
    await replayCrashes(base, file, judge, new Random(1), 200);
    expect([...seen]).toEqual([0, 1, 2, 3]);
  });
});

type LogChange = { readonly at: number; readonly bytes?: Uint8Array; readonly zeros?: number };

/** A log entry, from the specification: [MS-VHDX] 2.3.1. */
function buildEntry(
  guid: string,
  sequence: bigint,
  tail: number,
  changes: readonly LogChange[],
  flushed: number,
  last: number,
): Uint8Array {
  const data = changes.filter(({ bytes }) => bytes);
  const entry = new Uint8Array(4096 * (1 + data.length));
  const view = viewOf(entry);
  const put = (at: number, text: string): void => entry.set(new TextEncoder().encode(text), at);
  put(0, 'loge');
  view.setUint32(8, entry.length, true);
  view.setUint32(12, tail, true);
  view.setBigUint64(16, sequence, true);
  view.setUint32(24, changes.length, true);
  entry.set(
    Uint8Array.from(guid.match(/../g)!, (pair) => Number.parseInt(pair, 16)),
    32,
  );
  view.setBigUint64(48, BigInt(flushed), true);
  view.setBigUint64(56, BigInt(last), true);
  let sector = 4096;
  for (const [i, { at, bytes, zeros }] of changes.entries()) {
    const descriptor = 64 + i * 32;
    put(descriptor, bytes ? 'desc' : 'zero');
    view.setBigUint64(descriptor + 16, BigInt(at), true);
    view.setBigUint64(descriptor + 24, sequence, true);
    if (!bytes) {
      view.setBigUint64(descriptor + 8, BigInt(zeros!), true);
      continue;
    }
    entry.set(bytes.subarray(4092), descriptor + 4);
    entry.set(bytes.subarray(0, 8), descriptor + 8);
    entry.set(bytes, sector);
    put(sector, 'data');
    view.setUint32(sector + 4, Number(sequence >> 32n), true);
    view.setUint32(sector + 4092, Number(sequence & 0xffff_ffffn), true);
    sector += 4096;
  }
  view.setUint32(4, crc32c(entry, 4), true);
  return entry;
}
