/**
 * Nonsense on every register of every device: no exception leaves a device, no
 * result is out of range, and nothing around RAM changes. The seed is the name of
 * the case; FUZZ_SEED=n runs it again, FUZZ_FRESH=1 takes seeds nobody has tried.
 */
import { describe, expect, it } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { Bus } from '../../src/bus.ts';
import { AclintClint, AclintSswi, CLINT_SIZE, SSWI_SIZE } from '../../src/devices/aclint.ts';
import { CfiFlash, FLASH_SECTOR, FlashBanks } from '../../src/devices/cfi-flash.ts';
import { FwCfg } from '../../src/devices/fw-cfg.ts';
import { GoldfishRtc } from '../../src/devices/goldfish-rtc.ts';
import { Plic } from '../../src/devices/plic.ts';
import { TestFinisher } from '../../src/devices/test-finisher.ts';
import { Uart16550 } from '../../src/devices/uart-16550.ts';
import { VirtioBlock } from '../../src/virtio/block.ts';
import { VirtioConsole } from '../../src/virtio/console.ts';
import { VirtioEntropy } from '../../src/virtio/entropy.ts';
import { VirtioMmio } from '../../src/virtio/mmio.ts';
import { FakeMemory } from '../support/fake-memory.ts';
import { ManualIo } from '../support/manual-io.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const STEPS = 20_000;

const makeBoard = (random: Random) => {
  const failures: string[] = [];
  const bus = new Bus((message) => failures.push(message));
  const memory = new FakeMemory(1 << 16);
  const io = new ManualIo();
  const harts = 4;
  const lines = Array.from({ length: 2 * harts }, () => new RecordedLine());
  const timer = { time: 0n, timecmp: Array.from({ length: harts }, () => 0n) };
  const plic = new Plic(lines);
  const uart = new Uart16550({ interrupt: plic.source(10), output: () => {} });
  let fire = (): void => {};
  const rtc = new GoldfishRtc({
    clock: () => 1_700_000_000_000_000_000n,
    timer: {
      setDeadline: (deadline, callback) => void (fire = deadline === undefined ? () => {} : callback),
    },
    interrupt: plic.source(11),
  });
  const console = new VirtioConsole({ output: () => {} });
  const entropy = new VirtioEntropy((into) => into.fill(random.uint32()));
  const block = new VirtioBlock({ backend: new MemoryBlockBackend(new Uint8Array(1 << 16)), io });
  const clint = new AclintClint(
    {
      readTime: () => timer.time,
      writeTime: (value) => void (timer.time = value),
      readTimecmp: (hart) => timer.timecmp[hart],
      writeTimecmp: (hart, value) => void (timer.timecmp[hart] = value),
    },
    lines.slice(0, harts),
  );
  bus.map(0x10_0000, 0x1000, new TestFinisher(() => {}), 'test');
  bus.map(0x10_1000, 0x1000, rtc, 'rtc');
  bus.map(0x200_0000, CLINT_SIZE, clint, 'clint');
  bus.map(0x2f0_0000, SSWI_SIZE, new AclintSswi(lines.slice(harts)), 'sswi');
  bus.map(0xc00_0000, 0x60_0000, plic, 'plic');
  bus.map(0x1000_0000, 0x100, uart, 'uart');
  [undefined, console, entropy, block].forEach((device, slot) => {
    const transport = new VirtioMmio({ device, memory, interrupt: plic.source(1 + slot) });
    bus.map(0x1000_1000 + slot * 0x1000, 0x1000, transport, `virtio${slot}`);
  });
  const fwCfg = new FwCfg(memory);
  fwCfg.setFiles([{ name: 'etc/file', content: random.bytes(100) }]);
  const flash = [false, true].map(
    (readOnly) =>
      new CfiFlash({
        memory: { bytes: new Uint8Array(FLASH_SECTOR), show: () => {}, changed: () => {} },
        backend: new MemoryBlockBackend(new Uint8Array(FLASH_SECTOR), readOnly),
        io,
        log: (message) => failures.push(message),
      }),
  );
  bus.map(0x1010_0000, 0x18, fwCfg, 'fw-cfg');
  bus.map(0x2000_0000, 2 * FLASH_SECTOR, new FlashBanks(flash, FLASH_SECTOR), 'flash');
  const hostEvents: (() => void | Promise<void>)[] = [
    () => void uart.receive(random.bytes(random.below(40))),
    () => uart.flush(),
    () => uart.reset(),
    () => flash.forEach((bank) => bank.reset()),
    () => void console.receive(random.bytes(random.below(40))),
    () => console.resize(random.below(65536), random.below(65536)),
    () => fire(),
    () => plic.source(1 + random.below(96)).set(random.oneIn(2)),
    () => (io.pending.length > 0 ? io.complete(random.below(io.pending.length)) : undefined),
  ];
  return { bus, memory, failures, timer, hostEvents };
};

const VALUES = [
  0, 1, 2, 3, 7, 8, 0xf, 0x10, 0x83, 0xff, 0x20, 0x40, 0x90, 0x98, 0xd0, 0xe8, 0x5555, 0x8000_0000,
  0x8000_1000, 0xffff_fffe, 0xffff_ffff,
];

describe('all devices', () => {
  it.each(fuzzSeeds(8))('survive nonsense (seed %i)', async (seed) => {
    const random = new Random(seed);
    const { bus, memory, failures, timer, hostEvents } = makeBoard(random);
    for (let step = 0; step < STEPS; step++) {
      const { base, size: window } = random.pick(bus.mappings);
      const size = random.oneIn(2) ? 4 : random.pick([1, 2, 4, 8, 3]);
      // Registers lie at the start of a window; elsewhere is seldom anything.
      let offset = random.below(random.oneIn(4) ? window : Math.min(window, 0x180));
      if (!random.oneIn(8)) offset -= offset % size;
      const value = random.oneIn(2) ? random.pick(VALUES) : random.uint32();
      if (random.oneIn(2)) bus.write(base + offset, size, value, random.uint32());
      else {
        const low = bus.read(base + offset, size);
        const limit = size < 4 ? 2 ** (8 * size) : 2 ** 32;
        const isInRange =
          Number.isInteger(low) && low >= 0 && low < limit && bus.high >= 0 && bus.high < 2 ** 32;
        if (!isInRange)
          expect.fail(`read of ${size} bytes at 0x${(base + offset).toString(16)} gave ${low}, ${bus.high}`);
      }
      if (random.oneIn(16)) await random.pick(hostEvents)();
    }
    expect(failures).toEqual([]);
    expect([timer.time, ...timer.timecmp].every((value) => value === BigInt.asUintN(64, value))).toBe(true);
    expect(memory.isGuardIntact).toBe(true);
    expect(memory.refusals).toBe(0);
  });
});
