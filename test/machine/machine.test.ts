/** A machine's life: from creation to power-off, paused, stepped, reset, idle; and that equal runs are equal. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { CSR_MCYCLE, CSR_MINSTRET, CSR_TIME } from '../../src/generated/csr.ts';
import { assemble } from '../../src/assembler/assembler.ts';
import type { SuppliedFile } from '../../src/machine/host-options.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import { firmwareMachine, kernelMachine, type ProgramDescription } from '../support/firmware-machine.ts';
import { Random } from '../support/random.ts';

const VIRTUAL: ProgramDescription = { clock: { kind: 'virtual', idle: 'skip' } };
const DATA = 0x80100000n;
const FINISH = (value: number) => `li t6, 0x100000\n li t5, ${value}\n sw t5, (t6)\n 9: j 9b`;

const machines: LocalMachine[] = [];
const kept = (machine: LocalMachine): LocalMachine => {
  machines.push(machine);
  return machine;
};
const firmware = async (source: string, description?: ProgramDescription) =>
  kept(await firmwareMachine(source, description));
const kernel = async (source: string, description?: ProgramDescription) =>
  kept(await kernelMachine(source, description));

afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.stop()));
});

const run = async (machine: LocalMachine) => {
  if (machine.state === 'created') await machine.start();
  else await machine.resume();
  return machine.ended;
};

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe('the end', () => {
  it.each([
    ['power-off', 0x5555, { reason: 'power-off', code: 0 }],
    ['a failure with its code', 0x12343333, { reason: 'failure', code: 0x1234 }],
  ])('%s', async (_, value, expected) => {
    const machine = await firmware(FINISH(value));
    expect(await run(machine)).toEqual(expected);
    expect(machine.state).toBe('ended');
  });

  it('by the embedder', async () => {
    const machine = await firmware('1: j 1b');
    await machine.start();
    await sleep(5);
    expect(await machine.stop()).toEqual({ reason: 'stopped', code: 0 });
    expect(await machine.ended).toEqual({ reason: 'stopped', code: 0 });
    await expect(machine.start()).rejects.toThrow(/has ended: make a new one/);
    expect(machine.state).toBe('ended');
    expect(await machine.step(10)).toBe(0);
  });

  it('nothing is executed after the store that ends it', async () => {
    const machine = await firmware(`li a0, 1\n li t6, 0x100000\n li t5, 0x5555\n sw t5, (t6)\n li a0, 2`);
    await run(machine);
    expect(machine.harts[0].getX(10)).toBe(1n);
  });
});

describe('pausing and stepping', () => {
  const counting = 'li a0, 0\n 1: addi a0, a0, 1\n j 1b';

  it('step executes exactly as many instructions', async () => {
    const machine = await firmware(counting);
    let sum = 0;
    for (const count of [1, 2, 3, 100, 12_345, 600_000]) {
      expect(await machine.step(count)).toBe(count);
      sum += count;
      expect(machine.instructionCount).toBe(BigInt(sum));
    }
    expect(machine.state).toBe('paused');
  });

  it('a paused machine stands still, and goes on where it was', async () => {
    const machine = await firmware(counting);
    await machine.start();
    await sleep(5);
    await machine.pause();
    const count = machine.instructionCount;
    const a0 = machine.harts[0].getX(10);
    await sleep(10);
    expect(machine.instructionCount).toBe(count);
    expect(a0).toBeGreaterThan(0n);
    await machine.resume();
    await sleep(5);
    await machine.pause();
    expect(machine.harts[0].getX(10)).toBeGreaterThan(a0);
  });

  it('step needs a paused machine', async () => {
    const machine = await firmware(counting);
    await machine.start();
    await expect(machine.step()).rejects.toThrow(/pause\(\) it first/);
  });

  it('step answers fewer when every hart waits', async () => {
    const machine = await firmware('nop\n nop\n wfi');
    const executed = await machine.step(1000);
    expect(executed).toBeGreaterThan(2);
    expect(executed).toBeLessThan(20);
    expect(await machine.step(1000)).toBe(0);
  });

  it('registers and memory can be read and changed', async () => {
    const machine = await firmware(
      `1: beqz a0, 1b\n li a1, ${DATA}\n ld a2, (a1)\n sd a0, 8(a1)\n ${FINISH(0x5555)}`,
    );
    await machine.step(50);
    const [hart] = machine.harts;
    expect(hart.privilege).toBe('machine');
    hart.setX(10, 0x1234n);
    machine.ram.setUint64(DATA, 77n);
    await run(machine);
    expect(hart.getX(12)).toBe(77n);
    expect(machine.ram.getUint64(DATA + 8n)).toBe(0x1234n);
  });

  it('a changed instruction is the one that runs', async () => {
    const machine = await firmware(`1: j 1b\n ${FINISH(0x5555)}`);
    await machine.step(100);
    machine.ram.setUint32(machine.harts[0].pc, 0x13);
    expect(await run(machine)).toEqual({ reason: 'power-off', code: 0 });
  });
});

describe('reset', () => {
  it('loads the boot files again and starts over', async () => {
    // The first time through changes its own flag from 0 and asks for a reset; RAM elsewhere stays.
    const machine = await firmware(`
      li a1, ${DATA}
      ld a0, (a1)
      la a2, flag
      lw a3, (a2)
      li a4, 1
      sw a4, (a2)
      bnez a0, 1f
      sd a4, (a1)
      ${FINISH(0x7777)}
      1: ${FINISH(0x5555)}
      .balign 8
      flag: .word 0`);
    await run(machine);
    expect(machine.harts[0].getX(10)).toBe(1n);
    expect(machine.harts[0].getX(13)).toBe(0n);
  });

  it('by the embedder, while it runs and while it is paused', async () => {
    const machine = await firmware('li a0, 0\n 1: addi a0, a0, 1\n j 1b');
    await machine.step(5000);
    await machine.reset();
    expect(machine.harts[0].getX(10)).toBe(0n);
    await machine.step(100);
    expect(machine.harts[0].getX(10)).toBeLessThan(100n);
    await machine.resume();
    await machine.reset();
    expect(machine.state).toBe('running');
    const reset = machine.reset();
    await machine.pause();
    await reset;
    expect(machine.state).toBe('paused');
  });

  describe('reads boot files again', () => {
    const program = (source: string) => assemble(source).bytes;
    const endless = () => program('1: addi a0, a0, 1\n j 1b');
    const getting = async (program: SuppliedFile) =>
      kept(await firmwareMachine('nop', {}, { files: { program } }));

    it('and lets go of what a function gives', async () => {
      const given: Uint8Array[] = [];
      const machine = await getting(() => {
        const bytes = program(`li a0, ${given.length}\n 1: j 1b`);
        given.push(bytes);
        return bytes;
      });
      for (const expected of [0n, 1n, 2n]) {
        await machine.step(10);
        expect(machine.harts[0].getX(10)).toBe(expected);
        await machine.reset();
      }
      expect(given.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
    });

    it('but keeps what was given as bytes', async () => {
      const bytes = endless();
      const { length } = bytes;
      const machine = await getting(bytes);
      await machine.reset();
      expect(bytes.length).toBe(length);
    });

    it('and ends where one is gone', async () => {
      let isThere = true;
      const program = () => {
        if (!isThere) throw new Error('it is gone');
        return endless();
      };
      const machine = await firmwareMachine('nop', {}, { files: { program } });
      isThere = false;
      await machine.start();
      await machine.reset();
      await expect(machine.ended).rejects.toThrow('it is gone');
      expect(machine.state).toBe('ended');
    });

    it.each(['runs', 'is paused'])('and stops meanwhile when it is told to, where it %s', async (how) => {
      let isFirst = true;
      const machine = await getting(() => {
        if (!isFirst) return new Promise<Uint8Array>(() => {});
        isFirst = false;
        return endless();
      });
      if (how === 'runs') await machine.start();
      const reset = machine.reset();
      await sleep(5);
      expect(await machine.stop()).toEqual({ reason: 'stopped', code: 0 });
      await reset;
    });
  });
});

describe('an idle machine', () => {
  it.each([1, 4])('uses no host CPU (%i harts)', async (harts) => {
    const machine = await firmware('1: wfi\n j 1b', { harts });
    await machine.start();
    await sleep(50);
    const count = machine.instructionCount;
    const before = process.cpuUsage();
    await sleep(300);
    const { user, system } = process.cpuUsage(before);
    expect(machine.instructionCount).toBe(count);
    // Microseconds; a loop would take all of the 300 000.
    expect(user + system).toBeLessThan(150_000);
  });

  it('wakes when its timer fires', async () => {
    const machine = await firmware(`
      li s0, 0x2000000 + 0xbff8
      li s1, 0x2000000 + 0x4000
      ld t0, (s0)
      li t1, 500000 # 50 ms
      add a1, t0, t1
      sd a1, (s1)
      li t0, 0x80
      csrw mie, t0
      wfi
      ld a0, (s0)
      ${FINISH(0x5555)}`);
    await run(machine);
    expect(machine.harts[0].getX(10)).toBeGreaterThanOrEqual(machine.harts[0].getX(11));
    expect(machine.instructionCount).toBeLessThan(1000n);
  });

  it('wakes when something is typed', async () => {
    const machine = await firmware(`
      li s0, 0x10000000
      li t0, 1
      sb t0, 1(s0)      # IER: received data
      li s1, 0xc000000
      li t0, 1
      sw t0, 40(s1)     # priority of source 10
      li t0, 0x400
      li t1, 0xc002000
      sw t0, (t1)       # enabled for M-mode of hart 0
      li t0, 0x800
      csrw mie, t0
      wfi
      lbu a0, (s0)
      ${FINISH(0x5555)}`);
    await machine.start();
    await sleep(20);
    expect(machine.state).toBe('running');
    const writer = machine.serial.input.getWriter();
    await writer.write(new Uint8Array([0x41]));
    await machine.ended;
    expect(machine.harts[0].getX(10)).toBe(0x41n);
  });

  const hour = `
    li s1, 0x2000000 + 0x4000
    li t1, 36000000000 # an hour
    sd t1, (s1)
    li t0, 0x80
    csrw mie, t0
    wfi
    rdtime a0
    ${FINISH(0x5555)}`;

  it('with a virtual clock that skips, an hour is over at once', async () => {
    const machine = await firmware(hour, VIRTUAL);
    await run(machine);
    expect(machine.harts[0].getX(10)).toBe(36000000000n);
  });

  it('with a virtual clock that sleeps, it takes its time', async () => {
    const machine = await firmware(hour.replace('36000000000', '500000'), { clock: { kind: 'virtual' } });
    const before = performance.now();
    await run(machine);
    expect(performance.now() - before).toBeGreaterThan(40);
    expect(machine.harts[0].getX(10)).toBe(500000n);
  });

  it('with a virtual clock, setting mtime leaves the real-time clock alone', async () => {
    const machine = await firmware(
      `li s0, 0x101000
 li s1, 0x200bff8
       lwu s2, (s0)
 lwu s3, 4(s0)
       li t0, -1
 srli t0, t0, 1
 sd t0, (s1)
 lwu s4, (s0)
 lwu s5, 4(s0)
       sd zero, (s1)
 lwu s6, (s0)
 lwu s7, 4(s0)
       ${FINISH(0x5555)}`,
      VIRTUAL,
    );
    await run(machine);
    const time = (low: number) => machine.harts[0].getX(low) | (machine.harts[0].getX(low + 1) << 32n);
    const [before, ahead, back] = [time(18), time(20), time(22)];
    expect(before).toBeGreaterThanOrEqual(1_735_689_600_000_000_000n);
    expect(ahead).toBeGreaterThanOrEqual(before);
    expect(ahead - before).toBeLessThan(100_000n);
    expect(back - before).toBeLessThan(100_000n);
    expect(back).toBeGreaterThanOrEqual(before);
  });

  it('with a virtual clock and no timer, time does not run away', async () => {
    const machine = await firmware('1: wfi\n j 1b', VIRTUAL);
    await machine.start();
    await sleep(30);
    await machine.pause();
    expect(machine.harts[0].getCsr(CSR_TIME)).toBeLessThan(1000n);
  });
});

describe('firmware of its own: SBI', () => {
  const ecall = (extension: number, fn: number) => `li a7, ${extension}\n li a6, ${fn}\n ecall`;

  it('the kernel starts in S-mode with its hart and the FDT, and turns the machine off', async () => {
    const machine = await kernel(
      `mv s0, a0\n mv s1, a1\n li a0, 0\n li a1, 0\n ${ecall(0x53525354, 0)}\n 1: j 1b`,
    );
    expect(machine.harts[0].privilege).toBe('supervisor');
    expect(await run(machine)).toEqual({ reason: 'power-off', code: 0 });
    expect(machine.ram.getUint32(machine.harts[0].getX(9))).toBe(0xedfe0dd0);
  });

  it('prints', async () => {
    const machine = await kernel(
      [...'hello'].map((c) => `li a0, ${c.charCodeAt(0)}\n ${ecall(0x4442434e, 2)}`).join('\n') +
        `\n li a0, 0\n li a1, 0\n ${ecall(0x53525354, 0)}`,
    );
    const reader = machine.serial.output.getReader();
    await machine.start();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += new TextDecoder().decode(part.value);
    }
    expect(text).toBe('hello');
  });

  it('starts harts, which add up their numbers', async () => {
    const machine = await kernel(
      `
      li s0, ${DATA}
      li s1, 1
      1: mv a0, s1
      la a1, second
      mv a2, s0
      ${ecall(0x48534d, 0)}
      addi s1, s1, 1
      li t0, 4
      bne s1, t0, 1b
      li t0, 6
      2: ld s2, (s0)
      bne s2, t0, 2b
      li a0, 0
      li a1, 0
      ${ecall(0x53525354, 0)}
      .balign 4
      second: amoadd.d zero, a0, (a1)
      ${ecall(0x48534d, 1)}`,
      { harts: 4, ...VIRTUAL },
    );
    await run(machine);
    expect(machine.ram.getUint64(DATA)).toBe(6n);
  });

  it('sets timers and sends IPIs', async () => {
    const machine = await kernel(
      `
      li t0, 0x22
      csrw sie, t0
      rdtime a0
      addi a0, a0, 1000
      mv s0, a0
      ${ecall(0x54494d45, 0)}
      wfi
      csrr s1, sip
      li a0, -1
      ${ecall(0x54494d45, 0)}
      csrr s2, sip
      li a0, 1
      li a1, 0
      ${ecall(0x735049, 0)}
      csrr s3, sip
      li a0, 0
      li a1, 0
      ${ecall(0x53525354, 0)}`,
      VIRTUAL,
    );
    await run(machine);
    const [hart] = machine.harts;
    expect([hart.getX(9), hart.getX(18), hart.getX(19)]).toEqual([0x20n, 0n, 2n]);
  });
});

describe('equal runs are equal (virtual clock)', () => {
  /** RTC alarms, a timer, the serial port, entropy of the seed, two harts with a lock. */
  const program = `
    la t0, handler
    csrw mtvec, t0
    csrr s0, mhartid
    li s1, ${DATA}
    li s2, 0x101000
    li s3, 0xc000000
    li s4, 0x10000000
    li s11, 20
    bnez s0, work
    li t0, 1
    sw t0, 44(s3)
    li t1, 0xc002000
    li t0, 0x800
    sw t0, (t1)
    sw t0, 0x10(s2)
    li t0, 1
    sw t0, 0x10(s2)
    li t0, 0x800
    csrw mie, t0
    call arm
    csrsi mstatus, 8
    work:
    li t0, 1
    amoswap.w t0, t0, (s1)
    bnez t0, work
    ld t0, 8(s1)
    addi t0, t0, 1
    sd t0, 8(s1)
    andi t1, t0, 63
    addi t1, t1, 32
    sb t1, (s4)
    amoswap.w zero, zero, (s1)
    pause
    bnez s11, work
    bnez s0, work
    ${FINISH(0x5555)}
    arm:
    lw t0, (s2)
    lw t1, 4(s2)
    li t2, 77777  # nanoseconds
    addi t3, s11, 1
    mul t2, t2, t3
    add t2, t2, t0
    sw t1, 12(s2)
    sw t2, 8(s2)
    ret
    .balign 4
    handler:
    sd ra, 512(s1)
    sd t0, 520(s1)
    sd t1, 528(s1)
    sd t2, 536(s1)
    sd t3, 544(s1)
    li t0, 0xc200000
    lw t1, 4(t0)
    sw zero, 0x1c(s2)
    sw t1, 4(t0)
    addi s11, s11, -1
    csrr t2, minstret
    slli t3, s11, 3
    add t3, t3, s1
    sd t2, 1024(t3)
    call arm
    ld ra, 512(s1)
    ld t0, 520(s1)
    ld t1, 528(s1)
    ld t2, 536(s1)
    ld t3, 544(s1)
    mret`;

  const state = (machine: LocalMachine): Record<string, string> => {
    const result: Record<string, string> = {
      ram: createHash('sha256').update(machine.ram.view(0x80000000n, machine.ram.size)).digest('hex'),
      count: `${machine.instructionCount}`,
    };
    for (const hart of machine.harts) {
      for (let n = 1; n < 32; n++) result[`${hart.index} x${n}`] = hart.getX(n).toString(16);
      for (const csr of [CSR_MINSTRET, CSR_MCYCLE, CSR_TIME])
        result[`${hart.index} csr ${csr}`] = `${hart.getCsr(csr)}`;
      result[`${hart.index} pc`] = hart.pc.toString(16);
    }
    return result;
  };

  const description: ProgramDescription = {
    harts: 2,
    clock: { kind: 'virtual', instructionsPerSecond: 100_000_000, idle: 'skip' },
  };

  it('however the host cuts them up', async () => {
    const whole = await firmware(program, description);
    await run(whole);
    const expected = state(whole);
    expect(Number(whole.ram.getUint64(DATA + 1024n))).toBeGreaterThan(1000);

    const again = await firmware(program, description);
    await run(again);
    expect(state(again)).toEqual(expected);

    const random = new Random(5);
    for (const size of [() => 997, () => 64_000, () => 1 + random.below(20_000)]) {
      const stepped = await firmware(program, description);
      for (let i = 0; stepped.state !== 'ended' && i < 100_000; i++) await stepped.step(size());
      expect(state(stepped)).toEqual(expected);
    }
  });
});

it('the device tree of a kernel has room for what boot loaders write into it', async () => {
  for (const machine of [await kernel('j .'), await firmware('j .')]) {
    const view = new DataView(machine.ram.view(Number(machine.harts[0].getX(11)), 40).slice().buffer);
    const [totalSize, strings, stringsSize] = [4, 12, 32].map((field) => view.getUint32(field));
    expect(totalSize - strings - stringsSize).toBeGreaterThanOrEqual(4096);
  }
});
