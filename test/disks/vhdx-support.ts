/** What the tests of VHDX have in common. */
import type { DiskImage } from '../../src/disks/disk-image.ts';
import { MemoryImageFile, type ImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { memoryHost } from './vhd-support.ts';

export const MIB = 2 ** 20;
export const small = { blockSize: MIB };

/** A dynamic parent with something in it, and a differencing disk upon it. */
export async function withParent(
  top: MemoryImageFile,
  size = 6 * MIB,
  options: Record<string, number> = small,
): Promise<{ parent: DiskImage; child: DiskImage; files: Record<string, ImageFile> }> {
  const file = new MemoryImageFile('base.vhdx');
  const parent = await VHDX.create(file, { size, options }, memoryHost({}, 1));
  for (let at = 0; at < size; at += 2 * MIB) {
    const bytes = new Uint8Array(MIB);
    new Uint32Array(bytes.buffer).fill(0x0100_0000 + at / MIB);
    await parent.write(at, bytes);
  }
  await parent.flush();
  const files = { 'base.vhdx': file };
  const image = await VHDX.open(readOnlyView(file), memoryHost());
  const backing = { reference: 'base.vhdx', image };
  const child = await VHDX.create(top, { size, backing, options }, memoryHost(files, 2));
  return { parent, child, files };
}
