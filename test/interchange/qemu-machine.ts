/** A machine with everything that QEMU has as well, for tests of what is written and read. */
import type { MachineDescription } from '../../src/machine/description.ts';

export const BOARD = 'qemu-system-riscv64 -M virt,aclint=on -global virtio-mmio.force-legacy=false';

export const EVERYTHING: MachineDescription = {
  hartware: 1,
  harts: 4,
  memory: '1G',
  clock: {
    kind: 'virtual',
    instructionsPerSecond: 500_000_000,
    idle: 'skip',
    startTime: '2026-02-03T04:05:06Z',
  },
  boot: {
    kernel: 'Image',
    initrd: 'initrd.gz',
    append: 'root=/dev/vda quiet',
    firmware: 'fw.bin',
    fdt: 'board.dtb',
  },
  drives: [
    { file: "my disk, 'old'.qcow2", format: 'qcow2', id: 'a,b' },
    { memory: '64M', readOnly: true, queues: 4 },
    { file: '-x', format: 'vhd', readOnly: true },
    { file: 'kept.vmdk', format: 'vmdk', temporary: true, bus: 'pci', queues: 2 },
    { file: 'https://example.org/a,b?c=d', format: 'raw', readOnly: true, bus: 'pci' },
  ],
  devices: { console: true, rng: { seed: 7 }, powerButton: true },
};
