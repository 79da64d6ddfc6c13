import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalDescription, descriptionDigest } from '../../../src/index.ts';
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
      'boot: expected an object with a kernel or firmware, found an empty object',
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
    const missing = await hartware(['describe', place.path('missing.json')]);
    expect(missing.stderr).toMatch(/missing\.json: no such file\n$/);
  });

  test.each([
    [[], 'expected one machine description FILE.json, found none'],
    [['a.json', 'b.json'], 'found "b.json" as well'],
    [['a.json', '--digest', '--canonical'], '--canonical and --digest exclude each other'],
    [['a.json', '--dijest'], 'did you mean --digest?'],
  ])('wrong command line %j', (args, message) => {
    expect(() => parseCommand(['describe', ...args])).toThrow(message);
  });

  test('has help that names every option', async () => {
    const { code, stdout } = await hartware(['describe', '--help']);
    expect(code).toBe(0);
    expect(stdout).toBe((await hartware(['help', 'describe'])).stdout);
    for (const option of ['--resolved', '--canonical', '--digest', '--help'])
      expect(stdout).toContain(option);
    const general = await hartware(['--help']);
    expect(general.stdout).toContain('hartware describe FILE.json');
  });
});

describe('hartware run', () => {
  test('prints everything that is wrong with a description, a line each', async () => {
    const run = await hartware(['run', wrong]);
    expect(run).toEqual(await hartware(['describe', wrong]));
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
        'hartware: drives[0]: cannot open drive no.img: no such file\n',
    });
  });

  test('and with its options', async () => {
    const { code, stderr } = await hartware(['run', '--kernel', 'x', '--harts', '9', '--memory', '1M']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hartware: --harts: expected [^\n]+\nhartware: --memory: expected [^\n]+\n$/);
  });
});
