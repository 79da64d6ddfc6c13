/** What a guest sees of its machine, asked by its own shell: for comparing one machine with another. */
import { decodeFdt, type DecodedFdtNode } from '../../src/fdt/decode.ts';
import type { GuestConsole } from '../boot/guest-console.ts';

/** Lines that compare as sets. */
export interface GuestSight {
  /** `path/property = value` of the device tree; phandles are replaced by what they point to. */
  readonly tree: readonly string[];
  /** What raises interrupts, and how. */
  readonly interrupts: readonly string[];
  /** `device: driver` */
  readonly drivers: readonly string[];
  /** `serial number: sectors, read-only, place` */
  readonly disks: readonly string[];
  /** `MAC address at slot` */
  readonly network: readonly string[];
}

/** Asks the guest; its drivers are loaded first. */
export async function lookAround(console: GuestConsole): Promise<GuestSight> {
  const lines = async (command: string): Promise<string[]> =>
    (await console.outputOf(command)).split('\n').filter((line) => line !== '');
  await console.outputOf('modprobe -q -a virtio_input evdev virtio_net');
  return {
    tree: treeOf(await readFdt(console)),
    // After the counts of two harts.
    interrupts: unique(
      (await lines('cat /proc/interrupts'))
        .slice(1)
        .map((line) => line.replace(/^ *\w+: +\d+ +\d+ +/, '').replace(/ +/g, ' '))
        // The source says which; Linux numbers devices as it comes upon them.
        .map((line) => line.replace(/virtio\d+/, 'virtio')),
    ),
    drivers: unique(
      (
        await lines(
          'for l in /sys/bus/*/devices/*/driver; do d=$(readlink -f $l); p=$(readlink -f ${l%/driver}); echo "${p#/sys/devices/}: ${d##*/}"; done',
        )
      ).map((line) => line.replace(/\/virtio\d+:/, '/virtio:')),
    ),
    disks: unique(
      await lines(
        'for d in /sys/block/vd*; do p=$(readlink -f $d); p=${p%/virtio*}; echo "$(cat $d/serial): $(cat $d/size) sectors, ro $(cat $d/ro), at ${p##*/}"; done',
      ),
    ),
    network: unique(
      await lines(
        'for d in /sys/class/net/*; do p=$(readlink -f $d); p=${p%/virtio*}; echo "$(cat $d/address) at ${p##*/}"; done',
      ),
    ),
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** The blob as the kernel got it: a terminal carries text, so bytes come as `cmp` prints them beside zeros. */
async function readFdt(console: GuestConsole): Promise<Uint8Array> {
  const bytes = new Uint8Array(Number(await console.outputOf('wc -c < /sys/firmware/fdt')));
  const { output } = await console.run('cmp -l /sys/firmware/fdt /dev/zero');
  for (const [, place, value] of output.matchAll(/^ *(\d+) +([0-7]+) +0$/gm))
    bytes[Number(place) - 1] = parseInt(value!, 8);
  return bytes;
}

/** Properties that point to nodes: in each group of so many cells, the first does. */
const POINTERS: Readonly<Record<string, number>> = {
  'interrupt-parent': 1,
  regmap: 1,
  cpu: 1,
  'interrupts-extended': 2,
  'interrupt-map': 0,
  phandle: 0,
  'linux,phandle': 0,
};

function treeOf(blob: Uint8Array): string[] {
  const paths = new Map<number, string>();
  const visit = (
    node: DecodedFdtNode,
    path: string,
    see: (node: DecodedFdtNode, path: string) => void,
  ): void => {
    see(node, path);
    for (const child of node.children) visit(child, `${path}/${child.name}`, see);
  };
  const { root } = decodeFdt(blob);
  visit(root, '', (node, path) => {
    const handle = node.properties['phandle'];
    if (handle) paths.set(cells(handle)[0], path);
  });
  const lines: string[] = [];
  visit(root, '', (node, path) => {
    lines.push(path === '' ? '/' : path);
    for (const [name, value] of Object.entries(node.properties)) {
      const group = POINTERS[name];
      if (group === 0) continue;
      const shown =
        group === undefined
          ? show(value)
          : cells(value)
              .map((cell, index) => (index % group === 0 ? (paths.get(cell) ?? `?${cell}`) : cell))
              .join(' ');
      lines.push(`${path}/${name} = ${shown}`);
    }
  });
  return unique(lines);
}

function cells(value: Uint8Array): number[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.length / 4 }, (_, index) => view.getUint32(index * 4));
}

/** Text as text, everything else as cells or bytes. */
function show(value: Uint8Array): string {
  const text = Buffer.from(value).toString('latin1');
  if (/^([!-~][ -~]*\0)+$/.test(text)) {
    const texts = text.slice(0, -1).split('\0');
    return texts.map((each) => JSON.stringify(each)).join(', ');
  }
  if (value.length % 4 === 0)
    return `<${cells(value)
      .map((cell) => `0x${cell.toString(16)}`)
      .join(' ')}>`;
  return Buffer.from(value).toString('hex');
}

/** What one sight has and the other has not, as `part: line`. */
export function without(one: GuestSight, other: GuestSight): string[] {
  return (Object.keys(one) as (keyof GuestSight)[]).flatMap((part) =>
    one[part].filter((line) => !other[part].includes(line)).map((line) => `${part}: ${line}`),
  );
}
