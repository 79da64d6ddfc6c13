/**
 * Messages of a hostile guest, against files in memory: each gets one answer, of its own tag and
 * no longer than its room; nothing but a backend's own failure goes to the log; and the server
 * works on. FUZZ_SEED=n runs a case again.
 */
import { describe, expect, it } from 'vitest';
import * as m from '../../src/9p/messages.ts';
import { MessageReader } from '../../src/9p/messages.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { Client, memoryFiles, request, ROOM } from './client.ts';

const NAMES = ['greeting', 'folder', 'inner', 'leaf', 'a', 'b', 'c'];
const ODD_NAMES = ['.', '..', '', 'a/b', 'x'.repeat(256), '\0'];
const nameOf = (random: Random): string => random.pick(random.oneIn(10) ? ODD_NAMES : NAMES);
const OPEN = { access: 'write', truncate: false, create: { mode: 0o644, exclusive: false } } as const;
/** The fields of each request: fid, text, 32 and 64 bits, and so on. */
const SHAPES: readonly (readonly [number, string])[] = [
  [m.TSTATFS, 'f'],
  [m.TLOPEN, 'fo'],
  [m.TLCREATE, 'fson4'],
  [m.TSYMLINK, 'fss4'],
  [m.TMKNOD, 'fsn444'],
  [m.TRENAME, 'ffs'],
  [m.TREADLINK, 'f'],
  [m.TGETATTR, 'f8'],
  [m.TSETATTR, 'f44448' + '8888'],
  [m.TXATTRWALK, 'ffs'],
  [m.TXATTRCREATE, 'fs84'],
  [m.TREADDIR, 'f84'],
  [m.TFSYNC, 'f4'],
  [m.TLOCK, 'f14884s'],
  [m.TGETLOCK, 'f1884s'],
  [m.TLINK, 'ffs'],
  [m.TMKDIR, 'fs44'],
  [m.TRENAMEAT, 'fsfs'],
  [m.TUNLINKAT, 'fsr'],
  [m.TATTACH, 'ffss4'],
  [m.TFLUSH, '2'],
  [m.TWALK, 'ffw'],
  [m.TREAD, 'f84'],
  [m.TWRITE, 'f8d'],
  [m.TCLUNK, 'f'],
  [m.TREMOVE, 'f'],
];

type Fields = Parameters<Client['call']> extends [number, ...infer Rest] ? Rest : never;

function randomFields(random: Random, shape: string): Fields {
  const fields: Fields[number][] = [];
  for (const kind of shape) {
    if (kind === 'f') fields.push(random.oneIn(20) ? random.uint32() : random.oneIn(2) ? 0 : random.below(8));
    if (kind === 's') fields.push(nameOf(random));
    if (kind === 'o') fields.push(random.pick([0, 1, 2, 2, 3, 0o1002, 0o102, 0o302, 0o200000]));
    if (kind === 'n') fields.push(random.pick([0o644, 0o100644, 0o020644, random.uint32()]));
    if (kind === 'r') fields.push(random.pick([0, 0, 0x200, 0x200, random.uint32()]));
    if (kind === '1') fields.push({ u8: random.below(4) });
    if (kind === '2') fields.push({ u16: random.below(40) });
    if (kind === '4') fields.push(random.pick([0, 1, 40, 1000, 0xffff_ffff, random.uint32()]));
    if (kind === '8') fields.push(random.pick([0n, 1n, 40n, 1n << 40n, (1n << 64n) - 1n]));
    if (kind === 'w') {
      const count = random.below(4);
      fields.push({ u16: random.oneIn(10) ? random.below(65536) : count });
      for (let name = 0; name < count; name++) fields.push(nameOf(random));
    }
    if (kind === 'd') {
      const data = random.bytes(random.below(100));
      fields.push(random.oneIn(10) ? random.uint32() : data.length, data);
    }
  }
  return fields as Fields;
}

function randomMessage(random: Random, tag: number): Uint8Array {
  const [type, shape] = random.pick(SHAPES);
  const message = request(type, tag, ...randomFields(random, shape)).slice();
  if (random.oneIn(8)) message[7 + random.below(Math.max(1, message.length - 7))] = random.below(256);
  if (random.oneIn(16)) message[4] = random.below(256);
  if (random.oneIn(16)) message[random.below(4)] = random.below(256);
  // A shorter one still has a header.
  return random.oneIn(16) ? message.slice(0, 7 + random.below(message.length - 6)) : message;
}

describe('a server of 9P', () => {
  it.each(fuzzSeeds(6))('survives nonsense (seed %i)', async (seed) => {
    const random = new Random(seed);
    const files = memoryFiles();
    const isReadOnly = random.oneIn(6);
    const client = await Client.attached(files, isReadOnly);
    const types = new Set<number>();
    for (let round = 0; round < 400; round++) {
      // Several at a time, as queues have them.
      const answers = Array.from({ length: 1 + random.below(6) }, async () => {
        const tag = random.below(40);
        const room = random.oneIn(8) ? m.ERROR_SIZE + random.below(60) : ROOM;
        const message = randomMessage(random, tag);
        const answer = await client.send(message, room);
        if (!answer) return;
        const reader = new MessageReader(answer);
        expect(reader.tag).toBe(tag);
        expect([m.RLERROR, message[4]! + 1]).toContain(reader.type);
        types.add(reader.type);
      });
      await Promise.all(answers);
      if (random.oneIn(50)) await client.call(m.TVERSION, 4096 + random.below(ROOM - 4096), '9P2000.L');
      if (random.oneIn(100)) await client.server.reset();
      if (round % 10 === 0) {
        for (const name of ['greeting', 'folder', 'inner', 'leaf'])
          await files.remove([name], false).catch(() => {});
        for (const name of ['greeting', 'leaf'])
          await files.open([name], OPEN).then(
            (file) => file.close(),
            () => {},
          );
        await client.call(m.TVERSION, ROOM, '9P2000.L');
        await client.call(m.TATTACH, 0, m.NOFID, '', '', 0);
      }
    }
    expect(client.log).toEqual([]);
    // It has done most of what it can, and not only refused.
    expect(types.size).toBeGreaterThan(isReadOnly ? 5 : 12);
    await client.call(m.TVERSION, ROOM, '9P2000.L');
    await client.call(m.TATTACH, 0, m.NOFID, '', '', 0);
    await client.call(m.TGETATTR, 0, 0n);
    // All files are closed, and what they took is free: what is left is counted.
    await client.server.reset();
    for (const name of files.listFiles()) files.removeFile(name);
    for (const { name } of await files.list([])) files.removeFile(name);
    const { free, size } = await files.space();
    expect(size - free).toBe(1024);
  });
});
