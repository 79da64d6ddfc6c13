/** The archives that packages are. */
import { describe, expect, test } from 'vitest';
import { MemoryImageFile } from '../../../src/disks/image-file.ts';
import { archiveFiles } from '../../../src/interchange/ova/index.ts';
import { readTar, TarWriter } from '../../../src/interchange/ova/tar.ts';
import { archiveOf, bytesOf, unpack } from './support.ts';

describe('an archive', () => {
  test('has files of more than 8 GiB', async () => {
    const big = 9 * 2 ** 30 + 5;
    const file = new MemoryImageFile('big');
    const writer = new TarWriter(file);
    const part = await writer.add('disk');
    await part.write(big - 3, Buffer.from('end'));
    await (await writer.reserve('next', 2)).write(0, Buffer.from('it'));
    await writer.finish();
    const members = await readTar(file);
    expect([...members].map(([name, { size }]) => [name, size])).toEqual([
      ['disk', big],
      ['next', 2],
    ]);
    expect((await bytesOf(members.get('next')!)).toString()).toBe('it');
    expect(file.size % 10240).toBe(0);
  });

  test('is refused when it is damaged', async () => {
    const whole = await bytesOf(await archiveOf({ 'a.ovf': 'x'.repeat(2000), b: 'y' }));
    const read = (bytes: Uint8Array): Promise<unknown> => readTar(new MemoryImageFile('x', bytes));
    await expect(read(whole.subarray(0, 1536))).rejects.toThrow(
      'the archive is cut off: the file at offset 0 has 2000 bytes, of which 1024 are there',
    );
    const damaged = Buffer.from(whole);
    damaged[5] ^= 1;
    await expect(read(damaged)).rejects.toThrow('found no header of it at offset 0');
    await expect(read(Buffer.from('no archive'.repeat(100)))).rejects.toThrow('expected an archive of tar');
    await expect(archiveFiles(new MemoryImageFile('x')).then(({ names }) => names)).resolves.toEqual([]);
  });

  test('has each file once, one descriptor, and an end to its names', async () => {
    const file = new MemoryImageFile('x');
    const writer = new TarWriter(file);
    for (const name of ['a', './a']) await writer.reserve(name, 0);
    await writer.finish();
    await expect(readTar(file)).rejects.toThrow('the archive has two files "a"');
    for (const names of [['a.ovf', 'B.OVF'], ['a']])
      await expect(
        unpack(await archiveOf(Object.fromEntries(names.map((name) => [name, ''])))),
      ).rejects.toThrow(
        /expected a package with one descriptor, a file NAME.ovf, found (none|a.ovf and B.OVF)/,
      );
  });
});
