/** Debian 13's own OpenSBI, which is newer than the one that Debian 12 installs for the other tests. */
import { describe, expect, test } from 'vitest';
import { aptSource } from '../../src/bindings/node/guest/apt.ts';
import { extractDeb } from '../../src/bindings/node/guest/deb.ts';
import { PackageSourceError } from '../../src/bindings/node/guest/package-source.ts';
import { reportMissing } from '../support/tools.ts';
import { BOOT_TEST_TIMEOUT, bootDebian, debianGuest, powerOff, smallInitrd, TROUBLE } from './debian.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const DIRECTORY = 'usr/lib/riscv64-linux-gnu/opensbi/generic';

async function fetchOpenSbi(): Promise<Map<string, Uint8Array> | undefined> {
  const source = aptSource({ report: () => {} });
  try {
    const fetched = await source.fetch('opensbi', 'main');
    if (!fetched) throw new PackageSourceError('the archive has no opensbi');
    const files = await extractDeb(fetched.bytes, {
      matches: (path) => path.startsWith(DIRECTORY) && path.endsWith('.bin'),
      maximumSize: 16 * 1024 * 1024,
    });
    return new Map(files.map(({ path, bytes }) => [path.slice(DIRECTORY.length + 1), bytes]));
  } catch (error) {
    if (!(error instanceof PackageSourceError)) throw error;
    reportMissing(`OpenSBI of Debian 13 (${error.message})`);
    return undefined;
  } finally {
    await source.close();
  }
}

const firmwares = await fetchOpenSbi();

describe.skipIf(!guest || !firmwares)('through OpenSBI of Debian 13', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test.each([
    { name: 'fw_dynamic.bin', harts: 1 },
    { name: 'fw_dynamic.bin', harts: 4 },
    { name: 'fw_jump.bin', harts: 1 },
    { name: 'fw_jump.bin', harts: 4 },
  ])('$name, $harts harts', async ({ name, harts }) => {
    const debian = await bootDebian({
      guest: guest!,
      initrd,
      firmware: name,
      machine: { harts },
      host: { files: { [name]: firmwares!.get(name)! } },
    });
    expect(debian.console.transcript).toMatch(/^OpenSBI v1\.[6-9]/m);
    expect(await debian.console.outputOf('grep -c ^processor /proc/cpuinfo')).toBe(`${harts}`);
    expect(await debian.console.outputOf('dmesg')).not.toMatch(TROUBLE);
    expect(await powerOff(debian)).toEqual({ reason: 'power-off', code: 0 });
  });
});
