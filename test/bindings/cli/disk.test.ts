import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { FileCache } from '../../../src/bindings/node/guest/file-cache.ts';
import { obtainFirmware } from '../../../src/bindings/node/guest/firmware.ts';
import { chooseFirmware, diskGuest } from '../../../src/bindings/node/cli/disk.ts';
import { parseCommand, type RunArguments } from '../../../src/bindings/node/cli/arguments.ts';
import { requireTool } from '../../support/tools.ts';
import { makeFat } from '../../support/fat.ts';

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'hartware-disk-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const args = (...more: string[]): RunArguments => {
  const command = parseCommand(['run', 'disk', ...more]);
  if (command.kind !== 'run') throw new Error(command.kind);
  return command.run;
};

function disk(name: string, edit: (bytes: Uint8Array) => void): string {
  const bytes = new Uint8Array(4096);
  edit(bytes);
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

describe('a disk that nothing can be started from', () => {
  test('without partitions', async () => {
    const path = disk('empty', () => {});
    await expect(diskGuest(path, args())).rejects.toThrow(
      `${path} has no partition table, and so nothing that firmware could start; to boot a kernel, write --kernel ${path}`,
    );
  });

  test('with none to boot from', async () => {
    const path = disk('data', (bytes) => {
      bytes.set([0x55, 0xaa], 510);
      bytes[446 + 4] = 0x83;
    });
    await expect(diskGuest(path, args())).rejects.toThrow(
      'has neither an EFI system partition nor one with a boot flag; --loader edk2 or --loader u-boot',
    );
  });

  test('is a drive of the kernel that is named beside it', async () => {
    for (const flag of [0, 0x80]) {
      const path = disk('beside', (bytes) => {
        bytes.set([0x55, 0xaa], 510);
        bytes.set([flag, 0, 0, 0, 0x83], 446);
      });
      await expect(diskGuest(path, args('--kernel', 'Image'))).rejects.toThrow(
        `to start Image with that disk, write --kernel Image --drive ${path}`,
      );
    }
  });

  test('that is not there', async () => {
    await expect(diskGuest(join(directory, 'nothing'), args())).rejects.toThrow(/cannot read .*nothing/);
  });
});

describe.skipIf(!requireTool('mkfs.vfat', 'dosfstools') || !requireTool('mmd', 'mtools'))(
  'a disk with an EFI system partition',
  () => {
    /** Behind an MBR, from sector 8 on. */
    function efiDisk(name: string, files: readonly string[]): string {
      const path = join(directory, name);
      makeFat(path, { width: 12, kilobytes: 1024, files });
      const partition = readFileSync(path);
      const bytes = Buffer.alloc(8 * 512 + partition.length);
      bytes.set(partition, 8 * 512);
      bytes.set([0x55, 0xaa], 510);
      bytes[446 + 4] = 0xef;
      bytes.writeUInt32LE(8, 446 + 8);
      bytes.writeUInt32LE(partition.length / 512, 446 + 12);
      writeFileSync(path, bytes);
      return path;
    }

    test('of another computer is refused, unless it is to be started all the same', async () => {
      const path = efiDisk('other.img', [
        'EFI/BOOT/BOOTX64.EFI',
        'EFI/BOOT/bootia32.efi',
        'EFI/BOOT/grub.cfg',
      ]);
      await expect(diskGuest(path, args('--quiet'))).rejects.toThrow(
        `${path} is for computers with x86-64 and x86, and this machine is a RISC-V one: of default loaders it ` +
          'has EFI/BOOT/BOOTX64.EFI, EFI/BOOT/BOOTIA32.EFI and no BOOTRISCV64.EFI; --loader edk2 starts it all the same',
      );
      const { boot } = await diskGuest(path, args('--loader', 'code.fd'));
      expect(boot).toEqual({ flash: { code: 'code.fd' } });
    });

    test.each([
      ['of several computers', ['EFI/BOOT/BOOTX64.EFI', 'EFI/BOOT/BOOTRISCV64.EFI'], []],
      [
        'whose loaders have other names',
        ['EFI/debian/grubriscv64.efi'],
        [/has no EFI.BOOT.BOOTRISCV64\.EFI/],
      ],
      ['that is empty', [], [/has no EFI.BOOT.BOOTRISCV64\.EFI/]],
    ])('%s is started with UEFI', async (name, files, expected) => {
      const notes: string[] = [];
      expect(await chooseFirmware(efiDisk(`${name}.img`, files), {}, (text) => notes.push(text))).toBe(
        'edk2',
      );
      expect(notes).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
    });
  },
);

test('variables of UEFI are refused with U-Boot', async () => {
  await expect(diskGuest('any', args('--loader', 'u-boot', '--variables', 'v.fd'))).rejects.toThrow(
    '--variables: U-Boot has no UEFI variables in flash',
  );
});

test('variables lie beside a disk that a file: URL names', async () => {
  const cacheDirectory = join(directory, 'with-firmware');
  await new FileCache(cacheDirectory).store('firmware-qemu-efi-riscv64', {
    version: '1',
    files: new Map([
      ['code', new Uint8Array(16)],
      ['variables', new Uint8Array(16)],
    ]),
  });
  const url = pathToFileURL(join(directory, 'named.img')).href;
  const { boot } = await diskGuest(url, args('--quiet', '--loader', 'edk2', '--cache', cacheDirectory));
  expect(boot.flash?.variables).toBe(`${url}.vars.fd`);
  expect(existsSync(join(directory, 'named.img.vars.fd'))).toBe(true);
});

test('firmware of a file goes into flash, with the variables of another', async () => {
  const { boot } = await diskGuest('any', args('--loader', 'code.fd', '--variables', 'vars.fd'));
  expect(boot).toEqual({ flash: { code: 'code.fd', variables: 'vars.fd' } });
});

test('firmware is taken from installed packages', async () => {
  const efi = join(directory, 'usr/share/qemu-efi-riscv64');
  mkdirSync(efi, { recursive: true });
  writeFileSync(join(efi, 'RISCV_VIRT_CODE.fd'), 'code');
  writeFileSync(join(efi, 'RISCV_VIRT_VARS.fd'), 'variables');
  const { code, variables, origin } = await obtainFirmware('edk2', { root: directory });
  expect([String(code), String(variables), origin]).toEqual([
    'code',
    'variables',
    'the installed package qemu-efi-riscv64',
  ]);
});

test('where there is none, the message says what to do', async () => {
  const made = obtainFirmware('u-boot', {
    root: join(directory, 'elsewhere'),
    cacheDirectory: join(directory, 'cache'),
    environment: {},
    apt: { command: join(directory, 'no-apt') },
  });
  await expect(made).rejects.toThrow(
    /cannot obtain Debian's u-boot-qemu: .*no-apt is not installed.*Install that package, give a file with --loader FILE, or name a Debian mirror/,
  );
});
