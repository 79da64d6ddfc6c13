import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  GuestUnavailableError,
  NETBOOT_PACKAGE,
  obtainDebianDiskModules,
  obtainDebianGuest,
} from '../../../../src/bindings/node/guest/debian.ts';
import { defaultCacheDirectory } from '../../../../src/bindings/node/guest/file-cache.ts';
import { mirrorSource } from '../../../../src/bindings/node/guest/mirror.ts';
import { KERNEL, deb, netbootDeb, sha256, xz } from './package-samples.ts';

const RELEASE = '6.12.1+deb13-riscv64';
const MODULES = `./usr/lib/modules/${RELEASE}/kernel`;

let directory: string;
let server: Server;
let mirror: string;
let requests: string[];
let files: Map<string, Buffer>;

const stanza = (name: string, filename: string, bytes: Buffer) =>
  `Package: ${name}\nVersion: 13+1\nFilename: ${filename}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n\n`;

/** An archive that offers `packages`, by component directory. */
function publish(packages: Record<string, Record<string, Buffer>>): void {
  files.clear();
  let release = 'Suite: stable\nSHA256:\n';
  for (const [path, entries] of Object.entries(packages)) {
    let index = '';
    for (const [name, bytes] of Object.entries(entries)) {
      files.set(`/debian/pool/${name}.deb`, bytes);
      index += stanza(name, `pool/${name}.deb`, bytes);
    }
    const packed = xz(index);
    release += ` ${sha256(packed)} ${packed.length} ${path}/Packages.xz\n`;
    files.set(`/debian/dists/trixie/${path}/Packages.xz`, packed);
  }
  files.set('/debian/dists/trixie/InRelease', Buffer.from(release));
}

// No keyring: what is published here is signed by nobody.
const unsigned = { environment: {}, keyrings: [] };
const obtain = (options = {}) =>
  obtainDebianGuest({ mirror, cacheDirectory: directory, ...unsigned, ...options });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hartware-test-'));
  requests = [];
  files = new Map();
  server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!);
    requests.push(path);
    const bytes = files.get(path);
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

describe('from a mirror', () => {
  test('the second start downloads nothing', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    const first = await obtain();
    expect(Buffer.from(first.kernel).equals(KERNEL)).toBe(true);
    expect(Buffer.from(first.initrd).toString()).toBe('the initrd');
    expect(first).toMatchObject({ version: '13+1', kernelRelease: RELEASE });
    const count = requests.length;
    const second = await obtain();
    expect(second.version).toBe('13+1');
    expect(Buffer.from(second.kernel).equals(KERNEL)).toBe(true);
    expect(requests).toHaveLength(count);
  });

  test('a damaged cache is obtained again', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    await obtain();
    for (const name of await readdir(directory)) {
      if (name.startsWith('blob-')) await writeFile(join(directory, name), 'damaged');
    }
    expect(Buffer.from((await obtain()).initrd).toString()).toBe('the initrd');
  });

  test('two at once do not disturb each other, and leave no other files', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    const guests = await Promise.all([obtain(), obtain(), obtain()]);
    for (const { initrd } of guests) expect(Buffer.from(initrd).toString()).toBe('the initrd');
    expect((await readdir(directory)).filter((name) => !name.startsWith('blob-'))).toEqual([
      `${NETBOOT_PACKAGE}.json`,
    ]);
  });

  test('reports bytes and total', async () => {
    const bytes = netbootDeb();
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: bytes } });
    const seen: unknown[] = [];
    await obtain({ progress: (progress: unknown) => seen.push(progress) });
    expect(seen).toContainEqual({
      kind: 'download',
      text: NETBOOT_PACKAGE,
      bytes: bytes.length,
      total: bytes.length,
    });
    expect(seen).toContainEqual(
      expect.objectContaining({ kind: 'note', text: expect.stringMatching(/signature/) }),
    );
  });

  test('a wrong checksum is refused', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    const wrong = netbootDeb();
    wrong[wrong.length - 1] ^= 1;
    files.set(`/debian/pool/${NETBOOT_PACKAGE}.deb`, wrong);
    await expect(obtain()).rejects.toThrow(/expected SHA-256 .* found/);
    expect(await readdir(directory)).toEqual([]);
  });

  test('a longer answer than announced is refused', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    files.set(`/debian/pool/${NETBOOT_PACKAGE}.deb`, Buffer.concat([netbootDeb(), Buffer.alloc(10)]));
    await expect(obtain()).rejects.toThrow(/at most \d+ bytes/);
  });

  test('without the archive, says which file to supply and how', async () => {
    await expect(obtain()).rejects.toThrow(/dists\/trixie\/InRelease/);
    await expect(obtain({ mirror: 'http://127.0.0.1:1/' })).rejects.toThrow(
      /debian-installer-13-netboot-riscv64_VERSION_all\.deb .*--deb FILE.*HARTWARE_DEBIAN_MIRROR/,
    );
    await expect(obtain({ mirror: 'ftp://example.org' })).rejects.toBeInstanceOf(GuestUnavailableError);
  });

  test('a file name that leaves the archive is refused', async () => {
    const bytes = netbootDeb();
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: bytes } });
    const packed = xz(stanza(NETBOOT_PACKAGE, 'pool/../../secret', bytes));
    files.set('/debian/dists/trixie/main/binary-all/Packages.xz', packed);
    files.set(
      '/debian/dists/trixie/InRelease',
      Buffer.from(`SHA256:\n ${sha256(packed)} ${packed.length} main/binary-all/Packages.xz\n`),
    );
    await expect(obtain()).rejects.toThrow(/expected Filename, Size and SHA256/);
  });

  test('abort rejects with the reason and stores nothing', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    const controller = new AbortController();
    const result = obtain({
      signal: controller.signal,
      progress: ({ kind }: { kind: string }) => kind === 'download' && controller.abort(new Error('left')),
    });
    await expect(result).rejects.toThrow('left');
    expect(await readdir(directory)).toEqual([]);
  });

  test('a keyring that did not sign it is a refusal where gpgv is installed', async () => {
    publish({ 'main/binary-all': { [NETBOOT_PACKAGE]: netbootDeb() } });
    const keyring = join(directory, 'keyring.gpg');
    await writeFile(keyring, '');
    const notes: string[] = [];
    const source = mirrorSource({ mirror, keyrings: [keyring], report: ({ text }) => notes.push(text) });
    const result = await source.fetch(NETBOOT_PACKAGE, 'main').catch((error: Error) => error);
    if (result instanceof Error) expect(result.message).toMatch(/signature of the mirror's InRelease/);
    else expect(notes).toContainEqual(expect.stringMatching(/gpgv is not installed/));
  });
});

describe('from a file', () => {
  test('is used and cached', async () => {
    const file = join(directory, `${NETBOOT_PACKAGE}_13+2_all.deb`);
    await writeFile(file, netbootDeb());
    expect((await obtain({ file })).version).toBe('13+2');
    await rm(file);
    expect((await obtain()).version).toBe('13+2');
    expect(requests).toEqual([]);
  });

  test.each([
    ['another package', deb({ './x': '' }), /expected usr\/lib.*linux/],
    ['no package', Buffer.from('MZ'), /ar archive/],
  ])('refuses %s', async (_, bytes, message) => {
    const file = join(directory, 'x.deb');
    await writeFile(file, bytes);
    await expect(obtain({ file })).rejects.toThrow(message);
  });

  test('names a file that is not there', async () => {
    await expect(obtain({ file: join(directory, 'none.deb') })).rejects.toThrow(/none\.deb.*no such file/);
  });
});

describe('disk modules', () => {
  const get = () => obtainDebianDiskModules(RELEASE, { mirror, cacheDirectory: directory, ...unsigned });
  const kernelPackage = deb({
    [`${MODULES}/fs/ext4/ext4.ko`]: 'ext4',
    [`${MODULES}/fs/jbd2/jbd2.ko.xz`]: xz('jbd2'),
    [`${MODULES}/drivers/block/virtio_blk.ko`]: 'blk',
    './usr/lib/modules/5.0.0/kernel/drivers/block/virtio_blk.ko': 'another kernel',
  });
  const names = [
    ['virtio_blk', 'blk'],
    ['jbd2', 'jbd2'],
    ['ext4', 'ext4'],
  ];
  const found = async () => (await get()).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]);

  test('from the small packages of the installer', async () => {
    publish({
      'main/debian-installer/binary-riscv64': {
        [`scsi-modules-${RELEASE}-di`]: deb({ [`${MODULES}/drivers/block/virtio_blk.ko`]: 'blk' }),
        [`ext4-modules-${RELEASE}-di`]: deb({
          [`${MODULES}/fs/ext4/ext4.ko`]: 'ext4',
          [`${MODULES}/fs/jbd2/jbd2.ko.xz`]: xz('jbd2'),
        }),
      },
    });
    expect(await found()).toEqual(names);
    const count = requests.length;
    expect(await found()).toEqual(names);
    expect(requests).toHaveLength(count);
  });

  test('from the package of the kernel otherwise', async () => {
    publish({ 'main/binary-riscv64': { [`linux-image-${RELEASE}`]: kernelPackage } });
    expect(await found()).toEqual(names);
  });

  test('from the package of the kernel also where the index of the installer is damaged', async () => {
    publish({
      'main/debian-installer/binary-riscv64': { [`scsi-modules-${RELEASE}-di`]: deb({ './x': '' }) },
      'main/binary-riscv64': { [`linux-image-${RELEASE}`]: kernelPackage },
    });
    files.set(
      '/debian/dists/trixie/main/debian-installer/binary-riscv64/Packages.xz',
      xz('not what was signed'),
    );
    expect(await found()).toEqual(names);
  });

  test('says so when there are none', async () => {
    publish({ 'main/binary-riscv64': {} });
    await expect(get()).rejects.toThrow(/no modules for the kernel/);
  });
});

test('the cache directory follows the environment', async () => {
  expect(defaultCacheDirectory({ HARTWARE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(defaultCacheDirectory({ XDG_CACHE_HOME: '/b' })).toBe('/b/hartware');
  expect(defaultCacheDirectory({ XDG_CACHE_HOME: 'relative' })).toMatch(/\.cache\/hartware$/);
});

test('no mirror is named in the sources', async () => {
  const sources = new URL('../../../../src/bindings/node/guest/', import.meta.url);
  for (const name of await readdir(sources)) {
    expect(await readFile(new URL(name, sources), 'utf8')).not.toMatch(/https?:\/\//);
  }
});
