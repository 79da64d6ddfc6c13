/** `hartware export` and `hartware import`, and documents that mean harm. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommand } from '../../../src/bindings/node/cli/arguments.ts';
import { MAX_XML_BYTES, readXml } from '../../../src/bindings/node/cli/exchange/read-xml.ts';
import { createImageHost, diskFormat, NodeImageFile } from '../../../src/bindings/node/disks.ts';
import { InterchangeError } from '../../../src/interchange/index.ts';
import { greeter, hartware, problem, Workplace } from './hartware.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

const MACHINE = {
  hartware: 1,
  harts: 2,
  memory: '64M',
  boot: { kernel: 'Image', initrd: ['a.cpio', 'b.cpio'], append: 'quiet' },
  drives: [
    { file: 'a disk.img', id: 'one' },
    { file: 'none.img', id: 'none' },
  ],
};

describe('the command', () => {
  test('says what is wrong with its arguments', () => {
    expect(problem('export')).toContain('nothing to export: expected a machine description');
    expect(problem('export', 'm.json')).toContain('--to is missing');
    expect(problem('export', 'm.json', '--to', 'bochs')).toBe(
      '--to: expected "qemu", "libvirt" or "ova", found "bochs"',
    );
    expect(problem('export', 'm.json', 'n.json', '--to', 'qemu')).toContain('found "n.json" as well');
    expect(problem('export', 'm.json', '--too', 'qemu')).toContain('did you mean --to?');
    expect(problem('export', 'm.json', '--to', 'qemu', '--name', 'x')).toContain(
      '--name belongs to --to libvirt and --to ova',
    );
    expect(problem('export', 'm.json', '--to', 'libvirt', '--name', 'a/b')).toContain(
      '--name: expected a name without',
    );
    expect(problem('export', 'm.json', '--to', 'qemu', '--qemu-version', '6.2')).toContain(
      '--qemu-version: expected 7.2 or later',
    );
    expect(problem('import')).toContain('nothing to import');
    expect(problem('import', 'x', '--from', 'vmware')).toContain(
      '--from: expected "qemu", "libvirt" or "ova"',
    );
    expect(problem('import', 'x', '--to', 'qemu')).toContain('unknown option --to');
    expect(problem('improt')).toContain('did you mean "import"?');
  });

  test('has help', () => {
    expect(parseCommand(['export', '--help']).kind).toBe('export-help');
    expect(parseCommand(['help', 'import']).kind).toBe('import-help');
  });

  test('goes there and back', async () => {
    const file = await place.put('machine.json', JSON.stringify(MACHINE));
    await place.put('a.cpio', 'abc');
    await place.put('b.cpio', 'defg');
    const disk = await NodeImageFile.create(place.path('a disk.img'));
    await (await diskFormat('qcow2').create(disk, { size: 1 << 20 }, createImageHost())).close();
    const joined = place.path('joined');
    for (const to of ['qemu', 'libvirt']) {
      const output = place.path(`machine.${to}`);
      const exported = await hartware(['export', file, '--to', to, '--initrd', joined, '-o', output]);
      expect(exported).toMatchObject({ code: 0, stdout: '' });
      expect(exported.stderr).toMatch(/^(hartware: note: .+\n)+$/);
      // The kernel is not there to be looked at: it is taken for Linux.
      expect(exported.stderr).toContain('boot.firmware: none');
      expect(exported.stderr).toContain('none.img": its format is not known, and raw there');
      expect(exported.stderr).not.toContain('a disk.img');
      const { code, stdout } = await hartware(['import', output]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        ...MACHINE,
        boot: { kernel: place.path('Image'), initrd: joined, append: 'quiet' },
        drives: [
          { file: place.path('a disk.img'), format: 'qcow2', id: 'one' },
          { file: place.path('none.img'), format: 'raw', id: 'none' },
        ],
      });
    }
    expect(await readFile(joined, 'utf8')).toBe('abc\0defg');
    expect(await readFile(place.path('machine.libvirt'), 'utf8')).toContain('<name>machine</name>');
  });

  test('says in which privilege a kernel starts, where its file does not', async () => {
    const raw = await place.put('u-boot.bin', greeter('hello\n'));
    const privilegeOf = async (options: string): Promise<unknown> => {
      const { stdout, stderr } = await hartware(['import', '-'], `qemu-system-riscv64 -M virt ${options}`);
      const { boot } = JSON.parse(stdout) as { readonly boot: { readonly privilege?: string } };
      return [boot.privilege, stderr.includes('is taken for a Linux Image')];
    };
    expect(await privilegeOf(`-kernel ${raw}`)).toEqual(['supervisor', false]);
    expect(await privilegeOf(`-bios none -kernel ${raw}`)).toEqual([undefined, false]);
    expect(await privilegeOf('-kernel none')).toEqual([undefined, true]);
    expect(await privilegeOf('-bios none -kernel none')).toEqual(['machine', false]);
  });

  test('reads standard input, and places relative paths where the description lies', async () => {
    const line =
      'qemu-system-riscv64 -M virt -kernel a/Image -drive file=/b.img,format=raw,if=virtio -netdev user,id=n';
    const { code, stdout, stderr } = await hartware(['import', '-'], line);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ boot: { kernel: 'a/Image' }, drives: [{ file: '/b.img' }] });
    expect(stderr).toContain(
      'hartware: note: -netdev user,id=n: what a card is connected to is no part of a description; whoever makes the machine says it (docs/network.md)\n',
    );
    const output = place.path('imported.json');
    expect(await hartware(['import', '-', '--output', output], line)).toMatchObject({ code: 0, stdout: '' });
    const { boot } = JSON.parse(await readFile(output, 'utf8')) as typeof MACHINE;
    expect(boot.kernel).toMatch(/^(\.\.\/)+.*a\/Image$/);
  });

  test('ends with 1 and one sentence when nothing comes of it', async () => {
    const failed = async (args: string[], input = ''): Promise<string> => {
      const { code, stdout, stderr } = await hartware(args, input);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      return stderr;
    };
    expect(await failed(['import', place.path('none')])).toMatch(
      /^hartware: cannot read .*: no such file\n$/,
    );
    expect(await failed(['export', place.path('none.json'), '--to', 'qemu'])).toContain('no such file');
    expect(await failed(['import', '-'], '<domain>')).toMatch(
      /^hartware: standard input: expected well-formed XML.*\n$/,
    );
    expect(await failed(['import', '-'], 'rm -rf $HOME')).toContain('"$HOME"');
    const notes = await failed(['import', '-'], 'qemu-system-riscv64 -M virt -netdev user,id=n');
    expect(notes).toMatch(
      /^hartware: note: -netdev [^]*\nhartware: standard input: expected a kernel or firmware/,
    );
    const single = await place.put('single.json', JSON.stringify({ hartware: 1, boot: { kernel: 'k' } }));
    const { code, stderr } = await hartware(['export', single, '--to', 'qemu', '--initrd', 'x']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('--initrd joins several initrds'),
    });
  });
});

describe('a document that means harm', () => {
  const read = (text: string | Uint8Array): unknown => readXml(Buffer.from(text as string));
  const laughs = Array.from({ length: 20 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
    '',
  );

  test.each([
    ['an external entity', `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>`, 'DOCTYPE'],
    ['an external subset', `<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd"><d/>`, 'DOCTYPE'],
    ['a billion laughs', `<!DOCTYPE d [<!ENTITY l0 "ha">${laughs}]><d>&l20;</d>`, 'DOCTYPE'],
    ['a parameter entity', `<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><d/>`, 'DOCTYPE'],
    ['an entity of nobody', `<d>&x;</d>`, "isn't defined: &x;"],
    ['ten thousand levels', '<a>'.repeat(10_000) + '</a>'.repeat(10_000), 'at most 32 levels'],
    ['a hundred thousand levels', '<a>'.repeat(100_000) + '</a>'.repeat(100_000), 'at most 32 levels'],
    ['thirty-three levels', '<a>'.repeat(33) + '</a>'.repeat(33), 'at most 32 levels'],
    ['more than a megabyte', `<a>${' '.repeat(MAX_XML_BYTES)}</a>`, 'at most 1048576 bytes'],
    ['bytes that are no UTF-8', Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e), 'UTF-8'],
    ['another encoding', `<?xml version="1.0" encoding="UTF-7"?><a/>`, 'UTF-7'],
    ['an attribute twice', `<a b="1" b="2"/>`, 'Duplicate attribute: b'],
    ['a character that XML has not', `<a>\u0001</a>`, 'Invalid character'],
    ['nothing', '', 'Root element is missing'],
  ])('is refused: %s', (_, text, expected) => {
    expect(() => read(text)).toThrow(InterchangeError);
    expect(() => read(text)).toThrow(expected);
  });

  test('with names that objects have anyway, is nothing but names', () => {
    const element = readXml(
      Buffer.from(`<__proto__ constructor="1" __proto__="2"><toString/>a<![CDATA[<b>]]></__proto__>`),
    );
    expect(element).toMatchObject({ name: '__proto__', text: 'a<b>', children: [{ name: 'toString' }] });
    expect(Object.entries(element.attributes)).toEqual([
      ['constructor', '1'],
      ['__proto__', '2'],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('in UTF-8 with a mark at its start, and references to characters, is read', () => {
    expect(
      readXml(Buffer.from('\ufeff<?xml version="1.0" encoding="utf-8"?><a b="&#9;&amp;&#x41;">&lt;</a>')),
    ).toMatchObject({
      attributes: { b: '\t&A' },
      text: '<',
    });
  });
});
