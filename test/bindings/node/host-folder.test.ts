/** A folder of the host as a guest may have it: nothing outside of it, whatever is exchanged meanwhile. */
import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { constants, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as messages from '../../../src/9p/messages.ts';
import { DescriptorDirectories, NamedDirectories } from '../../../src/bindings/node/folder/directories.ts';
import { Promptness } from '../../../src/bindings/node/promptness.ts';
import { HostFolder } from '../../../src/bindings/node/index.ts';
import { FileError } from '../../../src/bindings/node/file-error.ts';
import { errnoNameOf } from '../../../src/filesystem/error.ts';
import type { OpenOptions } from '../../../src/filesystem/backend.ts';
import { Client } from '../../9p/client.ts';

const READ: OpenOptions = { access: 'read', truncate: false };
const WRITE: OpenOptions = { access: 'read-write', truncate: false };
const make = (mode = 0o644, exclusive = false): OpenOptions => ({ ...WRITE, create: { mode, exclusive } });
const errno = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => errnoNameOf(error) ?? error,
  );

let base: string;
let shared: string;
let folder: HostFolder;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hartware-folder-'));
  shared = join(base, 'shared');
  await mkdir(join(shared, 'a/b'), { recursive: true });
  await mkdir(join(base, 'outside/b'), { recursive: true });
  await writeFile(join(base, 'outside/secret'), 'secret');
  await writeFile(join(base, 'outside/b/secret'), 'secret');
  await writeFile(join(shared, 'a/b/file'), 'inside');
  folder = await HostFolder.open(shared);
});
afterEach(async () => {
  await folder.close();
  await rm(base, { recursive: true });
});

test('symbolic links are told, and followed nowhere', async () => {
  await symlink('../outside', join(shared, 'link'));
  await symlink('../outside/secret', join(shared, 'file'));
  await symlink('/etc', join(shared, 'a/etc'));
  expect(await folder.readSymlink(['file'])).toBe('../outside/secret');
  expect(await folder.status(['link'])).toMatchObject({ kind: 'symlink' });
  for (const path of [['file'], ['link', 'secret'], ['a', 'etc', 'passwd']]) {
    expect(await errno(folder.open(path, READ))).toMatch(/ELOOP|ENOTDIR/);
    expect(await errno(folder.open(path, make()))).toMatch(/ELOOP|ENOTDIR/);
    expect(await errno(folder.open(path, { ...WRITE, truncate: true }))).toMatch(/ELOOP|ENOTDIR/);
    expect(await errno(folder.change(path, { size: 0 }))).toMatch(/EOPNOTSUPP|ELOOP|ENOTDIR/);
    expect(await errno(folder.change(path, { mode: 0o777 }))).toMatch(/EOPNOTSUPP|ELOOP|ENOTDIR/);
  }
  const works = [
    folder.status(['link', 'secret']),
    folder.list(['link']),
    folder.list(['a', 'etc']),
    folder.makeDirectory(['link', 'x'], 0o755),
    folder.remove(['link', 'secret'], false),
    folder.remove(['link'], true),
    folder.rename(['a', 'b', 'file'], ['link', 'file']),
    folder.rename(['link', 'secret'], ['secret']),
    folder.link(['link', 'secret'], ['secret']),
    folder.makeSymlink(['link', 'x'], 'y'),
    folder.readSymlink(['link', 'x']),
  ];
  for (const found of await Promise.all(works.map(errno))) expect(found).toMatch(/ELOOP|ENOTDIR/);
  // Times and owners of a link are its own.
  await folder.change(['file'], { accessed: 1_000_000_000n, modified: 2_000_000_000n });
  expect((await lstat(join(shared, 'file'))).mtimeMs).toBe(2000);
  expect((await stat(join(base, 'outside/secret'))).mtimeMs).toBeGreaterThan(2000);
  // A hard link to a link is one.
  await folder.link(['file'], ['again']);
  expect((await lstat(join(shared, 'again'))).isSymbolicLink()).toBe(true);
  expect(await readFile(join(base, 'outside/secret'), 'utf8')).toBe('secret');
  expect(readdirSync(join(base, 'outside'))).toEqual(['b', 'secret']);
});

test('a file that is opened to be read is truncated all the same', async () => {
  const file = await folder.open(['a', 'b', 'file'], { ...READ, truncate: true });
  expect(await file.read(0, new Uint8Array(8))).toBe(0);
  await file.close();
  expect(await readFile(join(shared, 'a/b/file'), 'utf8')).toBe('');
});

test('a file that is open to be read is truncated by who asks for that', async () => {
  const client = await Client.attached(folder);
  await client.walk(1, 'a/b/file');
  await client.call(messages.TLOPEN, 1, constants.O_RDONLY);
  const SETATTR_SIZE = 8;
  await client.call(messages.TSETATTR, 1, SETATTR_SIZE, 0, 0, 0, 3n, 0n, 0n, 0n, 0n);
  expect(await readFile(join(shared, 'a/b/file'), 'utf8')).toBe('ins');
  await client.call(messages.TCLUNK, 1);
});

test('components that are no names are refused', async () => {
  for (const path of [
    ['..', 'outside', 'secret'],
    ['.'],
    [''],
    ['a/b/file'],
    ['a', '..'],
    ['a\0'],
    ['/etc/passwd'],
  ]) {
    expect(await errno(folder.status(path))).toBe('EINVAL');
    expect(await errno(folder.open(path, make()))).toBe('EINVAL');
    expect(await errno(folder.list(path))).toBe('EINVAL');
    expect(await errno(folder.rename(['a'], path))).toBe('EINVAL');
  }
});

test('a directory that is exchanged for a link is left, also when it was in use', async () => {
  expect(await folder.status(['a', 'b', 'file'])).toMatchObject({ kind: 'file' });
  await rename(join(shared, 'a'), join(base, 'moved'));
  await symlink('../outside', join(shared, 'a'));
  expect(await errno(folder.status(['a', 'b', 'secret']))).toMatch(/ELOOP|ENOTDIR/);
  expect(await errno(folder.status(['a', 'b', 'file']))).toMatch(/ELOOP|ENOTDIR/);
  expect(await errno(folder.open(['a', 'b', 'new'], make()))).toMatch(/ELOOP|ENOTDIR/);
  // And what is there instead is found.
  await unlink(join(shared, 'a'));
  await mkdir(join(shared, 'a/b'), { recursive: true });
  expect(await errno(folder.status(['a', 'b', 'file']))).toBe('ENOENT');
  await rm(join(shared, 'a'), { recursive: true });
  expect(await errno(folder.list(['a', 'b']))).toBe('ENOENT');
});

const ATTACK = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { shared, isOver } = require('node:worker_threads').workerData;
while (Atomics.load(isOver, 0) === 0) {
  renameSync(shared + '/a', shared + '/away');
  symlinkSync('../outside', shared + '/a');
  unlinkSync(shared + '/a');
  renameSync(shared + '/away', shared + '/a');
}
`;

test('nothing is reached in a race with somebody who exchanges a directory and a link', async () => {
  const isOver = new Int32Array(new SharedArrayBuffer(4));
  // On a thread of its own, so that it comes between any two calls of the system.
  const attacker = new Worker(ATTACK, { eval: true, workerData: { shared, isOver } });
  const ended = new Promise((resolve, failed) => void attacker.on('exit', resolve).on('error', failed));
  const found = new Map<unknown, number>();
  const isMissing = (): boolean => ['file', 'made', 'refused'].some((result) => !found.has(result));
  for (let round = 0; round < 1000 || isMissing(); round++) {
    const results = await Promise.all([
      folder.status(['a', 'secret']).then(
        () => 'secret',
        () => 'refused',
      ),
      folder.open(['a', 'b', 'secret'], READ).then(
        (file) => file.close().then(() => 'secret'),
        () => 'refused',
      ),
      folder.open(['a', 'b', 'file'], READ).then(
        (file) => file.close().then(() => 'file'),
        () => 'refused',
      ),
      folder.open(['a', `new${round}`], make()).then(
        (file) => file.close().then(() => 'made'),
        () => 'refused',
      ),
      folder.makeDirectory(['a', 'b', `dir${round}`], 0o777).then(
        () => 'made',
        () => 'refused',
      ),
    ]);
    for (const result of results) found.set(result, (found.get(result) ?? 0) + 1);
  }
  Atomics.store(isOver, 0, 1);
  expect(await ended).toBe(0);
  expect(found.has('secret')).toBe(false);
  expect(readdirSync(join(base, 'outside')).sort()).toEqual(['b', 'secret']);
  expect(readdirSync(join(base, 'outside/b'))).toEqual(['secret']);
});

test('where the disk is slow, calls are left to other threads', async () => {
  const attempt = vi.spyOn(Promptness.prototype, 'attempt').mockReturnValue(false);
  onTestFinished(() => attempt.mockRestore());
  const file = await folder.open(['slow'], make());
  await file.write(3, Buffer.from('content'));
  const into = new Uint8Array(20);
  expect(await file.read(1, into)).toBe(9);
  expect(Buffer.from(into).toString()).toBe(`\0\0content${'\0'.repeat(11)}`);
  expect(await file.status()).toMatchObject({ kind: 'file', size: 10 });
  await file.close();
  expect(await folder.status(['slow'])).toMatchObject({ kind: 'file', size: 10 });
  await folder.remove(['slow'], false);
  expect(await errno(folder.status(['slow']))).toBe('ENOENT');
  expect(attempt).toHaveBeenCalled();
});

test('devices, FIFOs and sockets are told, and not opened', async () => {
  execFileSync('mkfifo', [join(shared, 'fifo')]);
  expect(await folder.status(['fifo'])).toMatchObject({ kind: 'fifo' });
  for (const options of [READ, WRITE, make()])
    expect(await errno(folder.open(['fifo'], options))).toBe('EACCES');
  expect(await errno(folder.change(['fifo'], { size: 0 }))).toBe('EACCES');
  expect(await folder.list([])).toContainEqual(expect.objectContaining({ name: 'fifo', kind: 'fifo' }));
});

test('files get the permissions that the guest says, and are nobody else’s programs', async () => {
  const old = process.umask(0o077);
  try {
    await (await folder.open(['file'], make(0o666))).close();
    await (await folder.open(['setuid'], make(0o6755))).close();
    await folder.makeDirectory(['directory'], 0o3777);
  } finally {
    process.umask(old);
  }
  const mode = async (name: string): Promise<string> =>
    ((await stat(join(shared, name))).mode & 0o7777).toString(8);
  expect(await mode('file')).toBe('666');
  expect(await mode('setuid')).toBe('755');
  expect(await mode('directory')).toBe('1777');
  await folder.change(['file'], { mode: 0o6711 });
  expect(await mode('file')).toBe('711');
  await folder.change(['file'], { mode: 0 });
  expect(await mode('file')).toBe('0');
  const file = await folder.open(['setuid'], WRITE);
  await file.change({ mode: 0o4700, size: 10, modified: 3_000_000_000n });
  expect(await file.status()).toMatchObject({ mode: 0o700, size: 10, modified: 3_000_000_000n });
  await file.close();
});

test('times before 1970 are kept, by name and when it is open', async () => {
  const path = ['a', 'b', 'file'];
  await folder.change(path, { accessed: -1_500_000_000n, modified: -86_400_250_000_000n });
  expect(await folder.status(path)).toMatchObject({
    accessed: -1_500_000_000n,
    modified: -86_400_250_000_000n,
  });
  const file = await folder.open(path, WRITE);
  await file.change({ modified: -2_000_000_000n });
  expect(await file.status()).toMatchObject({ accessed: -1_500_000_000n, modified: -2_000_000_000n });
  await file.close();
});

test('an open file is what it was, whatever becomes of its name', async () => {
  const file = await folder.open(['a', 'b', 'file'], WRITE);
  await folder.remove(['a', 'b', 'file'], false);
  await (await folder.open(['a', 'b', 'file'], make(0o644, true))).close();
  await file.write(3, Buffer.from('!'));
  const into = new Uint8Array(10);
  expect(await file.read(0, into)).toBe(6);
  expect(Buffer.from(into).toString('utf8', 0, 6)).toBe('ins!de');
  expect((await file.status()).links).toBe(0);
  await file.sync(true);
  await file.close();
  expect(await readFile(join(shared, 'a/b/file'), 'utf8')).toBe('');
  expect(await errno(folder.open(['a', 'b', 'file'], make(0o644, true)))).toBe('EEXIST');
});

test('names that are not UTF-8 are left out', async () => {
  await writeFile(Buffer.concat([Buffer.from(`${shared}/`), Buffer.from([0xff, 0x41])]), '');
  expect((await folder.list([])).map(({ name }) => name)).toEqual(['a']);
});

test('many directories, and deep ones, are no more files that are open', async () => {
  const deep = Array.from({ length: 40 }, (_, level) => `level ${level}`);
  for (let depth = 1; depth <= deep.length; depth++) await folder.makeDirectory(deep.slice(0, depth), 0o755);
  await (await folder.open([...deep, 'leaf'], make())).close();
  for (let index = 0; index < 400; index++) await folder.makeDirectory([`${index}`], 0o755);
  await Promise.all(
    Array.from({ length: 400 }, (_, index) => folder.makeDirectory([`${index}`, 'inner'], 0o755)),
  );
  await Promise.all(Array.from({ length: 400 }, (_, index) => folder.status([`${index}`, 'inner'])));
  expect(await folder.status([...deep, 'leaf'])).toMatchObject({ kind: 'file' });
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  await folder.close();
  expect(before - open()).toBeGreaterThan(100);
  expect(before - open()).toBeLessThan(300);
  folder = await HostFolder.open(shared);
});

test('what is no folder is refused', async () => {
  await expect(HostFolder.open(join(base, 'none'))).rejects.toThrow(
    new FileError(`cannot share ${join(base, 'none')}: no such file`),
  );
  await expect(HostFolder.open(join(shared, 'a/b/file'))).rejects.toThrow(/expected a folder/);
});

describe('where there are no descriptors as paths', () => {
  test('a link on the way is refused', async () => {
    await symlink('../outside', join(shared, 'link'));
    const directories = await NamedDirectories.open(shared);
    const see = (directory: string[], name: string): Promise<string> =>
      directories.within(directory, name, async (path) => path);
    expect(await see(['a', 'b'], 'file')).toBe(join(shared, 'a/b/file'));
    expect(await errno(see(['link'], 'secret'))).toBe('ELOOP');
    expect(await errno(see(['a', '..', '..', 'outside'], 'secret'))).toBe('ELOOP');
    expect(await errno(directories.itself(['link'], async () => 0))).toBe('ELOOP');
    expect(await errno(directories.changeMode(join(shared, 'link'), 0o777))).toBe('EOPNOTSUPP');
  });
});

test('a shared folder that is itself reached by a link is that of its target', async () => {
  await symlink(shared, join(base, 'short'));
  const directories = await DescriptorDirectories.open(join(base, 'short'));
  expect(await directories.within(['a', 'b'], 'file', (path) => readFile(path, 'utf8'))).toBe('inside');
  await chmod(join(shared, 'a'), 0o755);
  await directories.close();
});
