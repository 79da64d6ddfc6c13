/** A small tree with every kind of property value, for the tests of this directory. */
import type { FdtNode } from '../../src/fdt/fdt.ts';

export const tree: FdtNode = {
  name: '',
  properties: {
    '#address-cells': 2,
    '#size-cells': 2,
    compatible: ['hartware,board', 'riscv-virtio'],
    model: 'hartware,board "quoted" \\ back',
  },
  children: [
    {
      name: 'chosen',
      properties: { bootargs: 'console=ttyS0 name=Größe', 'rng-seed': new Uint8Array([1, 2, 3, 4, 5]) },
    },
    {
      name: 'memory@80000000',
      properties: { device_type: 'memory', reg: [0, 0x80000000, 0, 0x8000000] },
    },
    {
      name: 'soc',
      properties: { '#address-cells': 2, '#size-cells': 2, compatible: 'simple-bus', ranges: true },
      children: [
        {
          name: 'device@1000',
          properties: { reg: [0, 0x1000, 0, 0x1000], phandle: 1, 'dma-coherent': true },
        },
      ],
    },
  ],
};
