import { expect, test } from 'vitest';
import { CpioFormatError, readCpio, writeCpio, type CpioEntry } from '../../src/images/cpio.ts';
import { concatenateInitrds } from '../../src/images/initrd.ts';

const entries: CpioEntry[] = [
  { kind: 'directory', path: 'dev' },
  { kind: 'character-device', path: 'dev/console', permissions: 0o600, major: 5, minor: 1 },
  { kind: 'block-device', path: 'dev/vda', major: 254, minor: 0 },
  {
    kind: 'file',
    path: 'init',
    permissions: 0o755,
    bytes: new Uint8Array([1, 2, 3, 4, 5]),
    modified: 1_700_000_000,
  },
  { kind: 'symlink', path: 'bin', target: 'usr/bin' },
  { kind: 'directory', path: 'tmp', permissions: 0o1777, userId: 1, groupId: 2 },
  { kind: 'file', path: 'Grüße', bytes: new Uint8Array(0) },
];
const defaults = { userId: 0, groupId: 0, modified: 0 };

test('reads back what was written', () => {
  expect(readCpio(writeCpio(entries))).toEqual([
    { ...defaults, permissions: 0o755, ...entries[0] },
    { ...defaults, ...entries[1] },
    { ...defaults, permissions: 0o644, ...entries[2] },
    { ...defaults, ...entries[3] },
    { ...defaults, permissions: 0o777, ...entries[4] },
    { ...defaults, ...entries[5] },
    { ...defaults, permissions: 0o644, ...entries[6] },
  ]);
});

test('an entry is laid out as newc says', () => {
  const archive = writeCpio([{ kind: 'file', path: 'ab', bytes: new Uint8Array([7]) }]);
  const text = Buffer.from(archive).toString('latin1');
  expect(text.slice(0, 116)).toBe(
    '070701' +
      '00000001' +
      '000081a4' +
      '00000000' +
      '00000000' +
      '00000001' +
      '00000000' +
      '00000001' +
      '00000000' +
      '00000000' +
      '00000000' +
      '00000000' +
      '00000003' +
      '00000000' +
      'ab\0\0\0\0',
  );
  expect(archive[116]).toBe(7);
  expect(text.slice(120, 126)).toBe('070701');
  expect(text.slice(120 + 110).startsWith('TRAILER!!!\0')).toBe(true);
  expect(archive.length % 4).toBe(0);
});

test('several archives with padding between', () => {
  const one = writeCpio(entries.slice(0, 1));
  const two = writeCpio(entries.slice(4, 5));
  const padded = concatenateInitrds([one, new Uint8Array(513), two]);
  expect(readCpio(padded).map(({ path }) => path)).toEqual(['dev', 'bin']);
});

test.each<[string, CpioEntry]>([
  ['absolute path', { kind: 'directory', path: '/dev' }],
  ['empty path', { kind: 'directory', path: '' }],
  ['NUL in path', { kind: 'directory', path: 'a\0b' }],
  ['long path', { kind: 'directory', path: 'a'.repeat(4096) }],
  ['huge device number', { kind: 'block-device', path: 'a', major: 2 ** 32, minor: 0 }],
])('refuses to write: %s', (_, entry) => {
  expect(() => writeCpio([entry])).toThrow(RangeError);
});

const whole = writeCpio(entries);
test.each<[string, Uint8Array, string]>([
  [
    'other format',
    Buffer.from('070707'.padEnd(120, '0')),
    'expected a newc header ("070701") at byte 0, found "070707"',
  ],
  ['cut header', whole.slice(0, 100), 'expected a newc header'],
  ['cut data', writeCpio(entries.slice(3, 4)).slice(0, 118), 'truncated or damaged cpio entry at byte 0'],
  ['no trailer', whole.slice(0, 116), 'expected the archive to end with "TRAILER!!!"'],
])('refuses to read: %s', (_, archive, message) => {
  expect(() => readCpio(archive)).toThrow(CpioFormatError);
  expect(() => readCpio(archive)).toThrow(message);
});

test('refuses an unknown file type', () => {
  const archive = writeCpio(entries.slice(0, 1));
  archive.set(Buffer.from('0000c000'), 14);
  expect(() => readCpio(archive)).toThrow('unknown file type 0o140000');
});
