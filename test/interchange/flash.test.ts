/** Flash on its way to QEMU and libvirt and back. */
import { describe, expect, test } from 'vitest';
import { readXml } from '../../src/bindings/node/cli/exchange/read-xml.ts';
import { exportLibvirt, exportQemu, importLibvirt, importQemu } from '../../src/interchange/index.ts';
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
