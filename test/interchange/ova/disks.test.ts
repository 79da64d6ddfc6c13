/** The disks of packages: which files they are, and what is in them. */
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createImageHost } from '../../../src/bindings/node/image-host.ts';
import { diskFormat } from '../../../src/disks/formats.ts';
import { MemoryImageFile } from '../../../src/disks/image-file.ts';
import { openDiskImage } from '../../../src/disks/open.ts';
import { Random } from '../../support/random.ts';
import {
  archiveOf,
  bytesOf,
  content,
  envelope,
  imagesOfContent,
  imageOf,
  RAW_DISK,
  unpackOnlyDisks,
} from './support.ts';

const MiB = 1 << 20;
const host = createImageHost();
const random = new Random(2);
let vmdk: Buffer;
let qcow2: Buffer;
beforeAll(async () => {
  ({ vmdk, qcow2 } = await imagesOfContent());
});

describe('the disks of a package', () => {
  const disksOf = async (
    files: Record<string, Uint8Array | string>,
    parts: Parameters<typeof envelope>[0],
  ): Promise<string> => {
    const archive = await archiveOf({ 'vm.ovf': envelope(parts), ...files });
    const { files: found, disks } = await unpackOnlyDisks(archive, { format: 'raw' });
    expect([...found.keys()]).toEqual(disks.map(({ name }) => name));
    const bytes = await bytesOf(found.get(disks.at(-1)!.name)!);
    return bytes.equals(content) ? 'right' : 'wrong';
  };
  const file = (attributes: string): { files: string } => ({ files: `<File ovf:id="file1" ${attributes}/>` });
  const refused = (...args: Parameters<typeof disksOf>): Promise<string> =>
    disksOf(...args).then(
      () => 'taken',
      (error: Error) => error.message,
    );

  test('are found among any number of namespaces', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `xmlns:n${i}="urn:n"`).join(' ');
    const files = `<x:y xmlns:x="urn:x"/>`.repeat(20_000) + '<File ovf:id="file1" ovf:href="a.qcow2"/>';
    const descriptor = envelope({ files }).replace('xmlns:cim', `${many} xmlns:cim`);
    const archive = await archiveOf({ 'vm.ovf': descriptor, 'a.qcow2': qcow2 });
    const { disks } = await unpackOnlyDisks(archive, { format: 'raw' });
    expect(disks).toHaveLength(1);
  });

  test('are of any format', async () => {
    expect(await disksOf({ 'a.qcow2': qcow2 }, file('ovf:href="a.qcow2"'))).toBe('right');
    expect(await refused({ 'disk.vmdk': content }, {})).toBe(
      'disk.vmdk: expected a VMDK image, as the descriptor says, found none',
    );
    const raw = { ...file('ovf:href="./a.raw"'), disks: RAW_DISK };
    expect(await disksOf({ 'a.raw': content }, raw)).toBe('right');
    expect(await disksOf({ 'a.vdi': await imageOf(content, 'vdi') }, file('ovf:href="a.vdi"'))).toBe('right');
  });

  test('are unpacked when they are compressed, and not beyond their capacity', async () => {
    const zipped = file('ovf:href="disk.vmdk.gz" ovf:compression="gzip"');
    expect(await disksOf({ 'disk.vmdk.gz': gzipSync(vmdk) }, zipped)).toBe('right');
    expect(await refused({ 'disk.vmdk.gz': gzipSync(Buffer.alloc(70 * MiB)) }, zipped)).toMatch(
      /^disk.vmdk.gz: cannot unpack it: it becomes larger than \d+ bytes$/,
    );
    expect(await refused({ 'disk.vmdk.gz': gzipSync(vmdk).subarray(0, 5000) }, zipped)).toContain(
      'cannot unpack it: unexpected end of file',
    );
    expect(await refused({ 'a.xz': vmdk }, file('ovf:href="a.xz" ovf:compression="xz"'))).toContain(
      'file "file1": expected the compression gzip or none, found "xz"',
    );
  });

  test('are put together from chunks', async () => {
    const size = 50_000;
    const chunks = Object.fromEntries(
      Array.from({ length: Math.ceil(vmdk.length / size) }, (_, i) => [
        `disk.vmdk.${String(i).padStart(9, '0')}`,
        vmdk.subarray(i * size, (i + 1) * size),
      ]),
    );
    expect(Object.keys(chunks).length).toBeGreaterThan(2);
    const parts = file(`ovf:href="disk.vmdk" ovf:chunkSize="${size}" ovf:size="${vmdk.length}"`);
    expect(await disksOf(chunks, parts)).toBe('right');
    expect(await refused({ ...chunks, 'disk.vmdk.000000001': 'short' }, parts)).toContain(
      'disk.vmdk.000000001: expected a chunk of 50000 bytes, found 5',
    );
    expect(await refused({}, parts)).toContain('the package names the file "disk.vmdk", which is not in it');
    const { 'disk.vmdk.000000001': _, ...gap } = chunks;
    expect(await refused(gap, parts)).not.toBe('taken');
  });

  test('lie on others that the descriptor names', async () => {
    const base = new MemoryImageFile('base.vmdk', await imageOf(content, 'vmdk'));
    const old = await openDiskImage(base, host);
    const change = random.bytes(512);
    const top = new MemoryImageFile('top.vmdk');
    const image = await diskFormat('vmdk').create(
      top,
      { size: content.length, backing: { reference: 'base.vmdk', format: 'vmdk', image: old } },
      host,
    );
    image.backing = old;
    await image.write(4096, change);
    await image.flush();
    const wanted = Buffer.from(content);
    wanted.set(change, 4096);
    const disk = (id: string, more: string): string =>
      `<Disk ovf:diskId="${id}" ovf:capacity="1048576" ovf:fileRef="${id}" ${more}/>`;
    const parts = (more: string, beneath = ''): Parameters<typeof envelope>[0] => ({
      files: '<File ovf:id="base" ovf:href="base.vmdk"/><File ovf:id="top" ovf:href="top.vmdk"/>',
      disks: disk('base', beneath) + disk('top', more),
    });
    const members = { 'base.vmdk': await bytesOf(base), 'top.vmdk': await bytesOf(top) };
    const archive = await archiveOf({ 'vm.ovf': envelope(parts('ovf:parentRef="base"')), ...members });
    const { files } = await unpackOnlyDisks(archive, { format: 'raw' });
    expect((await bytesOf(files.get('top.img')!)).equals(wanted)).toBe(true);
    expect((await bytesOf(files.get('base.img')!)).equals(content)).toBe(true);
    expect(await refused(members, parts(''))).toBe(
      'the disk "top" lies on the file "base.vmdk", which a package cannot have',
    );
    expect(await refused(members, parts('ovf:parentRef="base"', 'ovf:parentRef="top"'))).toContain(
      'is based on itself',
    );
    expect(await refused(members, parts('ovf:parentRef="x"'))).toContain(
      'the disk "top" is based on "x", which is not in the package',
    );
  });

  test('are in the package, and nowhere else', async () => {
    for (const href of ['https://example.org/disk.vmdk', 'file:///etc/passwd', 'data:,x'])
      expect(await refused({}, file(`ovf:href="${href}"`))).toContain(
        `the package names the file "${href}", which is not in it: download it`,
      );
    for (const href of [
      '../disk.vmdk',
      '/disk.vmdk',
      'a/disk.vmdk',
      'a\\disk.vmdk',
      '..',
      '%2e%2e%2fx',
      'a%00b',
    ])
      expect(await refused({ [href]: vmdk }, file(`ovf:href="${href}"`)), href).toContain(
        `the package names the file ${JSON.stringify(href)}: expected a name without a folder`,
      );
    expect(await refused({}, file('ovf:href="disk.vmdk"'))).toContain('"disk.vmdk", which is not in it');
    const flat = `# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "secret" 0\n`;
    expect(await refused({ 'a.vmdk': flat }, file('ovf:href="a.vmdk"'))).toContain(
      'a disk in the package lies in the file "secret" as well',
    );
    const backed = await diskFormat('qcow2').create(
      new MemoryImageFile('b'),
      {
        size: MiB,
        backing: {
          reference: '/etc/passwd',
          format: 'raw',
          image: await openDiskImage(new MemoryImageFile('x', content), host, { format: 'raw' }),
        },
      },
      host,
    );
    await backed.flush();
    expect(await refused({ 'a.qcow2': await bytesOf(backed.file) }, file('ovf:href="a.qcow2"'))).toContain(
      'lies on the file "/etc/passwd"',
    );
  });

  test('have a capacity and files of their own', async () => {
    const disk = (attributes: string): Parameters<typeof envelope>[0] => ({ disks: `<Disk ${attributes}/>` });
    const there = { 'disk.vmdk': vmdk };
    const sized = envelope({
      disks: '<Disk ovf:diskId="a" ovf:capacity="${size}" ovf:fileRef="file1"/>',
      sections:
        '<ProductSection><Info>it</Info><Property ovf:key="size" ovf:value="1048577"/></ProductSection>',
    });
    const { notes } = await unpackOnlyDisks(await archiveOf({ 'vm.ovf': sized, ...there }));
    expect(notes).toContain('disk.qcow2: the descriptor says 1048577 bytes, and the disk has 1048576');
    expect(await refused(there, disk('ovf:diskId="a" ovf:capacity="${size}" ovf:fileRef="file1"'))).toContain(
      'disk "a": expected a capacity, found "${size}" with the unit "byte"',
    );
    expect(await refused(there, disk('ovf:diskId="a" ovf:capacity="1" ovf:fileRef="no"'))).toContain(
      'disk "a": there is no file with the id "no"',
    );
    expect(await refused(there, disk('ovf:capacity="1" ovf:fileRef="file1"'))).toContain(
      'expected an attribute diskId of <ovf:Disk>',
    );
    for (const none of ['', 'ovf:fileRef=""'])
      expect(await refused(there, disk(`ovf:diskId="a" ovf:capacity="1" ${none}`))).toContain('found none');
    const sizes = 'ovf:href="disk.vmdk" ovf:size="-7"';
    expect(await disksOf(there, file(sizes))).toBe('right');
    const { notes: other } = await unpackOnlyDisks(
      await archiveOf({ 'vm.ovf': envelope(file(sizes.replace('-7', '7'))), ...there }),
    );
    expect(other).toContain(`disk.vmdk: the descriptor says 7 bytes, and there are ${vmdk.length}`);
    expect(await refused(there, file('ovf:href="disk.vmdk" ovf:chunkSize="0"'))).toContain(
      'file "file1": expected the size of its chunks, found "0"',
    );
    const encrypted = envelope().replace(
      '<DiskSection>',
      '<EncryptionSection><Info>it</Info></EncryptionSection>$&',
    );
    await expect(unpackOnlyDisks(await archiveOf({ 'vm.ovf': encrypted, ...there }))).rejects.toThrow(
      'the package is encrypted',
    );
    const twice = '<File ovf:id="a" ovf:href="x"/><File ovf:id="a" ovf:href="y"/>';
    expect(await refused(there, { files: twice })).toContain('two files have the id "a"');
  });
});
