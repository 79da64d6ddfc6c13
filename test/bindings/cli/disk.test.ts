import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { obtainFirmware } from '../../../src/bindings/node/guest/firmware.ts';
import { diskGuest } from '../../../src/bindings/node/cli/disk.ts';
import { parseCommand, type RunArguments } from '../../../src/bindings/node/cli/arguments.ts';
import { mkdirSync } from 'node:fs';

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

  test('that is not there', async () => {
    await expect(diskGuest(join(directory, 'nothing'), args())).rejects.toThrow(/cannot read .*nothing/);
  });
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
