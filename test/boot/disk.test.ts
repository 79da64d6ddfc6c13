/** Debian's kernel keeps files on virtio disks. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workplace } from '../bindings/cli/hartware.ts';
import { Random } from '../support/random.ts';
import { requireFile } from '../support/tools.ts';
import {
  BOOT_TEST_TIMEOUT,
  bootDebian,
  debianGuest,
  diskModules,
  powerOff,
  smallInitrd,
  TROUBLE,
} from './debian.ts';
import { emptyFatImage, readFatFiles } from './fat-image.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const modules = guest && (await diskModules(guest));
const MKE2FS = '/sbin/mke2fs';
const hasExt4 = requireFile(MKE2FS, 'e2fsprogs');

const MiB = 1024 * 1024;
const LINES = Array.from({ length: 5000 }, (_, index) => `${index + 1}\n`).join('');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

const boot = (drives: readonly { file: string; readOnly?: boolean; id?: string }[], harts = 1) =>
  bootDebian({ guest: guest!, initrd, modules, machine: { drives, harts } });

interface FileSystem {
  readonly type: string;
  readonly harts: number;
  make(image: string): Promise<void>;
  /** Reads a file from an image with software of another origin. */
  read(image: string, name: string): Promise<Uint8Array>;
  check(image: string): void;
}

const vfat: FileSystem = {
  type: 'vfat',
  harts: 1,
  make: (image) => writeFile(image, emptyFatImage()),
  async read(image, name) {
    const file = readFatFiles(await readFile(image)).get(name.toUpperCase());
    if (!file) throw new Error(`${name} is not in the image`);
    return file;
  },
  check() {},
};

const ext4: FileSystem = {
  type: 'ext4',
  harts: 4,
  async make(image) {
    await rm(image, { force: true });
    execFileSync(MKE2FS, ['-q', '-t', 'ext4', image, '32M']);
  },
  read: async (image, name) =>
    execFileSync('/sbin/debugfs', ['-R', `cat /${name}`, image], {
      maxBuffer: 64 * MiB,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  check: (image) => void execFileSync('/sbin/e2fsck', ['-f', '-n', image], { stdio: 'pipe' }),
};

describe.skipIf(!guest || !modules)('virtio disks', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test.each([vfat, ...(hasExt4 ? [ext4] : [])])(
    'files on $type outlive a remount and a reboot, and are in the image',
    async ({ type, harts, make, read, check }) => {
      const image = place.path(`${type}.img`);
      await make(image);

      const first = await boot([{ file: image }], harts);
      const { console } = first;
      expect(await console.outputOf(`mount -t ${type} /dev/vda /mnt`)).toBe('');
      await console.outputOf(
        'dd if=/dev/urandom of=/mnt/data.bin bs=64k count=48 && seq 5000 > /mnt/lines.txt',
      );
      const sum = await console.outputOf('sha256sum < /mnt/data.bin');
      expect(sum).toMatch(/^[0-9a-f]{64} /);
      await console.outputOf('sync && umount /mnt && echo 3 > /proc/sys/vm/drop_caches');
      await console.outputOf(`mount -t ${type} /dev/vda /mnt`);
      expect(await console.outputOf('sha256sum < /mnt/data.bin')).toBe(sum);
      expect(await console.outputOf('wc -l < /mnt/lines.txt')).toBe('5000');
      // It is the disk that answers, and its interrupt.
      expect(await console.outputOf('cat /proc/interrupts')).toMatch(/SiFive PLIC\s+[1-8]\s+\w+\s+virtio\d/);
      expect(Number((await console.outputOf('cat /sys/block/vda/stat')).split(/\s+/)[4])).toBeGreaterThan(0);
      expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
      // poweroff unmounts what is mounted.
      expect(await powerOff(first)).toEqual({ reason: 'power-off', code: 0 });

      check(image);
      expect(`${sha256(await read(image, 'data.bin'))}  -`).toBe(sum);
      expect(Buffer.from(await read(image, 'lines.txt')).toString()).toBe(LINES);

      const second = await boot([{ file: image }], 5 - harts);
      await second.console.outputOf(`mount -t ${type} /dev/vda /mnt`);
      expect(await second.console.outputOf('sha256sum < /mnt/data.bin')).toBe(sum);
      expect(await second.console.outputOf('seq 5000 | cmp - /mnt/lines.txt')).toBe('');
      await powerOff(second);
      expect(second.console.transcript).not.toMatch(TROUBLE);
    },
  );

  test('two disks have their order, sizes and serial numbers; a read-only one refuses writes', async () => {
    const content = new Random(1).bytes(MiB);
    const writable = await place.put('writable.img', content);
    const readOnly = await place.put('read-only.img', content);
    const debian = await boot([
      { file: writable, id: 'the-first' },
      { file: readOnly, readOnly: true, id: 'exactly-20-character' },
    ]);
    const { console } = debian;
    expect(await console.outputOf('cat /sys/block/vda/serial; echo; cat /sys/block/vdb/serial')).toBe(
      'the-first\nexactly-20-character',
    );
    expect(await console.outputOf('cat /sys/block/vd?/size')).toBe('2048\n2048');
    expect(await console.outputOf('cat /sys/block/vd?/ro')).toBe('0\n1');
    expect(await console.outputOf('cat /dev/vda | sha256sum; cat /dev/vdb | sha256sum')).toBe(
      `${sha256(content)}  -\n${sha256(content)}  -`,
    );

    const write = 'dd if=/dev/zero bs=4096 count=2 seek=3 conv=fsync of=';
    expect((await console.run(`${write}/dev/vda`)).status).toBe(0);
    const refused = await console.run(`${write}/dev/vdb`);
    expect(refused.status).not.toBe(0);
    expect(refused.output).toMatch(/Operation not permitted|Read-only/);
    // The machine goes on.
    expect(await console.outputOf('cat /dev/vdb | sha256sum')).toBe(`${sha256(content)}  -`);
    await powerOff(debian);

    expect(sha256(await readFile(readOnly))).toBe(sha256(content));
    content.fill(0, 3 * 4096, 5 * 4096);
    expect(sha256(await readFile(writable))).toBe(sha256(content));
  });
});
