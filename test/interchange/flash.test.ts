/** Flash on its way to QEMU and libvirt and back. */
import { describe, expect, test } from 'vitest';
import { readXml } from '../../src/bindings/node/cli/exchange/read-xml.ts';
import {
  exportLibvirt,
  exportQemu,
  importLibvirt,
  importQemu,
  type Imported,
} from '../../src/interchange/index.ts';
import type { BootDescription } from '../../src/machine/description.ts';

const FLASH = { code: '/fw/code, v1.fd', variables: '/vm/variables.fd' };
const READ_ONLY = { ...FLASH, variables: { file: '/vm/variables.fd', readOnly: true } };

describe('a machine with flash comes back', () => {
  test.each<BootDescription>([
    { flash: { code: '/code.fd' } },
    { flash: FLASH },
    { flash: READ_ONLY },
    { flash: FLASH, kernel: '/k', append: 'a b' },
    { flash: FLASH, firmware: '/fw_dynamic.bin' },
    { flash: FLASH, privilege: 'machine' },
  ])('from QEMU: %j', (boot) => {
    expect(importQemu(exportQemu({ hartware: 1, boot }).script).description.boot).toEqual(boot);
  });

  test.each<BootDescription>([
    { flash: { code: '/code.fd' } },
    { flash: FLASH },
    { flash: FLASH, firmware: '/fw_dynamic.bin' },
    { flash: FLASH, privilege: 'machine' },
  ])('from libvirt: %j', (boot) => {
    const { xml } = exportLibvirt({ hartware: 1, boot });
    expect(importLibvirt(readXml(Buffer.from(xml))).description.boot).toEqual(boot);
  });
});

test('banks as QEMU is given them', () => {
  const { command, notes } = exportQemu(
    { hartware: 1, boot: { flash: FLASH } },
    { qemu: { major: 9, minor: 0 } },
  );
  expect(command.filter((word) => word.startsWith('if=pflash'))).toEqual([
    'if=pflash,unit=0,format=raw,readonly=on,file=/fw/code,, v1.fd',
    'if=pflash,unit=1,format=raw,readonly=off,file=/vm/variables.fd',
  ]);
  expect(command[command.indexOf('-bios') + 1]).toBe('default');
  expect(notes.join('\n')).toContain('exactly 32 MiB');
  expect(notes.join('\n')).not.toContain('up to 8.0');
  expect(exportQemu({ hartware: 1, boot: { flash: FLASH } }).notes.join('\n')).toContain('up to 8.0');
});

test('-pflash fills the banks in their order', () => {
  const { description } = importQemu('qemu-system-riscv64 -M virt -m 8G -pflash a.fd -pflash b.fd');
  expect(description).toMatchObject({
    memory: '3984M',
    boot: { flash: { code: 'a.fd', variables: 'b.fd' } },
  });
});

describe('the banks of a domain', () => {
  const LOADER = `<loader readonly='yes' type='pflash'>/code.fd</loader>`;
  const read = (os: string): Imported =>
    importLibvirt(
      readXml(
        Buffer.from(
          `<domain type='qemu'><os><type arch='riscv64' machine='virt'>hvm</type>${os}</os></domain>`,
        ),
      ),
    );

  test('are in the files that <nvram> names in either way', () => {
    for (const nvram of [
      `<nvram template='/t.fd'>/vm/variables.fd</nvram>`,
      `<nvram template='/t.fd' type='file' format='raw'>\n  <source file='/vm/variables.fd'/>\n</nvram>`,
    ]) {
      const { description, notes } = read(LOADER + nvram);
      expect(description.boot).toEqual({ flash: { code: '/code.fd', variables: '/vm/variables.fd' } });
      expect(notes.filter((note) => note.includes('nvram'))).toEqual([
        expect.stringContaining('os/nvram/@template "/t.fd"'),
      ]);
    }
  });

  test.each([
    [`<nvram type='block'>\n<source dev='/dev/sdz'/>\n</nvram>`, 'os/nvram (block): left out'],
    [`<nvram type='network'><source protocol='nbd' name='x'/></nvram>`, 'os/nvram (network): left out'],
    [`<nvram format='qcow2'>/vm/variables.qcow2</nvram>`, 'os/nvram: flash is kept in raw files'],
    [`<nvram format='other'>/vm/variables</nvram>`, 'and not other'],
    [`<nvram template='/t.fd'/>`, 'os/nvram/@template'],
  ])('have nothing of what they cannot: %s', (nvram, expected) => {
    const { description, notes } = read(LOADER + nvram);
    expect(description.boot).toEqual({ flash: { code: '/code.fd' } });
    expect(notes.join('\n')).toContain(expected);
  });

  test('have no code of another format', () => {
    expect(() => read(`<loader readonly='yes' type='pflash' format='qcow2'>/code.qcow2</loader>`)).toThrow(
      'found neither',
    );
    const { description, notes } = read(
      `<loader type='pflash' format='qcow2'>/code.qcow2</loader><kernel>/k</kernel>`,
    );
    expect(description.boot.flash).toBeUndefined();
    expect(notes).toContain('os/loader: flash is kept in raw files');
  });
});
