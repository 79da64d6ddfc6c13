import { expect, test } from 'vitest';
import { FileSystemError } from '../../src/filesystem/error.ts';
import { MemoryFileSystem } from '../../src/filesystem/memory.ts';

const clock = { now: () => 5 };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const errno = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error instanceof FileSystemError ? error.errno : error;
  }
  return undefined;
};
const NEW = { access: 'read-write', truncate: false, create: { mode: 0o644, exclusive: false } } as const;

test('an embedder puts files in and takes them out', async () => {
  const files = new MemoryFileSystem({ clock });
  files.writeFile('/a/b/one', 'first');
  files.writeFile('two', Uint8Array.of(1, 2), 0o755);
  files.writeFile('a/b/one', 'again');
  expect(files.listFiles()).toEqual(['a/b/one', 'two']);
  expect(text(files.readFile('a/b/one'))).toBe('again');
  expect((await files.status(['two'])).mode).toBe(0o755);
  expect((await files.status(['a'])).links).toBe(3);
  expect(await errno(() => files.readFile('a'))).toBe('EISDIR');
  expect(await errno(() => files.readFile('a/c'))).toBe('ENOENT');
  expect(await errno(() => files.writeFile('two/three', ''))).toBe('ENOTDIR');
  for (const path of ['', '/', 'a/../b', 'a\0b', 'x'.repeat(256)])
    expect(await errno(() => files.writeFile(path, ''))).toBe('EINVAL');
  files.removeFile('a');
  expect(files.listFiles()).toEqual(['two']);
});

test('what is open outlives its name, and takes room until it is closed', async () => {
  const files = new MemoryFileSystem({ clock, capacity: 1 << 20 });
  const free = async (): Promise<number> => (await files.space()).free;
  const before = await free();
  const file = await files.open(['x'], NEW);
  await file.write(0, new Uint8Array(100_000).fill(3));
  await files.remove(['x'], false);
  expect((await file.status()).links).toBe(0);
  const into = new Uint8Array(10);
  expect(await file.read(99_995, into)).toBe(5);
  expect(await free()).toBeLessThan(before);
  await file.close();
  await file.close();
  expect(await free()).toBe(before);
});

test('holes take no room, and what is cut off reads as zeros', async () => {
  const files = new MemoryFileSystem({ clock, capacity: 1 << 20 });
  const file = await files.open(['sparse'], NEW);
  await file.write(2 ** 40, Uint8Array.of(9));
  expect(await file.status()).toMatchObject({ size: 2 ** 40 + 1, allocated: 65536 });
  await file.change({ size: 2 ** 50 });
  const into = new Uint8Array(3).fill(1);
  expect(await file.read(2 ** 40, into)).toBe(3);
  expect([...into]).toEqual([9, 0, 0]);
  await file.change({ size: 0 });
  await file.write(0, Uint8Array.of(1, 2, 3, 4));
  await file.change({ size: 2 });
  await file.change({ size: 4 });
  expect([...files.readFile('sparse')]).toEqual([1, 2, 0, 0]);
  expect(await errno(() => file.write(Number.MAX_SAFE_INTEGER, Uint8Array.of(1)))).toBe('EFBIG');
});

test('there is an end to the memory that guests can take', async () => {
  const files = new MemoryFileSystem({ clock, capacity: 200_000 });
  const file = await files.open(['large'], NEW);
  expect(await errno(() => file.write(0, new Uint8Array(200_000)))).toBe('ENOSPC');
  await file.write(0, new Uint8Array(100_000));
  let count = 0;
  const fill = async (): Promise<void> => {
    for (; ; count++) await files.makeDirectory([`${count}`], 0o755);
  };
  expect(await errno(fill)).toBe('ENOSPC');
  expect(count).toBeGreaterThan(20);
  expect(count).toBeLessThan(100);
  await files.remove(['0'], true);
  await files.makeDirectory(['again'], 0o755);
});

test('renames replace what is of their sort, and put nothing into itself', async () => {
  const files = new MemoryFileSystem({ clock });
  for (const path of ['f', 'g', 'd/x', 'e/inner/y']) files.writeFile(path, path);
  expect(await errno(() => files.rename(['f'], ['d']))).toBe('EISDIR');
  expect(await errno(() => files.rename(['d'], ['f']))).toBe('ENOTDIR');
  expect(await errno(() => files.rename(['d'], ['e']))).toBe('ENOTEMPTY');
  expect(await errno(() => files.rename(['e'], ['e', 'inner', 'e']))).toBe('EINVAL');
  expect(await errno(() => files.rename(['none'], ['x']))).toBe('ENOENT');
  await files.rename(['f'], ['g']);
  await files.link(['g'], ['same']);
  await files.rename(['g'], ['same']);
  await files.rename(['d'], ['e', 'd']);
  expect(files.listFiles()).toEqual(['e/d/x', 'e/inner/y', 'g', 'same']);
  expect(text(files.readFile('g'))).toBe('f');
});

test('a tree deeper than a stack is nothing special', async () => {
  const files = new MemoryFileSystem({ clock });
  let path: string[] = [];
  for (let level = 0; level < 60; level++) {
    path = Array.from({ length: 1000 }, () => 'd');
    if (level > 0) await files.rename(['d'], ['kept']);
    for (let depth = 1; depth <= path.length; depth++) await files.makeDirectory(path.slice(0, depth), 0o755);
    if (level > 0) await files.rename(['kept'], [...path, 'd']);
  }
  expect(files.listFiles()).toEqual([]);
  files.removeFile('d');
  const { free, size } = await files.space();
  expect(size - free).toBe(1024);
});

test('a file of holes that no array can hold is told as such', async () => {
  const files = new MemoryFileSystem({ clock });
  files.writeFile('holes', 'x');
  await files.change(['holes'], { size: Number.MAX_SAFE_INTEGER });
  expect(await errno(() => files.readFile('holes'))).toBe('EFBIG');
});
