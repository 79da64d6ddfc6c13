/** What the conformance programs say of device trees that are not as they have to be. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assembleConformance, readRuntime } from '../../src/conformance/program.ts';
import { parseReport } from '../../src/conformance/report.ts';
import { decodeFdt } from '../../src/fdt/decode.ts';
import { encodeFdt } from '../../src/fdt/encode.ts';
import type { FdtNode, FdtValue } from '../../src/fdt/fdt.ts';
import { createMachine } from '../../src/bindings/node/index.ts';

const KIT = new URL('../../spec/conformance/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, KIT), 'utf8');
const runtime = readRuntime(read);

const A1 = 11;

/** The checks of a program that fail when `change` has made another tree of the machine's. */
async function failing(name: string, change: (blob: Uint8Array) => Uint8Array): Promise<string[]> {
  const program = assembleConformance(runtime, { name, text: read(`${name}.s`) });
  const { boot = 'firmware', append, initrd, harts } = program.machine;
  const machine = await createMachine(
    {
      hartware: 1,
      harts,
      memory: '64M',
      boot: { [boot]: 'program', append, initrd: initrd ? 'program' : undefined },
    },
    { files: { program: program.bytes }, limits: { wallTime: 20_000 } },
  );
  try {
    const address = machine.harts[0].getX(A1);
    const size = new DataView(machine.ram.view(address, 8).slice().buffer).getUint32(4);
    const blob = change(machine.ram.view(address, size).slice());
    machine.ram.view(address, blob.length).set(blob);
    let text = '';
    const printed = (async () => {
      for await (const bytes of machine.serial.output) text += new TextDecoder().decode(bytes);
    })();
    await machine.run();
    await machine.dispose();
    await printed;
    return parseReport(program, text).flatMap(({ id, outcome }) => (outcome === 'failed' ? [id] : []));
  } finally {
    await machine.dispose();
  }
}

/** Sets a word of the header. */
const word =
  (offset: number, value: number) =>
  (blob: Uint8Array): Uint8Array => {
    new DataView(blob.buffer).setUint32(offset, value);
    return blob;
  };

/** Puts another token in the place of FDT_END. */
const last =
  (token: number) =>
  (blob: Uint8Array): Uint8Array => {
    const view = new DataView(blob.buffer);
    view.setUint32(view.getUint32(8) + view.getUint32(36) - 4, token);
    return blob;
  };

type Properties = Record<string, FdtValue>;

/** Changes the properties of the node at a path: undefined takes one away. Or takes the node away. */
const node =
  (path: string, change: Readonly<Record<string, FdtValue | undefined>> | 'remove') =>
  (blob: Uint8Array): Uint8Array => {
    let found = false;
    const visit = (each: FdtNode, at: string): FdtNode[] => {
      const children = each.children?.flatMap((child) => visit(child, `${at}/${child.name}`));
      if ((at || '/') !== path) return [{ ...each, children }];
      found = true;
      if (change === 'remove') return [];
      const properties = Object.entries({ ...each.properties, ...change });
      const kept = properties.filter(([, value]) => value !== undefined);
      return [{ ...each, properties: Object.fromEntries(kept) as Properties, children }];
    };
    const tree = decodeFdt(blob);
    const [root] = visit(tree.root, '');
    expect(found).toBe(true);
    return encodeFdt(root!, tree);
  };

const PLIC = '/soc/plic@c000000';
const HART = '/cpus/cpu@1';

describe.each<[program: string, [what: string, (blob: Uint8Array) => Uint8Array, checks: string[]][]]>([
  [
    'fdt',
    [
      ['nothing', (blob) => blob, []],
      ['magic number', word(0, 1), ['dt.header.magic']],
      ['an older version', word(20, 16), ['dt.header.version']],
      ['an incompatible version', word(24, 18), ['dt.header.last_compatible']],
      ['a boot hart that is not there', word(28, 3), ['dt.header.boot_hart']],
      [
        'a size that cuts the strings off',
        (blob) => {
          const view = new DataView(blob.buffer);
          return word(4, view.getUint32(12) + view.getUint32(32) - 16)(blob);
        },
        ['dt.header.strings'],
      ],
      ['a size beyond RAM', word(4, 0x300000), ['dt.place.end']],
      ['a size of the structure', word(36, 64), ['dt.structure.nesting', 'dt.structure.end']],
      ['a size of the strings', word(32, 64), ['dt.structure.names']],
      ['an unknown token', last(7), ['dt.structure.tokens']],
      ['no end', last(4), ['dt.structure.nesting']],
      ['a node that does not end', last(1), ['dt.structure.nesting', 'dt.structure.end']],
      [
        'a property behind a child',
        // The first one of the root, of 16 bytes, goes to the end of the root.
        (blob) => {
          const view = new DataView(blob.buffer);
          const start = view.getUint32(8) + 8;
          const end = view.getUint32(8) + view.getUint32(36) - 8;
          const property = blob.slice(start, start + 16);
          blob.copyWithin(start, start + 16, end);
          blob.set(property, end - 16);
          return blob;
        },
        ['dt.structure.order', 'dt.root.address_cells'],
      ],
      [
        'a reservation of the program',
        (blob) => {
          const { root } = decodeFdt(blob);
          return encodeFdt(root, { memoryReservations: [{ address: 0x80000000n, size: 0x1000n }] });
        },
        ['dt.reservations.program'],
      ],
      ['model', node('/', { model: undefined }), ['dt.root.model']],
      ['compatible', node('/', { compatible: ['riscv-virtio2', 'virtio'] }), ['dt.root.compatible']],
      [
        'too much memory',
        node('/memory@80000000', { reg: [0, 0x80000000, 0, 0x4000001] }),
        ['dt.memory.last'],
      ],
      [
        'too little memory',
        node('/memory@80000000', { reg: [0, 0x80000000, 0, 0x3ffffff] }),
        ['dt.memory.behind'],
      ],
      [
        'seed and console',
        node('/chosen', { 'stdout-path': '/soc/serial', 'rng-seed': new Uint8Array(32) }),
        ['dt.chosen.stdout', 'dt.chosen.rng_seed.random'],
      ],
      ['a command line', node('/chosen', { bootargs: 'x' }), ['dt.chosen.none.bootargs']],
    ],
  ],
  [
    'fdt-harts',
    [
      ['nothing', (blob) => blob, []],
      ['timebase', node('/cpus', { 'timebase-frequency': 1000000 }), ['dt.cpus.timebase']],
      ['status', node(HART, { status: 'disabled' }), ['dt.cpu.hart1.status']],
      ['reg', node(HART, { reg: 2 }), ['dt.cpu.hart1.reg']],
      ['isa of another hart', node(HART, { 'riscv,isa': 'rv64imafdc' }), ['dt.cpu.isa.hart1']],
      [
        'letters that misa lacks',
        node('/cpus/cpu@0', { 'riscv,isa': 'rv64imafdcv_zicbom_zicbop_zicboz_zihax' }),
        ['dt.cpu.isa.misa', 'dt.cpu.isa.hart1', 'dt.cpu.isa.hart2', 'dt.cpu.extensions.isa'],
      ],
      ['a mode that is not there', node('/cpus/cpu@0', { 'mmu-type': 'riscv,sv57' }), ['dt.cpu.mmu.mode']],
      ['a mode that is none', node('/cpus/cpu@0', { 'mmu-type': 'riscv,none' }), ['dt.cpu.mmu.type']],
      [
        'no block size',
        node('/cpus/cpu@0', { 'riscv,cboz-block-size': undefined }),
        ['dt.cpu.blocks.cboz', 'dt.cpu.blocks.cboz.power'],
      ],
      ['an odd one', node('/cpus/cpu@0', { 'riscv,cbom-block-size': 48 }), ['dt.cpu.blocks.cbom.power']],
      [
        'extensions without one',
        node('/cpus/cpu@0', { 'riscv,isa-extensions': ['i', 'm', 'a', 'f', 'd'] }),
        ['dt.cpu.extensions.c', 'dt.cpu.extensions.isa'],
      ],
      [
        'a controller of no cells',
        node(`${HART}/interrupt-controller`, { '#interrupt-cells': 0, phandle: undefined }),
        ['dt.cpu.controller.hart1.cells', 'dt.cpu.controller.hart1.phandle'],
      ],
    ],
  ],
  [
    'fdt-devices',
    [
      ['nothing', (blob) => blob, []],
      [
        'contexts in another order',
        node(PLIC, { 'interrupts-extended': [2, 9, 2, 11, 4, 11, 4, 9, 6, 11, 6, 9] }),
        ['dt.plic.contexts'],
      ],
      [
        'harts in another order',
        node(PLIC, { 'interrupts-extended': [2, 11, 2, 9, 6, 11, 6, 9, 4, 11, 4, 9] }),
        ['dt.plic.contexts'],
      ],
      ['sources', node(PLIC, { 'riscv,ndev': 95 }), ['dt.plic.sources']],
      [
        'no CLINT',
        node('/soc/clint@2000000', 'remove'),
        ['dt.clint.reg', 'dt.clint.compatible', 'dt.clint.interrupts'],
      ],
      ['SSWI', node('/soc/sswi@2f00000', { 'interrupts-extended': [2, 1, 4, 1] }), ['dt.sswi.interrupts']],
      [
        'finisher',
        node('/soc/test@100000', { phandle: undefined, compatible: ['sifive,test0', 'syscon'] }),
        ['dt.finisher.compatible.test1', 'dt.poweroff.regmap', 'dt.reboot.regmap'],
      ],
      ['reboot', node('/reboot', { value: 0x5555 }), ['dt.reboot.value']],
      [
        'clock',
        node('/soc/rtc@101000', { interrupts: 10, 'interrupt-parent': 2 }),
        ['dt.rtc.interrupts', 'dt.rtc.interrupt_parent'],
      ],
      ['serial port', node('/soc/serial@10000000', { reg: [0, 0x10000000, 0, 8] }), ['dt.serial.reg']],
      [
        'slots',
        (blob) =>
          node('/soc/virtio_mmio@10008000', { interrupts: 1 })(
            node('/soc/virtio_mmio@10001000', 'remove')(blob),
          ),
        ['dt.virtio.slot1', 'dt.virtio.slot8'],
      ],
    ],
  ],
  [
    'fdt-kernel',
    [
      ['nothing', (blob) => blob, []],
      ['command line', node('/chosen', { bootargs: 'kit=fdt' }), ['dt.kernel.chosen.bootargs']],
      [
        'the kernel as its initrd',
        node('/chosen', { 'linux,initrd-start': 0x80200000, 'linux,initrd-end': 0x80210000 }),
        ['dt.kernel.initrd.size', 'dt.kernel.initrd.apart'],
      ],
      [
        'a reservation of the kernel',
        (blob) => {
          const { root } = decodeFdt(blob);
          const reserved = {
            name: 'reserved-memory',
            properties: {},
            children: [{ name: 'mine@80200000', properties: { reg: [0, 0x80200000, 0, 0x10000] } }],
          };
          return encodeFdt({ ...root, children: [...root.children!, reserved] });
        },
        ['dt.kernel.reserved.program'],
      ],
      [
        'M-mode contexts taken away',
        node(PLIC, { 'interrupts-extended': [2, 0xffffffff, 2, 9, 4, 0xffffffff, 4, 9] }),
        [],
      ],
      [
        'an S-mode context taken away',
        node(PLIC, { 'interrupts-extended': [2, 11, 2, 0xffffffff, 4, 11, 4, 9] }),
        ['dt.kernel.devices.contexts'],
      ],
    ],
  ],
])('%s finds', (program, changes) => {
  it.each(changes)('%s', async (_, change, checks) => {
    expect(await failing(program, change)).toEqual(checks);
  });
});
