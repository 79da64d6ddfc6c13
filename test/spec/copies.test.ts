/**
 * The tables of spec/tables against everything that repeats them. What is generated from them
 * (assembly/generated, src/generated, the kit's board.s, the tables of the chapter on the memory
 * map) is compared by test/tools/generate/generate.test.ts and `npm run check:generated`; here is
 * what was written by hand, and what a machine makes of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { createMachine, disassemble } from '../../src/bindings/node/index.ts';
import { completeSource, programNames, readRuntime } from '../../src/conformance/program.ts';
import { decodeFdt } from '../../src/fdt/decode.ts';
import type { FdtNode } from '../../src/fdt/fdt.ts';
import * as CSR from '../../src/generated/csr.ts';
import { MEMORY_MAP } from '../../src/generated/memory-map.ts';
import { ISA_EXTENSIONS, ISA_LETTERS } from '../../src/machine/isa-extensions.ts';
import { readTables, type Region } from '../../tools/generate/tables.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tables = readTables(join(root, 'spec/tables'));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const present = tables.regions.filter((region) => region.present);
const region = (name: string): Region => tables.regions.find((each) => each.name === name)!;

/** Where the regions of an entry lie. */
function placesOf({ base, size, count = 1, step = 0, irq }: Region) {
  return Array.from({ length: count }, (_, i) => ({
    address: base + i * step,
    size,
    irq: irq === undefined ? undefined : irq + i,
  }));
}

/** Files below a directory of the project, by their paths there. */
function filesOf(directory: string, ending: RegExp): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !/\b(generated|node_modules)\//.test(file))
    .map((file) => join(directory, file));
}

describe('the device tree of a machine', () => {
  /** Name of a region to that of its node. */
  const NODES: Readonly<Record<string, string>> = {
    test: 'test',
    rtc: 'rtc',
    clint: 'clint',
    'aclint-sswi': 'sswi',
    plic: 'plic',
    uart: 'serial',
    'fw-cfg': 'fw-cfg',
    flash: 'flash',
    'virtio-mmio': 'virtio_mmio',
    'pcie-ecam': 'pci',
  };
  /** What has no node of its own: the boot ROM, RAM, which is not below /soc, and what the host bridge's node names. */
  const WITHOUT_NODE = ['mrom', 'ram', 'pcie-pio', 'pcie-mmio'];
  const words = (value: unknown): number[] => {
    const bytes = value as Uint8Array;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
  };

  async function treeOf(): Promise<FdtNode> {
    const machine = await createMachine(
      { hartware: 1, memory: '64M', boot: { firmware: 'f', flash: { code: 'f' } } },
      { files: { f: assemble('1: j 1b').bytes } },
    );
    try {
      const address = machine.harts[0].getX(11);
      const size = new DataView(machine.ram.view(address, 8).slice().buffer).getUint32(4);
      return decodeFdt(machine.ram.view(address, size).slice()).root;
    } finally {
      await machine.dispose();
    }
  }

  it('has the devices of the memory map, where it says, with its interrupts, and no others', async () => {
    const tree = await treeOf();
    const soc = tree.children!.find(({ name }) => name === 'soc')!;
    // fw_cfg and flash stand beside it, as on QEMU's board.
    const beside = tree.children!.filter(({ name }) => /^(fw-cfg|flash)@/.test(name));
    const found = [...beside, ...soc.children!].flatMap(({ name, properties }) => {
      const [node, unit] = name.split('@');
      const reg = words(properties.reg);
      const irq = properties.interrupts === undefined ? undefined : words(properties.interrupts)[0];
      expect(reg[1].toString(16)).toBe(unit);
      return Array.from({ length: reg.length / 4 }, (_, i) => {
        const [, address, , size] = reg.slice(4 * i);
        return { name: `${node}@${address.toString(16)}`, address, size, irq };
      });
    });
    const devices = present.filter(({ name }) => !WITHOUT_NODE.includes(name));
    const expected = devices.flatMap((device) =>
      placesOf(device).map((place) => ({
        name: `${NODES[device.name]}@${place.address.toString(16)}`,
        ...place,
        // Of PCI the map of interrupts has them.
        ...(device.name === 'pcie-ecam' && { irq: undefined }),
      })),
    );
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(found.sort(byName)).toEqual(expected.sort(byName));
    expect(tree.children!.map(({ name }) => name)).toContain(`memory@${region('ram').base.toString(16)}`);
  });

  it('has the windows and interrupts of PCI, where the table says', async () => {
    const soc = (await treeOf()).children!.find(({ name }) => name === 'soc')!;
    const { properties } = soc.children!.find(({ name }) => name.startsWith('pci@'))!;
    const [ports, memory, ecam] = ['pcie-pio', 'pcie-mmio', 'pcie-ecam'].map(region);
    expect(words(properties.ranges)).toEqual([
      ...[0x0100_0000, 0, 0, 0, ports.base, 0, ports.size],
      ...[0x0200_0000, 0, memory.base, 0, memory.base, 0, memory.size],
    ]);
    const map = words(properties['interrupt-map']);
    const sources = Array.from({ length: 16 }, (_, index) => map[6 * index + 5]);
    // INTA of devices 0 to 3, then each of the others one further.
    const rotated = [0, 1, 2, 3].flatMap((device) => [0, 1, 2, 3].map((pin) => (device + pin) % 4));
    expect(sources).toEqual(rotated.map((wire) => ecam.irq! + wire));
  });

  it('has the nodes of the chapter', () => {
    const chapter = read('spec/machine/device-tree.md');
    for (const [name, node] of Object.entries(NODES)) {
      const at = name === 'virtio-mmio' ? '`*address*' : `${region(name).base.toString(16)}\``;
      expect(chapter).toContain(`\`${node}@${at}`);
    }
    expect(chapter).toContain(`memory@${region('ram').base.toString(16)}`);
  });
});

describe('prose', () => {
  const files = [...filesOf('spec', /\.md$/), ...filesOf('docs', /\.md$/), 'README.md', 'ARCHITECTURE.md'];
  /** Addresses as they are written: in groups of four digits. */
  const ADDRESS = /\b0x([0-9a-f]{1,4})_([0-9a-f]{4})\b/g;
  /** What looks like an address and is something else. */
  const OTHERS = [
    0xffff_ffff, // no interrupt
    0x20_0000, // the PLIC's thresholds
    0x20_0004, // and claims
  ];

  it('names no addresses and sizes but those of the table', () => {
    const known = new Set([
      ...OTHERS,
      ...tables.regions.flatMap((each) => [each.size, ...placesOf(each).map(({ address }) => address)]),
    ]);
    for (const file of files) {
      const found = [...read(file).matchAll(ADDRESS)].map(([, high, low]) => Number(`0x${high}${low}`));
      expect(
        found.filter((value) => !known.has(value)),
        file,
      ).toEqual([]);
    }
  });

  it.each<[file: string, place: RegExp, region: string]>([
    ['spec/machine/entry.md', /(0x\w+), the start of RAM/, 'ram'],
    ['spec/machine/entry.md', /RAM begins at (0x\w+)/, 'ram'],
    ['spec/machine/entry.md', /boot ROM, at (0x\w+)/, 'mrom'],
    ['spec/machine/time.md', /CLINT lies at (0x\w+)/, 'clint'],
    ['spec/machine/time.md', /SSWI device .*? lies at (0x\w+)/, 'aclint-sswi'],
    ['docs/implement-the-specification.md', /RAM at (0x\w+)/, 'ram'],
    ['docs/implement-the-specification.md', /16550 at (0x\w+)/, 'uart'],
    ['docs/implement-the-specification.md', /test finisher at (0x\w+)/, 'test'],
  ])('%s has, as in %s, the address of %s', (file, place, name) => {
    const written = place.exec(read(file))?.[1];
    expect(Number(written?.replaceAll('_', ''))).toBe(region(name).base);
  });

  it('has the causes of the table, in the chapter on harts', () => {
    const chapter = read('spec/machine/harts.md');
    const code = (name: string): number =>
      [...tables.exceptions, ...tables.interrupts].find((cause) => cause.name === name)!.code;
    expect(chapter).toContain(`illegal instructions, with the cause ${code('ILLEGAL_INSTRUCTION')} `);
    expect(chapter).toContain(`\`ebreak\` traps with the cause ${code('BREAKPOINT')}.`);
    const calls = ['USER_ECALL', 'SUPERVISOR_ECALL', 'MACHINE_ECALL'].map(code);
    expect(chapter).toContain(`\`ecall\` traps with ${calls[0]}, ${calls[1]} or ${calls[2]} by its mode`);
    const accesses = ['LOAD_ACCESS', 'STORE_ACCESS', 'STORE_ACCESS', 'FETCH_ACCESS'].map(code);
    expect(chapter).toContain(
      `is an access fault (${accesses.slice(0, 3).join(', ')} and ${accesses[3]}), with`,
    );
    expect(read('spec/machine/time.md')).toContain(`with the cause ${code('M_TIMER')} and`);
    expect(read('spec/machine/plic.md')).toContain(`with the cause ${code('M_EXT')},`);
    expect(read('spec/machine/device-tree.md')).toContain(
      `its interrupts ${code('M_EXT')} and ${code('S_EXT')}, in`,
    );
    expect(read('spec/machine/device-tree.md')).toContain(
      `the interrupts ${code('M_SOFT')} and ${code('M_TIMER')} of each hart`,
    );
  });

  it('names CSRs of the table', () => {
    const names = new Set(tables.csrs.map(({ name }) => name));
    const clauses = [...read('spec/machine/harts.md').matchAll(/`csr\.([a-z0-9]+)`/g)].map(
      ([, name]) => name!,
    );
    expect(clauses.length).toBeGreaterThan(30);
    // Clauses of several CSRs, and of ones that are not there.
    const others = ['access', 'envcfg', 'absent', 'pmpcfg1'];
    expect(clauses.filter((name) => !names.has(name) && !others.includes(name))).toEqual([]);
  });
});

describe('the conformance kit', () => {
  const kit = (file: string): string => read(join('spec/conformance', file));
  const runtime = readRuntime(kit);
  const names = programNames(readdirSync(join(root, 'spec/conformance')));
  const symbolsOf = (name: string): ReadonlyMap<string, bigint> => {
    const { text, origin } = completeSource(runtime, { name, text: kit(`${name}.s`) });
    return assemble(text, { origin }).symbols;
  };

  it.each(names)('%s has the addresses and interrupts of the table', (name) => {
    const symbols = symbolsOf(name);
    for (const { name, base, size, irq, count, step } of present) {
      const prefix = name.toUpperCase().replaceAll('-', '_');
      const expected = { '': base, _SIZE: size, _IRQ: irq, _COUNT: count, _STEP: step };
      for (const [suffix, value] of Object.entries(expected)) {
        const symbol = `${prefix}${suffix}`;
        expect(symbols.get(symbol), symbol).toBe(value === undefined ? undefined : BigInt(value));
      }
    }
  });

  it.each(filesOf('spec/conformance', /\.s$/).filter((file) => !file.endsWith('/board.s')))(
    '%s repeats none of them',
    (file) => {
      // RAM, flash and the widest windows start at round numbers, which are operands as well.
      const others = ['ram', 'flash', 'pcie-ecam', 'pcie-mmio'];
      const devices = present.filter(
        ({ base, name }) => base > region('test').base && !others.includes(name),
      );
      const code = read(file).replaceAll(/#.*$/gm, '');
      const repeated = [...code.matchAll(/\b0x0*([0-9a-f]+)\b/gi)]
        .map(([, digits]) => parseInt(digits!, 16))
        // Not where RAM starts, which is the smallest signed word as well.
        .filter((value) =>
          devices.some(
            ({ base, size, count = 1, step = 0 }) =>
              value >= base && value < base + (count - 1) * step + size!,
          ),
        );
      expect(repeated).toEqual([]);
    },
  );

  it('has the registers of the chapters', () => {
    const hex = (value: bigint): string => `0x${value.toString(16).replace(/\B(?=(?:.{4})+$)/g, '_')}`;
    const plic = symbolsOf('plic');
    const at = (symbols: ReadonlyMap<string, bigint>, symbol: string, base: string): bigint =>
      symbols.get(symbol)! - symbols.get(base)!;
    const chapter = read('spec/machine/plic.md');
    const enables = `${hex(at(plic, 'ENABLE_M', 'PLIC'))} + ${hex(at(plic, 'ENABLE_S', 'ENABLE_M'))} *c* `;
    expect(chapter).toContain(`| ${hex(at(plic, 'PENDING', 'PLIC'))} + 4 *w* | pending`);
    expect(chapter).toContain(`| ${enables}+ 4 *w* | enables`);
    for (const [name, what] of [
      ['THRESHOLD', 'threshold'],
      ['CLAIM', 'claim'],
    ]) {
      const step = hex(at(plic, `${name}_S`, `${name}_M`));
      expect(chapter).toContain(`| ${hex(at(plic, `${name}_M`, 'PLIC'))} + ${step} *c* | ${what}`);
    }
    const timer = symbolsOf('timer');
    expect(at(timer, 'MSIP', 'CLINT')).toBe(0n);
    expect(at(timer, 'SETSSIP', 'ACLINT_SSWI')).toBe(0n);
    const time = read('spec/machine/time.md');
    expect(time).toContain(`| ${hex(at(timer, 'MTIMECMP', 'CLINT'))} + 8 *h* | MTIMECMP |`);
    expect(time).toContain(`| ${hex(at(timer, 'MTIME', 'CLINT'))} | MTIME |`);
    for (const [device, row, count] of [
      ['rtc', /^\| (0x[0-9a-f]+) \| ([A-Z_]+) \|/gm, 8],
      ['uart', /^\| (\d) \|.*?\b(RBR|IER|IIR|LCR|MCR|LSR|MSR|SCR)\b/gm, 8],
    ] as const) {
      const symbols = symbolsOf(device);
      const registers = [...read(`spec/machine/${device}.md`).matchAll(row)];
      expect(registers.length).toBe(count);
      for (const [, offset, name] of registers) expect(symbols.get(name!), name).toBe(BigInt(offset!));
    }
    const virtio = symbolsOf('virtio-mmio');
    const known = [...read('spec/machine/virtio.md').matchAll(/^\| (0x[0-9a-f]{3})\b[^|]*\| (\w+) /gm)]
      .map(([, offset, name]) => ({
        offset: BigInt(offset!),
        symbol: virtio.get(name!.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()),
      }))
      .filter(({ symbol }) => symbol !== undefined);
    expect(known.length).toBeGreaterThan(15);
    for (const { offset, symbol } of known) expect(symbol).toBe(offset);
  });
});

describe('examples', () => {
  it('load addresses of regions of the table', () => {
    const files = [
      ...filesOf('examples', /\.(?:js|ts|html|md)$/),
      ...filesOf('docs', /\.md$/),
      ...filesOf('bench', /\.ts$/),
      'README.md',
    ];
    const loads = files.flatMap((file) =>
      [...read(file).matchAll(/\bli\s+\w+, (0x[0-9a-f]{6,})\b/g)].map(([, value]) => ({
        file,
        value: value!,
      })),
    );
    expect(loads.length).toBeGreaterThan(10);
    const within = (value: number): boolean =>
      tables.regions.some((each) =>
        placesOf(each).some(({ address, size = 2 ** 32 }) => value >= address && value < address + size),
      );
    expect(loads.filter(({ value }) => !within(Number(value)))).toEqual([]);
  });
});

describe('code', () => {
  it('repeats no address of a device and no start of RAM', () => {
    // Numbers that stand for something else, such as a sign bit, are told apart by what they say.
    const bases = present
      .filter(({ name }) => !['mrom', 'test', 'ram', 'pcie-mmio', 'pcie-pio'].includes(name))
      .flatMap((each) => placesOf(each).map(({ address }) => address));
    const files = ['src', 'tools'].flatMap((directory) => filesOf(directory, /\.ts$/));
    const repeating = files.filter((file) =>
      [...read(file).matchAll(/\b0x([0-9a-f_]+)n?\b/gi)].some(([, digits]) =>
        bases.includes(parseInt(digits!.replaceAll('_', ''), 16)),
      ),
    );
    expect(repeating).toEqual([]);
    const ram = new RegExp(`${region('ram').base.toString(16)}n\\b`);
    expect(files.filter((file) => ram.test(read(file)))).toEqual([]);
  });

  it('has the memory map of the table', () => {
    const rows = tables.regions.map(({ description: _description, chapter: _chapter, ...row }) => row);
    expect(MEMORY_MAP).toEqual(
      rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))),
    );
  });

  it('lists the extensions of the instruction tables in the device tree', () => {
    const listed: readonly string[] = [...ISA_LETTERS, ...ISA_EXTENSIONS];
    const extensions = [...tables.instructions, ...tables.compressed].map(({ extension }) => extension);
    // What belongs to the privileged architecture itself.
    const names = new Set(extensions.filter((name) => name !== 'privileged'));
    expect([...names].filter((name) => !listed.includes(name.toLowerCase().replace('rv64i', 'i')))).toEqual(
      [],
    );
    expect(names.size).toBeGreaterThan(15);
  });

  it('has the CSRs of the table: constants, assembler, disassembler', () => {
    const constants = CSR as Readonly<Record<string, unknown>>;
    expect(CSR.CSRS.map(({ name, number }) => [name, number])).toEqual(
      [...tables.csrs].sort((a, b) => a.number - b.number).map(({ name, number }) => [name, number]),
    );
    for (const { name, number } of tables.csrs) {
      expect(constants[`CSR_${name.toUpperCase()}`], name).toBe(number);
      const { bytes } = assemble(`csrrs a0, ${name}, a1`);
      const word = new DataView(bytes.buffer).getUint32(0, true);
      expect(word >>> 20, name).toBe(number);
      expect(disassemble(word).text, name).toContain(name);
    }
  });

  it('has the CSRs of the table: those that a hart knows by name and number', async () => {
    const machine = await createMachine(
      { hartware: 1, memory: '16M', boot: { firmware: 'f' } },
      { files: { f: assemble('1: j 1b').bytes } },
    );
    try {
      const numbers = new Map(tables.csrs.map(({ number, name }) => [number, name]));
      // PMP entries of which this machine has none (spec/machine/harts.md).
      const beyond = /^pmp(addr(1[6-9]|[2-6]\d)|cfg([4-9]|1\d))$/;
      for (let number = 0; number < 4096; number++) {
        const name = numbers.get(number);
        const exists = (): unknown => machine.harts[0].getCsr(number);
        if (name === undefined || beyond.test(name)) expect(exists, number.toString(16)).toThrow(/no CSR/);
        else {
          expect(exists, name).not.toThrow();
          await machine.harts[0].read(name);
        }
      }
    } finally {
      await machine.dispose();
    }
  });

  it('has the causes of the table', () => {
    const constants = CSR as Readonly<Record<string, unknown>>;
    for (const { name, code, description } of tables.exceptions) {
      expect(constants[`CAUSE_${name}`], name).toBe(code);
      expect(CSR.EXCEPTION_NAMES.get(code)).toBe(description);
    }
    for (const { name, code, description } of tables.interrupts) {
      expect(constants[`IRQ_${name}`], name).toBe(code);
      expect(CSR.INTERRUPT_NAMES.get(code)).toBe(description);
    }
    expect(CSR.EXCEPTION_NAMES.size).toBe(tables.exceptions.length);
    expect(CSR.INTERRUPT_NAMES.size).toBe(tables.interrupts.length);
  });
});
