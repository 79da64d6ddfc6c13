import { expect, test } from 'vitest';
import { parseManifest } from '../../../bench/linux/manifest.ts';

const parse = (text: string) => parseManifest(text, '/bench/programs/0', 'programs.txt');

test('names commands, their groups and what goes before them', () => {
  const text = `
# a comment
gzip setup  seq 1000 > numbers
gzip programs gzip -k -f numbers
  coremark  integer  ./coremark 1 2
`;
  expect(parse(text)).toEqual([
    {
      name: 'gzip',
      group: 'programs',
      command: 'gzip -k -f numbers',
      setup: ['seq 1000 > numbers'],
      directory: '/bench/programs/0',
    },
    {
      name: 'coremark',
      group: 'integer',
      command: './coremark 1 2',
      setup: [],
      directory: '/bench/programs/0',
    },
  ]);
});

test('says which line is wrong', () => {
  expect(() => parse('\nname group\n')).toThrow('programs.txt, line 2: expected NAME GROUP COMMAND');
  expect(() => parse('../x group true')).toThrow('line 1: expected NAME GROUP COMMAND');
  expect(() => parse('a g true\na g false')).toThrow('line 2: expected one command for a, found another');
  expect(() => parse('a setup true')).toThrow('expected a command for a, found only its setup');
});
