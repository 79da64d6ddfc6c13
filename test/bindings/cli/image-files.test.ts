/** `hartware image` with images of several files, and with the names that strangers gave them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { QCOW2 } from '../../../src/disks/qcow2/index.ts';
import { oneLine } from '../../../src/bindings/node/cli/output.ts';
import { createImageHost, NodeImageFile } from '../../../src/bindings/node/disks.ts';
import { hartware, Workplace } from './hartware.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

const at = (name: string): string => join(place.directory, name);

test('replaces all files of an image when told to, and has the former ones again when that fails', async () => {
  const small = await place.put('small.img', Buffer.alloc(1 << 20, 1));
  const other = await place.put('other.img', Buffer.alloc(1 << 20, 2));
  const target = at('disk.vmdk');
  const flat = ['-o', 'subformat=monolithicFlat'];
  const convert = (source: string, ...args: string[]): ReturnType<typeof hartware> =>
    hartware(['image', 'convert', source, target, ...flat, ...args]);
  const names = async (): Promise<string[]> =>
    (await readdir(place.directory)).filter((name) => name.startsWith('disk')).sort();
  expect((await convert(small)).code).toBe(0);
  expect(await convert(other, '--force')).toMatchObject({ code: 0, stderr: '' });
  expect(await names()).toEqual(['disk-flat.vmdk', 'disk.vmdk']);
  expect((await readFile(at('disk-flat.vmdk')))[0]).toBe(2);
  // Which turns out when the files are there.
  expect(await convert(small, '--force', '-c')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected a format that can compress') as string,
  });
  expect(await names()).toEqual(['disk-flat.vmdk', 'disk.vmdk']);
  await place.put('disk-flat.vmdk.replaced', '');
  expect(await convert(small, '--force')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('disk-flat.vmdk.replaced is in the way') as string,
  });
  expect((await readFile(at('disk-flat.vmdk')))[0]).toBe(2);
  expect((await hartware(['image', 'compare', other, target])).code).toBe(0);
});

test('prints nothing that a terminal obeys', async () => {
  const file = at('named.qcow2');
  const host = createImageHost();
  const image = await QCOW2.create(await NodeImageFile.create(file), { size: 1 << 20 }, host);
  await image.setBackingReference!({ reference: '\x1b[31mred\x07\nhartware: fine', format: 'raw' });
  await image.close();
  const { stdout } = await hartware(['image', 'info', file]);
  expect(stdout).toContain('?[31mred??hartware: fine (raw)\n');
  const { code, stderr } = await hartware(['image', 'map', file]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `hartware: cannot open what ${file} names: ?[31mred? hartware: fine: no such file\n`,
  });
  expect(oneLine(`a${' '.repeat(500_000)}b \n\n c`)).toHaveLength(500_004);
});
