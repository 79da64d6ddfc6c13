/** A machine of our own in a package, and back. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ImageFile } from '../../../src/disks/image-file.ts';
import { readTar } from '../../../src/interchange/ova/tar.ts';
import { completeDescription, type MachineDescription } from '../../../src/machine/description.ts';
import { Random } from '../../support/random.ts';
import { archiveOf, bytesOf, content, contentOf, imagesOfContent, pack, unpack } from './support.ts';

let qcow2: Buffer;
const random = new Random(1);
beforeAll(async () => {
  ({ qcow2 } = await imagesOfContent());
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
