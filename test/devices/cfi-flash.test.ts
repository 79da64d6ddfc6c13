import { describe, expect, it } from 'vitest';
import { MemoryBlockBackend, type BlockBackend } from '../../src/block/backend.ts';
import { CfiFlash, FLASH_SECTOR } from '../../src/devices/cfi-flash.ts';
import { ManualIo } from '../support/manual-io.ts';

const SIZE = 4 * FLASH_SECTOR;
const READY = 0x0080_0080;
const both = (value: number): number => value | (value << 16);

const make = (options: { backend?: BlockBackend; readOnly?: boolean } = {}) => {
  const bytes = new Uint8Array(SIZE);
  const io = new ManualIo();
  const shown: boolean[] = [];
  const changes: [number, number][] = [];
  const messages: string[] = [];
  const flash = new CfiFlash({
    memory: {
      bytes,
      show: (isShown) => void shown.push(isShown),
      changed: (offset, length) => void changes.push([offset, length]),
    },
    ...options,
    io,
    log: (message) => void messages.push(message),
  });
  const word = (offset: number, value: number): void => flash.write(offset, 4, value);
  const status = (): number => flash.read(0, 4);
  const programWord = (offset: number, value: number): void => {
    word(offset, both(0x40));
    word(offset, value);
  };
  const erase = (offset: number): void => {
    word(offset, both(0x20));
    word(offset, both(0xd0));
  };
  const view = new DataView(bytes.buffer);
  return { flash, bytes, view, io, shown, changes, messages, word, status, programWord, erase };
};

/** A backend in memory that tells what was done to it. */
const recorded = (size = SIZE) => {
  const backend = new MemoryBlockBackend(new Uint8Array(size).fill(0xff));
  const calls: string[] = [];
  const recording: BlockBackend = {
    size,
    readOnly: false,
    read: (offset, into) => backend.read(offset, into),
    write: (offset, from) => (calls.push(`write ${offset} ${from.length}`), backend.write(offset, from)),
    flush: async () => void calls.push('flush'),
  };
  return { backend: recording, bytes: backend.bytes, calls };
};

describe('a bank without a backend', () => {
  it('is erased, and read as memory', async () => {
    const { flash, bytes, shown } = make();
    await flash.load();
    flash.reset();
    expect(bytes.every((byte) => byte === 0xff)).toBe(true);
    expect(shown.at(-1)).toBe(true);
    expect([flash.read(0, 4), flash.read(1, 1), flash.read(2, 2)]).toEqual([0xffff_ffff, 0xff, 0xffff]);
  });

  it('answers a query in each chip', async () => {
    const { flash, word, shown } = make();
    word(0x55 * 4, both(0x98));
    expect(shown.at(-1)).toBe(false);
    const query = (offset: number): number => flash.read(offset * 4, 4);
    expect([0x10, 0x11, 0x12].map(query)).toEqual(['Q', 'R', 'Y'].map((c) => both(c.charCodeAt(0))));
    expect([query(0x13), query(0x14)]).toEqual([both(1), 0]);
    const extended = query(0x15) & 0xff;
    expect([0, 1, 2].map((i) => String.fromCharCode(query(extended + i) & 0xff)).join('')).toBe('PRI');
    // Sizes of one chip: half of the bank, of a sector, of the buffer.
    expect(2 ** (query(0x27) & 0xff)).toBe(SIZE / 2);
    expect((query(0x2d) & 0xff) + 1).toBe(4);
    expect(((query(0x30) & 0xff) * 256 + (query(0x2f) & 0xff)) * 256).toBe(FLASH_SECTOR / 2);
    expect(2 ** (query(0x2a) & 0xff)).toBe(2048);
    expect([query(0x1000), flash.read(0x40, 1), flash.read(0x41, 1), flash.read(0x42, 2)]).toEqual([
      0, 0x51, 0, 0x51,
    ]);
    word(0, both(0xff));
    expect(shown.at(-1)).toBe(true);
  });

  it('identifies itself', () => {
    const { flash, word } = make();
    word(0, both(0x90));
    expect([0, 4, 8].map((offset) => flash.read(offset, 4))).toEqual([both(0x89), both(0x18), 0]);
  });

  it('clears bits when it programs, and sets them when it erases', async () => {
    const { flash, view, changes, word, status, programWord, erase, bytes } = make();
    await flash.load();
    programWord(8, 0x1234_5678);
    expect(status()).toBe(READY);
    expect(view.getUint32(8, true)).toBe(0x1234_5678);
    programWord(8, 0xffff_0000);
    expect(view.getUint32(8, true)).toBe(0x1234_0000);
    word(12, both(0x10));
    flash.write(13, 1, 0x21);
    expect(view.getUint32(12, true)).toBe(0xffff_21ff);
    expect(changes).toEqual([
      [8, 4],
      [8, 4],
      [13, 1],
    ]);
    bytes[FLASH_SECTOR] = 0;
    erase(FLASH_SECTOR - 4);
    expect(status()).toBe(READY);
    expect([view.getUint32(8, true), bytes[FLASH_SECTOR]]).toEqual([0xffff_ffff, 0]);
    word(0, 0xff);
    expect(flash.read(FLASH_SECTOR, 4)).toBe(0xffff_ff00);
  });

  it('programs from its buffer', async () => {
    const { flash, view, word, status } = make();
    await flash.load();
    word(0, both(0xe8));
    expect(status()).toBe(READY);
    word(0, both(1));
    word(16, 1);
    word(20, 2);
    expect(view.getUint32(16, true)).toBe(0xffff_ffff);
    word(0, both(0xd0));
    expect(status()).toBe(READY);
    expect([view.getUint32(16, true), view.getUint32(20, true)]).toEqual([1, 2]);
  });

  it.each<[string, (parts: ReturnType<typeof make>) => void]>([
    ['an erase without its confirmation', ({ word }) => (word(0, 0x20), word(0, 0x21))],
    ['a lock of an unknown kind', ({ word }) => (word(0, 0x60), word(0, 0x20))],
    ['more than the buffer holds', ({ word }) => (word(0, 0xe8), word(0, 1024))],
    ['a buffer without its confirmation', ({ word }) => [0xe8, 0, 5, 0x40].forEach((v) => word(0, v))],
    [
      'a buffer for two sectors',
      ({ word }) => (word(0, 0xe8), word(0, 0), word(FLASH_SECTOR, 5), word(0, 0xd0)),
    ],
  ])('reports %s, until that is cleared', async (_, act) => {
    const parts = make();
    await parts.flash.load();
    act(parts);
    expect(parts.status()).toBe(both(0xb0));
    expect(parts.bytes.every((byte) => byte === 0xff)).toBe(true);
    parts.word(0, 0xff);
    parts.word(0, 0x70);
    expect(parts.status()).toBe(both(0xb0));
    parts.word(0, 0x50);
    parts.word(0, 0x70);
    expect(parts.status()).toBe(READY);
  });

  it.each([0x00, 0xf0, 0xff, 0xaa])('goes back to its content at the command %i', (command) => {
    const { shown, word } = make();
    word(0, 0x70);
    word(0, command);
    expect(shown).toEqual([false, true]);
  });

  it.each([0x20, 0x60])('gives up %i at a command to read', async (command) => {
    const { flash, bytes, shown, word } = make();
    await flash.load();
    word(0, command);
    word(0, 0xff);
    expect(shown.at(-1)).toBe(true);
    word(0, 0x70);
    expect(flash.read(0, 4)).toBe(READY);
    expect(bytes[0]).toBe(0xff);
  });

  it('accepts locks, which change nothing', () => {
    const { word, status } = make();
    for (const lock of [0x01, 0xd0, 0x2f]) {
      word(0, 0x60);
      word(0, lock);
      expect(status()).toBe(READY);
    }
  });
});

describe('a bank that the guest cannot change', () => {
  it.each([{ readOnly: true }, { backend: new MemoryBlockBackend(new Uint8Array(SIZE), true) }])(
    'says so of programs and erases',
    async (options) => {
      const { flash, bytes, word, status, programWord, erase } = make(options);
      await flash.load();
      const before = bytes.slice();
      programWord(0, 0);
      expect(status()).toBe(both(0x92));
      word(0, 0x50);
      erase(0);
      expect(status()).toBe(both(0xa2));
      expect(Buffer.compare(bytes, before)).toBe(0);
    },
  );

  it('is one behind the end of its file', async () => {
    const { backend, bytes } = recorded(FLASH_SECTOR);
    const { flash, view, io, status, programWord, erase } = make({ backend });
    bytes[0] = 7;
    await flash.load();
    expect([view.getUint8(0), view.getUint8(FLASH_SECTOR)]).toEqual([7, 0xff]);
    programWord(FLASH_SECTOR, 0);
    expect(status()).toBe(both(0x92));
    flash.write(0, 4, 0x50);
    erase(FLASH_SECTOR);
    expect(status()).toBe(both(0xa2));
    expect(io.pending).toEqual([]);
  });

  it('is filled all the same', () => {
    const { flash, bytes, changes } = make({ readOnly: true });
    flash.fill(Uint8Array.of(1, 2, 3));
    expect([...bytes.subarray(0, 4), bytes.at(-1)]).toEqual([1, 2, 3, 0xff, 0xff]);
    expect(changes).toEqual([[0, SIZE]]);
  });
});

describe('a bank with a backend', () => {
  it('is ready when that has what was programmed, and not before', async () => {
    const { backend, bytes, calls } = recorded();
    const { flash, view, io, status, word, programWord } = make({ backend });
    await flash.load();
    programWord(1028, 0x1234_5678);
    expect(status()).toBe(0);
    // Busy: this is no command.
    word(0, both(0x20));
    expect(status()).toBe(0);
    await io.drain();
    expect(status()).toBe(READY);
    expect(view.getUint32(1028, true)).toBe(0x1234_5678);
    expect([...bytes.subarray(1028, 1032)]).toEqual([0x78, 0x56, 0x34, 0x12]);
    expect(calls).toEqual(['write 1024 512']);
  });

  it('makes all durable when the guest reads again, and changes nothing before that', async () => {
    const { backend, calls } = recorded();
    const { flash, io, word, programWord, erase, status } = make({ backend });
    await flash.load();
    erase(0);
    await io.drain();
    word(0, 0xff);
    programWord(FLASH_SECTOR, 0);
    await io.drain();
    expect(status()).toBe(READY);
    word(0, 0xff);
    await io.drain();
    word(0, 0xff);
    await io.drain();
    expect(calls).toEqual([`write 0 ${FLASH_SECTOR}`, 'flush', `write ${FLASH_SECTOR} 512`, 'flush']);
  });

  it('reports what fails, and keeps its content', async () => {
    const { backend } = recorded();
    const failing: BlockBackend = { ...backend, write: () => Promise.reject(new Error('disk full')) };
    const { flash, bytes, io, status, word, programWord, erase, messages } = make({ backend: failing });
    await flash.load();
    programWord(0, 0);
    await io.drain();
    expect(status()).toBe(both(0x90));
    word(0, 0x50);
    erase(0);
    await io.drain();
    expect(status()).toBe(both(0xa0));
    expect(bytes[0]).toBe(0xff);
    expect(messages).toEqual(['flash: writing failed: disk full', 'flash: writing failed: disk full']);
  });

  it('ends what is under way at a reset, and is ready', async () => {
    const { backend, bytes } = recorded();
    const { flash, view, io, shown, status, word, programWord } = make({ backend });
    await flash.load();
    programWord(0, 0x55);
    flash.reset();
    expect(shown.at(-1)).toBe(true);
    programWord(0, 0xffff_ff44);
    await io.drain();
    expect(status()).toBe(READY);
    expect([view.getUint32(0, true), bytes[0]]).toEqual([0x44, 0x44]);
    word(0, 0xff);
    await io.drain();
  });
});
