/** Files that are missing or are others than the description says: refused before anything starts, all at once. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMachine,
  DescriptionError,
  FileError,
  MemoryBlockBackend,
  type BlockBackend,
  type MachineDescription,
  type NodeMachineOptions,
} from '../../../src/bindings/node/index.ts';
import { Sha256 } from '../../../src/sha256.ts';
import { JIT } from '../../support/jit-mode.ts';
import { Random } from '../../support/random.ts';
import { greeter } from '../cli/hartware.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const WRONG = 'f'.repeat(64);

const firmware = greeter('hello\n');
/** More than two pieces, and no whole number of sectors. */
const image = new Random(1).bytes((2 << 20) + 1000);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hartware-'));
  await writeFile(join(directory, 'hello.bin'), firmware);
  await writeFile(join(directory, 'disk.img'), image);
});
afterAll(() => rm(directory, { recursive: true }));

const base: MachineDescription = {
  hartware: 1,
  memory: '16M',
  boot: { firmware: { file: 'hello.bin', sha256: sha256(firmware) } },
};

async function make(description: object, options: NodeMachineOptions = {}): Promise<string> {
  const machine = await createMachine(
    { ...base, ...description },
    { jit: JIT, baseDirectory: directory, ...options },
  );
  await machine.run();
  await machine.dispose();
  return new Response(machine.serial.output as never).text();
}

async function refusal(description: object, options: NodeMachineOptions = {}): Promise<Error> {
  return make(description, options).then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
}

describe.each([false, true])('digests that match (worker: %s)', (worker) => {
  test('let the machine start', async () => {
    const drives = [{ file: 'disk.img', sha256: sha256(image), readOnly: true }];
    expect(await make({ drives }, { worker })).toBe('hello\n');
  });

  test('of the embedder’s own files and drives, too', async () => {
    const bytes = image.slice(0, 2048);
    const description = {
      boot: { firmware: { file: 'mine', sha256: sha256(firmware) } },
      drives: [{ file: 'disk', sha256: sha256(bytes) }],
    };
    const options = { worker, files: { mine: firmware }, drives: { disk: new MemoryBlockBackend(bytes) } };
    expect(await make(description, options)).toBe('hello\n');
    options.drives.disk.bytes[2047] ^= 1;
    expect(await refusal(description, options)).toMatchObject({ path: 'drives[0].sha256' });
  });
});

test('everything that is wrong with the files is found at once, and nothing stays open', async () => {
  const error = await refusal({
    boot: {
      kernel: { file: 'disk.img', sha256: WRONG },
      initrd: ['missing.gz', { file: 'hello.bin', sha256: WRONG }],
      firmware: 'hello.bin',
    },
    drives: [{ file: 'disk.img', sha256: WRONG }, { file: 'missing.img', sha256: WRONG }, { memory: 512 }],
  });
  expect(error).toBeInstanceOf(DescriptionError);
  const { errors, message } = error as DescriptionError;
  // Initrds are read at the same time, and found to be wrong in any order.
  expect(errors.map(({ path, expected, found }) => [path, expected, found]).sort()).toEqual([
    ['boot.initrd[0]', 'a file that can be used', 'cannot read missing.gz: no such file'],
    ['boot.initrd[1].sha256', WRONG, sha256(firmware)],
    ['boot.kernel.sha256', WRONG, sha256(image)],
    ['drives[0].sha256', WRONG, sha256(image)],
    ['drives[1]', 'a file that can be used', 'cannot open missing.img: no such file'],
  ]);
  expect(message.split('\n')).toEqual(
    expect.arrayContaining([
      `boot.kernel.sha256: expected ${WRONG}, found ${sha256(image)} in "disk.img"`,
      'boot.initrd[0]: cannot read missing.gz: no such file',
    ]),
  );
  expect((await readdir(directory)).sort()).toEqual(['disk.img', 'hello.bin']);
});

test.each([false, true])(
  'what is wrong with a description does not hide what is wrong with its files (worker: %s)',
  async (worker) => {
    const description = {
      harts: 9,
      boot: {
        kernel: { file: 'disk.img', sha256: 'no digest' },
        initrd: [1, 'missing.gz'],
        firmware: { sha256: WRONG },
        fdt: { file: 'hello.bin', sha256: WRONG },
        flash: { code: 'missing.fd', variables: { file: 'disk.img', readonly: true } },
      },
      drives: [
        { file: 'missing.img', slot: 1 },
        { file: 'disk.img', readOnly: 'yes', sha256: WRONG, slot: 1 },
        { memory: 512, temporary: true },
        null,
      ],
      devices: { rng: 1, console: { slot: 1 } },
    };
    const error = await refusal(description, { worker });
    expect(error).toBeInstanceOf(DescriptionError);
    expect((error as DescriptionError).errors.map(({ path, found }) => [path, found]).sort()).toEqual([
      ['boot.fdt', expect.stringMatching(/^hello.bin: not a DTB/)],
      ['boot.fdt.sha256', sha256(firmware)],
      ['boot.firmware.file', 'nothing'],
      ['boot.flash.code', 'cannot read missing.fd: no such file'],
      ['boot.flash.variables', expect.stringMatching(/expected whole sectors/)],
      ['boot.flash.variables.readonly', 'an unknown key'],
      ['boot.initrd[0]', '1'],
      ['boot.initrd[1]', 'cannot read missing.gz: no such file'],
      ['boot.kernel.sha256', '"no digest"'],
      ['devices.console.slot', '1, where drives[0] is'],
      ['devices.rng', '1'],
      ['drives[0]', 'cannot read missing.img: no such file'],
      ['drives[1].readOnly', '"yes"'],
      ['drives[1].sha256', sha256(image)],
      ['drives[1].slot', '1, where drives[0] is'],
      ['drives[2].temporary', 'true'],
      ['drives[3]', 'null'],
      ['harts', '9'],
    ]);
    expect((await readdir(directory)).sort()).toEqual(['disk.img', 'hello.bin']);
  },
);

test('a description that no thread can be sent is refused for what is wrong with it', async () => {
  expect(await refusal({ harts: () => 9 }, { worker: true })).toMatchObject({ path: 'harts' });
});

test('a file that cannot be had is its own error where nothing else is wrong', async () => {
  expect(await refusal({ drives: [{ file: 'missing.img', sha256: WRONG }] })).toBeInstanceOf(FileError);
  expect(await refusal({ boot: { firmware: 'missing' } })).toEqual(
    new FileError('cannot read missing: no such file'),
  );
});

test('a file that has changed is refused at a reset', async () => {
  const files = [firmware, greeter('other\n')];
  const description = { ...base, boot: { firmware: { file: 'mine', sha256: sha256(firmware) } } };
  const machine = await createMachine(description, {
    jit: JIT,
    files: { mine: () => files.shift()!.slice() },
  });
  const ended = machine.ended.catch((error: unknown) => error);
  machine.reset().catch(() => {});
  expect(await ended).toMatchObject({ code: 'DESCRIPTION', path: 'boot.firmware.sha256' });
});

describe('a drive is hashed', () => {
  const size = (5 << 20) + 512;
  const content = (offset: number, into: Uint8Array): void =>
    into.forEach((_, index) => (into[index] = (offset + index) % 251));
  const whole = new Uint8Array(size);
  content(0, whole);
  const drive = (read: BlockBackend['read']): BlockBackend => ({
    ...{ size, readOnly: true, read },
    async write() {},
    async flush() {},
  });
  const description = { drives: [{ file: 'disk', sha256: sha256(whole), readOnly: true }] };

  test('in pieces, of which none is large', async () => {
    const lengths: number[] = [];
    const disk = drive(async (offset, into) => {
      lengths.push(into.length);
      content(offset, into);
    });
    expect(await make(description, { drives: { disk } })).toBe('hello\n');
    expect(lengths.reduce((sum, length) => sum + length)).toBe(size);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1 << 20);
  });

  test('until that is given up', async () => {
    const controller = new AbortController();
    let reads = 0;
    const disk = drive(async () => {
      if (++reads === 2) controller.abort(new Error('enough'));
    });
    const error = await refusal(description, { drives: { disk }, signal: controller.signal });
    expect(error.message).toBe('enough');
    expect(reads).toBe(2);
  });

  test('and one that cannot be read is refused', async () => {
    const disk = drive(async () => {
      throw new Error('bad sector');
    });
    expect((await refusal(description, { drives: { disk } })).message).toBe('bad sector');
  });
});

test('the digest in TypeScript does the same as that of Node', () => {
  const ours = new Sha256();
  ours.update(image);
  expect(ours.digest()).toBe(sha256(image));
});
