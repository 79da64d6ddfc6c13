/** Words for a shell, beside a real one. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { InterchangeError } from '../../src/interchange/index.ts';
import { formatCommand, quoteWord, splitCommand } from '../../src/interchange/shell.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { nastyText } from './random-machines.ts';

const SHELL = '/bin/sh';

/** The words that a shell makes of each of these texts. */
function wordsOf(texts: readonly string[]): string[][] {
  // A function whose name no text has; a word ends with NUL, a command with a byte that none has.
  const script = texts.map((text) => `__words ${text}\n__end\n`).join('');
  const functions = `__words() { for word; do printf '%s\\0' "$word"; done; }\n__end() { printf '\\001'; }\n`;
  const { stdout, stderr, status } = spawnSync(SHELL, [], { input: functions + script, maxBuffer: 1 << 26 });
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  return stdout
    .toString()
    .split('\u0001')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(0, -1));
}

describe('a quoted word', () => {
  test.each(fuzzSeeds(3))('is the word again in a shell and here, seed %i', (seed) => {
    const random = new Random(seed);
    const commands = Array.from({ length: 300 }, () =>
      Array.from({ length: 1 + random.below(4) }, () => (random.oneIn(8) ? '' : nastyText(random))),
    );
    const texts = commands.map((words) => words.map(quoteWord).join(' '));
    expect(wordsOf(texts)).toEqual(commands);
    expect(texts.map(splitCommand)).toEqual(commands);
  });

  test('stays as it is where nothing in it means anything', () => {
    expect(quoteWord('virtio-mmio.force-legacy=false')).toBe('virtio-mmio.force-legacy=false');
    expect(quoteWord('')).toBe("''");
    expect(quoteWord("it's")).toBe(`'it'\\''s'`);
  });
});

describe('a command that is read', () => {
  const PIECES = [
    'a',
    'b',
    ' ',
    '\t',
    '\n',
    '\\',
    "'",
    '"',
    '\\\n',
    '#',
    '=',
    '-',
    '\\"',
    '$',
    '*',
    ';',
    '~',
    '`',
  ];

  test.each(fuzzSeeds(3))('has the words that a shell finds, seed %i', (seed) => {
    const random = new Random(seed);
    const accepted: string[] = [];
    for (let tries = 0; tries < 4000; tries++) {
      // It begins with a word, as a command does.
      const text = `x${Array.from({ length: random.below(10) }, () => random.pick(PIECES)).join('')}`;
      try {
        splitCommand(text);
        accepted.push(text);
      } catch (error) {
        expect(error).toBeInstanceOf(InterchangeError);
      }
    }
    expect(accepted.length).toBeGreaterThan(500);
    expect(accepted.map(splitCommand)).toEqual(wordsOf(accepted));
  });

  test('may have lines, comments and spaces around it', () => {
    expect(splitCommand('# how to start it\n\n  qemu \\\n  -m 1G \\\n  -S # stopped\n')).toEqual([
      'qemu',
      '-m',
      '1G',
      '-S',
    ]);
  });

  test.each([
    ['qemu $HOME/disk', '"$HOME"'],
    ['qemu "a $(id)"', '"$(id"'],
    ['qemu `id`', '"`"'],
    ['qemu; rm x', '";"'],
    ['qemu | cat', '"|"'],
    ['qemu > log', '">"'],
    ['qemu *.img', '"*"'],
    ['qemu ~/disk', '"~"'],
    ["qemu 'a", 'not closed'],
    ['qemu "a', 'not closed'],
    ['qemu\nother', 'another command'],
  ])('is not guessed at: %j', (text, expected) => {
    expect(() => splitCommand(text)).toThrow(InterchangeError);
    expect(() => splitCommand(text)).toThrow(expected);
  });
});

test('a command over several lines is one command', () => {
  const text = formatCommand([['qemu'], ['-append', "a 'b'"], ['-S']]);
  expect(text).toBe("qemu \\\n  -append 'a '\\''b'\\''' \\\n  -S\n");
  expect(wordsOf([text])).toEqual([['qemu', '-append', "a 'b'", '-S']]);
});
