/** Descriptors of VMDK images by strangers, and the files that they name. */
import { describe, expect, it } from 'vitest';
import { chainExtents } from '../../src/disks/chain.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { MemoryFolder } from './memory-image-host.ts';

const HEAD = '# Disk DescriptorFile\nversion=1\nCID=1\n';

async function folder(descriptor: string): Promise<MemoryFolder> {
  const memory = new MemoryFolder();
  await memory.open('raw').write(0, new Uint8Array(8192));
  await memory.open('disk').write(0, Buffer.from(HEAD + descriptor, 'utf8'));
  return memory;
}

describe('the descriptor of a VMDK image', () => {
  const blanks = ' '.repeat(500_000);

  it.each([
    [`x=${blanks}"\nRW 16 FLAT "raw" 0\n`, 8192],
    [`x${blanks}y\nRW 16 FLAT "raw" 0${blanks}\n`, 8192],
    [`RW 16 FLAT "raw"${blanks}"\n`, 'there is no sense in the line'],
    [`RW 16${blanks}FLAT${blanks}16\n`, 'there is no sense in the line'],
  ])('is read whatever blanks it has', async (descriptor, expected) => {
    const memory = await folder(descriptor);
    const opened = openDiskImage(memory.open('disk'), memory.host());
    if (typeof expected === 'string') await expect(opened).rejects.toThrow(expected);
    else expect((await opened).size).toBe(expected);
  });

  it('says the same with blanks at the ends of its lines', async () => {
    const memory = await folder(
      ' createType = "monolithicFlat" \t\nddb.adapterType = ide  \nRW 16 FLAT "raw" 0 \n',
    );
    const { details } = await (await openDiskImage(memory.open('disk'), memory.host())).info();
    expect(details).toMatchObject({ subformat: 'monolithicFlat', adapterType: 'ide' });
  });
});

describe('a flat VMDK image', () => {
  it('has the holes of its files', async () => {
    const memory = await folder('RW 16 FLAT "raw" 0\n');
    const host = memory.host();
    const image = await openDiskImage(memory.open('disk'), {
      ...host,
      async openReferenced(...args) {
        const file = await host.openReferenced(...args);
        const extentAt = async (offset: number): Promise<{ isHole: boolean; length: number }> =>
          offset < 4096 ? { isHole: true, length: 4096 - offset } : { isHole: false, length: 8192 - offset };
        return Object.assign(file, { extentAt });
      },
    });
    const extents: unknown[] = [];
    for await (const { offset, length, kind } of chainExtents(image)) extents.push([offset, length, kind]);
    expect(extents).toEqual([
      [0, 4096, 'zero'],
      [4096, 4096, 'data'],
    ]);
  });
});
