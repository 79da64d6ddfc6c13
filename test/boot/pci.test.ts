/**
 * Debian's kernel on a machine with virtio devices on PCI, and on QEMU with the same: what it finds
 * of them, and that a disk and a card on PCI work.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { decodeFdt } from '../../src/fdt/decode.ts';
import { encodeFdt } from '../../src/fdt/encode.ts';
import type { FdtNode } from '../../src/fdt/fdt.ts';
import { concatenateInitrds } from '../../src/images/index.ts';
import { exportQemu } from '../../src/interchange/index.ts';
import type { MachineDescription } from '../../src/machine/description.ts';
import { Workplace } from '../bindings/cli/hartware.ts';
import { requireFile, requireTool } from '../support/tools.ts';
import {
  BOOT_TEST_TIMEOUT,
  bootDebian,
  debianGuest,
  diskModules,
  OPENSBI,
  powerOff,
  smallInitrd,
  TROUBLE,
} from './debian.ts';
import { GuestConsole } from './guest-console.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const modules = guest && (await diskModules(guest));
const firmware = `${OPENSBI}/fw_dynamic.bin`;
const hasQemu = requireTool('qemu-system-riscv64', 'qemu-system-misc') && requireFile(firmware, 'opensbi');

/** Bytes of an entry of `ranges`: seven cells. */
const RANGE = 4 * 7;
const SIZE = 2 ** 20;
const LINES = Array.from({ length: 30000 }, (_, index) => `${index + 1}\n`).join('');

const devices = (disk: string) =>
  ({
    drives: [
      { file: disk, id: 'disk', bus: 'pci' },
      { memory: '1M', id: 'scratch', bus: 'pci', slot: 9 },
    ],
    network: [{ bus: 'pci', slot: 3 }],
    devices: { rng: { bus: 'pci' }, console: { bus: 'pci' }, powerButton: { bus: 'pci', slot: 31 } },
  }) as const satisfies Partial<MachineDescription>;

/** The answer to a question of ARP's (RFC 826). */
function arpReply(question: Uint8Array): Uint8Array {
  const asker = question.slice(6, 12);
  const other = Uint8Array.of(2, 0, 0, 0, 0, 2);
  const reply = question.slice();
  reply.set(asker, 0);
  reply.set(other, 6);
  reply[21] = 2;
  reply.set(other, 22);
  reply.set(question.subarray(38, 42), 28);
  reply.set(question.subarray(22, 32), 32);
  return reply;
}

/** What the kernel says of each function: who it is, its resources, and the source of its interrupt. */
async function functionsOf(console: GuestConsole): Promise<string[]> {
  await console.outputOf('modprobe -q -a virtio_net virtio_input evdev');
  const text = await console.outputOf(
    'for d in /sys/bus/pci/devices/*; do echo ${d##*/} $(cat $d/vendor $d/device $d/revision $d/class ' +
      '$d/subsystem_vendor $d/subsystem_device) irq $(cat $d/irq) $(grep -n -v "^0x0* 0x0* 0x0*$" $d/resource); done',
  );
  const interrupts = await console.outputOf('cat /proc/interrupts');
  const sources = new Map(
    [...interrupts.matchAll(/^ *(\d+):.* PLIC +(\d+) +(\w+) /gm)].map(([, irq, source, kind]) => [
      irq,
      `${source} ${kind}`,
    ]),
  );
  return text
    .split('\n')
    .map((line) => line.replace(/irq (\d+)/, (_, irq: string) => `PLIC ${sources.get(irq)}`));
}

/**
 * QEMU's own device tree for such a machine, without the window to memory above 4 GiB, so that Linux
 * puts BARs where it can put them here as well.
 */
async function treeOfQemu(command: readonly string[], file: string): Promise<void> {
  const board = command.indexOf('-M') + 1;
  const words = command.with(board, `${command[board]},dumpdtb=${file}`);
  execFileSync(words[0], words.slice(1), { stdio: 'ignore' });
  const withoutThird = (node: FdtNode): FdtNode => {
    const children = node.children?.map(withoutThird);
    if (!node.name.startsWith('pci@')) return { ...node, children };
    const windows = node.properties.ranges as Uint8Array;
    expect(windows.length).toBe(3 * RANGE);
    return { ...node, children, properties: { ...node.properties, ranges: windows.subarray(0, 2 * RANGE) } };
  };
  await writeFile(file, encodeFdt(withoutThird(decodeFdt(await readFile(file)).root)));
}

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

describe.skipIf(!guest || !modules)('devices on PCI', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('work under Linux, which finds the same as on QEMU', async () => {
    const disk = await place.put('disk.img', new Uint8Array(SIZE));
    let receive = (_frame: Uint8Array): void => {};
    const network = {
      attach: (callback: typeof receive) => void (receive = callback),
      // Whoever asks for the address of 10.0.0.2 hears that it is 02:00:00:00:00:02.
      send: (frame: Uint8Array) => {
        if (Buffer.from(frame.subarray(12, 14)).toString('hex') === '0806') receive(arpReply(frame));
      },
    };
    const here = await bootDebian({
      guest: guest!,
      initrd,
      modules,
      machine: { ...devices(disk), harts: 2 },
      host: { network: { '52:54:00:12:34:56': network } },
    });
    const ours = await functionsOf(here.console);
    expect(ours.map((line) => line.slice(0, 19))).toEqual(
      // The bridge; disk, console, entropy, card, disk, button.
      ['00:0x1b36', '01:0x1af4', '02:0x1af4', '03:0x1af4', '04:0x1af4', '09:0x1af4', '1f:0x1af4'].map(
        (each) => each.replace(/(..):/, '0000:00:$1.0 '),
      ),
    );
    const { console } = here;
    // The disk, through the cache and past it.
    await console.outputOf('seq 30000 > /dev/vda && sync && echo 3 > /proc/sys/vm/drop_caches');
    expect(
      await console.outputOf('seq 30000 > /tmp/lines; cmp -n $(wc -c < /tmp/lines) /dev/vda /tmp/lines'),
    ).toBe('');
    // The card: a question goes out, and the answer comes in.
    await console.outputOf('ip link set eth0 up && ip addr add 10.0.0.1/24 dev eth0');
    await console.run('ping -c 1 -w 1 10.0.0.2');
    expect(await console.outputOf('cat /proc/net/arp')).toContain('02:00:00:00:00:02');
    expect(await console.outputOf('dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c')).toBe('64');
    expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
    await powerOff(here);
    expect((await readFile(disk)).subarray(0, LINES.length).toString()).toBe(LINES);
    if (!hasQemu) return;

    const description: MachineDescription = {
      hartware: 1,
      harts: 2,
      memory: '512M',
      boot: {
        kernel: await place.put('kernel', guest!.kernel),
        initrd: await place.put(
          'initrd',
          concatenateInitrds([initrd!, shellInitramfs({ interactive: false, modules })]),
        ),
        append: `rdinit=${SHELL_INIT}`,
        firmware,
      },
      ...devices(disk),
    };
    const { command } = exportQemu(description);
    const tree = place.path('tree.dtb');
    await treeOfQemu(command, tree);
    const qemu = spawn(command[0], [...command.slice(1), '-dtb', tree], { stdio: 'pipe' });
    onTestFinished(() => void qemu.kill('SIGKILL'));
    const there = GuestConsole.ofProcess(qemu);
    await there.waitForShell();
    const theirs = await functionsOf(there);
    expect(theirs).toEqual(ours);
    expect(
      await there.outputOf('seq 30000 > /tmp/lines; cmp -n $(wc -c < /tmp/lines) /dev/vda /tmp/lines'),
    ).toBe('');
  });
});
