import { expect, test } from 'vitest';
import { EscapeKeys } from '../../../src/bindings/node/cli/escape-keys.ts';

/** Events of chunks typed one after the other; input as text. */
function typed(...chunks: string[]): string[] {
  const keys = new EscapeKeys();
  return chunks.flatMap((chunk) =>
    [...keys.read(Buffer.from(chunk, 'latin1'))].map((event) =>
      event.kind === 'input' ? Buffer.from(event.bytes).toString('latin1') : `<${event.kind}>`,
    ),
  );
}

test('everything but Ctrl-] goes to the guest, Ctrl-C and Ctrl-Z included', () => {
  expect(typed('ls\r', '\x03\x1a\x1c\x00\xff')).toEqual(['ls\r', '\x03\x1a\x1c\x00\xff']);
});

test('Ctrl-] and a letter of either case act', () => {
  expect(typed('\x1dq')).toEqual(['<quit>']);
  expect(typed('\x1dQ')).toEqual(['<quit>']);
  expect(typed('\x1dr')).toEqual(['<reset>']);
  expect(typed('\x1dh')).toEqual(['<help>']);
});

test('what is typed before and after keeps its place', () => {
  expect(typed('one\x1drtwo\x1dh')).toEqual(['one', '<reset>', 'two', '<help>']);
});

test('Ctrl-] twice sends one', () => {
  expect(typed('a\x1d\x1db')).toEqual(['a', '\x1db']);
  expect(typed('\x1d\x1d\x1dq')).toEqual(['\x1d', '<quit>']);
});

test('a combination may come in two pieces', () => {
  expect(typed('a\x1d', 'q')).toEqual(['a', '<quit>']);
  expect(typed('\x1d', '\x1d', 'q')).toEqual(['\x1d', 'q']);
});

test('another key after Ctrl-] shows the help and is not sent', () => {
  expect(typed('\x1dxy')).toEqual(['<help>', 'y']);
});
