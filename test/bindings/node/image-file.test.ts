import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileError } from '../../../src/bindings/node/file-error.ts';
import { createImageHost } from '../../../src/bindings/node/image-host.ts';
import { NodeImageFile } from '../../../src/bindings/node/image-file.ts';
import { chainExtent } from '../../../src/disks/chain.ts';
import { DiskImageError } from '../../../src/disks/error.ts';
import { openDiskImage } from '../../../src/disks/open.ts';
import type { RawImage } from '../../../src/disks/raw.ts';
import { hasQemuImg, qemuImg } from '../../disks/qemu-img.ts';

let directory: string;
let image: string;
const opened: RawImage[] = [];

const open = async (path: string, readOnly = false): Promise<RawImage> => {
  const file = await NodeImageFile.open(path, readOnly);
  const backend = (await openDiskImage(file, createImageHost(), { format: 'raw' })) as RawImage;
  opened.push(backend);
  return backend;
};
const message = async (path: string, readOnly = false): Promise<string> => {
  const error: unknown = await open(path, readOnly).catch((reason: unknown) => reason);
  expect(error instanceof FileError || error instanceof DiskImageError).toBe(true);
  return (error as Error).message;
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hartware-'));
  image = join(directory, 'disk.img');
  await writeFile(
    image,
    Uint8Array.from({ length: 2048 }, (_, index) => index >> 4),
  );
});
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
  await rm(directory, { recursive: true });
});

describe('a raw image', () => {
  test('is read and written in place', async () => {
    const backend = await open(image);
    expect(backend.size).toBe(2048);
    expect(backend.readOnly).toBe(false);
    await backend.write(600, Uint8Array.of(1, 2, 3));
    await backend.flush();
    const bytes = new Uint8Array(5);
    await backend.read(599, bytes);
    expect([...bytes]).toEqual([37, 1, 2, 3, 37]);
    expect([...(await readFile(image)).subarray(599, 604)]).toEqual([37, 1, 2, 3, 37]);
  });

  test('of which much is holes says where they are while it is only read', async () => {
    const size = 64 * 2 ** 30;
    const sparse = join(directory, '-sparse.img');
    const writer = await NodeImageFile.create(sparse);
    await writer.truncate(size + 100);
    for (const [offset, byte] of [
      [1 << 20, 1],
      [40 * 2 ** 30, 2],
      [size + 99, 3],
    ] as const)
      await writer.write(offset, new Uint8Array(1).fill(byte));
    await writer.close();

    const backend = await open(sparse, true);
    const found: [kind: string, offset: number, length: number][] = [];
    for (let offset = 0; offset < backend.size;) {
      const { kind, length } = await chainExtent(backend, offset);
      found.push([kind, offset, length]);
      offset += length;
    }
    // File systems give room in blocks of one size or another, of at most 64 KiB.
    const data = found.filter(([kind]) => kind === 'data');
    expect(data.length).toBe(3);
    for (const [index, at] of [1 << 20, 40 * 2 ** 30, size + 99].entries()) {
      const [, offset, length] = data[index];
      expect(offset <= at && at < offset + length && length <= 65536).toBe(true);
    }
    expect(found.at(-1)![1] + found.at(-1)![2]).toBe(size + 512);
    const bytes = new Uint8Array(1);
    await backend.read(size + 99, bytes);
    expect([...bytes]).toEqual([3]);

    await backend.close();
    const { kind, length } = await chainExtent(await open(sparse), 0);
    expect({ kind, length }).toEqual({ kind: 'data', length: size + 512 });
  });

  test('with a name that says something else to a shell or is no text for tar is read nevertheless', async () => {
    const odd = join(directory, '$(x) *\n:é.img');
    await writeFile(odd, '');
    await truncate(odd, 1 << 30);
    const { kind, length } = await chainExtent(await open(odd, true), 0);
    expect({ kind, length }).toEqual({ kind: 'zero', length: 1 << 30 });
  });

  test('that ends inside a sector reads as if zeros followed, and grows', async () => {
    await writeFile(image, Uint8Array.of(1, 2, 3));
    const backend = await open(image);
    expect(backend.size).toBe(512);
    const sector = new Uint8Array(512).fill(9);
    await backend.read(0, sector);
    expect([...sector.subarray(0, 4)]).toEqual([1, 2, 3, 0]);
    expect(sector.subarray(3).every((byte) => byte === 0)).toBe(true);
    await backend.write(0, sector.fill(7));
    expect(await readFile(image)).toEqual(Buffer.alloc(512, 7));
  });

  test('is read and written at once, in pieces', async () => {
    const backend = await open(image);
    expect(backend.writeNow!(600, [Uint8Array.of(1), Uint8Array.of(2, 3)])).toBe(true);
    const into = [new Uint8Array(2), new Uint8Array(0), new Uint8Array(3)];
    expect(backend.readNow!(599, into)).toBe(true);
    expect(into.map((bytes) => [...bytes])).toEqual([[37, 1], [], [2, 3, 37]]);
    expect([...(await readFile(image)).subarray(599, 604)]).toEqual([37, 1, 2, 3, 37]);
    await backend.close();
    expect(() => backend.readNow!(0, into)).toThrow();
    expect(() => backend.writeNow!(0, into)).toThrow();
  });

  test('that ends inside a sector reads at once as if zeros followed', async () => {
    await writeFile(image, Uint8Array.of(1, 2, 3));
    const backend = await open(image);
    const into = [new Uint8Array(2).fill(9), new Uint8Array(6).fill(9), new Uint8Array(2).fill(9)];
    // What follows the file is nothing to be had at once.
    expect(backend.readNow!(0, into)).toBe(false);
    expect(backend.readNow!(0, [into[0].subarray(0, 1), into[1].subarray(0, 2)])).toBe(true);
    expect([...into[0], ...into[1].subarray(0, 3)]).toEqual([1, 9, 2, 3, 9]);
  });

  test('gets zeros where there is something else, and stays sparse elsewhere', async () => {
    const size = 8 << 20;
    await truncate(image, size);
    const backend = await open(image);
    await backend.write(3 << 20, Uint8Array.of(1, 2, 3));
    await backend.writeZeroes(0, size, true);
    const bytes = await readFile(image);
    expect(bytes.length).toBe(size);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect((await stat(image)).blocks * 512).toBeLessThan(4 << 20);
    await backend.write(1000, new Uint8Array(100).fill(5));
    await backend.writeZeroes(1010, 20, true);
    expect([...(await readFile(image)).subarray(1008, 1032)]).toEqual([
      ...[5, 5],
      ...Array<number>(20).fill(0),
      ...[5, 5],
    ]);
  });

  test('opened for reading is not written to', async () => {
    const backend = await open(image, true);
    expect(backend.readOnly).toBe(true);
    await expect(backend.write(0, Uint8Array.of(1))).rejects.toThrow();
  });
});

describe('one clear error for', () => {
  test('a missing file', async () => {
    expect(await message(join(directory, 'none'))).toBe(
      `cannot open ${join(directory, 'none')}: no such file`,
    );
  });

  test('one that may not be written to', async () => {
    // Not even by root.
    expect(await message('/sys/kernel/uevent_seqnum')).toMatch(
      /^cannot write to .*: (permission denied|the file system is read-only)$/,
    );
  });

  test('a directory, to write and to read', async () => {
    await mkdir(join(directory, 'sub'));
    expect(await message(join(directory, 'sub'))).toContain('it is a directory');
    expect(await message(join(directory, 'sub'), true)).toContain('it is a directory');
  });

  test('an empty file', async () => {
    await writeFile(image, '');
    expect(await message(image)).toContain('it is empty');
  });

  test('a device', async () => {
    expect(await message('/dev/null')).toContain('expected a regular file');
  });
});

describe('the lock', () => {
  const lock = (holder: object): Promise<void> => writeFile(`${image}.lock`, JSON.stringify(holder));
  const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  test('keeps a second writer and a reader away, and goes with its holder', async () => {
    const first = await open(image);
    expect(await message(image)).toContain('in use by this process already');
    expect(await message(image, true)).toContain('in use');
    await first.close();
    expect(await readdir(directory)).toEqual(['disk.img']);
    await (await open(image)).close();
  });

  // What Linux alone tells.
  test.skipIf(!hasQemuImg || process.platform !== 'linux')('sees those of QEMU', async () => {
    const uses = async (...options: string[]): Promise<ChildProcess> => {
      const child = spawn('qemu-io', ['-f', 'qcow2', ...options, image], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      child.stdin!.write('read 0 512\n');
      await new Promise<void>((resolve) => {
        child.stdout!.on('data', (text: Buffer) => text.includes('read 512/512') && resolve());
      });
      return child;
    };
    const ends = async (child: ChildProcess): Promise<void> => {
      child.stdin!.end();
      await new Promise((resolve) => child.on('exit', resolve));
    };
    await rm(image);
    qemuImg('create', '-q', '-f', 'qcow2', image, '1M');
    const writer = await uses();
    expect(await message(image)).toBe(`${image} is in use by QEMU`);
    expect(await message(image, true)).toBe(`${image} is in use by QEMU`);
    expect(await readdir(directory)).toEqual(['disk.img']);
    await ends(writer);
    const reader = await uses('-r');
    expect(await message(image)).toBe(`${image} is in use by QEMU`);
    await open(image, true);
    await ends(reader);
    await open(image);
  });

  test('holds for every name that a symbolic link gives', async () => {
    await symlink(image, join(directory, 'other.img'));
    await open(join(directory, 'other.img'));
    expect(await message(image)).toContain('in use');
  });

  test('is not needed by readers', async () => {
    await open(image, true);
    await open(image, true);
    expect(await readdir(directory)).toEqual(['disk.img']);
  });

  test('of a process that is gone is taken over', async () => {
    await lock({ pid: deadPid(), host: hostname(), started: 0 });
    await open(image);
    expect(JSON.parse(await readFile(`${image}.lock`, 'utf8'))).toMatchObject({ pid: process.pid });
    expect((await readdir(directory)).sort()).toEqual(['disk.img', 'disk.img.lock']);
  });

  test('of an earlier process with the same number is taken over', async () => {
    await lock({ pid: process.pid, host: hostname(), started: Date.now() - 10 * 86_400_000 });
    await open(image);
  });

  test('of another computer holds', async () => {
    await lock({ pid: deadPid(), host: 'elsewhere', started: 0 });
    expect(await message(image)).toContain('on elsewhere; if that is not so, delete');
  });

  test('that cannot be read holds', async () => {
    await writeFile(`${image}.lock`, 'something');
    expect(await message(image)).toContain(
      `in use by another process; if that is not so, delete ${image}.lock`,
    );
  });

  test('leaves nothing behind when the file is refused', async () => {
    await lock({ pid: process.ppid, host: hostname(), started: 0 });
    await message(image);
    expect((await readdir(directory)).sort()).toEqual(['disk.img', 'disk.img.lock']);
  });
});
