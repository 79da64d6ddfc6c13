/** Debian's kernel on machines of other shapes, and in other files. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeCpio } from '../../src/images/cpio.ts';
import { BOOT_TEST_TIMEOUT, bootDebian, debianGuest, powerOff, smallInitrd, TROUBLE } from './debian.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);

const C_NOP = 0x0001;
const PE_HEADER_OFFSET = 60;

/** The kernel as a Linux Image that is no EFI program. */
function plainImage(kernel: Uint8Array): Uint8Array {
  const image = kernel.slice();
  const view = new DataView(image.buffer);
  view.setUint16(0, C_NOP, true); // "MZ" is an instruction without effect, too
  view.setUint32(PE_HEADER_OFFSET, 0, true);
  return image;
}

const asIs = (kernel: Uint8Array): Uint8Array => kernel;
const gzipped = (kernel: Uint8Array): Uint8Array => gzipSync(kernel, { level: 1 });

describe.skipIf(!guest)('variants', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('Debian’s kernel is a PE/EFI-headed Image', () => {
    expect(Buffer.from(guest!.kernel.subarray(0, 2)).toString()).toBe('MZ');
    expect(
      new DataView(guest!.kernel.buffer, guest!.kernel.byteOffset).getUint32(PE_HEADER_OFFSET, true),
    ).toBe(64);
  });

  // Each value in one row at least; sv48 and 512M are those of the other tests.
  test.each([
    { name: 'gzip-compressed', kernel: gzipped, paging: 'sv39', memory: '3G', harts: 2 },
    { name: 'plain', kernel: plainImage, paging: 'sv57', memory: '192M', harts: 1 },
    { name: 'EFI-headed', kernel: asIs, paging: 'sv57', memory: '4048M', harts: 8 },
  ] as const)('$name kernel, $paging, $memory, $harts harts', async ({ kernel, paging, memory, harts }) => {
    const debian = await bootDebian({
      guest: guest!,
      kernel: kernel(guest!.kernel),
      initrd,
      machine: { isa: { paging }, memory, harts },
    });
    const { console } = debian;
    expect(await console.outputOf('grep mmu /proc/cpuinfo | sort -u')).toBe(`mmu\t\t: ${paging}`);
    expect(await console.outputOf('cat /sys/devices/system/cpu/online')).toBe(
      harts === 1 ? '0' : `0-${harts - 1}`,
    );
    const total = Number(/MemTotal: +(\d+) kB/.exec(await console.outputOf('cat /proc/meminfo'))![1]) / 1024;
    const size = memory.endsWith('G') ? Number.parseInt(memory) * 1024 : Number.parseInt(memory);
    expect(total).toBeLessThan(size);
    expect(total).toBeGreaterThan(size * 0.6);
    expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
    expect(await powerOff(debian)).toEqual({ reason: 'power-off', code: 0 });
  });

  test('several initrds, compressed and not, of any length', async () => {
    const file = (path: string, text: string): Uint8Array =>
      writeCpio([{ kind: 'file', path, bytes: Buffer.from(text) }]);
    const moreInitrds = [
      gzipSync(file('second', 'from gzip')),
      file('third', 'from cpio'),
      gzipSync(file('fourth', 'and gzip again')),
      file('etc/passwd', 'root::0:0:replaced:/root:/bin/sh\n'),
    ];
    const debian = await bootDebian({ guest: guest!, initrd: gzipSync(initrd!, { level: 1 }), moreInitrds });
    const { console } = debian;
    expect(await console.outputOf('cat /second; echo; cat /third; echo; cat /fourth')).toBe(
      'from gzip\nfrom cpio\nand gzip again',
    );
    expect(await console.outputOf('cat /etc/passwd')).toContain('replaced');
    await powerOff(debian);
  });
});
