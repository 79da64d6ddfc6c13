/** `hartware bench`, as a user runs it. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hartware, Workplace } from './hartware.ts';

let place: Workplace;
let folder: string;

/** Loops `rounds` times and ends as `end` says. */
const loop = (rounds: number, end = 'ebreak'): string =>
  `li s0, ${rounds}\n1: addi s0, s0, -1\n bnez s0, 1b\n ${end}`;
const FAIL = `li t0, 0x10000000\n li a0, 'x'\n sb a0, (t0)\n li t0, 0x100000\n li t1, 0x33333\n sw t1, (t0)\n j .`;

beforeAll(async () => {
  place = await Workplace.make();
  folder = place.path('.');
  await place.put('short.s', loop(1000));
  await place.put('long.s', loop(50_000));
  await place.put('notes.txt', 'These are some notes, and no program at all.\n'.repeat(5));
});
afterAll(() => place.remove());

describe('hartware bench', () => {
  test('a folder, as a table', async () => {
    const { code, stdout, stderr } = await hartware(['bench', folder, '--runs', '2', '--mix']);
    expect(code, stderr).toBe(0);
    const [header, ...rows] = stdout.trim().split('\n');
    expect(header.split(/\s{2,}/)).toEqual(['program', 'instructions', 'time', 'spread', 'MIPS']);
    expect(rows[0]).toMatch(/^long +100,\d{3} +[\d.]+ ms +\d+ % +\d+$/);
    expect(rows[1]).toMatch(/^short +2,00\d +/);
    expect(rows.slice(2).join('\n')).toMatch(/^\nmix +alu +compressed +branch +system\nlong +50.0 %/);
  });

  test('kept, compared and chosen', async () => {
    const kept = place.path('kept.json');
    expect((await hartware(['bench', folder, '--runs', '3', '--save', kept])).code).toBe(0);
    const results = JSON.parse(await readFile(kept, 'utf8')) as {
      programs: { name: string; times: number[] }[];
    };
    expect(results.programs.map(({ name, times }) => [name, times.length])).toEqual([
      ['long', 3],
      ['short', 3],
    ]);
    await place.put('short.s', loop(2000));
    const { stdout } = await hartware(['bench', folder, '--runs', '1', '--compare', kept, '--only', 'short']);
    expect(stdout).toMatch(
      /times as fast +range\nshort +4,00\d .* +[\d.]+ +[\d.]+ to [\d.]+, 2,00\d instructions before\n$/,
    );
    const { stdout: json } = await hartware(['bench', folder, '--runs', '1', '--json', '--only', 'long']);
    expect(JSON.parse(json)).toMatchObject({
      hartwareBench: 1,
      programs: [{ name: 'long', outcome: 'passed' }],
    });
  });

  test('a program that fails, or never ends, is told with exit code 1', async () => {
    const bad = await place.put('bad.asm.s', FAIL);
    const failed = await hartware(['bench', bad, '--runs', '3']);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('bad.asm: failed with code 3; its last line: x\n');
    const crash = await place.put('crash.s', 'li a1, 0x20000\nld a0, 8(a1)');
    const crashed = await hartware(['bench', crash, '--runs', '3']);
    expect(crashed.code).toBe(1);
    expect(crashed.stdout).toMatch(/crash: crashed: load access fault at 0x8000000\d, mtval 0x20008\n$/);
    const endless = await hartware(['bench', place.path('long.s'), '--limit', '500', '--runs', '1']);
    expect(endless.code).toBe(1);
    expect(endless.stdout).toContain('long: did not end within the limit of instructions (--limit)');
  });

  test.each<[string, string[], number, RegExp]>([
    ['nothing to measure', [], 2, /give a folder of programs/],
    ['a place that is not there', ['nowhere'], 1, /cannot read nowhere: no such file/],
    ['a folder without programs', ['/proc/self/fdinfo'], 2, /expected a folder with \.s, \.elf, \.bin files/],
    ['no such program', ['.', '--only', 'zap'], 2, /--only: expected programs out of .*found "zap"/],
    ['no runs', ['.', '--runs', '0'], 2, /--runs: expected a whole number above 0/],
    [
      'a file that is no result',
      ['.', '--compare', 'notes.txt'],
      1,
      /expected the JSON that "hartware bench --save"/,
    ],
    ['text that is no program', ['notes.txt'], 1, /^hartware: notes: .*found a text file/],
    ['a wrong option', ['.', '--run', '3'], 2, /--run/],
  ])('%s', async (_, args, code, message) => {
    const places = args.map((arg) => (arg === '.' ? folder : arg === 'notes.txt' ? place.path(arg) : arg));
    const result = await hartware(['bench', ...places]);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stdout).toBe('');
  });
});
