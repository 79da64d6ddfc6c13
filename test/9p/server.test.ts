/** What requests of 9P2000.L do, and what is answered to those that are wrong. */
import { describe, expect, it } from 'vitest';
import * as m from '../../src/9p/messages.ts';
import { MessageReader, MessageWriter } from '../../src/9p/messages.ts';
import type { FileSystemBackend, OpenFile } from '../../src/filesystem/backend.ts';
import { Client, memoryFiles, NOFID, request, ROOM } from './client.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (content: string): Uint8Array => Buffer.from(content);
const O_WRONLY = 1;
const O_RDWR = 2;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;

const qid = (answer: MessageReader): { type: number; path: bigint } => {
  const type = answer.uint8();
  answer.uint32();
  return { type, path: answer.uint64() };
};

async function read(client: Client, fid: number, offset = 0n, count = 1000): Promise<string> {
  const answer = await client.call(m.TREAD, fid, offset, count);
  return text(answer.data(answer.uint32()));
}

interface Entry {
  readonly name: string;
  readonly type: number;
  readonly offset: bigint;
}

async function readdir(client: Client, fid: number, offset = 0n, count = 60000): Promise<Entry[]> {
  const answer = await client.call(m.TREADDIR, fid, offset, count);
  const entries = new MessageReader(Uint8Array.of(...new Uint8Array(7), ...answer.data(answer.uint32())));
  const found: Entry[] = [];
  for (;;) {
    try {
      entries.data(13);
    } catch {
      return found;
    }
    const next = entries.uint64();
    found.push({ offset: next, type: entries.uint8(), name: entries.text() });
  }
}

describe('sessions', () => {
  it('agree on a version and a size of messages', async () => {
    const client = new Client(memoryFiles());
    const agreed = async (size: number, version: string): Promise<[number, string]> => {
      const answer = await client.call(m.TVERSION, size, version);
      return [answer.uint32(), answer.text()];
    };
    expect(await client.errorOf(m.TATTACH, 0, NOFID, '', '', 0)).toBe('EPROTO');
    expect(await agreed(8192, '9P2000.L')).toEqual([8192, '9P2000.L']);
    expect(await agreed(1 << 30, '9P2000.L')).toEqual([512 * 1024, '9P2000.L']);
    for (const version of ['9P2000', '9P2000.u', '9P2000.Lx', ''])
      expect((await agreed(8192, version))[1]).toBe('unknown');
    expect(await client.errorOf(m.TATTACH, 0, NOFID, '', '', 0)).toBe('EPROTO');
    expect(await client.errorOf(m.TVERSION, 4095, '9P2000.L')).toBe('EMSGSIZE');
  });

  it('forget all fids when another one begins', async () => {
    const client = await Client.attached(memoryFiles());
    await client.walk(1, 'greeting');
    await client.call(m.TVERSION, ROOM, '9P2000.L');
    expect(await client.errorOf(m.TGETATTR, 1, 0n)).toBe('EBADF');
    expect(await client.errorOf(m.TGETATTR, 0, 0n)).toBe('EBADF');
  });

  it('attach to the one tree, without authentication', async () => {
    const client = await Client.attached(memoryFiles());
    expect(await client.errorOf(m.TAUTH, 5, 'root', '', 0)).toBe('EOPNOTSUPP');
    expect(await client.errorOf(m.TATTACH, 1, 5, 'root', '', 0)).toBe('EINVAL');
    expect(await client.errorOf(m.TATTACH, 1, NOFID, 'root', '/etc', 0)).toBe('ENOENT');
    expect(await client.errorOf(m.TATTACH, 0, NOFID, 'root', '', 0)).toBe('EINVAL');
    expect(await client.errorOf(m.TATTACH, NOFID, NOFID, 'root', '', 0)).toBe('EINVAL');
    expect(qid(await client.call(m.TATTACH, 1, NOFID, 'root', '/', 0)).type).toBe(0x80);
  });
});

describe('walking', () => {
  it('goes as far as there are names, and says how far', async () => {
    const client = await Client.attached(memoryFiles());
    const walk = async (fid: number, ...names: string[]): Promise<number> =>
      (await client.call(m.TWALK, 0, fid, { u16: names.length }, ...names)).uint16();
    expect(await walk(1)).toBe(0);
    expect(await walk(2, 'folder', 'inner', 'leaf')).toBe(3);
    expect(await walk(3, 'folder', 'missing', 'leaf')).toBe(1);
    expect(await client.errorOf(m.TGETATTR, 3, 0n)).toBe('EBADF');
    expect(await walk(3, 'greeting', 'below')).toBe(1);
    expect(await client.errorOf(m.TWALK, 2, 3, { u16: 1 }, 'below')).toBe('ENOTDIR');
    expect(await client.errorOf(m.TWALK, 0, 3, { u16: 1 }, 'missing')).toBe('ENOENT');
    expect(await client.errorOf(m.TWALK, 9, 3, { u16: 0 })).toBe('EBADF');
    expect(await client.errorOf(m.TWALK, 0, 2, { u16: 0 })).toBe('EINVAL');
    expect(await client.errorOf(m.TWALK, 0, 3, { u16: 17 })).toBe('EINVAL');
  });

  it('never leaves the tree', async () => {
    const client = await Client.attached(memoryFiles());
    for (const name of ['', 'a/b', '/', '/etc', 'a\0b', '../greeting'])
      expect(await client.errorOf(m.TWALK, 0, 1, { u16: 1 }, name)).toBe('ENOENT');
    expect(await client.errorOf(m.TWALK, 0, 1, { u16: 1 }, 'x'.repeat(256))).toBe('ENAMETOOLONG');
    const root = qid(await client.call(m.TATTACH, 5, NOFID, '', '', 0));
    const up = await client.call(m.TWALK, 0, 1, { u16: 3 }, '..', '..', '..');
    expect(up.uint16()).toBe(3);
    expect(qid(up)).toEqual(root);
    await client.call(m.TWALK, 0, 2, { u16: 4 }, 'folder', 'inner', '..', '.');
    expect((await readdirOf(client, 2)).map(({ name }) => name)).toEqual(['.', '..', 'inner']);
  });

  it('refuses names that are not UTF-8', async () => {
    const client = await Client.attached(memoryFiles());
    const name = Uint8Array.of(2, 0, 0xc3, 0x28);
    expect(await client.errorOf(m.TWALK, 0, 1, { u16: 1 }, name)).toBe('EILSEQ');
  });
});

async function readdirOf(client: Client, fid: number): Promise<Entry[]> {
  await client.call(m.TLOPEN, fid, 0);
  return readdir(client, fid);
}

describe('files', () => {
  it('are read, written and made', async () => {
    const files = memoryFiles();
    const client = await Client.attached(files);
    await client.walk(1, 'greeting');
    expect(await client.errorOf(m.TREAD, 1, 0n, 10)).toBe('EBADF');
    await client.call(m.TLOPEN, 1, O_RDWR);
    expect(await client.errorOf(m.TLOPEN, 1, 0)).toBe('EBADF');
    expect(await read(client, 1)).toBe('hello');
    expect(await read(client, 1, 3n, 1)).toBe('l');
    expect(await read(client, 1, 5n)).toBe('');
    expect(await read(client, 1, 1n << 40n)).toBe('');
    expect((await client.call(m.TWRITE, 1, 3n, 3, bytes('ium'))).uint32()).toBe(3);
    expect(text(files.readFile('greeting'))).toBe('helium');
    expect(await client.errorOf(m.TREAD, 1, 1n << 60n, 1)).toBe('EFBIG');
    expect(await client.errorOf(m.TWRITE, 1, (1n << 53n) - 2n, 3, bytes('abc'))).toBe('EFBIG');
    // More than is there, in a message.
    expect(await client.errorOf(m.TWRITE, 1, 0n, 4, bytes('abc'))).toBe('EPROTO');

    await client.call(m.TWALK, 0, 2, { u16: 0 });
    await client.call(m.TLCREATE, 2, 'new', O_WRONLY, 0o640, 0);
    await client.call(m.TWRITE, 2, 100_000n, 1, bytes('x'));
    expect(files.readFile('new')).toHaveLength(100_001);
    await client.call(m.TFSYNC, 2, 0);
    await client.call(m.TCLUNK, 2);
    expect(await client.errorOf(m.TCLUNK, 2)).toBe('EBADF');
    await client.call(m.TWALK, 0, 2, { u16: 0 });
    expect(await client.errorOf(m.TLCREATE, 2, 'new', O_WRONLY | O_EXCL, 0o640, 0)).toBe('EEXIST');
    expect(await client.errorOf(m.TLCREATE, 2, '..', O_WRONLY, 0o640, 0)).toBe('EEXIST');
    expect(await client.errorOf(m.TLCREATE, 2, 'folder', O_WRONLY, 0o640, 0)).toBe('EISDIR');
    await client.call(m.TLCREATE, 2, 'new', O_WRONLY | O_TRUNC, 0o640, 0);
    expect(files.readFile('new')).toHaveLength(0);
  });

  it('answer as much as there is room for', async () => {
    const files = memoryFiles();
    files.writeFile('long', new Uint8Array(200_000).fill(7));
    const client = await Client.attached(files);
    await client.walk(1, 'long');
    await client.call(m.TLOPEN, 1, 0);
    expect((await client.send(request(m.TREAD, 1, 1, 0n, 100_000)))!.length).toBe(ROOM);
    expect((await client.send(request(m.TREAD, 1, 1, 0n, 100_000), 50))!.length).toBe(50);
    // An answer that cannot be shorter is an error.
    const answer = await client.send(request(m.TGETATTR, 1, 1, 0n), 50);
    expect(new MessageReader(answer!).type).toBe(m.RLERROR);
  });

  it('stay with their fids when they are renamed or removed', async () => {
    const files = memoryFiles();
    const client = await Client.attached(files);
    await client.walk(1, 'folder/inner/leaf');
    await client.walk(2, 'folder/inner');
    await client.call(m.TRENAMEAT, 0, 'folder', 0, 'moved');
    await client.call(m.TLOPEN, 1, 0);
    expect(await read(client, 1)).toBe('a leaf');
    expect((await readdirOf(client, 2)).map(({ name }) => name)).toEqual(['.', '..', 'leaf']);
    await client.walk(3, 'moved/inner/leaf');
    await client.walk(4, 'moved/inner');
    await client.call(m.TUNLINKAT, 4, 'leaf', 0);
    // Open, it is still there; the name is free for another one, which is not this one.
    expect(await read(client, 1)).toBe('a leaf');
    files.writeFile('moved/inner/leaf', 'another');
    expect(await client.errorOf(m.TGETATTR, 3, 0n)).toBe('ENOENT');
    expect(await read(client, 1)).toBe('a leaf');
    expect((await client.call(m.TGETATTR, 1, 0n)).type).toBe(m.TGETATTR + 1);
    // What replaces a file takes its name and not its fids.
    await client.walk(5, 'moved/inner/leaf');
    await client.call(m.TRENAMEAT, 0, 'greeting', 4, 'leaf');
    expect(await client.errorOf(m.TLOPEN, 5, 0)).toBe('ENOENT');
    await client.call(m.TREMOVE, 2).catch(() => {});
    expect(await client.errorOf(m.TREMOVE, 2)).toBe('EBADF');
  });
});

describe('directories', () => {
  it('are read in pieces, from where the last one ended', async () => {
    const files = memoryFiles();
    for (let index = 0; index < 100; index++) files.writeFile(`many/file ${index}`, '');
    const client = await Client.attached(files);
    await client.walk(1, 'many');
    expect(await client.errorOf(m.TREADDIR, 1, 0n, 1000)).toBe('EBADF');
    await client.call(m.TLOPEN, 1, 0);
    const names: string[] = [];
    for (let offset = 0n; ;) {
      const piece = await readdir(client, 1, offset, 200);
      if (piece.length === 0) break;
      names.push(...piece.map(({ name }) => name));
      offset = piece.at(-1)!.offset;
    }
    expect(names).toEqual(['.', '..', ...Array.from({ length: 100 }, (_, index) => `file ${index}`)]);
    expect(await client.errorOf(m.TREADDIR, 1, 0n, 24)).toBe('EINVAL');
    expect(await readdir(client, 1, 1n << 63n)).toEqual([]);
    expect(await client.errorOf(m.TREAD, 1, 0n, 10)).toBe('EISDIR');
    expect(await client.errorOf(m.TWRITE, 1, 0n, 1, bytes('x'))).toBe('EISDIR');
  });

  it('cannot be opened to be written', async () => {
    const client = await Client.attached(memoryFiles());
    await client.walk(1, 'folder');
    expect(await client.errorOf(m.TLOPEN, 1, O_WRONLY)).toBe('EISDIR');
    expect(await client.errorOf(m.TLOPEN, 1, O_TRUNC)).toBe('EISDIR');
    expect(await client.errorOf(m.TLOPEN, 1, 3)).toBe('EINVAL');
  });
});

describe('names', () => {
  it('are made, linked and removed', async () => {
    const files = memoryFiles();
    const client = await Client.attached(files);
    await client.call(m.TMKDIR, 0, 'made', 0o755, 0);
    expect(await client.errorOf(m.TMKDIR, 0, 'made', 0o755, 0)).toBe('EEXIST');
    await client.call(m.TSYMLINK, 0, 'link', '../../etc/passwd', 0);
    await client.walk(1, 'link');
    expect((await client.call(m.TREADLINK, 1)).text()).toBe('../../etc/passwd');
    expect(await client.errorOf(m.TLOPEN, 1, 0)).toBe('ELOOP');
    expect(await client.errorOf(m.TWALK, 1, 2, { u16: 1 }, 'x')).toBe('ENOTDIR');
    expect(await client.errorOf(m.TSYMLINK, 0, 'empty', '', 0)).toBe('ENOENT');
    expect(await client.errorOf(m.TSYMLINK, 0, 'long', 'x'.repeat(4096), 0)).toBe('ENAMETOOLONG');
    await client.walk(3, 'greeting');
    await client.call(m.TLINK, 0, 3, 'second');
    expect(text(files.readFile('second'))).toBe('hello');
    await client.call(m.TMKNOD, 0, 'node', 0o100644, 0, 0, 0);
    for (const kind of [0o010000, 0o020000, 0o060000, 0o140000])
      expect(await client.errorOf(m.TMKNOD, 0, 'device', kind | 0o644, 1, 3, 0)).toBe('EPERM');
    expect(await client.errorOf(m.TUNLINKAT, 0, 'folder', 0)).toBe('EISDIR');
    expect(await client.errorOf(m.TUNLINKAT, 0, 'folder', 0x200)).toBe('ENOTEMPTY');
    expect(await client.errorOf(m.TUNLINKAT, 0, 'greeting', 0x200)).toBe('ENOTDIR');
    expect(await client.errorOf(m.TUNLINKAT, 0, 'greeting', 1)).toBe('EINVAL');
    await client.call(m.TUNLINKAT, 0, 'made', 0x200);
    expect(files.listFiles()).toEqual(['folder/inner/leaf', 'greeting', 'link', 'node', 'second']);
  });

  it('are changed by both kinds of rename', async () => {
    const files = memoryFiles();
    const client = await Client.attached(files);
    await client.walk(1, 'greeting');
    await client.walk(2, 'folder');
    await client.call(m.TRENAME, 1, 2, 'hi');
    expect(files.listFiles()).toEqual(['folder/hi', 'folder/inner/leaf']);
    expect(await client.errorOf(m.TRENAMEAT, 0, 'folder', 2, 'itself')).toBe('EINVAL');
    expect(await client.errorOf(m.TRENAME, 0, 2, 'root')).toBe('EBUSY');
    expect(await client.errorOf(m.TREMOVE, 0)).toBe('EBUSY');
  });
});

describe('attributes', () => {
  it('are told and changed', async () => {
    const client = await Client.attached(memoryFiles());
    await client.walk(1, 'greeting');
    const mode = 0o4711;
    await client.call(m.TSETATTR, 1, 0x1 | 0x2 | 0x8 | 0x20 | 0x100, mode, 7, 8, 3n, 0n, 0n, 77n, 88n);
    const answer = await client.call(m.TGETATTR, 1, 0x7ffn);
    expect(answer.uint64()).toBe(0x7ffn);
    expect(qid(answer).type).toBe(0);
    expect([answer.uint32().toString(8), answer.uint32(), answer.uint32()]).toEqual(['104711', 7, 0]);
    expect([answer.uint64(), answer.uint64(), answer.uint64()]).toEqual([1n, 0n, 3n]);
    // The block size is what one message carries.
    expect([answer.uint64(), answer.uint64()]).toEqual([61440n, 128n]);
    answer.data(16);
    expect([answer.uint64(), answer.uint64()]).toEqual([77n, 88n]);
    expect(await client.errorOf(m.TSETATTR, 1, 0x120, 0, 0, 0, 0n, 0n, 0n, 0n, 1_000_000_000n)).toBe(
      'EINVAL',
    );
    expect(await client.errorOf(m.TSETATTR, 0, 0x8, 0, 0, 0, 0n, 0n, 0n, 0n, 0n)).toBe('EISDIR');
    expect(await client.errorOf(m.TXATTRWALK, 1, 2, 'user.x')).toBe('EOPNOTSUPP');
    expect(await client.errorOf(m.TXATTRCREATE, 1, 'user.x', 1n, 0)).toBe('EOPNOTSUPP');
    const space = await client.call(m.TSTATFS, 0);
    expect([space.uint32(), space.uint32(), space.uint64()]).toEqual([0x01021997, 4096, 65536n]);
  });
});

describe('locks', () => {
  it('keep others out of a range until they are given up, or the fid is', async () => {
    const client = await Client.attached(memoryFiles());
    for (const fid of [1, 2]) {
      await client.walk(fid, 'greeting');
      await client.call(m.TLOPEN, fid, O_RDWR);
    }
    const lock = async (fid: number, type: number, start: bigint, length: bigint, process: number) =>
      (await client.call(m.TLOCK, fid, { u8: type }, 0, start, length, process, 'guest')).uint8();
    const blocked = async (fid: number, start: bigint, process: number): Promise<unknown[]> => {
      const answer = await client.call(m.TGETLOCK, fid, { u8: 1 }, start, 1n, process, 'guest');
      return [answer.uint8(), answer.uint64(), answer.uint64(), answer.uint32(), answer.text()];
    };
    expect(await lock(1, 1, 10n, 10n, 100)).toBe(0);
    expect(await lock(2, 0, 19n, 1n, 200)).toBe(1);
    expect(await lock(2, 0, 20n, 0n, 200)).toBe(0);
    expect(await lock(1, 0, 5n, 20n, 100)).toBe(0);
    expect(await lock(1, 1, 25n, 1n, 100)).toBe(1);
    expect(await blocked(2, 12n, 200)).toEqual([0, 5n, 20n, 100, 'guest']);
    expect(await lock(1, 2, 10n, 5n, 100)).toBe(0);
    expect((await blocked(2, 12n, 200))[0]).toBe(2);
    expect(await blocked(2, 16n, 200)).toEqual([0, 15n, 10n, 100, 'guest']);
    await client.call(m.TCLUNK, 1);
    expect((await blocked(2, 16n, 200))[0]).toBe(2);
    expect(await blocked(2, 1n << 62n, 100)).toEqual([0, 20n, 0n, 200, 'guest']);
    expect(await client.errorOf(m.TLOCK, 2, { u8: 3 }, 0, 0n, 1n, 1, '')).toBe('EINVAL');
    expect(await client.errorOf(m.TLOCK, 2, { u8: 1 }, 0, (1n << 64n) - 1n, 2n, 1, '')).toBe('EOVERFLOW');
  });
});

describe('a share that is only read', () => {
  it('refuses every change with EROFS', async () => {
    const files = memoryFiles();
    const before = files.listFiles();
    const client = await Client.attached(files, true);
    await client.walk(1, 'greeting');
    const changes: Parameters<Client['errorOf']>[] = [
      [m.TLOPEN, 1, O_WRONLY],
      [m.TLOPEN, 1, O_TRUNC],
      [m.TLCREATE, 0, 'x', O_WRONLY, 0, 0],
      [m.TMKDIR, 0, 'x', 0, 0],
      [m.TSYMLINK, 0, 'x', 'y', 0],
      [m.TMKNOD, 0, 'x', 0o100644, 0, 0, 0],
      [m.TLINK, 0, 1, 'x'],
      [m.TRENAMEAT, 0, 'greeting', 0, 'x'],
      [m.TRENAME, 1, 0, 'x'],
      [m.TUNLINKAT, 0, 'greeting', 0],
      [m.TSETATTR, 1, 1, 0, 0, 0, 0n, 0n, 0n, 0n, 0n],
      [m.TWRITE, 1, 0n, 1, bytes('x')],
      [m.TREMOVE, 1],
    ];
    for (const change of changes) expect(await client.errorOf(...change)).toBe('EROFS');
    expect(files.listFiles()).toEqual(before);
  });
});

describe('flushing', () => {
  /** A backend whose renames and reads wait until they are let go on. */
  function slowFiles(): { backend: FileSystemBackend; release: () => void; calls: string[] } {
    const files = memoryFiles();
    const calls: string[] = [];
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const backend = new Proxy<FileSystemBackend>(files, {
      get(target, key) {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (key === 'rename' || key === 'makeDirectory') {
            calls.push(String(key));
            await held;
          }
          return Reflect.apply(value, target, args) as Promise<OpenFile>;
        };
      },
    });
    return { backend, release, calls };
  }

  it('drops what has not begun, and waits for what has', async () => {
    const { backend, release, calls } = slowFiles();
    const client = await Client.attached(backend);
    const order: string[] = [];
    const note = (name: string, answer: Promise<Uint8Array | undefined>): Promise<void> =>
      answer.then((found) => void order.push(found ? `${name} ${found[4]}` : `${name} nothing`));
    // A rename has to be alone: what comes behind it waits.
    const all = [
      note('rename', client.send(request(m.TRENAMEAT, 1, 0, 'greeting', 0, 'x'))),
      note('mkdir', client.send(request(m.TMKDIR, 2, 0, 'made', 0o755, 0))),
      note('flush mkdir', client.send(request(m.TFLUSH, 3, { u16: 2 }))),
      note('flush rename', client.send(request(m.TFLUSH, 4, { u16: 1 }))),
      note('flush nothing', client.send(request(m.TFLUSH, 5, { u16: 99 }))),
      note('mkdir again', client.send(request(m.TMKDIR, 2, 0, 'other', 0o755, 0))),
    ];
    await new Promise((resolve) => setTimeout(resolve));
    expect(order.sort()).toEqual(['flush mkdir 109', 'flush nothing 109', 'mkdir nothing']);
    release();
    await Promise.all(all);
    expect(order.slice(3)).toEqual(['rename 75', 'flush rename 109', 'mkdir again 73']);
    expect(calls).toEqual(['rename', 'makeDirectory']);
    expect(await client.errorOf(m.TWALK, 0, 9, { u16: 1 }, 'made')).toBe('ENOENT');
  });

  it('is what the end of a session does, and then all files are closed', async () => {
    const { backend, release, calls } = slowFiles();
    const client = await Client.attached(backend);
    const rename = client.send(request(m.TRENAMEAT, 1, 0, 'greeting', 0, 'x'));
    const mkdir = client.send(request(m.TMKDIR, 2, 0, 'made', 0o755, 0));
    const ended = client.server.reset();
    expect(await mkdir).toBeUndefined();
    release();
    await ended;
    expect((await rename)![4]).toBe(m.TRENAMEAT + 1);
    expect(calls).toEqual(['rename']);
    expect(await client.errorOf(m.TGETATTR, 0, 0n)).toBe('EPROTO');
  });
});

describe('messages that are wrong', () => {
  it('get Rlerror with their tag', async () => {
    const client = await Client.attached(memoryFiles());
    const errorOf = async (message: Uint8Array): Promise<[number, number]> => {
      const answer = new MessageReader((await client.send(message))!);
      return [answer.type, answer.tag];
    };
    for (const type of [0, 1, 6, 7, 99, 112, 114, 124, 126, 255])
      expect(await errorOf(new MessageWriter().finish(type, 77))).toEqual([m.RLERROR, 77]);
    for (const size of [0, 6, 8, 0xffff_ffff]) {
      const message = new MessageWriter().finish(m.TCLUNK, 78).slice();
      new DataView(message.buffer).setUint32(0, size, true);
      expect(await errorOf(message)).toEqual([m.RLERROR, 78]);
    }
    // A text that says that it is longer than its message.
    expect(await errorOf(request(m.TMKDIR, 79, 0, { u16: 500 }))).toEqual([m.RLERROR, 79]);
    expect(client.log).toEqual([]);
  });

  it('do not hide a backend that fails', async () => {
    const backend = memoryFiles();
    const client = await Client.attached(backend);
    backend.status = () => Promise.reject(new Error('out of order'));
    expect(await client.errorOf(m.TGETATTR, 0, 0n)).toBe('EIO');
    backend.status = () => Promise.reject(Object.assign(new Error('full'), { code: 'EDQUOT' }));
    expect(await client.errorOf(m.TGETATTR, 0, 0n)).toBe('EDQUOT');
    expect(client.log).toEqual(['a shared folder failed: out of order']);
  });
});
