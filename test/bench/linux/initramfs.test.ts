import { expect, test } from 'vitest';
import { benchEntries } from '../../../bench/linux/initramfs.ts';
import { decodeUtf8 } from '../../../src/text.ts';

const textOf = (path: string, entries: ReturnType<typeof benchEntries>): string => {
  const entry = entries.find((candidate) => candidate.path === path);
  return entry?.kind === 'file' ? decodeUtf8(entry.bytes) : `no file ${path}`;
};

test('has a script for each workload, in its own root where it has one', () => {
  const sieve = { name: 'sieve', group: 'integer', command: './sieve 1 2', setup: [], directory: '/bench/x' };
  const gzip = { ...sieve, name: 'gzip', command: 'gzip f', setup: ['touch f'], root: '/bench/root/r' };
  const entries = benchEntries([sieve, gzip], [{ kind: 'directory', path: 'bench/root/r' }]);
  expect(textOf('bench/run/sieve', entries)).toBe(
    `cd /bench/x || exit\necho '[[start]]'\n./sieve 1 2\necho "[[finish $?]]"\n`,
  );
  expect(textOf('bench/run/gzip', entries)).toBe('exec chroot /bench/root/r /bin/sh /gzip.bench\n');
  expect(textOf('bench/root/r/gzip.bench', entries)).toMatch(
    /^cd \/bench\/x \|\| exit\n\{ touch f\n\} .*\necho '\[\[start\]\]'\ngzip f\n/,
  );
  // A directory has to come before what it contains.
  const paths = entries.map(({ path }) => path);
  expect(paths.indexOf('bench/root/r')).toBeLessThan(paths.indexOf('bench/root/r/gzip.bench'));
});
