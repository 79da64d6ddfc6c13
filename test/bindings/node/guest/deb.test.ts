import { describe, expect, test } from 'vitest';
import { readAr } from '../../../../src/bindings/node/guest/ar.ts';
import { DebFormatError, extractDeb } from '../../../../src/bindings/node/guest/deb.ts';
import { extractTar } from '../../../../src/bindings/node/guest/tar.ts';
import { unxzWhole } from '../../../../src/bindings/node/guest/xz.ts';
import { ar, deb, tar, xz } from './package-samples.ts';

const all = { matches: () => true, maximumSize: 1000 };

/** The bytes in pieces of a size that fits no block. */
async function* pieces(bytes: Uint8Array, size = 77) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

const texts = (files: readonly { path: string; bytes: Uint8Array }[]) =>
  Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));

describe('ar', () => {
  test('members, also of odd size', () => {
    const members = readAr(ar({ one: 'abc', 'two/': 'defg', empty: '' }));
    expect(members.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual([
      ['one', 'abc'],
      ['two', 'defg'],
      ['empty', ''],
    ]);
  });

  test.each([
    ['another file', Buffer.from('MZ'), /expected an ar archive/],
    ['a truncated header', ar({ one: 'abc' }).subarray(0, 40), /header at byte 8/],
    ['a truncated member', ar({ one: 'abc' }).subarray(0, 70), /ends at byte 71, the file at 70/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readAr(bytes)).toThrow(message);
  });

  test('refuses a size that is no number', () => {
    const damaged = ar({ one: 'abc' });
    damaged.write('-1        ', 8 + 48);
    expect(() => readAr(damaged)).toThrow(/damaged/);
  });
});

describe('tar', () => {
  test('takes chosen files out of a stream', async () => {
    const long = `./${'d'.repeat(90)}/${'e'.repeat(60)}`;
    const archive = tar({ './a': 'x'.repeat(700), './b': 'yes', [long]: 'long' });
    const files = await extractTar(pieces(archive), { ...all, matches: (path) => path !== 'a' });
    expect(texts(files)).toEqual({ b: 'yes', [long.slice(2)]: 'long' });
  });

  test('reads GNU and pax long names', async () => {
    const gnu = Buffer.concat([
      tar({ '././@LongLink': 'gnu/name\0' }, 'L').subarray(0, 1024),
      tar({ x: '1' }),
    ]);
    const pax = Buffer.concat([tar({ h: '17 path=pax/name\n' }, 'x').subarray(0, 1024), tar({ x: '2' })]);
    expect(texts(await extractTar(pieces(gnu), all))).toEqual({ 'gnu/name': '1' });
    expect(texts(await extractTar(pieces(pax), all))).toEqual({ 'pax/name': '2' });
    const damaged = Buffer.from(pax);
    damaged.write('99', 512);
    await expect(extractTar(pieces(damaged), all)).rejects.toThrow(/records of pax/);
  });

  test('stops when it has what it wants', async () => {
    const archive = Buffer.concat([tar({ a: '1' }).subarray(0, 1024), Buffer.alloc(512, 0xff)]);
    expect(await extractTar(pieces(archive), { ...all, maximumFiles: 1 })).toHaveLength(1);
    await expect(extractTar(pieces(archive), all)).rejects.toThrow(/wrong checksum/);
  });

  test('takes no links, and no file larger than allowed', async () => {
    expect(await extractTar(pieces(tar({ a: '' }, '2')), all)).toEqual([]);
    await expect(extractTar(pieces(tar({ a: 'abc' })), { ...all, maximumSize: 2 })).rejects.toThrow(
      /at most 2 bytes, found 3/,
    );
  });

  test('refuses a truncated archive', async () => {
    await expect(extractTar(pieces(tar({ a: 'abc' }).subarray(0, 600)), all)).rejects.toThrow(/truncated/);
  });
});

describe('package', () => {
  test('takes files out of the data archive', async () => {
    expect(texts(await extractDeb(deb({ './a/b': 'c' }), all))).toEqual({ 'a/b': 'c' });
  });

  test.each([
    ['no ar archive', Buffer.from('hello'), /a package.*ar archive/],
    ['no data', ar({ 'debian-binary': '2.0\n' }), /found debian-binary/],
    ['another compression', ar({ 'debian-binary': '2.0\n', 'data.tar.zst': '' }), /found data.tar.zst/],
    [
      'damaged xz',
      ar({ 'debian-binary': '2.0\n', 'data.tar.xz': 'no' }),
      /whole compressed data in a package/,
    ],
  ])('refuses %s', async (_, bytes, message) => {
    const result = extractDeb(bytes, all, 'a package');
    await expect(result).rejects.toThrow(message);
    await expect(result).rejects.toBeInstanceOf(DebFormatError);
  });
});

test('xz has a limit', async () => {
  expect(Buffer.from(await unxzWhole(xz('hello'), 5)).toString()).toBe('hello');
  await expect(unxzWhole(xz('hello'), 4)).rejects.toThrow(/at most 4/);
});
