import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFdt } from '../../../src/fdt/decode.ts';
import type { MachineStatistics } from '../../../src/machine/statistics.ts';
import { JIT_MODE } from '../../support/jit-mode.ts';
import {
  chatterbox,
  echoer,
  finish,
  greeter,
  hartware,
  printed,
  sleeper,
  start,
  Workplace,
} from './hartware.ts';

let place: Workplace;
const firmware = { hello: '', fails: '', wraps: '', echoes: '', chats: '', sleeps: '' };

beforeAll(async () => {
  place = await Workplace.make();
  firmware.hello = await place.put('hello.bin', greeter('hello from the guest\n'));
  firmware.fails = await place.put('fails.bin', greeter('no', 7));
  firmware.wraps = await place.put('wraps.bin', greeter('no', 256));
  firmware.echoes = await place.put('echoes.bin', echoer());
  firmware.chats = await place.put('chats.bin', chatterbox());
  firmware.sleeps = await place.put('sleeps.bin', sleeper());
});
afterAll(() => place.remove());

describe('help and version', () => {
  test.each([[['--help']], [['run', '--help']], [[]]])('%j goes to standard output', async (args) => {
    const { code, stdout, stderr } = await hartware(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage:\n  hartware run');
  });

  test('the help of run names every option', async () => {
    const { stdout } = await hartware(['run', '--help']);
    const source = await readFile(
      new URL('../../../src/bindings/node/cli/arguments.ts', import.meta.url),
      'utf8',
    );
    const table = /const RUN_OPTIONS = \{(.*?)\n\}/s.exec(source)![1];
    const names = [...table.matchAll(/^ {2}'?([\w-]+)'?:/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(stdout).toContain(`--${name}`);
  });

  test('the version is that of the package', async () => {
    const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
    const { code, stdout } = await hartware(['--version']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `hartware ${(JSON.parse(manifest) as { version: string }).version}\n`,
    });
  });
});

describe('a wrong command line gets one line and exit code 2', () => {
  test.each([
    [['run', '--kernle', 'x'], 'did you mean --kernel?'],
    [['run', '--kernel', 'x', '--memory', '1'], '--memory: expected'],
    [['run', '--kernel', 'x', '--memory', '1M'], '--memory: expected a size from 16M'],
    [['run', '--kernel', 'x', '--harts', '9'], '--harts: expected a whole number from 1 to 8, found 9'],
    [['run', '--kernel', 'x', '--paging', 'sv32'], '--paging: expected'],
    [
      ['run', '--kernel', 'x', '--drive', 'd,id=a', '--drive', 'e,id=a'],
      '--drive: expected an id of its own',
    ],
  ])('%j', async (args, expected) => {
    const { code, stdout, stderr } = await hartware(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^hartware: [^\n]+\n$/);
    expect(stderr).toContain(expected);
  });
});

describe('a file that cannot be used gets one line that names it and exit code 1', () => {
  const check = async (args: readonly string[], ...expected: string[]): Promise<void> => {
    const { code, stdout, stderr } = await hartware(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^hartware: [^\n]+\n$/);
    for (const text of expected) expect(stderr).toContain(text);
  };

  test.each(['--kernel', '--bios'])('%s', async (option) => {
    await check(['run', option, place.path('missing')], place.path('missing'), 'no such file');
  });

  test('--initrd, --dtb and --drive', async () => {
    const missing = place.path('missing');
    await check(['run', '--kernel', firmware.hello, '--initrd', missing], missing, 'no such file');
    await check(['run', '--bios', firmware.hello, '--dtb', missing], missing, 'no such file');
    await check(['run', '--bios', firmware.hello, '--drive', missing], missing, 'no such file');
    await check(['run', '--bios', firmware.hello, '--drive', place.directory], place.directory, 'directory');
  });

  test('a description', async () => {
    await check(['run', place.path('missing.json')], 'missing.json', 'no such file');
    const boot = { kernel: firmware.hello };
    const wrong = await place.put('wrong.json', JSON.stringify({ hartware: 1, cpus: 2, boot }));
    await check(['run', wrong], 'wrong.json', 'did you mean \\"harts\\"?'.replaceAll('\\', ''));
    await check(['run', await place.put('text.json', 'no JSON')], 'text.json');
  });

  test('a device tree that is none', async () => {
    const text = await place.put('text.dtb', 'x'.repeat(100));
    await check(['run', '--bios', firmware.hello, '--dtb', text], 'not a DTB');
  });
});

describe('running', () => {
  test('shows what the guest prints; its power-off ends the command', async () => {
    const result = await hartware(['run', '--bios', firmware.hello]);
    expect(result).toEqual({ code: 0, stdout: 'hello from the guest\n', stderr: '' });
  });

  test('ends with the code of a guest that fails', async () => {
    expect((await hartware(['run', '--bios', firmware.fails])).code).toBe(7);
    // A failure stays one where only eight bits of the code are left.
    expect((await hartware(['run', '--bios', firmware.wraps])).code).toBe(1);
  });

  test('a description, with paths from where it lies', async () => {
    const file = await place.put(
      'machine.json',
      '{"hartware":1,"memory":"16M","boot":{"firmware":"hello.bin"}}',
    );
    expect(await hartware(['run', file])).toMatchObject({ code: 0, stdout: 'hello from the guest\n' });
    expect((await hartware(['run', file, '--bios', firmware.fails])).code).toBe(7);
  });

  test('types standard input, however long, and runs on after its end', async () => {
    const text = 'abc\n'.repeat(50_000);
    const { code, stdout } = await hartware(['run', '--bios', firmware.echoes], `${text}.`);
    expect(code).toBe(0);
    expect(stdout === `ready\n${text.toUpperCase()}`).toBe(true);
  });

  test('keeps a machine that waits after the end of the input', async () => {
    const child = start(['run', '--bios', firmware.sleeps]);
    const result = finish(child);
    child.stdin.end();
    await printed(child, 'ready');
    const isOver = await Promise.race([
      result.then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
    ]);
    expect(isOver).toBe(false);
    child.kill('SIGTERM');
    expect((await result).code).toBe(143);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops the machine', async (signal, expected) => {
    const drive = await place.put('signal.img', new Uint8Array(4096));
    const child = start(['run', '--bios', firmware.sleeps, '--drive', drive]);
    const result = finish(child);
    await printed(child, 'ready');
    await readFile(`${drive}.lock`);
    child.kill(signal);
    expect((await result).code).toBe(expected);
    await expect(readFile(`${drive}.lock`)).rejects.toThrow('ENOENT');
  });

  test('a reader that goes away ends it quietly', async () => {
    const child = start(['run', '--bios', firmware.chats]);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toBe(0);
    expect(stderr).toBe('');
  });

  test('a signal ends it while nobody takes its output', async () => {
    const child = start(['run', '--bios', firmware.chats]);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    // It runs, and goes on until what it prints has filled the pipe.
    await new Promise((resolve) => child.stdout.once('readable', resolve));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    child.stdout.destroy();
  });

  test('two commands do not write to one drive', async () => {
    const drive = await place.put('shared.img', new Uint8Array(4096));
    const first = start(['run', '--bios', firmware.sleeps, '--drive', drive]);
    const result = finish(first);
    await printed(first, 'ready');
    const second = await hartware(['run', '--bios', firmware.hello, '--drive', drive]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`in use by process ${first.pid}`);
    first.kill('SIGKILL');
    await result;
    // The lock of a process that is gone does not count.
    expect((await hartware(['run', '--bios', firmware.hello, '--drive', drive])).code).toBe(0);
  });
});

describe('the device tree', () => {
  test('as source and as blob', async () => {
    const dtb = place.path('board.dtb');
    const { code, stdout } = await hartware(['run', '--harts', '2', '--dump-dts', '--dump-dtb', dtb]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\/dts-v1\/;/);
    expect(stdout).toContain('cpu@1 {');
    const { root } = decodeFdt(await readFile(dtb));
    expect(root.children.map(({ name }) => name)).toContain('memory@80000000');
  });
});

describe('statistics at the end', () => {
  test('for a reader', async () => {
    const { code, stdout, stderr } = await hartware(['run', '--bios', firmware.fails, '--stats']);
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'no' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^instructions {2,}[\d,]+$/);
    for (const label of ['interpreter', 'translation', 'compile', 'translated code']) {
      const line = lines.find((candidate) => candidate.startsWith(`  ${label} `));
      expect(line).toMatch(/ \d+\.\d ms +\d+\.\d %$/);
    }
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^JIT +${JIT_MODE}$`)));
    // Figures end in one column.
    const ends = lines.map((line) => /^ *\S.*? {2,}\S+/.exec(line)![0].length);
    expect(new Set(ends).size).toBe(1);
  });

  test('for a program', async () => {
    const args = ['run', '--bios', firmware.hello, '--stats=json', '--jit', 'off'];
    const { code, stdout, stderr } = await hartware(args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello from the guest\n' });
    expect(stderr).toMatch(/^\{.*\}\n$/);
    const statistics = JSON.parse(stderr) as MachineStatistics;
    expect(statistics.instructions).toBeGreaterThan(100);
    expect(statistics.time.interpreter).toBe(statistics.time.run);
    expect(statistics.jit).toMatchObject({ state: 'off', regions: 0, modules: 0, instructions: 0 });
  });

  test('not of a machine that does not run', async () => {
    const { code, stderr } = await hartware(['run', '--dump-dts', '--stats']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('in lockstep', () => {
  const LOCKSTEP = ['--clock', 'virtual', '--lockstep'];

  test('with the exit code of the guest, whose output is shown once', async () => {
    const { code, stdout, stderr } = await hartware(['run', '--bios', firmware.fails, ...LOCKSTEP]);
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'no', stderr: '' });
  });

  test('with input', async () => {
    const { code, stdout } = await hartware(['run', '--bios', firmware.echoes, ...LOCKSTEP], 'abc.');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready\nABC' });
  });

  test('not where two runs may differ anyway', async () => {
    const hostClock = await hartware(['run', '--bios', firmware.hello, '--lockstep']);
    expect(hostClock).toMatchObject({ code: 2, stderr: expect.stringContaining('--clock virtual') });
    const drive = await hartware(['run', '--bios', firmware.hello, ...LOCKSTEP, '--drive', firmware.hello]);
    expect(drive).toMatchObject({ code: 2, stderr: expect.stringContaining('readonly') });
  });
});
