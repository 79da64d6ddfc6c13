/** VHDX images on top of others. */
import { describe, expect, it } from 'vitest';
import type { DiskImage } from '../../src/disks/disk-image.ts';
import { diskFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { readAll } from './content.ts';
import { copyOf, expectSame, memoryHost, SECTOR, writePartsAtOnce } from './vhd-support.ts';
import { MIB, withParent } from './vhdx-support.ts';

describe('a differencing VHDX', () => {
  it('names its parent, and is refused upon another, or upon the same when it was changed', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, parent, files } = await withParent(file);
    await child.write(1000, Uint8Array.of(1, 2, 3));
    await child.close();
    await parent.close();
    const image = await openDiskImage(file, memoryHost(files));
    expect(image.backingReference).toEqual({ reference: 'base.vhdx', format: 'vhdx' });
    const expected = await readAll(image.backing!);
    expected.set([1, 2, 3], 1000);
    expectSame(await readAll(image), expected, 0);
    const changed = await copyOf(files['base.vhdx']!);
    await (await VHDX.open(changed, memoryHost({}, 50))).write(0, Uint8Array.of(1));
    await expect(openDiskImage(file, memoryHost({ 'base.vhdx': changed }))).rejects.toThrow(
      'was changed since',
    );
    const stranger = new MemoryImageFile('base.vhdx');
    await VHDX.create(stranger, { size: 6 * MIB }, memoryHost({}, 99));
    await expect(openDiskImage(file, memoryHost({ 'base.vhdx': stranger }))).rejects.toThrow(
      'not its parent',
    );
  });

  it('finds its parent from its own file, also where its log is replayed in memory', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files } = await withParent(file);
    await child.write(1000, Uint8Array.of(1, 2, 3));
    await child.flush();
    const view = readOnlyView(await copyOf(file));
    const host = memoryHost(files);
    const image = await openDiskImage(view, {
      ...host,
      async openReferenced(reference, from, readOnly) {
        // What is in a folder knows its file by that.
        expect(from).toBe(view);
        return host.openReferenced(reference, from, readOnly);
      },
    });
    expect(image.file).not.toBe(view);
    expectSame(await readAll(image), await readAll(child), 0);
  });

  it('lies only upon a VHDX', async () => {
    const { parent } = await withParent(new MemoryImageFile());
    const raw = await diskFormat('raw').create(new MemoryImageFile(), { size: MIB }, memoryHost());
    const create = (image: DiskImage, options = {}) =>
      VHDX.create(
        new MemoryImageFile(),
        { size: MIB, backing: { reference: 'x', image }, options },
        memoryHost(),
      );
    await expect(create(raw)).rejects.toThrow('expected a VHDX');
    await expect(create(parent, { subformat: 'fixed' })).rejects.toThrow('no backing image');
  });

  it('takes another parent, or none, or forgets what it has', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files, parent } = await withParent(file);
    await child.write(0, new Uint8Array(3 * SECTOR).fill(5));
    await child.write(2 * MIB + 512, new Uint8Array(MIB).fill(6));
    const other = new MemoryImageFile('other.vhdx');
    await (await VHDX.create(other, { size: 8 * MIB }, memoryHost({}, 7))).close();
    files['../images/other.vhdx'] = other;
    await child.setBackingReference!({ reference: '../images/other.vhdx' });
    await child.close();
    let image = await openDiskImage(file, memoryHost(files));
    expect(image.backingReference?.reference).toBe('../images/other.vhdx');
    const expected = new Uint8Array(6 * MIB);
    expected.fill(5, 0, 3 * SECTOR);
    expected.fill(6, 2 * MIB + 512, 3 * MIB + 512);
    expectSame(await readAll(image), expected, 0);
    await image.setBackingReference!(undefined);
    expect(await image.check!()).toMatchObject({ errorCount: 0 });
    await image.close();
    image = await openDiskImage(file, memoryHost());
    expect(image.backingReference).toBeUndefined();
    expect((await image.info()).details).toMatchObject({ subformat: 'dynamic' });
    expectSame(await readAll(image), expected, 0);
    await parent.close();
    await image.setBackingReference!({ reference: 'base.vhdx' }).catch((error: Error) =>
      expect(error.message).toContain('no file'),
    );
    image = await openDiskImage(file, memoryHost(files));
    await image.setBackingReference!({ reference: 'base.vhdx' });
    await image.makeEmpty!();
    expect(await image.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
    await image.close();
    image = await openDiskImage(file, memoryHost(files));
    expectSame(await readAll(image), await readAll(image.backing!), 0);
  });

  it('that forgets what it has lies upon its parent as it is then', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files } = await withParent(file);
    await child.write(MIB, new Uint8Array(512).fill(8));
    await child.close();
    // A commit: the content goes into the parent, and the child is made empty.
    const image = await VHDX.open(file, memoryHost(files));
    const below = await VHDX.open(files['base.vhdx']!, memoryHost({}, 70));
    image.backing = below;
    await below.write(MIB, new Uint8Array(512).fill(8));
    await image.makeEmpty!();
    await image.close();
    const again = await openDiskImage(file, memoryHost(files));
    const bytes = new Uint8Array(512);
    await again.read(MIB, bytes);
    expect(bytes.every((byte) => byte === 8)).toBe(true);
  });

  it('keeps what is written to parts of one sector at once', async () => {
    const { child } = await withParent(new MemoryImageFile('top.vhdx'));
    await writePartsAtOnce(child, 10);
  });

  it('does not take old bits for new ones', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files, parent } = await withParent(file);
    await child.write(0, new Uint8Array(4096).fill(5));
    await child.writeZeroes!(0, MIB, true);
    await child.close();
    // Another program takes the block away and leaves its bits.
    await file.write(2 * MIB, new Uint8Array(8));
    const image = await openDiskImage(file, memoryHost(files));
    await image.write(512 * 20, new Uint8Array(512).fill(1));
    const expected = await readAll(parent);
    expected.fill(1, 512 * 20, 512 * 21);
    expectSame(await readAll(image), expected, 0);
  });
});
