/** What embedders lean on: errors with codes, events, limits, signals, symbols, devices and SBI answers of their own. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { createNodeHost } from '../../src/bindings/node/host.ts';
import type { MachineState, MachineStop } from '../../src/machine/api.ts';
import type { CustomDevice, DeviceContext } from '../../src/machine/custom-device.ts';
import { Governor, type MachineLimits } from '../../src/machine/limits.ts';
import { LocalMachine } from '../../src/machine/machine.ts';
import { VirtioEntropy } from '../../src/virtio/entropy.ts';
import { assemble } from '../../src/assembler/assembler.ts';
import { buildElf } from '../images/elf-builder.ts';
import { firmwareMachine, kernelMachine } from '../support/firmware-machine.ts';

const RAM = 0x80000000n;
const DATA = 0x80100000n;
const ENDLESS = 'li a0, 0\n 1: addi a0, a0, 1\n j 1b';
const POWER_OFF = `li t6, 0x100000\n li t5, 0x5555\n sw t5, (t6)\n 9: j 9b`;

const machines: LocalMachine[] = [];
const kept = (machine: LocalMachine): LocalMachine => {
  machines.push(machine);
  return machine;
};
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.dispose()));
});

const firmware = async (source: string, ...rest: unknown[]) =>
  kept(await firmwareMachine(source, ...(rest as [])));
const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe('the wrong call at the wrong time', () => {
  it.each<[string, (machine: LocalMachine) => Promise<unknown>, RegExp]>([
    [
      'start twice',
      async (m) => (await m.start(), m.start()),
      /start\(\) needs .* this one is running: pause\(\)/,
    ],
    ['start after a pause', async (m) => (await m.step(), m.start()), /this one is paused: resume\(\) it/],
    ['resume before the start', (m) => m.resume(), /this one has not run yet: start\(\) it/],
    ['resume while it runs', async (m) => (await m.start(), m.resume()), /is running: pause\(\) it first/],
    ['run while it runs', async (m) => (await m.start(), m.run()), /is running: pause\(\) it first/],
    ['step while it runs', async (m) => (await m.start(), m.step()), /pause\(\) it first/],
    ['start after the end', async (m) => (await m.stop(), m.start()), /make a new one/],
    ['reset after the end', async (m) => (await m.stop(), m.reset()), /make a new one/],
    ['a power button that is not there', (m) => m.powerButton(), /"powerButton": true/],
  ])('%s', async (_, call, message) => {
    const machine = await firmware(ENDLESS);
    const error = await call(machine).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'StateError', code: 'STATE' });
    expect((error as Error).message).toMatch(message);
  });

  it('everything after dispose', async () => {
    const machine = await firmware(ENDLESS);
    const [hart] = machine.harts;
    await machine.start();
    await machine.dispose();
    await machine.dispose();
    for (const call of [
      () => machine.start(),
      () => machine.resume(),
      () => machine.run(),
      () => machine.pause(),
      () => machine.step(),
      () => machine.reset(),
      () => machine.stop(),
      () => machine.powerButton(),
      () => machine.addBreakpoint(RAM),
      () => machine.addWatchpoint(RAM),
      () => machine.haltOn({}),
      () => machine.setLimits({}),
      () => machine.statistics(),
      () => machine.resizeConsole(80, 24),
      () => machine.memory.read(RAM, 4),
      () => machine.memory.write(RAM, new Uint8Array(4)),
      () => hart.read('pc'),
      () => hart.write('pc', 0n),
      () => hart.registers(),
      async () => machine.on('stop', () => {}),
      async () => machine.events('stop'),
    ]) {
      await expect(call()).rejects.toMatchObject({ name: 'DisposedError', code: 'DISPOSED' });
    }
    expect(await machine.ended).toEqual({ reason: 'stopped', code: 0 });
  });

  it('what is done twice without harm', async () => {
    const machine = await firmware(ENDLESS);
    await machine.pause();
    await machine.start();
    await Promise.all([machine.pause(), machine.pause()]);
    await machine.pause();
    expect(await machine.stop()).toEqual(await machine.stop());
    await machine.pause();
  });

  it('arguments of the wrong kind', async () => {
    const machine = await firmware(ENDLESS);
    for (const call of [
      () => machine.step(-1),
      () => machine.step(1.5),
      () => machine.step('1' as never),
      () => machine.harts[0].read('x32'),
      () => machine.harts[0].read('nonsense'),
      () => machine.harts[0].write('a0', 0.5),
      () => machine.harts[0].write('mhartid', 1n),
      () => machine.memory.read(RAM, -1),
      () => machine.memory.write(RAM, 'text' as never),
      async () => machine.on('ended' as never, () => {}),
      async () => machine.on('stop', 'text' as never),
    ]) {
      await expect(call()).rejects.toMatchObject({ name: 'ArgumentError', code: 'ARGUMENT' });
    }
    await expect(machine.memory.read(0n, 4)).rejects.toMatchObject({ code: 'GUEST_MEMORY' });
  });
});

describe('registers and memory', () => {
  it('by name, and all together', async () => {
    const machine = await firmware(ENDLESS);
    const [hart] = machine.harts;
    await hart.write('s1', 5);
    await hart.write('x9', (await hart.read('s1')) + 1n);
    await hart.write('fa0', 0x3ff0_0000_0000_0000n);
    await hart.write('mscratch', -1);
    await hart.write('pc', RAM + 4n);
    const { pc, privilege, x, f } = await hart.registers();
    expect({ pc, privilege, s1: x[9], fa0: f[10] }).toEqual({
      pc: RAM + 4n,
      privilege: 'machine',
      s1: 6n,
      fa0: 0x3ff0_0000_0000_0000n,
    });
    expect(await hart.read('mscratch')).toBe(0xffff_ffff_ffff_ffffn);
    expect(await hart.read('f10')).toBe(f[10]);
    expect(await hart.read('zero')).toBe(0n);
  });

  it('a pc is even, however it is written', async () => {
    const machine = await firmware('nop\n nop\n nop\n nop\n 1: j 1b');
    const [hart] = machine.harts;
    await hart.write('pc', RAM + 5n);
    expect(hart.pc).toBe(RAM + 4n);
    hart.pc = RAM + 9n;
    expect(hart.pc).toBe(RAM + 8n);
    expect(await hart.read('pc')).toBe(RAM + 8n);
    await machine.step();
    expect(hart.pc).toBe(RAM + 12n);
    hart.pc = -1n;
    expect(hart.pc).toBe(2n ** 64n - 2n);
  });

  it('memory is copied, and code written there is executed', async () => {
    const machine = await firmware(ENDLESS);
    await machine.step(100_000);
    const copy = await machine.memory.read(RAM, 8);
    await machine.memory.write(machine.harts[0].pc, Uint8Array.of(0x02, 0x90)); // c.ebreak
    await machine.haltOn({ ebreak: true });
    expect(await machine.run()).toMatchObject({ reason: 'ebreak' });
    copy.fill(0);
    expect((await machine.memory.read(RAM, 4)).some((byte) => byte !== 0)).toBe(true);
  });
});

describe('events', () => {
  it('come in order, to callbacks and iterators', async () => {
    const machine = await firmware(ENDLESS);
    const states: MachineState[] = [];
    machine.on('state', (state) => void states.push(state));
    const stops: MachineStop[] = [];
    const iterating = (async () => {
      for await (const stop of machine.events('stop')) stops.push(stop);
    })();
    await machine.step(10);
    await machine.resume();
    await machine.reset();
    await machine.pause();
    await machine.stop();
    await machine.dispose();
    await iterating;
    expect(states).toEqual(['paused', 'running', 'paused', 'ended']);
    expect(stops.map(({ reason }) => reason)).toEqual(['paused', 'paused', 'ended']);
  });

  it('end with their subscription or signal', async () => {
    const machine = await firmware(ENDLESS);
    const seen: string[] = [];
    const controller = new AbortController();
    const first = machine.on('stop', () => seen.push('first'));
    machine.on('stop', () => seen.push('second'), { signal: controller.signal });
    machine.on('stop', () => seen.push('never'), { signal: AbortSignal.abort() });
    await machine.step();
    first.dispose();
    first.dispose();
    await machine.step();
    controller.abort();
    await machine.step();
    expect(seen).toEqual(['first', 'second', 'second']);
    const iterator = machine.events('stop', { signal: AbortSignal.abort(new Error('enough')) });
    await expect(iterator[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
  });

  it('a reset says who wanted it, and diagnostics arrive', async () => {
    const machine = await firmware(
      `li a1, 0x10001000\n sw zero, 0x3c(a1)\n li t6, 0x100000\n li t5, 0x7777\n sw t5, (t6)\n j .`,
    );
    const seen: string[] = [];
    machine.on('reset', ({ by }) => seen.push(by));
    await machine.reset();
    await machine.start();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(2));
    await machine.pause();
    expect(seen.slice(0, 2)).toEqual(['embedder', 'guest']);
  });
});

describe('signals', () => {
  it('give up waiting', async () => {
    const machine = await firmware(ENDLESS);
    const controller = new AbortController();
    const run = machine.run({ signal: controller.signal });
    await sleep(10);
    controller.abort(new Error('no longer wanted'));
    await expect(run).rejects.toThrow('no longer wanted');
    expect(machine.state).toBe('paused');
    await expect(machine.step(1, { signal: controller.signal })).rejects.toThrow('no longer wanted');
    await expect(machine.run({ signal: controller.signal })).rejects.toThrow('no longer wanted');
    expect(await machine.step(5)).toBe(5);
  });

  it('give up making a machine, and stop it afterwards', async () => {
    const program = assemble(ENDLESS).bytes;
    const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } };
    const closed: string[] = [];
    const make = async (signal: AbortSignal, open: () => Promise<Uint8Array>) => {
      const host = await createNodeHost({ files: { program: open }, signal });
      return LocalMachine.create(description, { ...host, close: async () => void closed.push('closed') });
    };
    const early = new AbortController();
    const making = make(early.signal, () => new Promise(() => {}));
    await sleep(5);
    early.abort(new Error('changed my mind'));
    await expect(making).rejects.toThrow('changed my mind');
    expect(closed).toEqual(['closed']);

    const late = new AbortController();
    const machine = kept(await make(late.signal, async () => program));
    await machine.start();
    late.abort();
    expect(await machine.ended).toEqual({ reason: 'stopped', code: 0 });
  });
});

describe('limits', () => {
  it('of instructions hold to the instruction, and can be raised', async () => {
    const machine = await firmware(ENDLESS, {}, { limits: { instructions: 123_456 } });
    expect(await machine.run()).toEqual({ reason: 'limit', limit: 'instructions' });
    expect(machine.instructionCount).toBe(123_456n);
    expect(await machine.run()).toEqual({ reason: 'limit', limit: 'instructions' });
    expect(await machine.step(5)).toBe(0);
    await machine.setLimits({ instructions: 200_000 });
    expect(await machine.step(5)).toBe(5);
    expect(await machine.run()).toEqual({ reason: 'limit', limit: 'instructions' });
    expect(machine.instructionCount).toBe(200_000n);
  });

  it('of time, whether the guest computes or sleeps', async () => {
    const busy = await firmware(ENDLESS, {}, { limits: { cpuTime: 30 } });
    expect(await busy.run()).toEqual({ reason: 'limit', limit: 'cpuTime' });
    expect(busy.figures.time.run).toBeGreaterThanOrEqual(30);
    for (const source of [ENDLESS, '1: wfi\n j 1b']) {
      const machine = await firmware(source, {}, { limits: { wallTime: 40 } });
      expect(await machine.run()).toEqual({ reason: 'limit', limit: 'wallTime' });
      expect(machine.figures.time.wall).toBeGreaterThanOrEqual(40);
    }
  });

  it('a share of the thread leaves the rest to others', async () => {
    const machine = await firmware(ENDLESS, {}, { limits: { cpuShare: 0.2, wallTime: 600 } });
    await machine.run();
    const { run, wall } = machine.figures.time;
    // Not the share itself, which a busy host shifts: without the limit it would be nearly all.
    expect(run / wall).toBeLessThan(0.7);
  });

  it('a share is kept by resting in proportion, and what is owed is paid off', () => {
    const governor = new Governor(() => 0);
    governor.set({ cpuShare: 0.2 });
    for (let turn = 1; turn <= 10; turn++) {
      expect(governor.restAfter(8)).toBe(32);
      governor.rested(32);
    }
    governor.rested(1000);
    expect(governor.restAfter(2)).toBe(8);
    // After a very long turn, input is still answered soon.
    expect(governor.restAfter(5000)).toBe(100);
    governor.set({});
    expect(governor.restAfter(8)).toBe(0);
  });

  it.each<[unknown, RegExp]>([
    [{ instructions: 0 }, /limits.instructions: expected a number above 0, found 0/],
    [{ cpuShare: 1.5 }, /limits.cpuShare: expected at most 1/],
    [{ disk: { bytesPerSecond: -1 } }, /limits.disk.bytesPerSecond/],
    [{ memory: 5 }, /limits.memory: there is no such limit/],
    [{ disk: { iops: 5 } }, /limits.disk.iops: there is no such limit/],
    [null, /limits: expected an object/],
  ])('refuse %j', async (limits, message) => {
    const machine = await firmware(ENDLESS);
    await expect(machine.setLimits(limits as MachineLimits)).rejects.toThrow(message);
    if (limits) await expect(firmware(ENDLESS, {}, { limits })).rejects.toThrow(message);
  });
});

describe('symbols', () => {
  it('are those of the boot files, where they are loaded', async () => {
    const source = `_start: call work\n ebreak\n work: addi a0, a0, 1\n nop\n ret\n data: .dword 5`;
    const { bytes, symbols } = assemble(source);
    const info = { _start: 0x12, work: 0x12, data: 0x11 };
    const file = buildElf({
      segments: [{ virtual: RAM, bytes }],
      symbols: Object.entries(info).map(([name, info]) => ({
        name,
        info,
        value: symbols.get(name)!,
        size: name === 'work' ? 10n : 8n,
      })),
    });
    const machine = await firmware('nop', {}, { files: { program: file } });
    const work = symbols.get('work')!;
    expect(await machine.symbols.find('work')).toMatchObject({ address: work, kind: 'function' });
    expect(await machine.symbols.find('play')).toBeUndefined();
    expect(await machine.symbols.at(work + 3n)).toMatchObject({ name: 'work' });
    expect(await machine.symbols.at(work + 0x1000n)).toBeUndefined();
    expect((await machine.symbols.list()).map(({ name }) => name)).toEqual(['_start', 'work', 'data']);
    await machine.addBreakpoint('work');
    const later = await machine.addBreakpoint('work+0x4');
    expect(await machine.run()).toMatchObject({ reason: 'breakpoint', pc: work });
    expect(await machine.run()).toMatchObject({ reason: 'breakpoint', pc: work + 4n, id: later.id });
    expect((await machine.addWatchpoint('data')).size).toBe(8);
    await expect(machine.addBreakpoint('wrok')).rejects.toThrow(/found "wrok": there is none of that name/);
  });
});

describe('devices of the embedder', () => {
  /** Adds up what is written to it, and interrupts at ten. */
  const adder = (over: Partial<CustomDevice> = {}): CustomDevice =>
    ({
      kind: 'mmio',
      name: 'adder',
      base: 0x4000000,
      size: 0x100,
      irq: 64,
      create({ interrupt, memory, createTimer, wallClock }) {
        let sum = 0;
        const timer = createTimer();
        return {
          reset() {
            sum = 0;
            interrupt.set(false);
          },
          read: () => sum,
          write(offset: number, _size: number, value: number) {
            sum += value;
            if (offset === 8) memory.setUint32(DATA, sum);
            if (offset === 16) timer.setDeadline(wallClock() + 1_000_000n, () => interrupt.set(true));
            interrupt.set(sum >= 10);
          },
          fdtNode: () => ({ name: 'adder', properties: { compatible: 'example,adder' } }),
        };
      },
      ...over,
    }) as CustomDevice;

  it('have registers, memory, an interrupt, and a node in the device tree', async () => {
    const machine = await firmware(
      `
      li   s0, 0x4000000
      li   t0, 0x0c000000
      li   t1, 1
      sw   t1, 256(t0)      # priority of source 64
      li   t2, 0x0c002000
      sw   t1, 8(t2)        # enabled for M-mode of hart 0
      li   t3, 0x800
      csrw mie, t3
      li   t4, 7
      sw   t4, (s0)
      lw   a0, (s0)
      sw   t4, 8(s0)
      wfi
      li   t5, 0x0c200004
      lw   a2, (t5)
      ${POWER_OFF}`,
      {},
      { devices: [adder()] },
    );
    const tree = machine.ram.view(await machine.harts[0].read('a1'), 0x2000);
    expect(Buffer.from(tree).toString('latin1')).toContain('example,adder');
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
    expect(machine.harts[0].getX(10)).toBe(7n);
    expect(machine.harts[0].getX(12)).toBe(64n);
    expect(machine.ram.getUint32(DATA)).toBe(14);
  });

  it('may have timers, with the virtual clock to the instruction', async () => {
    // A millisecond is a million instructions; the loop waits for mip.MEIP.
    const source = `
      li   s0, 0x4000000
      li   t0, 0x0c000000
      li   t1, 1
      sw   t1, 256(t0)
      li   t2, 0x0c002000
      sw   t1, 8(t2)
      li   t3, 0x800
      sw   zero, 16(s0)
      1: csrr a0, mip
      and  a0, a0, t3
      beqz a0, 1b
      ${POWER_OFF}`;
    const make = () => firmware(source, { clock: { kind: 'virtual' } }, { devices: [adder()] });
    const [whole, cut] = [await make(), await make()];
    await whole.run();
    while ((await cut.step(12_345)) === 12_345);
    expect(cut.state).toBe('ended');
    expect(cut.instructionCount).toBe(whole.instructionCount);
    expect(Number(whole.instructionCount)).toBeGreaterThan(1_000_000);
    expect(Number(whole.instructionCount)).toBeLessThan(1_000_100);
  });

  it('may be virtio devices, in the next free slot', async () => {
    const machine = await firmware(
      `li a1, 0x10002000\n lw a0, 8(a1)\n ${POWER_OFF}`,
      {},
      {
        devices: [
          { kind: 'virtio', name: 'dice', create: ({ random }: DeviceContext) => new VirtioEntropy(random) },
        ],
      },
    );
    await machine.run();
    expect(machine.harts[0].getX(10)).toBe(4n);
  });

  it.each<[string, Partial<CustomDevice>[], RegExp]>([
    [
      'on top of the UART',
      [{ base: 0x10000000 } as never],
      /overlaps uart at 0x10000000.*0x4000000 to 0x6000000 is free/,
    ],
    ['where PCIe will be', [{ base: 0x30000000 } as never], /overlaps pcie-ecam/],
    [
      'on top of one another',
      [{}, { name: 'other', irq: 65 }] as never,
      /device other .* overlaps device adder/,
    ],
    ['in RAM', [{ base: 0x80000000 } as never], /below RAM/],
    ['at an odd place', [{ base: 0x4000001 } as never], /multiple of 8/],
    ['with an interrupt of the UART', [{ irq: 10 } as never], /irq 10 belongs to uart; 64 to 95 are free/],
    ['with no such interrupt', [{ irq: 96 } as never], /irq from 1 to 95/],
    ['of no kind', [{ kind: 'pci' } as never], /expected the kind mmio or virtio/],
  ])('%s are refused', async (_, overs, message) => {
    const made = firmware(ENDLESS, {}, { devices: overs.map(adder) });
    await expect(made).rejects.toThrow(message);
    await expect(made).rejects.toMatchObject({ code: 'DEVICE_CONFLICT' });
  });

  it('that fail are access faults, and the log says why', async () => {
    const log: string[] = [];
    const broken = adder({
      create: () => ({
        reset() {},
        read() {
          throw new Error('out of order');
        },
        write() {},
      }),
    } as never);
    const machine = await firmware(
      `la t0, 1f\n csrw mtvec, t0\n li s0, 0x4000000\n lw a1, (s0)\n .balign 4\n 1: csrr a0, mcause\n ${POWER_OFF}`,
      {},
      { devices: [broken], log: (message: string) => void log.push(message) },
    );
    await machine.run();
    expect(machine.harts[0].getX(10)).toBe(5n);
    expect(log.join()).toMatch(/adder: read .* failed: out of order/);
  });
});

describe('SBI', () => {
  const call = `li a7, 0x0a000000\n li a6, 3\n li a0, 40\n ecall`;
  const off = `li a7, 0x53525354\n li a6, 0\n li a0, 0\n li a1, 0\n ecall`;

  it('calls go to the hook first, and what it leaves is answered as always', async () => {
    const seen: number[] = [];
    const machine = kept(
      await kernelMachine(
        `${call}\n mv s0, a0\n mv s1, a1\n ${off}`,
        {},
        {
          sbi: ({ extensionId, functionId, args }) => {
            seen.push(extensionId);
            return extensionId === 0x0a000000
              ? { error: -3, value: args[0] + BigInt(functionId) }
              : undefined;
          },
        },
      ),
    );
    expect(await machine.run()).toMatchObject({ reason: 'ended', exit: { reason: 'power-off' } });
    expect(machine.harts[0].getX(8)).toBe(BigInt.asUintN(64, -3n));
    expect(machine.harts[0].getX(9)).toBe(43n);
    expect(seen).toEqual([0x0a000000, 0x53525354]);
  });

  it('a hook that fails is SBI_ERR_FAILED, and told', async () => {
    const log: string[] = [];
    const machine = kept(
      await kernelMachine(
        `${call}\n mv s0, a0\n j .`,
        {},
        {
          log: (message) => void log.push(message),
          sbi: () => {
            throw new Error('no idea');
          },
        },
      ),
    );
    await machine.step(1000);
    expect(machine.harts[0].getX(8)).toBe(BigInt.asUintN(64, -1n));
    expect(log.join()).toMatch(/hook for SBI calls failed: no idea/);
  });
});

describe('drives', () => {
  it('are counted, and held to their rate', async () => {
    // 40 reads of 512 bytes through a backend, without a guest.
    const { DiskMeter, meteredBackend } = await import('../../src/block/metered.ts');
    let now = 0;
    const meter = new DiskMeter({
      monotonicTime: () => now,
      setTimer(callback, milliseconds) {
        now += milliseconds;
        queueMicrotask(callback);
        return () => {};
      },
    });
    const backend = meteredBackend(new MemoryBlockBackend(new Uint8Array(65536)), meter);
    meter.setRates({ bytesPerSecond: 51_200 });
    for (let i = 0; i < 40; i++) await backend.read(i * 512, new Uint8Array(512));
    // 400 ms worth of bytes, less the burst.
    expect(now).toBeGreaterThanOrEqual(300);
    expect(now).toBeLessThanOrEqual(400);
    meter.setRates({ operationsPerSecond: 100 });
    now = 0;
    for (let i = 0; i < 40; i++) await backend.write(i * 512, new Uint8Array(512));
    expect(now).toBeGreaterThanOrEqual(300);
    expect(now).toBeLessThanOrEqual(400);
    await backend.flush();
    expect(meter.statistics).toEqual({
      reads: 40,
      writes: 40,
      flushes: 1,
      bytesRead: 20_480,
      bytesWritten: 20_480,
    });
  });
});
