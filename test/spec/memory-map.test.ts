/** The memory map against the device tree that QEMU makes for its virt machine. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEMORY_MAP } from '../../src/generated/memory-map.ts';
import { requireTool } from '../support/tools.ts';

const hasTools =
  requireTool('qemu-system-riscv64', 'qemu-system-misc') && requireTool('dtc', 'device-tree-compiler');

interface Node {
  /** Cells of `reg`. */
  readonly reg: readonly number[];
  readonly interrupts: readonly number[];
}

/** Nodes of QEMU's tree by name, with what the map says of them. */
function readNodes(): Map<string, Node> {
  const directory = mkdtempSync(join(tmpdir(), 'hartware-dtb-'));
  try {
    const file = join(directory, 'virt.dtb');
    const options = ['-M', `virt,aclint=on,dumpdtb=${file}`, '-display', 'none'];
    execFileSync('qemu-system-riscv64', options, { stdio: 'ignore' });
    const source = execFileSync('dtc', ['-q', '-I', 'dtb', '-O', 'dts', file], { encoding: 'utf8' });
    const cells = (body: string, name: string) =>
      (new RegExp(`^\\s*${name} = <(.*)>;`, 'm').exec(body)?.[1] ?? '').split(' ').map(Number);
    return new Map(
      [...source.matchAll(/^\s*([\w-]+@[0-9a-f]+) \{\n([^{}]*)\};/gm)].map(([, name, body]) => [
        name!,
        { reg: cells(body!, 'reg'), interrupts: cells(body!, 'interrupts') },
      ]),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe.skipIf(!hasTools)('the memory map is that of QEMU virt', () => {
  let nodes: Map<string, Node>;
  beforeAll(() => {
    nodes = readNodes();
  });

  it.each([
    ['test', 'test@100000'],
    ['rtc', 'rtc@101000'],
    ['aclint-sswi', 'sswi@2f00000'],
    ['plic', 'plic@c000000'],
    ['uart', 'serial@10000000'],
    ['fw-cfg', 'fw-cfg@10100000'],
    ['pcie-ecam', 'pci@30000000'],
  ])('at %s', (name, node) => {
    const entry = MEMORY_MAP.find((each) => each.name === name)!;
    const { reg, interrupts } = nodes.get(node)!;
    expect(reg).toEqual([0, entry.base, 0, entry.size]);
    if (name !== 'pcie-ecam') expect(interrupts[0]).toBe(entry.irq ?? 0);
  });

  it('at the virtio slots', () => {
    const { base, size, irq, count, step } = MEMORY_MAP.find((each) => each.name === 'virtio-mmio')!;
    const slots = [...nodes].filter(([name]) => name.startsWith('virtio_mmio@'));
    expect(slots.length).toBe(count);
    for (let i = 0; i < count!; i++) {
      const { reg, interrupts } = nodes.get(`virtio_mmio@${(base + i * step!).toString(16)}`)!;
      expect(reg).toEqual([0, base + i * step!, 0, size]);
      expect(interrupts).toEqual([irq! + i]);
    }
  });

  it('at the parts of the CLINT, the flash banks and RAM', () => {
    const clint = MEMORY_MAP.find((each) => each.name === 'clint')!;
    const { reg } = nodes.get('mtimer@2004000')!;
    expect(nodes.get('mswi@2000000')!.reg[1]).toBe(clint.base);
    // mtime is the last register of the CLINT's region.
    expect(reg[1]! + 8).toBe(clint.base + 0xc000);
    const flash = MEMORY_MAP.find((each) => each.name === 'flash')!;
    const banks = [flash.base, flash.base + flash.step!].flatMap((base) => [0, base, 0, flash.size]);
    expect(nodes.get('flash@20000000')!.reg).toEqual(banks);
    expect(nodes.has(`memory@${MEMORY_MAP.find((each) => each.name === 'ram')!.base.toString(16)}`)).toBe(
      true,
    );
  });
});
