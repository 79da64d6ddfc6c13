/** OVA: machines of our own there and back, and those of others. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { convertImage } from '../../src/disks/convert.ts';
import { diskFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { archiveFiles } from '../../src/interchange/ova/index.ts';
import { parseManifest } from '../../src/interchange/ova/manifest.ts';
import { readTar, TarWriter } from '../../src/interchange/ova/tar.ts';
import { sizeIn } from '../../src/interchange/ova/units.ts';
import { completeDescription, type MachineDescription } from '../../src/machine/description.ts';
import { Random } from '../support/random.ts';
import {
  archiveOf,
  bytesOf,
  contentOf,
  diskItem,
  envelope,
  pack,
  RAW_DISK,
  unpack,
  unpackOnlyDisks,
} from './ova-support.ts';

const MiB = 1 << 20;
const host = createImageHost();
const random = new Random(1);

/** A disk of 1 MiB with content here and there, and images of it. */
const content = Buffer.alloc(MiB);
let vmdk: Buffer;
let qcow2: Buffer;

async function imageOf(bytes: Uint8Array, format: string, options = {}): Promise<Buffer> {
  const file = new MemoryImageFile(`disk.${format}`);
  const image = await diskFormat(format).create(file, { size: bytes.length, options }, host);
  const source = await openDiskImage(new MemoryImageFile('raw', bytes), host, { format: 'raw' });
  await convertImage(source, image);
  await image.close();
  return bytesOf(file);
}

beforeAll(async () => {
  content.set(random.bytes(70_000), 0);
  content.set(random.bytes(70_000), 500_000);
  vmdk = await imageOf(content, 'vmdk', { subformat: 'streamOptimized' });
  qcow2 = await imageOf(content, 'qcow2');
});

describe('a machine of our own', () => {
  const sources: Record<string, Buffer> = {
    '/vm/Image': Buffer.from(random.bytes(5000)),
    '/vm/a.cpio': Buffer.from('first'),
    '/other/a.cpio': Buffer.from('second'),
    'fw.bin': Buffer.from(random.bytes(1)),
    'it.dtb': Buffer.alloc(0),
    'code.fd': Buffer.from(random.bytes(1024)),
    'vars.fd': Buffer.from(random.bytes(1 << 18)),
    // Ends within a sector.
    'https://example.org/a%20disk.img?x=/y': Buffer.concat([content, Buffer.from('the end')]),
  };
  const DIGEST = createHash('sha256').update(sources['https://example.org/a%20disk.img?x=/y']).digest('hex');
  const MACHINE: MachineDescription = {
    $schema: './schema.json',
    hartware: 1,
    harts: 3,
    memory: '300M',
    clock: { kind: 'virtual', idle: 'skip' },
    isa: { paging: 'sv39' },
    boot: {
      kernel: { file: '/vm/Image', sha256: createHash('sha256').update(sources['/vm/Image']).digest('hex') },
      initrd: ['/vm/a.cpio', '/other/a.cpio'],
      append: `root=/dev/vda "<&>" ${String.fromCharCode(0xffff)}\t\n it's`,
      firmware: 'fw.bin',
      fdt: 'it.dtb',
      flash: { code: 'code.fd', variables: { file: 'vars.fd', readOnly: true } },
    },
    drives: [
      { file: 'https://example.org/a%20disk.img?x=/y', sha256: DIGEST, format: 'raw', readOnly: true },
      { file: 'two.qcow2', id: 'second', queues: 2, temporary: true },
      { memory: '2M', bus: 'pci', slot: 7 },
      { file: 'two.qcow2', format: 'raw', readOnly: true, id: 'its-bytes' },
    ],
    network: [{ mac: '52:54:00:00:00:07' }, { bus: 'pci' }],
    shares: [{ tag: 'home', readOnly: true }],
    devices: { console: true, rng: { seed: 7 }, powerButton: true },
  };
  let archive: ImageFile;
  beforeAll(async () => {
    sources['two.qcow2'] = qcow2;
    archive = await pack(MACHINE, sources);
  });

  test('survives, but for the names of its files', async () => {
    const { description, notes, files } = await unpack(archive);
    expect(notes).toEqual([]);
    const { $schema: _, boot, drives, ...rest } = MACHINE;
    expect(description).toEqual({
      ...rest,
      boot: {
        ...boot,
        kernel: { ...(boot.kernel as object), file: 'Image' },
        initrd: ['a.cpio', 'a-2.cpio'],
      },
      drives: [
        { ...drives![0], file: 'a_20disk.img' },
        drives![1],
        drives![2],
        { ...drives![3], file: 'two-2.qcow2' },
      ],
    });
    for (const [name, source] of Object.entries({
      Image: '/vm/Image',
      'a.cpio': '/vm/a.cpio',
      'a-2.cpio': '/other/a.cpio',
      'fw.bin': 'fw.bin',
      'it.dtb': 'it.dtb',
      'code.fd': 'code.fd',
      'vars.fd': 'vars.fd',
      'a_20disk.img': 'https://example.org/a%20disk.img?x=/y',
      'two-2.qcow2': 'two.qcow2',
    }))
      expect((await bytesOf(files.get(name)!)).equals(sources[source]), name).toBe(true);
    expect((await contentOf(files.get('two.qcow2')!)).equals(content)).toBe(true);
    expect(files.size).toBe(10);
  });

  test('has the same package each time', async () => {
    const again = await pack(MACHINE, sources);
    expect((await bytesOf(again)).equals(await bytesOf(archive))).toBe(true);
    const moved = await pack(
      { ...MACHINE, boot: { ...MACHINE.boot, kernel: 'Image' } },
      { ...sources, Image: Buffer.from('x') },
    );
    expect((await bytesOf(moved)).equals(await bytesOf(archive))).toBe(false);
  });

  test('has its disks in another format when that is wanted', async () => {
    const { description, notes, files } = await unpack(archive, { format: 'vdi' });
    expect(description.drives![0].sha256).toBe(undefined);
    expect(notes).toEqual(['a_20disk.vdi: its sha256 is left out: it has whole sectors now, and had not']);
    expect(description.drives!.map(({ file, format }) => [file, format])).toEqual([
      ['a_20disk.vdi', 'vdi'],
      ['two.vdi', undefined],
      [undefined, undefined],
      ['two-2.vdi', 'vdi'],
    ]);
    expect((await contentOf(files.get('two.vdi')!)).equals(content)).toBe(true);
  });

  test('starts what it says, whatever else is offered', async () => {
    const boot = async (): Promise<never> => {
      throw new Error('is not asked for');
    };
    const { description, notes } = await unpack(archive, { boot });
    expect(description.boot.firmware).toBe('fw.bin');
    expect(notes).toEqual(['the loader is left out: the package says what starts its machine']);
  });

  test('survives without disks and network', async () => {
    const machine: MachineDescription = { hartware: 1, boot: { kernel: 'k' } };
    const { description } = await unpack(await pack(machine, { k: Buffer.from('k') }));
    expect(completeDescription(description)).toEqual(completeDescription(machine));
  });

  test('names what cannot be opened', async () => {
    await expect(pack({ hartware: 1, boot: { kernel: 'nothing' } }, {})).rejects.toThrow(
      'there is no nothing',
    );
  });

  test('names no file outside its package', async () => {
    const [ovf, mf, ...rest] = await Promise.all(
      [...(await readTar(archive))].map(async ([name, file]) => [name, await bytesOf(file)] as const),
    );
    expect(mf[0]).toBe('machine.mf');
    const forged = async (from: string, to: string): Promise<string> => {
      const text = ovf[1].toString().replaceAll('&#34;', '"').replaceAll(from, to);
      expect(text).toContain(to);
      const forgery = await archiveOf(Object.fromEntries([['machine.ovf', text], ...rest]));
      return unpack(forgery).then(
        () => 'taken',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    };
    const head = 'InterchangeError: the description in the package: ';
    expect(await forged('"firmware":"fw.bin"', '"firmware":"/etc/passwd"')).toBe(
      `${head}it names the file "/etc/passwd", which is not in the package`,
    );
    expect(await forged('"code":"code.fd"', '"code":"../code.fd"')).toContain(
      'it names the file "../code.fd"',
    );
    expect(await forged("name='fw.bin'", "name='../fw.bin'")).toBe(
      `${head}it cannot have a file "../fw.bin"`,
    );
    expect(await forged("name='fw.bin'", "name='IMAGE'")).toBe(`${head}it cannot have a file "IMAGE"`);
    expect(await forged('"file":"two.qcow2"', '"file":"fw.bin"')).toContain('it names the disk "fw.bin"');
    expect(await forged("format='qcow2'", "format='zip'")).toContain('there is no format "zip" of disks');
    expect(await forged('"hartware":1', '"hartware":2')).toContain(head);
    expect(await forged('{"hartware":1', '')).toContain(`${head}Unexpected`);
  });
});

describe('a machine of another program', () => {
  const RISCV = { type: 'vendor-riscv64-1', os: '' };
  const EDK2 = { flash: { code: 'EDK2.fd' } };
  const boot = async () => EDK2;

  test('for another processor is refused, and its disks are not', async () => {
    const archive = await archiveOf({ 'vm.ovf': envelope(), 'disk.vmdk': vmdk });
    await expect(unpack(archive)).rejects.toThrow(
      'this machine is for another processor than riscv64: it names operating system "ubuntu64Guest", VirtualSystemType "vmx-19"; it cannot run here, but its disks can be had all the same: give --disks-only',
    );
    const { disks, files, notes } = await unpackOnlyDisks(archive);
    expect(disks).toEqual([{ id: 'vmdisk1', name: 'disk.qcow2' }]);
    expect((await contentOf(files.get('disk.qcow2')!)).equals(content)).toBe(true);
    expect(notes).toEqual(['the package has no manifest: whether its files are whole was not checked']);
    const raw = await unpackOnlyDisks(archive, { format: 'raw' });
    expect((await bytesOf(raw.files.get('disk.img')!)).equals(content)).toBe(true);
  });

  test('for riscv64 is taken as its hardware says', async () => {
    const card = `<Item><rasd:Address>52:54:00:01:02:03</rasd:Address><rasd:Connection>VM Network</rasd:Connection>
      <rasd:ElementName>Ethernet 1</rasd:ElementName><rasd:InstanceID>11</rasd:InstanceID><rasd:ResourceType>10</rasd:ResourceType></Item>`;
    const cd = `<Item><rasd:ElementName>CD</rasd:ElementName><rasd:HostResource>/file/iso</rasd:HostResource>
      <rasd:InstanceID>12</rasd:InstanceID><rasd:ResourceType>15</rasd:ResourceType></Item>`;
    const empty = `<Item><rasd:ElementName>floppy</rasd:ElementName><rasd:InstanceID>13</rasd:InstanceID><rasd:ResourceType>14</rasd:ResourceType></Item>`;
    const text = envelope({
      ...RISCV,
      files: '<File ovf:href="disk.vmdk" ovf:id="file1"/><File ovf:href="cd%201.iso" ovf:id="iso"/>',
      disks:
        '<Disk ovf:capacity="1048576" ovf:diskId="a" ovf:fileRef="file1"/><Disk ovf:capacity="3" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="b"/>',
      items: diskItem('a') + diskItem('b') + card + cd + empty,
    });
    const archive = await archiveOf({ 'vm.ovf': text, 'disk.vmdk': vmdk, 'cd 1.iso': 'CD' });
    await expect(unpack(archive)).rejects.toThrow('what starts its machine: give --loader');
    const { description, notes, files } = await unpack(archive, { boot });
    expect(description).toEqual({
      hartware: 1,
      harts: 4,
      memory: '1024M',
      boot: EDK2,
      drives: [
        { file: 'disk.qcow2', id: 'drive0' },
        { file: 'b.qcow2', id: 'drive1' },
        { file: 'cd_201.iso', readOnly: true, id: 'drive2' },
      ],
      network: [{ mac: '52:54:00:01:02:03' }],
    });
    expect((await contentOf(files.get('disk.qcow2')!)).equals(content)).toBe(true);
    expect((await contentOf(files.get('b.qcow2')!)).equals(Buffer.alloc(3 * MiB))).toBe(true);
    expect((await bytesOf(files.get('cd_201.iso')!)).toString()).toBe('CD');
    expect(notes.join('\n')).toMatch(/item "floppy" of the type 14: there is no such device here/);
    expect(notes.join('\n')).toMatch(/item "Ethernet 1", connected to "VM Network": what a card/);
    expect(notes.join('\n')).toMatch(/Config \(.*"efi"\): there is no such thing here/);
  });

  test('has its devices on PCI when there are many', async () => {
    const items = (count: number): string => diskItem('vmdisk1').repeat(count);
    const drivesOf = async (count: number): Promise<MachineDescription> => {
      const archive = await archiveOf({
        'vm.ovf': envelope({ ...RISCV, items: items(count) }),
        'disk.vmdk': vmdk,
      });
      const { description, notes, files } = await unpack(archive, { boot });
      expect(notes.join('\n').match(/left out/g) ?? []).toHaveLength(count > 30 ? 1 : 0);
      expect(files.size).toBe(1);
      return description;
    };
    expect((await drivesOf(7)).drives!.every(({ bus }) => bus === undefined)).toBe(true);
    const { drives, devices } = await drivesOf(40);
    expect(drives).toHaveLength(30);
    expect(drives!.every(({ bus, slot }) => bus === 'pci' && slot === undefined)).toBe(true);
    expect(devices).toEqual({ rng: { bus: 'pci' } });
  });

  test('is refused for sections that it needs and nobody here knows', async () => {
    const sections = '<x:Magic xmlns:x="urn:x"><Info>magic</Info></x:Magic>';
    const of = (section: string): Promise<ImageFile> =>
      archiveOf({ 'vm.ovf': envelope({ ...RISCV, sections: section }), 'disk.vmdk': vmdk });
    await expect(unpack(await of(sections), { boot })).rejects.toThrow('asks for {urn:x}Magic');
    const passed = await unpack(await of(sections.replace('Magic ', 'Magic ovf:required="false" ')), {
      boot,
    });
    expect(passed.notes.join('\n')).toContain('Magic');
    const product = '<ProductSection><Info>it</Info><Product>it</Product></ProductSection>';
    expect((await unpack(await of(product), { boot })).notes.join('\n')).toContain('ProductSection');
  });

  test('of several is refused, and a package without one', async () => {
    const one = envelope({ ...RISCV, items: '' });
    const [system] = /<VirtualSystem ovf[^]*<\/VirtualSystem>/.exec(one)!;
    const both = one.replace(
      system,
      `<VirtualSystemCollection ovf:id="c"><Info>c</Info>${system}${system}</VirtualSystemCollection>`,
    );
    await expect(unpack(await archiveOf({ 'vm.ovf': both, 'disk.vmdk': vmdk }), { boot })).rejects.toThrow(
      'expected one machine in the package, found 2',
    );
    await expect(unpack(await archiveOf({ 'vm.ovf': one.replace(system, '') }))).rejects.toThrow(
      'found none',
    );
    const foreign = one.replaceAll(
      'http://schemas.dmtf.org/ovf/envelope/1',
      'http://www.vmware.com/schema/ovf/1/envelope',
    );
    await expect(unpack(await archiveOf({ 'vm.ovf': foreign }))).rejects.toThrow(
      'expected an OVF envelope of version 1 or 2',
    );
  });

  test('of OVF 2 has items of their own kinds', async () => {
    const items = `<StorageItem><sasd:ElementName>disk</sasd:ElementName><sasd:HostResource>/disk/vmdisk1</sasd:HostResource><sasd:ResourceType>17</sasd:ResourceType></StorageItem>
      <EthernetPortItem><epasd:Address>52:54:00:01:02:03</epasd:Address><epasd:Connection>NAT</epasd:Connection><epasd:ResourceType>10</epasd:ResourceType></EthernetPortItem>`;
    const uri = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_';
    const text = envelope({ ...RISCV, items })
      .replaceAll('ovf/envelope/1', 'ovf/envelope/2')
      .replace(
        '<Envelope ',
        `<Envelope xmlns:sasd="${uri}StorageAllocationSettingData.xsd" xmlns:epasd="${uri}EthernetPortAllocationSettingData.xsd" `,
      );
    const { description } = await unpack(await archiveOf({ 'vm.ovf': text, 'disk.vmdk': vmdk }), { boot });
    expect(description.drives).toEqual([{ file: 'disk.qcow2', id: 'drive0' }]);
    expect(description.network).toEqual([{ mac: '52:54:00:01:02:03' }]);
  });
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

describe('a manifest', () => {
  const digest = (bytes: Uint8Array | string, algorithm: string): string =>
    createHash(algorithm).update(bytes).digest('hex');
  const text = envelope();
  const archive = (mf: string, disk: Uint8Array = vmdk, more = {}): Promise<ImageFile> =>
    archiveOf({ 'vm.ovf': text, 'vm.mf': mf, 'disk.vmdk': disk, ...more });
  const notesOf = async (file: ImageFile): Promise<readonly string[]> => (await unpackOnlyDisks(file)).notes;

  test('is checked, whatever its digests are', async () => {
    for (const [name, algorithm] of [
      ['SHA1', 'sha1'],
      ['SHA256', 'sha256'],
      ['SHA384', 'sha384'],
      ['SHA-512', 'sha512'],
    ]) {
      const mf = (disk: Uint8Array): string =>
        `${name}(vm.ovf)= ${digest(text, algorithm)}\r\n${name} (disk.vmdk) = ${digest(disk, algorithm).toUpperCase()}\r\n`;
      expect(await notesOf(await archive(mf(vmdk)))).toEqual([]);
      await expect(notesOf(await archive(mf(Buffer.from('other'))))).rejects.toThrow(
        `disk.vmdk is not the file that the manifest means: expected the ${name.replace('-', '')} ${digest('other', algorithm)}, found ${digest(vmdk, algorithm)}`,
      );
    }
  });

  test('is believed before the descriptor is', async () => {
    const mf = `SHA1(vm.ovf)= ${digest('other', 'sha1')}\n`;
    const broken = await archiveOf({ 'vm.ovf': '<', 'vm.mf': mf });
    await expect(notesOf(broken)).rejects.toThrow('vm.ovf is not the file that the manifest means');
  });

  test('says what it does not vouch for', async () => {
    const own = `SHA1(vm.ovf)= ${digest(text, 'sha1')}\n`;
    expect(await notesOf(await archive(own, vmdk, { 'vm.cert': 'x' }))).toEqual([
      'vm.cert: the signature of the package was not checked',
      'disk.vmdk: the manifest has no digest of it: whether it is whole was not checked',
    ]);
    await expect(notesOf(await archive(''))).rejects.toThrow('no digest of the descriptor vm.ovf');
    await expect(notesOf(await archive(`${own}SHA1(gone)= ${digest('', 'sha1')}\n`))).rejects.toThrow(
      'the manifest names "gone", which is not in the package',
    );
  });

  test('has lines of one form', () => {
    const sha1 = 'a'.repeat(40);
    expect([...parseManifest(`SHA1(./a(b)= c)= ${sha1}\n\n`)]).toEqual([
      ['a(b)= c', { algorithm: 'SHA1', digest: sha1 }],
    ]);
    for (const [line, reason] of [
      [`x`, 'line 2 of the manifest: expected "SHA256(FILE)= DIGEST", found "x"'],
      [`MD5(a)= ${'a'.repeat(32)}`, 'expected a digest by SHA1, SHA256, SHA384, SHA512, found MD5'],
      [`SHA256(a)= ${sha1}`, 'expected 64 digits of SHA256, found 40'],
      [`SHA1(z)= ${sha1}`, '"z" again'],
    ])
      expect(() => parseManifest(`SHA1(z)= ${sha1}\n${line}\n`)).toThrow(reason);
  });
});

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

test('sizes are numbers in programmatic units, or in those before them', () => {
  for (const [quantity, unit, size] of [
    ['512', 'byte * 2^20', 512 * MiB],
    ['512', 'MegaBytes', 512 * MiB],
    ['2', 'byte*2 ^ 30', 2 ** 31],
    ['3', 'byte * 1024 * 10^3', 3_072_000],
    ['7', 'byte', 7],
    ['7', 'hertz * 10^6', undefined],
    ['7', 'byte * 2^99', undefined],
    ['99999999999999999', 'byte', undefined],
    ['-7', 'byte', undefined],
    ['1e3', 'byte', undefined],
  ] as const)
    expect(sizeIn(quantity, unit), `${quantity} ${unit}`).toBe(size);
});
