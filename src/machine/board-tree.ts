/** The device tree of the board: what QEMU `virt` says of itself, for what this machine has. */
import { Plic } from '../devices/plic.ts';
import { FINISHER_PASS, FINISHER_RESET, TestFinisher } from '../devices/test-finisher.ts';
import { cells64, type FdtNode, type FdtValue } from '../fdt/fdt.ts';
import { UART_BASE } from '../generated/memory-map.ts';
import { INTERRUPT_PINS, wireOf } from '../pci/bus.ts';
import type { Placement } from './board.ts';
import { TIMEBASE_FREQUENCY, type Paging } from './description.ts';
import { CACHE_BLOCK_SIZE, ISA_BASE, ISA_EXTENSIONS, ISA_LETTERS } from './isa-extensions.ts';

/** What the boot protocol tells a kernel beside the hardware. */
export interface ChosenOptions {
  /** Kernel command line; empty for none. */
  readonly append: string;
  readonly initrd?: { readonly start: number; readonly end: number };
  readonly rngSeed: Uint8Array;
}

export interface TreeOptions extends ChosenOptions {
  readonly harts: number;
  readonly ramBase: number;
  readonly ramSize: number;
  /** Largest paging mode offered. */
  readonly paging: Paging;
  readonly placements: readonly Placement[];
}

// phandles: harts have 2i + 1, their interrupt controllers 2i + 2, the others follow.
const hartHandle = (hart: number): number => 2 * hart + 1;
const controllerHandle = (hart: number): number => 2 * hart + 2;

/** What does not lie below /soc, as on QEMU's board. */
const AT_ROOT = ['fw-cfg', 'flash'];

export function boardTree(options: TreeOptions): FdtNode {
  const { harts, placements } = options;
  const plicHandle = 2 * harts + 1;
  const testHandle = 2 * harts + 2;
  const power = (name: string, value: number): FdtNode => ({
    name,
    properties: { value, offset: 0, regmap: testHandle, compatible: `syscon-${name}` },
  });
  const nodesOf = (isAtRoot: boolean): FdtNode[] =>
    placements
      .filter(({ region }) => AT_ROOT.includes(region) === isAtRoot)
      .flatMap((placement) => deviceNode(placement, harts, plicHandle, testHandle));
  return {
    name: '',
    properties: {
      '#address-cells': 2,
      '#size-cells': 2,
      compatible: 'riscv-virtio',
      model: 'riscv-virtio,hartware',
    },
    children: [
      { name: 'chosen', properties: chosenProperties(options) },
      power('poweroff', FINISHER_PASS),
      power('reboot', FINISHER_RESET),
      {
        name: `memory@${options.ramBase.toString(16)}`,
        properties: {
          device_type: 'memory',
          reg: [...cells64(options.ramBase), ...cells64(options.ramSize)],
        },
      },
      cpus(options),
      ...nodesOf(true),
      {
        name: 'soc',
        properties: { '#address-cells': 2, '#size-cells': 2, compatible: 'simple-bus', ranges: true },
        children: nodesOf(false),
      },
    ],
  };
}

/** Properties of /chosen (Devicetree Specification 0.4, 3.6, and Linux's additions). */
export function chosenProperties({ append, initrd, rngSeed }: ChosenOptions): Record<string, FdtValue> {
  const chosen: Record<string, FdtValue> = {};
  if (append) chosen.bootargs = append;
  if (initrd) {
    chosen['linux,initrd-start'] = cells64(initrd.start);
    chosen['linux,initrd-end'] = cells64(initrd.end);
  }
  chosen['rng-seed'] = rngSeed;
  chosen['stdout-path'] = `/soc/serial@${UART_BASE.toString(16)}`;
  return chosen;
}

function deviceNode(placement: Placement, harts: number, plicHandle: number, testHandle: number): FdtNode[] {
  const node = placement.device.fdtNode?.();
  if (!node) return [];
  const properties: Record<string, FdtValue> = { ...node.properties };
  const { base, size, parts = 1 } = placement;
  properties.reg = Array.from({ length: parts }, (_, part) => [
    ...cells64(base + (part * size) / parts),
    ...cells64(size / parts),
  ]).flat();
  if (placement.irq !== undefined) {
    properties.interrupts = placement.irq;
    properties['interrupt-parent'] = plicHandle;
  }
  if (placement.hartInterrupts) {
    properties['interrupts-extended'] = Array.from({ length: harts }, (_, hart) =>
      placement.hartInterrupts!.flatMap((irq) => [controllerHandle(hart), irq]),
    ).flat();
  }
  if (placement.pci) Object.assign(properties, pciProperties(placement.pci, plicHandle));
  if (placement.device instanceof Plic) properties.phandle = plicHandle;
  if (placement.device instanceof TestFinisher) properties.phandle = testHandle;
  return [{ ...node, name: `${node.name}@${placement.base.toString(16)}`, properties }];
}

/** Spaces of addresses on PCI (IEEE 1275's binding, 2.2.1.1), in the first cell of an address. */
const PCI_PORTS = 1 << 24;
const PCI_MEMORY = 2 << 24;
/** Where that cell has the device number. */
const PCI_DEVICE_SHIFT = 11;

/** The windows of a PCI host bridge, and where the interrupts of its devices lead to. */
function pciProperties(
  { ports, memory, irq }: NonNullable<Placement['pci']>,
  plicHandle: number,
): Record<string, FdtValue> {
  const numbers = Array.from({ length: INTERRUPT_PINS }, (_, number) => number);
  return {
    ranges: [
      ...[PCI_PORTS, ...cells64(0), ...cells64(ports.base), ...cells64(ports.size)],
      ...[PCI_MEMORY, ...cells64(memory.base), ...cells64(memory.base), ...cells64(memory.size)],
    ],
    // The wires repeat with the device number, of which the mask has the two lowest bits.
    'interrupt-map-mask': [(INTERRUPT_PINS - 1) << PCI_DEVICE_SHIFT, 0, 0, 7],
    'interrupt-map': numbers.flatMap((device) =>
      numbers.flatMap((pin) => [
        ...[device << PCI_DEVICE_SHIFT, 0, 0, pin + 1],
        ...[plicHandle, irq + wireOf(device, pin)],
      ]),
    ),
  };
}

function cpus({ harts, paging }: TreeOptions): FdtNode {
  const indices = Array.from({ length: harts }, (_, hart) => hart);
  return {
    name: 'cpus',
    properties: { '#address-cells': 1, '#size-cells': 0, 'timebase-frequency': TIMEBASE_FREQUENCY },
    children: [
      ...indices.map((hart): FdtNode => ({
        name: `cpu@${hart.toString(16)}`,
        properties: {
          phandle: hartHandle(hart),
          device_type: 'cpu',
          reg: hart,
          status: 'okay',
          compatible: 'riscv',
          'riscv,isa': `rv64${ISA_LETTERS.join('')}_${ISA_EXTENSIONS.join('_')}`,
          'riscv,isa-base': ISA_BASE,
          'riscv,isa-extensions': [...ISA_LETTERS, ...ISA_EXTENSIONS],
          'riscv,cbom-block-size': CACHE_BLOCK_SIZE,
          'riscv,cbop-block-size': CACHE_BLOCK_SIZE,
          'riscv,cboz-block-size': CACHE_BLOCK_SIZE,
          'mmu-type': `riscv,${paging}`,
        },
        children: [
          {
            name: 'interrupt-controller',
            properties: {
              '#interrupt-cells': 1,
              'interrupt-controller': true,
              compatible: 'riscv,cpu-intc',
              phandle: controllerHandle(hart),
            },
          },
        ],
      })),
      {
        name: 'cpu-map',
        properties: {},
        children: [
          {
            name: 'cluster0',
            properties: {},
            children: indices.map((hart) => ({ name: `core${hart}`, properties: { cpu: hartHandle(hart) } })),
          },
        ],
      },
    ],
  };
}
