import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Sha256 } from '../src/sha256.ts';

test('of more bytes than 32 bits count bits', () => {
  const piece = new Uint8Array(1 << 20).fill(0x5a);
  const [ours, theirs] = [new Sha256(), createHash('sha256')];
  for (let count = 0; count < 513; count++) {
    ours.update(piece);
    theirs.update(piece);
  }
  expect(ours.digest()).toBe(theirs.digest('hex'));
});
