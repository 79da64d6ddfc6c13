/** Network cards of machines that leave for QEMU and libvirt, and come back. */
import { describe, expect, test } from 'vitest';
import { readXml } from '../../src/bindings/node/cli/exchange/read-xml.ts';
import { exportLibvirt, exportQemu, importLibvirt, importQemu } from '../../src/interchange/index.ts';
import { completeDescription, type MachineDescription } from '../../src/machine/description.ts';

const MACHINE: MachineDescription = {
  hartware: 1,
  boot: { firmware: 'fw.bin' },
  network: [{}, { mac: '52:54:00:aa:bb:cc', slot: 5 }],
};
const BOARD = 'qemu-system-riscv64 -M virt -bios f';
const read = (options: string) => importQemu(`${BOARD} ${options}`);
const domain = (devices: string) =>
  importLibvirt(
    readXml(
      Buffer.from(
        `<domain type='qemu'><memory unit='MiB'>256</memory><vcpu>1</vcpu><os><type arch='riscv64' machine='virt'>hvm</type>` +
          `<kernel>/k</kernel></os><devices>${devices}</devices></domain>`,
      ),
    ),
  );

describe('leaving', () => {
  test('to QEMU, with address and slot, and a note of what is at the other end', () => {
    const { command, notes } = exportQemu(MACHINE);
    const text = command.join(' ');
    expect(text).toContain(
      '-netdev user,id=net0 -device virtio-net-device,netdev=net0,bus=virtio-mmio-bus.1,mac=52:54:00:12:34:56',
    );
    expect(text).toContain(
      '-netdev user,id=net1 -device virtio-net-device,netdev=net1,bus=virtio-mmio-bus.5,mac=52:54:00:aa:bb:cc',
    );
    expect(notes.join('\n')).toContain('network[1]: what its cable leads to');
  });

  test('to libvirt', () => {
    const { xml } = exportLibvirt(MACHINE);
    expect(xml.replaceAll(/>\s+</g, '><')).toContain(
      `<interface type='user'><mac address='52:54:00:aa:bb:cc'/><model type='virtio'/>` +
        `<alias name='ua-network1'/><address type='virtio-mmio'/></interface>`,
    );
  });

  test('and back', () => {
    const expected = completeDescription(MACHINE);
    expect(completeDescription(importQemu(exportQemu(MACHINE).script).description)).toEqual(expected);
    const { xml } = exportLibvirt(MACHINE);
    expect(completeDescription(importLibvirt(readXml(Buffer.from(xml))).description)).toEqual(expected);
  });
});

describe('coming from QEMU', () => {
  test.each([
    ['-device virtio-net-device', [{ mac: '52:54:00:12:34:56', slot: 7 }]],
    ['-device virtio-net-device,mac=52:54:00:AB:CD:EF,bus=virtio-mmio-bus.0', [{ mac: '52:54:00:ab:cd:ef' }]],
    ['-device virtio-net-pci,mac=02:00:00:00:00:01', [{ mac: '02:00:00:00:00:01', bus: 'pci' }]],
    ['-nic user,model=virtio-net-pci', [{ mac: '52:54:00:12:34:56', bus: 'pci' }]],
    ['-nic tap,model=virtio-net-device,mac=02:00:00:00:00:02', [{ mac: '02:00:00:00:00:02' }]],
    [
      // As QEMU 7.2 numbers them: the first one there lies in the last slot.
      '-device virtio-net-device -device virtio-net-device',
      [
        { mac: '52:54:00:12:34:57', slot: 6 },
        { mac: '52:54:00:12:34:56', slot: 7 },
      ],
    ],
    ['-device virtio-net-pci,mac=52-54-00-AB-CD-EF', [{ mac: '52:54:00:ab:cd:ef', bus: 'pci' }]],
    ['-device virtio-net-pci,mac=00:00:00:00:00:00', [{ mac: '52:54:00:12:34:56', bus: 'pci' }]],
    ['-nic none', undefined],
    ['-net none', undefined],
    ['-nic user,model=e1000', undefined],
    [
      '-device virtio-net-pci -device virtio-net-pci',
      [
        { mac: '52:54:00:12:34:56', bus: 'pci' },
        { mac: '52:54:00:12:34:57', bus: 'pci' },
      ],
    ],
  ])('%s', (options, cards) => {
    expect(read(options).description.network).toEqual(cards);
  });

  test.each([
    ['-netdev tap,id=n,ifname=tap0', '-netdev tap,id=n,ifname=tap0: what a card is connected to'],
    [
      '-nic user,model=virtio-net-pci,hostfwd=tcp::22-:22',
      'hostfwd=tcp::22-:22: what a card is connected to',
    ],
    ['-nic user,model=rtl8139', 'network cards are virtio ones here'],
    [
      '-device virtio-net-device,mac=01:00:5e:00:00:01',
      'address "01:00:5e:00:00:01"; here each card has one',
    ],
    ['-device virtio-net-device,mac=nonsense', 'address "nonsense"; here each card has one of its own'],
    [
      '-device virtio-net-device,mac=02:00:00:00:00:01 -device virtio-net-device,mac=02:00:00:00:00:01',
      'address "02:00:00:00:00:01"; here each card',
    ],
    ['-device virtio-net-device,mq=on', 'virtio-net-device mq=on: there is no such setting here'],
    [
      Array(9).fill('-device virtio-net-device').join(' '),
      'left out: the board has places for 8 virtio devices',
    ],
  ])('names what it cannot keep: %s', (options, note) => {
    expect(read(options).notes.join('\n')).toContain(note);
  });
});

describe('coming from libvirt', () => {
  test('with its address', () => {
    const { description, notes } = domain(
      `<interface type='bridge'><mac address='52:54:00:AA:BB:CC'/><source bridge='br0'/><target dev='vnet0'/><model type='virtio'/></interface>`,
    );
    expect(description.network).toEqual([{ mac: '52:54:00:aa:bb:cc' }]);
    expect(notes.join('\n')).toContain('devices/interface (bridge): what a card is connected to');
  });

  test('but not of another kind', () => {
    const { description, notes } = domain(`<interface type='user'><model type='e1000'/></interface>`);
    expect(description.network).toBeUndefined();
    expect(notes.join('\n')).toContain('network cards are virtio ones here');
  });
});
