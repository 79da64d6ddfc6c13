/**
 * The same kernel, initrd, firmware and command line here and on QEMU `virt`: the
 * kernel finds the same machine, but for the differences that stand in this file.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { concatenateInitrds } from '../../src/images/index.ts';
import { Workplace } from '../bindings/cli/hartware.ts';
import { requireFile, requireTool } from '../support/tools.ts';
import { BOOT_TEST_TIMEOUT, bootDebian, debianGuest, OPENSBI, smallInitrd } from './debian.ts';
import { GuestConsole } from './guest-console.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const firmware = `${OPENSBI}/fw_dynamic.bin`;
const hasAll =
  requireTool('qemu-system-riscv64', 'qemu-system-misc') && requireFile(firmware, 'opensbi') && guest;

/** What the kernel has measured, or says when its machine stood still for a while on a busy host. */
const MEASUREMENT =
  /^(cpu\d+: Ratio of byte access time|hrtimer: interrupt took|sched: .*throttling activated|clocksource: |workqueue: .* hogged CPU|rcu: |rcu_\w+ |perf: interrupt took too long)/;
/** Lines with times, sizes or addresses that follow from them: their numbers are not compared. */
const VOLATILE =
  /^(Memory:|NODE_DATA|audit:|node 0 deferred|goldfish_rtc .* setting|software IO TLB: mapped|Freeing|kauditd)/;

interface Sight {
  readonly memory: string[];
  readonly interrupts: string[];
  readonly devices: string[];
  readonly virtio: string[];
  readonly messages: string[];
}

/** What the kernel behind a shell has found. */
async function look(console: GuestConsole): Promise<Sight> {
  const lines = async (command: string): Promise<string[]> => (await console.outputOf(command)).split('\n');
  const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
  return {
    // What is reserved follows from the sizes of the trees.
    memory: (await lines('cat /proc/iomem')).filter((line) => !/ : Reserved$/.test(line)).sort(),
    // After the counts of two harts.
    interrupts: unique(
      (await lines('cat /proc/interrupts'))
        .slice(1)
        .map((line) => line.replace(/^ *\w+: +\d+ +\d+ +/, '').replace(/ +/g, ' ')),
    ),
    devices: unique(await lines('ls -1 /sys/bus/platform/devices')),
    virtio: unique(await lines('cat /sys/bus/virtio/devices/*/device /sys/bus/virtio/devices/*/vendor')),
    messages: unique(
      (await lines('dmesg'))
        .map((line) => line.replace(/^\[ *[\d.]+\] /, ''))
        .filter((line) => !MEASUREMENT.test(line))
        .map((line) => (VOLATILE.test(line) ? line.replace(/0x[0-9a-f]+|\d+/g, '#') : line)),
    ),
  };
}

function startQemu(kernel: string, initrd: string): ChildProcessWithoutNullStreams {
  // With a thread for each hart, QEMU 7.2 now and then stands still when the firmware is done, on a busy host.
  const args = ['-M', 'virt', '-accel', 'tcg,thread=single', '-cpu', 'rv64', '-m', '512M', '-smp', '2'];
  args.push('-net', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-bios', firmware);
  args.push('-kernel', kernel, '-initrd', initrd, '-append', `rdinit=${SHELL_INIT}`);
  args.push('-global', 'virtio-mmio.force-legacy=false', '-device', 'virtio-rng-device');
  return spawn('qemu-system-riscv64', args, { stdio: 'pipe' });
}

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

const without = (one: readonly string[], other: readonly string[]): string[] =>
  one.filter((line) => !other.includes(line));

describe.skipIf(!hasAll)('the kernel’s view of the machine and of QEMU virt', () => {
  test('differs in nothing else than here', { timeout: BOOT_TEST_TIMEOUT }, async () => {
    const { console } = await bootDebian({ guest: guest!, initrd, firmware, machine: { harts: 2 } });
    const ours = await look(console);

    const shell = shellInitramfs({ interactive: false });
    const qemu = startQemu(
      await place.put('kernel', guest!.kernel),
      await place.put('initrd', concatenateInitrds([initrd!, shell])),
    );
    onTestFinished(() => void qemu.kill('SIGKILL'));
    const qemuConsole = GuestConsole.ofProcess(qemu);
    await qemuConsole.waitForShell();
    const theirs = await look(qemuConsole);

    const difference = (part: keyof Sight): { ours: string[]; theirs: string[] } => ({
      ours: without(ours[part], theirs[part]),
      theirs: without(theirs[part], ours[part]),
    });
    // QEMU fills the places of virtio devices from the last to the first, we from the first.
    expect(difference('memory')).toEqual({
      ours: ['10001000-10001fff : 10001000.virtio_mmio virtio_mmio@10001000'],
      theirs: [
        '10008000-10008fff : 10008000.virtio_mmio virtio_mmio@10008000',
        // A window to memory on PCI that we do not have.
        '400000000-7ffffffff : pci@30000000',
      ],
    });
    expect(difference('interrupts')).toEqual({
      ours: ['SiFive PLIC 1 Edge virtio0'],
      theirs: ['SiFive PLIC 8 Edge virtio0'],
    });
    // We have supervisor software interrupts by memory (as QEMU with aclint=on); no flash and platform bus.
    expect(difference('devices')).toEqual({
      ours: ['2f00000.sswi'],
      theirs: ['20000000.flash', 'platform-bus@4000000', 'pmu'],
    });
    // Who made the virtio devices.
    expect(difference('virtio')).toEqual({ ours: ['0x52415748'], theirs: ['0x554d4551'] });
    const messages = difference('messages');
    // That of the other window.
    const isOfWindow = (line: string): boolean =>
      /^pci.*( MEM 0x0?400000000|\[mem 0x400000000|: Memory resource size exceeds max for 32 bits)/.test(
        line,
      );
    expect({ ...messages, theirs: messages.theirs.filter((line) => !isOfWindow(line)) }).toEqual({
      ours: [
        'HugeTLB: 0 KiB vmemmap can be freed for a 64.0 KiB page', // Svnapot
        'HugeTLB: registered 64.0 KiB page size, pre-allocated 0 pages',
        'Machine model: riscv-virtio,hartware',
        'riscv-pmu-sbi: 16 firmware and 2 hardware counters',
        'riscv: base ISA extensions acdfim',
        'software IO TLB: SWIOTLB bounce buffer size adjusted to 0MB', // Zicbom
        'software IO TLB: area num 2.',
        'software IO TLB: mapped [mem #-#] (#MB)',
      ],
      theirs: [
        'Falling back to deprecated "riscv,isa"',
        'Machine model: riscv-virtio,qemu',
        'riscv-pmu-sbi: 16 firmware and 18 hardware counters',
        'riscv: base ISA extensions acdfhim',
      ],
    });
  });
});
