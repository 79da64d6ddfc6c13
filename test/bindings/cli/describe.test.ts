import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalDescription, descriptionDigest } from '../../../src/index.ts';
import { NodeImageFile } from '../../../src/bindings/node/image-file.ts';
import { parseCommand } from '../../../src/bindings/node/cli/arguments.ts';
import { greeter, hartware, Workplace } from './hartware.ts';

const SMALLEST = '{\n  "hartware": 1,\n  "boot": { "kernel": "Image" }\n}\n';

let place: Workplace;
let smallest: string;
let wrong: string;

beforeAll(async () => {
  place = await Workplace.make();
  smallest = await place.put('smallest.json', SMALLEST);
  wrong = await place.put(
    'wrong.json',
    '{"hartware":2,"cpus":2,"boot":{},"drives":[{"file":"a","id":"x"},{"file":"b","id":"x"}],"a\\nb":1}',
  );
});
afterAll(() => place.remove());

describe('hartware describe', () => {
  test.each([[[]], [['--resolved']]])(
    'prints a description in full (%j), which is one itself',
    async (options) => {
      const { code, stdout, stderr } = await hartware(['describe', smallest, ...options]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual({
        hartware: 1,
        harts: 1,
        memory: 256 << 20,
        clock: { kind: 'host' },
        isa: { paging: 'sv48' },
        boot: { kernel: { file: 'Image' }, append: '' },
        drives: [],
        network: [],
        shares: [],
        devices: { rng: true, console: false, powerButton: false },
      });
      const again = await hartware(['describe', await place.put('full.json', stdout)]);
      expect(again).toEqual({ code: 0, stdout, stderr: '' });
    },
  );

  test('prints its canonical form and digest, which are those of the library', async () => {
    const description = JSON.parse(SMALLEST) as Parameters<typeof canonicalDescription>[0];
    const canonical = await hartware(['describe', smallest, '--canonical']);
    expect(canonical).toEqual({ code: 0, stdout: canonicalDescription(description), stderr: '' });
    const digest = await hartware(['describe', smallest, '--digest']);
    expect(digest).toEqual({ code: 0, stdout: `${descriptionDigest(description)}\n`, stderr: '' });
    expect(createHash('sha256').update(canonical.stdout, 'latin1').digest('hex')).toBe(digest.stdout.trim());
  });

  test('prints everything that is wrong, a line each, and fails', async () => {
    const { code, stdout, stderr } = await hartware(['describe', wrong]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => line.replace(`hartware: ${wrong}: `, ''))).toEqual([
      'cpus: unknown key; did you mean "harts"?',
      expect.stringMatching(/^\["a\\nb"\]: unknown key; known are "hartware", /),
      'hartware: expected 1, the version of this format, found 2',
      'boot: expected an object with a kernel, firmware or flash, found an empty object',
      'drives[1].id: expected an id of its own, found "x" again',
    ]);
    expect(lines.every((line) => line.startsWith(`hartware: ${wrong}: `))).toBe(true);
  });

  test('says what a file is that is no JSON, or none', async () => {
    const text = await hartware(['describe', await place.put('text.json', '{\n"hartware": 1,\n}')]);
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^hartware: \S*text\.json is no machine description: [^\n]+\n$/);
    const deep = await hartware(['describe', await place.put('deep.json', '['.repeat(1 << 20))]);
    expect(deep.stderr).toMatch(/^hartware: \S*deep\.json is no machine description: [^\n]{1,200}\n$/);
    const latin1 = await hartware([
      'describe',
      await place.put('latin1.json', Uint8Array.of(0x22, 0xe4, 0x22)),
    ]);
    expect(latin1.stderr).toMatch(/latin1\.json is no machine description: .*utf-8/);
    const marked = await hartware(['describe', await place.put('marked.json', `\ufeff${SMALLEST}`)]);
    expect(marked).toMatchObject({ code: 0, stderr: '' });
    const missing = await hartware(['describe', place.path('missing.json')]);
    expect(missing.stderr).toMatch(/missing\.json: no such file\n$/);
  });

  describe('--files', () => {
    const sha256 = (content: Uint8Array | string): string =>
      createHash('sha256').update(content).digest('hex');
    const put = (name: string, description: object): Promise<string> =>
      place.put(name, JSON.stringify({ hartware: 1, memory: '16M', ...description }));
    const CODE = greeter('hello\n');

    test('finds nothing wrong with files that a machine can have, and leaves them as they are', async () => {
      await place.put('code.bin', CODE);
      await place.put('disk.img', 'x'.repeat(512));
      const file = await put('files.json', {
        boot: {
          kernel: { file: pathToFileURL(place.path('code.bin')).href, sha256: sha256(CODE) },
          firmware: 'code.bin',
          initrd: ['disk.img', { file: 'code.bin', sha256: sha256(CODE) }],
        },
        drives: [
          { file: 'disk.img', sha256: sha256('x'.repeat(512)), id: 'a' },
          { file: place.path('code.bin'), readOnly: true, id: 'b' },
          { memory: '8G', id: 'c' },
        ],
      });
      const before = await readdir(place.directory);
      for (const form of ['--resolved', '--digest']) {
        const result = await hartware(['describe', file, form, '--files']);
        expect(result).toMatchObject({ code: 0, stderr: '' });
        expect(result).toEqual(await hartware(['describe', file, form]));
      }
      expect(await readdir(place.directory)).toEqual(before);
      expect(await readFile(place.path('disk.img'), 'latin1')).toBe('x'.repeat(512));
    });

    test('looks at them where the description is wrong, too, as hartware run does', async () => {
      const file = await put('wrong-everywhere.json', {
        harts: 9,
        boot: { kernel: 'none.bin' },
        drives: [{ file: 'none.img' }],
      });
      for (const command of [['describe', '--files'], ['run']]) {
        const { code, stderr } = await hartware([...command, file]);
        expect(code).toBe(1);
        expect(stderr.replaceAll(`hartware: ${file}: `, '').trimEnd().split('\n')).toEqual([
          'harts: expected a whole number from 1 to 8, found 9',
          'boot.kernel: cannot read none.bin: no such file',
          'drives[0]: cannot read none.img: no such file',
        ]);
      }
    });

    test('has nothing to say of what is shared, which only a machine needs', async () => {
      const shares = [{ tag: 'there' }, { tag: 'host' }];
      const file = await put('shares.json', { harts: 9, boot: { kernel: 'none.bin' }, shares });
      const linesOf = async (...args: string[]): Promise<string[]> => {
        const { code, stderr } = await hartware([...args, file]);
        expect(code).toBe(1);
        return stderr.replaceAll(`hartware: ${file}: `, '').trimEnd().split('\n');
      };
      const lines = await linesOf('describe', '--files');
      expect(lines).toHaveLength(2);
      expect(await linesOf('run', '--share', `there=${place.directory}`)).toEqual([
        ...lines,
        expect.stringMatching(/^shares\[1\]: nothing is shared as "host": .*--share/),
      ]);
    });

    test('prints everything that is wrong with them, a line each with its place, and fails', async () => {
      await place.put('code.bin', CODE);
      await place.put('empty.img', '');
      await place.put('kernel.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3));
      await place.put('board.dtb', 'no tree');
      const wrongDigest = '0'.repeat(64);
      const file = await put('wrong-files.json', {
        boot: {
          kernel: { file: 'kernel.gz', sha256: wrongDigest },
          firmware: 'none.bin',
          initrd: ['code.bin', { file: 'code.bin', sha256: wrongDigest }, '.'],
          fdt: 'board.dtb',
        },
        drives: [
          { file: 'none.img', id: 'a' },
          { file: '.', readOnly: true, id: 'b' },
          { file: 'empty.img', id: 'c' },
          { file: 'code.bin', readOnly: true, id: 'd', sha256: wrongDigest },
          { file: 'http://localhost/disk.img', id: 'e' },
        ],
      });
      const { code, stdout, stderr } = await hartware(['describe', file, '--files']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const lines = stderr.trimEnd().split('\n');
      expect(lines.every((line) => line.startsWith(`hartware: ${file}: `))).toBe(true);
      expect(lines.map((line) => line.replace(`hartware: ${file}: `, '')).sort()).toEqual([
        expect.stringMatching(/^boot\.fdt: board\.dtb: not a DTB: expected /),
        'boot.firmware: cannot read none.bin: no such file',
        `boot.initrd[1].sha256: expected ${wrongDigest}, found ${sha256(CODE)} in "code.bin"`,
        'boot.initrd[2]: cannot read .: it is a directory',
        expect.stringMatching(/^boot\.kernel\.sha256: expected 0{64}, found \S+ in "kernel\.gz"$/),
        expect.stringMatching(/^boot\.kernel: kernel kernel\.gz: /),
        'drives[0]: cannot open none.img: no such file',
        'drives[1]: cannot use . as a disk image: it is a directory',
        'drives[2]: empty.img: raw: it is empty',
        `drives[3].sha256: expected ${wrongDigest}, found ${sha256(CODE)} in "code.bin"`,
        'drives[4]: cannot write to http://localhost/disk.img: give "readOnly" or "temporary"',
      ]);
    });

    test('says the place of a single thing, too, and that a drive is in use', async () => {
      await place.put('code.bin', CODE);
      const disk = await place.put('used.img', 'x'.repeat(512));
      const file = await put('used.json', { boot: { kernel: 'code.bin' }, drives: [{ file: 'used.img' }] });
      const backend = await NodeImageFile.open(disk, false);
      try {
        const { code, stdout, stderr } = await hartware(['describe', file, '--files']);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(
          /^hartware: \S*used\.json: drives\[0\]: \S*used\.img is in use by process \d+ [^\n]+\n$/,
        );
      } finally {
        await backend.close();
      }
      expect(await hartware(['describe', file, '--files'])).toMatchObject({ code: 0, stderr: '' });
    });
  });

  test.each([
    [[], 'expected one machine description FILE.json, found none'],
    [['a.json', 'b.json'], 'found "b.json" as well'],
    [['a.json', '--digest', '--canonical'], '--canonical and --digest exclude each other'],
    [['a.json', '--dijest'], 'did you mean --digest?'],
    [['a.json', '--files=yes'], '--files takes no value, found "yes"'],
  ])('wrong command line %j', (args, message) => {
    expect(() => parseCommand(['describe', ...args])).toThrow(message);
  });

  test('has help that names every option', async () => {
    const { code, stdout } = await hartware(['describe', '--help']);
    expect(code).toBe(0);
    expect(stdout).toBe((await hartware(['help', 'describe'])).stdout);
    for (const option of ['--files', '--resolved', '--canonical', '--digest', '--help'])
      expect(stdout).toContain(option);
    const general = await hartware(['--help']);
    expect(general.stdout).toContain('hartware describe FILE.json');
  });
});

describe('hartware run', () => {
  test('prints everything that is wrong with a description, a line each', async () => {
    const run = await hartware(['run', wrong]);
    expect(run).toEqual(await hartware(['describe', '--files', wrong]));
  });

  test('and with its files', async () => {
    await place.put('hello.bin', greeter('hello\n'));
    const digest = createHash('sha256')
      .update(await readFile(place.path('hello.bin')))
      .digest('hex');
    const machine = (sha256: string, drives: unknown[]): Promise<string> =>
      place.put(
        'machine.json',
        JSON.stringify({
          hartware: 1,
          memory: '16M',
          boot: { firmware: { file: 'hello.bin', sha256 } },
          drives,
        }),
      );
    expect(await hartware(['run', await machine(digest, [])])).toMatchObject({ code: 0, stdout: 'hello\n' });
    const refused = await hartware(['run', await machine('0'.repeat(64), [{ file: 'no.img' }])]);
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `hartware: boot.firmware.sha256: expected ${'0'.repeat(64)}, found ${digest} in "hello.bin"\n` +
        'hartware: drives[0]: cannot open no.img: no such file\n',
    });
  });

  test('and with its options', async () => {
    const { code, stderr } = await hartware(['run', '--kernel', 'x', '--harts', '9', '--memory', '1M']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hartware: --harts: expected [^\n]+\nhartware: --memory: expected [^\n]+\n$/);
  });
});
