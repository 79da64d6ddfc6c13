import { describe, expect, test } from 'vitest';
import { parseCommand, type RunArguments } from '../../../src/bindings/node/cli/arguments.ts';
import { problem } from './hartware.ts';

function run(...args: string[]): RunArguments {
  const command = parseCommand(['run', ...args]);
  if (command.kind !== 'run') throw new Error(`parsed as ${command.kind}`);
  return command.run;
}

test('the command', () => {
  expect(parseCommand([]).kind).toBe('help');
  expect(parseCommand(['--help']).kind).toBe('help');
  expect(parseCommand(['-V']).kind).toBe('version');
  expect(parseCommand(['run', '--help']).kind).toBe('run-help');
  expect(parseCommand(['run', 'debian', '-h']).kind).toBe('run-help');
  expect(parseCommand(['help', 'run']).kind).toBe('run-help');
});

test('what to run', () => {
  expect(run('debian').guest).toEqual({ kind: 'debian' });
  expect(run('machine.json').guest).toEqual({ kind: 'file', file: 'machine.json' });
  expect(run('--kernel', 'Image').guest).toEqual({ kind: 'options' });
  expect(run('--dump-dts').guest).toEqual({ kind: 'options' });
});

test('another file is a disk, with firmware of its own if that is wanted', () => {
  expect(run('disk.img').guest).toEqual({ kind: 'disk', disk: 'disk.img' });
  expect(run('disk', '--loader', 'u-boot', '--variables', 'v', '--mirror', 'm')).toMatchObject({
    loader: 'u-boot',
    variables: 'v',
    mirror: 'm',
  });
  expect(problem('run', 'debain')).toContain('did you mean "debian"?');
});

test('all options of a machine', () => {
  const args = run(
    ...['--kernel=k', '--initrd', 'a', '--initrd', 'b', '--append', '-x=1 y', '--bios', 'f', '--dtb', 'd'],
    ...[
      '--memory',
      '1G',
      '--harts',
      '4',
      '--paging',
      'sv39',
      '--drive',
      'x.img,readonly,id=disk',
      '--drive',
      'y,bus=pci',
    ],
    ...['--clock', 'virtual=10000000', '--console', 'virtio', '--dump-dtb', 'o'],
    ...['--jit', 'force', '--stats', '--lockstep'],
  );
  expect(args).toMatchObject({
    kernel: 'k',
    initrd: ['a', 'b'],
    append: '-x=1 y',
    bios: 'f',
    dtb: 'd',
    memory: '1G',
    harts: 4,
    paging: 'sv39',
    drives: [
      { file: 'x.img', readOnly: true, id: 'disk' },
      { file: 'y', bus: 'pci' },
    ],
    clock: { kind: 'virtual', instructionsPerSecond: 10_000_000 },
    console: 'virtio',
    dumpDtb: 'o',
    jit: 'force',
    lockstep: true,
    stats: 'text',
  });
});

test('statistics for a program', () => {
  expect(run('debian', '--stats=json')).toMatchObject({ guest: { kind: 'debian' }, stats: 'json' });
  expect(run('--stats', 'debian')).toMatchObject({ guest: { kind: 'debian' }, stats: 'text' });
  expect(run('debian').stats).toBeUndefined();
});

test('two commas are one in the name of a drive', () => {
  expect(run('disk', '--allow', 'a', '--allow', 'b').allow).toEqual(['a', 'b']);
  expect(run('debian', '--drive', 'a,,b,readonly').drives).toEqual([
    { file: 'a,b', readOnly: true, id: undefined },
  ]);
});

describe('one sentence for', () => {
  test.each([
    [['rum'], 'unknown command "rum"; did you mean "run"?'],
    [['run', '--kernal', 'x'], 'unknown option --kernal; did you mean --kernel?'],
    [['run', '--smp', '2'], 'did you mean --harts?'],
    [['run', '-m', '2'], 'did you mean --memory?'],
    [['--verison'], 'did you mean --version?'],
    [['run', '--kernel'], '--kernel needs a value'],
    [['run', '--kernel', '--harts', '2'], '--kernel needs a value'],
    [['run', '--kernel='], '--kernel needs a value'],
    [['run', 'debian', '--quiet=yes'], '--quiet takes no value, found "yes"'],
    [['run', 'debian', 'more'], 'found "more" as well'],
    [['run'], 'nothing to run'],
    [['run', '--kernel', 'x', '--harts', 'two'], '--harts: expected a whole number, found "two"'],
    [['run', '--kernel', 'x', '--clock', 'fast'], '--clock: expected "host", "virtual"'],
    [['run', '--kernel', 'x', '--console', 'tty'], '--console: expected "serial" or "virtio", found "tty"'],
    [['run', 'debian', '--jit', 'fast'], '--jit: expected "on", "off" or "force", found "fast"'],
    [['run', 'debian', '--jit'], '--jit needs a value'],
    [['run', 'debian', '--stats=xml'], '--stats: expected "json", found "xml"'],
    [['run', 'debian', '--statistics'], 'did you mean --stats?'],
    [['run', '--kernel', 'x', '--drive', 'a,ro'], '--drive: expected "readonly", "temporary"'],
    [['run', '--kernel', 'x', '--drive', 'a,bus=isa'], '--drive: bus: expected "mmio" or "pci", found "isa"'],
    [['run', '--kernel', 'x', '--drive', ',readonly'], '--drive: expected FILE'],
    [['run', '--kernel', 'x', '--deb', 'y'], '--deb belongs to "hartware run debian"'],
    [['run', 'disk.img', '--deb', 'y'], '--deb belongs to "hartware run debian"'],
    [['run', '--kernel', 'x', '--loader', 'edk2'], '--loader belongs to "hartware run DISK"'],
    [['run', '--pflash', 'x'], 'did you mean --loader?'],
    [['run', 'debian', '--kernel', 'x'], '--kernel cannot be combined with "debian"'],
    [['run', '--constructor'], 'unknown option --constructor'],
    [['run', '--__proto__'], 'unknown option --__proto__'],
  ])('%j', (args, expected) => {
    const message = problem(...args);
    expect(message).toContain(expected);
    expect(message).not.toContain('\n');
  });
});
