import { expect, test } from 'vitest';
import { Transcript } from '../../../bench/support/transcript.ts';

test('knows when each character came', () => {
  const transcript = new Transcript();
  transcript.append('one', 10);
  transcript.append('two', 20);
  expect(transcript.text).toBe('onetwo');
  expect([0, 2, 3, 5].map((place) => transcript.timeAt(place))).toEqual([10, 10, 20, 20]);
  expect(() => transcript.timeAt(6)).toThrow(/expected a place below 6/);
});

test('waits for what comes in pieces, from a place on', async () => {
  const transcript = new Transcript();
  transcript.append('[[a]] ', 1);
  const found = transcript.waitFor(/\[\[(\w)\]\]/, 3, 60_000);
  transcript.append('[[', 2);
  transcript.append('b]]', 3);
  const match = await found;
  expect([match.index, match[1]]).toEqual([6, 'b']);
});

test('says what was missing, at the end or in time', async () => {
  const transcript = new Transcript();
  transcript.append('only this', 1);
  await expect(transcript.waitFor(/that/, 0, 0)).rejects.toThrow(/expected \/that\/.*only this/s);
  const waiting = expect(transcript.waitFor(/that/, 0, 60_000)).rejects.toThrow('it ended');
  transcript.end(new Error('it ended'));
  await waiting;
});
