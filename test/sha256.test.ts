import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Sha256 } from '../src/sha256.ts';
import { fuzzSeeds, Random } from './support/random.ts';

const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function hash(...pieces: readonly Uint8Array[]): string {
  const sha256 = new Sha256();
  for (const piece of pieces) sha256.update(piece);
  return sha256.digest();
}

// FIPS 180-4's examples.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('of %j', (text, digest) => {
  expect(hash(Buffer.from(text))).toBe(digest);
});

test('of every length around the ends of blocks', () => {
  const bytes = new Random(1).bytes(200);
  for (let length = 0; length <= bytes.length; length++) {
    expect(hash(bytes.subarray(0, length))).toBe(expected(bytes.subarray(0, length)));
  }
});

test.each(fuzzSeeds(20))('piece by piece, however they are cut (seed %i)', (seed) => {
  const random = new Random(seed);
  const bytes = random.bytes(random.below(10_000));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + random.below(300));
    pieces.push(piece);
    at += piece.length;
  }
  expect(hash(...pieces)).toBe(expected(bytes));
});

describe('what it is made of', () => {
  /** An engine may be off by some units in the last place: the bits that are used are far from where that shows. */
  test('no constant depends on the last bits of a cube root', () => {
    const primes: number[] = [];
    for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
    for (const prime of primes) {
      const scaled = Math.cbrt(prime) * 2 ** 32;
      const distance = Math.abs(scaled - Math.round(scaled));
      expect(distance).toBeGreaterThan(100 * Number.EPSILON * scaled);
    }
  });
});
