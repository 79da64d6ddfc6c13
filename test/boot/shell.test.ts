/** Debian's kernel boots to the shell through our SBI and through OpenSBI, and finds the machine that is there. */
import { describe, expect, test } from 'vitest';
import { ISA_EXTENSIONS } from '../../src/machine/isa-extensions.ts';
import { requireFile } from '../support/tools.ts';
import {
  BOOT_TEST_TIMEOUT,
  bootDebian,
  debianGuest,
  OPENSBI,
  powerOff,
  smallInitrd,
  TROUBLE,
  type DebianMachine,
} from './debian.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const firmwares = ['fw_dynamic.bin', 'fw_jump.bin'].map((name) => `${OPENSBI}/${name}`);
const hasOpenSbi = firmwares.every((file) => requireFile(file, 'opensbi'));

const HARTS = [1, 4] as const;
/** In seconds; what the guest's clock may differ from the host's on a computer that is busy. */
const CLOCK_TOLERANCE = 60;

async function checkSystem({ console }: DebianMachine, harts: number): Promise<void> {
  expect(await console.outputOf('uname -srm')).toBe(`Linux ${guest!.kernelRelease} riscv64`);
  const last = harts - 1;
  expect(await console.outputOf('cat /sys/devices/system/cpu/online')).toBe(last === 0 ? '0' : `0-${last}`);
  expect(Math.abs(Number(await console.outputOf('date +%s')) - Date.now() / 1000)).toBeLessThan(
    CLOCK_TOLERANCE,
  );

  const cpus = await console.outputOf('cat /proc/cpuinfo');
  expect(cpus.match(/^processor\t: \d+$/gm)).toHaveLength(harts);
  expect(new Set(cpus.match(/^mmu\t\t: .*$/gm))).toEqual(new Set(['mmu\t\t: sv48']));
  // The kernel names the extensions that it knows.
  const isas = new Set(cpus.match(/^isa\t\t: .*$/gm)!.map((line) => line.slice('isa\t\t: '.length)));
  expect(isas.size).toBe(1);
  const [base, ...extensions] = [...isas][0].split('_');
  expect(base).toBe('rv64imafdc');
  for (const name of ['zicbom', 'zicboz', 'zicond', 'zawrs', 'zacas', 'zfhmin', 'zba', 'zbb', 'zbc', 'zbs']) {
    expect(extensions).toContain(name);
  }
  for (const name of ['sstc', 'svinval', 'svnapot', 'svpbmt']) expect(extensions).toContain(name);
  const implied = ['zaamo', 'zalrsc', 'zca', 'zcd', 'zmmul', 'zifencei'];
  expect([...ISA_EXTENSIONS, ...implied]).toEqual(expect.arrayContaining(extensions));

  const interrupts = await console.outputOf('cat /proc/interrupts');
  expect(interrupts).toMatch(/SiFive PLIC\s+10\s+Edge\s+ttyS0/);
  const timer = /^\s*\d+:((?:\s+\d+)+)\s+RISC-V INTC\s+5\s+Edge\s+riscv-timer/m.exec(interrupts);
  const ticks = timer?.[1].trim().split(/\s+/).map(Number) ?? [];
  expect(ticks, interrupts).toHaveLength(harts);
  for (const count of ticks) expect(count).toBeGreaterThan(0);

  const memory = await console.outputOf('cat /proc/iomem');
  expect(memory).toMatch(/^00101000-00101fff : 101000\.rtc/m);
  expect(memory).toMatch(/^10000000-100000ff : serial/m);
  expect(memory).toMatch(/^8\w{7}-9fffffff : System RAM/m);

  expect(await console.outputOf('cat /sys/class/misc/hw_random/rng_current')).toBe('virtio_rng.0');
  expect(await console.outputOf('dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c')).toBe('64');
  const random = 'dd if=/dev/hwrng bs=32 count=1 2>/dev/null | sha256sum';
  expect(await console.outputOf(random)).not.toBe(await console.outputOf(random));

  const tree = '/proc/device-tree';
  expect(await console.outputOf(`tr '\\0' '\\n' < ${tree}/compatible`)).toContain('riscv-virtio');
  const nodes = (await console.outputOf(`ls -1 ${tree} ${tree}/soc ${tree}/cpus`)).split('\n');
  for (const node of ['chosen', 'soc', 'memory@80000000', 'serial@10000000', 'rtc@101000', 'test@100000']) {
    expect(nodes).toContain(node);
  }
  expect(nodes.filter((name) => name.startsWith('cpu@'))).toHaveLength(harts);
  expect(nodes.filter((name) => name.startsWith('virtio_mmio@'))).toHaveLength(8);
  expect(await console.outputOf(`tr -d '\\0' < ${tree}/chosen/bootargs`)).toBe('rdinit=/hartware/init');

  // All harts compute at once, and wake one another through a pipe.
  const sums = Array.from({ length: harts }, () => 'seq 20000 | sha256sum &').join(' ');
  const computed = (await console.outputOf(`(${sums} wait)`)).split('\n');
  expect(new Set(computed).size).toBe(1);
  expect(computed).toHaveLength(harts);

  expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
}

describe.skipIf(!guest)('through the machine’s own SBI', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test.each(HARTS)('%i harts', async (harts) => {
    const debian = await bootDebian({ guest: guest!, machine: { harts } });
    expect(debian.console.transcript).toContain('SBI specification v3.0 detected');
    await checkSystem(debian, harts);
    expect(await powerOff(debian)).toEqual({ reason: 'power-off', code: 0 });
    expect(debian.console.transcript).not.toMatch(TROUBLE);
  });
});

describe.skipIf(!guest || !hasOpenSbi).each(firmwares)(
  'through %s',
  { timeout: BOOT_TEST_TIMEOUT },
  (firmware) => {
    test.each(HARTS)('%i harts', async (harts) => {
      const debian = await bootDebian({ guest: guest!, initrd, firmware, machine: { harts } });
      const { transcript } = debian.console;
      expect(transcript).toMatch(/^OpenSBI v\d/m);
      expect(transcript).toContain('SBI implementation ID=0x1 ');
      expect(transcript).toMatch(new RegExp(`Platform HART Count +: ${harts}\\n`));
      await checkSystem(debian, harts);
      expect(await powerOff(debian)).toEqual({ reason: 'power-off', code: 0 });
      expect(debian.console.transcript).not.toMatch(TROUBLE);
    });
  },
);
