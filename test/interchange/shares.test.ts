/** Shared folders of machines that leave for QEMU and libvirt, and come back. */
import { describe, expect, test } from 'vitest';
import { readXml } from '../../src/bindings/node/cli/exchange/read-xml.ts';
import { exportLibvirt, exportQemu, importLibvirt, importQemu } from '../../src/interchange/index.ts';
import type { MachineDescription } from '../../src/machine/description.ts';

const machine: MachineDescription = {
  hartware: 1,
  boot: { kernel: '/Image' },
  shares: [{ tag: 'host' }, { tag: 'a,b', readOnly: true, slot: 5 }, { tag: 'pci', bus: 'pci' }],
};
const shares = { host: '/home/my, work', 'a,b': '/b', pci: '/p' };

describe('QEMU', () => {
  test('has the folders that are named, with their tags and slots, and they come back', () => {
    const { command, script, notes } = exportQemu(machine, { shares });
    expect(command).toContain('local,id=fs0,path=/home/my,, work,security_model=none,readonly=off');
    expect(command).toContain('local,id=fs1,path=/b,security_model=none,readonly=on');
    expect(command).toContain('virtio-9p-device,fsdev=fs1,mount_tag=a,,b,bus=virtio-mmio-bus.5');
    expect(notes.join()).not.toMatch(/shares/);
    const back = importQemu(script);
    expect(back.description.shares).toEqual([
      { tag: 'host', slot: 1 },
      { tag: 'a,b', readOnly: true, slot: 5 },
      { tag: 'pci', bus: 'pci' },
    ]);
    expect(back.notes.join('\n')).toContain('which folder is shared is no part of a description');
  });

  test('has an empty one where none is named, and a note', () => {
    const { command, notes } = exportQemu(machine);
    expect(command).toContain('synth,id=fs0,readonly=on');
    expect(notes.filter((note) => note.startsWith('shares['))).toHaveLength(3);
  });

  test('keeps what can be told apart', () => {
    const { description, notes } = importQemu(
      'qemu-system-riscv64 -M virt -kernel /Image -fsdev local,id=f,path=/x,security_model=mapped-xattr ' +
        '-device virtio-9p-pci,fsdev=f,mount_tag=one -device virtio-9p-device,fsdev=f,mount_tag=one ' +
        '-virtfs local,path=/y,mount_tag=two,security_model=none,readonly=on',
    );
    expect(description.shares?.map(({ tag, readOnly }) => [tag, readOnly])).toEqual([
      ['one', undefined],
      ['two', true],
    ]);
    expect(notes.join('\n')).toContain('left out: tag "one"');
  });
});

describe('libvirt', () => {
  test('has the folders that are named, and they come back', () => {
    const { xml } = exportLibvirt(machine, { shares });
    expect(xml).toMatch(/<filesystem type=['"]mount['"] accessmode=['"]squash['"]>/);
    const { description, notes } = importLibvirt(readXml(Buffer.from(xml)));
    expect(description.shares).toEqual([
      { tag: 'host', slot: 1 },
      { tag: 'a,b', readOnly: true, slot: 5 },
      { tag: 'pci', bus: 'pci' },
    ]);
    expect(notes.join('\n')).toContain('which folder is shared is no part of a description');
  });

  test('has none that is a virtiofs', () => {
    const domain = `<domain type='qemu'><memory>65536</memory><os><type arch='riscv64' machine='virt'>hvm</type><kernel>/Image</kernel></os>
      <devices><filesystem type='mount'><driver type='virtiofs'/><source dir='/x'/><target dir='t'/></filesystem></devices></domain>`;
    const { description, notes } = importLibvirt(readXml(Buffer.from(domain)));
    expect(description.shares).toBeUndefined();
    expect(notes.join('\n')).toContain('shared folders are virtio 9P devices here');
  });
});
