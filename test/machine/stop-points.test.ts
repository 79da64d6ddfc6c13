/** Where machines stop for their embedder: breakpoints, watchpoints, ebreak and tohost, to the instruction. */
import { afterEach, describe, expect, it } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import type { MachineStop } from '../../src/machine/api.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import { buildElf } from '../images/elf-builder.ts';
import { firmwareMachine, type ProgramDescription } from '../support/firmware-machine.ts';
import { Random } from '../support/random.ts';

const RAM = 0x80000000n;
const DATA = 0x80100000n;
const FINISH = `li t6, 0x100000\n li t5, 0x5555\n sw t5, (t6)\n 9: j 9b`;

const machines: LocalMachine[] = [];
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.dispose()));
});

async function firmware(source: string, description?: ProgramDescription): Promise<LocalMachine> {
  const machine = await firmwareMachine(source, description);
  machines.push(machine);
  return machine;
}

/** A loop hot enough to be translated, with a call in it. */
const LOOP = `
        li   s0, 20000
        li   a0, 0
loop:   call add
        addi s0, s0, -1
        bnez s0, loop
        ${FINISH}
add:    addi a0, a0, 3
        xori a1, a0, 1
        ret`;

const addressOf = (source: string, label: string): bigint => assemble(source).symbols.get(label)!;

describe('breakpoints', () => {
  it('stop before the instruction, each time, and go on from there', async () => {
    const machine = await firmware(LOOP);
    const add = addressOf(LOOP, 'add');
    const { id } = await machine.addBreakpoint(add);
    for (let round = 0n; round < 10n; round++) {
      expect(await machine.run()).toEqual({ reason: 'breakpoint', hart: 0, pc: add, id });
      expect(machine.state).toBe('paused');
      expect(machine.harts[0].pc).toBe(add);
      expect(machine.harts[0].getX(10)).toBe(3n * round);
    }
  });

  it('are found in code that was translated before, and no more when they are removed', async () => {
    const machine = await firmware(LOOP);
    await machine.step(90_000);
    const breakpoint = await machine.addBreakpoint(addressOf(LOOP, 'loop'));
    const before = machine.instructionCount;
    expect(await machine.run()).toMatchObject({ reason: 'breakpoint' });
    expect(Number(machine.instructionCount - before)).toBeLessThan(7);
    await breakpoint.remove();
    await breakpoint.remove();
    expect(await machine.run()).toEqual({ reason: 'ended', exit: { reason: 'power-off', code: 0 } });
    expect(machine.harts[0].getX(10)).toBe(60_000n);
  });

  it('and watchpoints are gone with their machine: removing them then does no harm', async () => {
    const machine = await firmware(LOOP);
    const breakpoint = await machine.addBreakpoint(addressOf(LOOP, 'loop'));
    const watchpoint = await machine.addWatchpoint(DATA);
    await machine.dispose();
    expect(await Promise.all([breakpoint.remove(), watchpoint.remove()])).toEqual([undefined, undefined]);
  });

  it('pass as often as they are told to, and for other harts', async () => {
    const machine = await firmware(
      `csrr s1, mhartid\n li a0, 0\n loop: addi a0, a0, 1\n li a1, 5000\n bne a0, a1, loop\n 1: wfi\n j 1b`,
      { harts: 2 },
    );
    const loop = addressOf('csrr s1, mhartid\n li a0, 0\n loop: nop', 'loop');
    await machine.addBreakpoint(loop, { hart: 1, ignore: 1000 });
    expect(await machine.run()).toMatchObject({ reason: 'breakpoint', hart: 1 });
    expect(machine.harts[1].getX(10)).toBe(1000n);
  });

  it('are where single steps find them', async () => {
    const random = new Random(11);
    const labels = ['loop', 'add'];
    const { image, places } = { image: assemble(LOOP), places: [2, 4, 6, 8, 12, 14] };
    const base = image.symbols.get('loop')!;
    for (let round = 0; round < 6; round++) {
      const chosen = new Set([
        image.symbols.get(labels[random.below(2)])!,
        base + BigInt(places[random.below(places.length)]),
      ]);
      const [stepped, run] = [await firmware(LOOP), await firmware(LOOP)];
      for (const address of chosen) await run.addBreakpoint(address);
      for (let hit = 0; hit < 30; hit++) {
        do await stepped.step(1);
        while (!chosen.has(stepped.harts[0].pc));
        expect(await run.run()).toMatchObject({ reason: 'breakpoint', pc: stepped.harts[0].pc });
        expect(run.instructionCount).toBe(stepped.instructionCount);
      }
    }
  });

  it('stop in the middle of a step', async () => {
    const machine = await firmware(LOOP);
    const stops: MachineStop[] = [];
    machine.on('stop', (stop) => void stops.push(stop));
    await machine.addBreakpoint(addressOf(LOOP, 'add'));
    const first = await machine.step(1000);
    expect(first).toBeLessThan(10);
    expect(await machine.step(3)).toBe(3);
    expect(stops.map(({ reason }) => reason)).toEqual(['breakpoint', 'paused']);
  });

  it('leave interrupts and traps as they are', async () => {
    // The handler and the code that it interrupts both have one.
    const source = `
            la   t0, handler
            csrw mtvec, t0
            li   s0, 0
    again:  ecall
            addi s0, s0, 1
            j    again
            .balign 4
    handler: csrr t1, mepc
            addi t1, t1, 4
            csrw mepc, t1
            mret`;
    const machine = await firmware(source);
    await machine.addBreakpoint(addressOf(source, 'handler'));
    await machine.addBreakpoint(addressOf(source, 'again'));
    const order: bigint[] = [];
    for (let i = 0; i < 6; i++) order.push(((await machine.run()) as { pc: bigint }).pc);
    const [handler, again] = [addressOf(source, 'handler'), addressOf(source, 'again')];
    expect(order).toEqual([again, handler, again, handler, again, handler]);
    expect(machine.harts[0].getX(8)).toBe(2n);
  });

  it.each([
    ['an odd address', RAM + 1n, {}, /even address/],
    ['a symbol that is not there', 'main', {}, /the boot files have no symbols/],
    ['no address', 1.5, {}, /expected an address, found 1.5/],
    ['a hart that is not there', RAM, { hart: 1 }, /from 0 to 0, found 1/],
    ['a count that is none', RAM, { ignore: -1 }, /ignore: expected/],
  ])('refuse %s', async (_, at, options, message) => {
    const machine = await firmware(LOOP);
    await expect(machine.addBreakpoint(at, options)).rejects.toThrow(message);
    await expect(machine.addBreakpoint(at, options)).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  it('are limited in number, and the one too many leaves the others', async () => {
    const machine = await firmware(LOOP);
    for (let i = 0; i < 256; i++) await machine.addBreakpoint(RAM + 0x1000n + BigInt(2 * i));
    await expect(machine.addBreakpoint(addressOf(LOOP, 'add'))).rejects.toThrow(/no room for one more/);
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
  });
});

describe('watchpoints', () => {
  const source = `
          li   s0, ${DATA}
          li   a0, 0
  loop:   addi a0, a0, 1
          sd   a0, 0(s0)
          ld   a1, 8(s0)
          sh   a0, 18(s0)
          amoadd.w a2, a0, (s0)
          j    loop`;

  it('stop after a store, with what it stored', async () => {
    const machine = await firmware(source);
    await machine.step(60_000);
    const { id, size } = await machine.addWatchpoint(DATA + 16n, { size: 4 });
    expect(size).toBe(4);
    for (let i = 0; i < 5; i++) {
      expect(await machine.run()).toMatchObject({
        reason: 'watchpoint',
        id,
        hart: 0,
        access: 'write',
        address: DATA + 18n,
        size: 2,
      });
      const [{ pc }] = machine.harts;
      expect(pc).toBe(addressOf(source.replace('amoadd', 'here: amoadd'), 'here'));
      expect(machine.ram.getUint16(DATA + 18n)).toBe(Number(machine.harts[0].getX(10) & 0xffffn));
    }
  });

  it('tell reads from writes, atomics too', async () => {
    const machine = await firmware(source);
    const watch = async (access: 'read' | 'write' | 'access') => {
      const { remove } = await machine.addWatchpoint(DATA, { access, size: 16 });
      const seen: string[] = [];
      for (let i = 0; i < 4; i++) {
        const stop = (await machine.run()) as { access: string; address: bigint };
        seen.push(`${stop.access} ${stop.address - DATA}`);
      }
      await remove();
      return seen;
    };
    expect(await watch('read')).toEqual(['read 8', 'read 8', 'read 8', 'read 8']);
    expect(await watch('access')).toEqual(['write 0', 'write 0', 'read 8', 'write 0']);
  });

  it('see every byte of an access across two pages', async () => {
    const machine = await firmware(`li s0, ${DATA + 0xffcn}\n li a0, -1\n sd a0, (s0)\n ${FINISH}`);
    await machine.addWatchpoint(DATA + 0x1002n, { size: 1 });
    expect(await machine.run()).toMatchObject({ reason: 'watchpoint', address: DATA + 0x1000n, size: 4 });
    expect(machine.ram.getUint64(DATA + 0xffcn)).toBe(0xffff_ffff_ffff_ffffn);
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
  });

  it('watch registers of devices', async () => {
    const machine = await firmware(
      `li s0, 0x10000000\n li a0, 'x'\n sb a0, (s0)\n lbu a1, 5(s0)\n ${FINISH}`,
    );
    await machine.addWatchpoint(0x10000000n, { size: 8, access: 'access' });
    expect(await machine.run()).toMatchObject({ access: 'write', address: 0x10000000n });
    expect(await machine.run()).toMatchObject({ access: 'read', address: 0x10000005n });
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
  });

  it('see what is stored to a physical address, whatever it is called', async () => {
    // Sv39 with one gigapage: virtual 0 is physical 0x80000000.
    const machine = await firmware(`
            li   t0, ${DATA}
            li   t1, ${((RAM >> 12n) << 10n) | 0xcfn}
            sd   t1, (t0)
            sd   t1, 16(t0)
            li   t2, ${(8n << 60n) | (DATA >> 12n)}
            csrw satp, t2
            li   t3, -1
            csrw pmpaddr0, t3
            li   t3, 31
            csrw pmpcfg0, t3
            li   t3, 0x1800
            csrc mstatus, t3
            li   t3, 0x800
            csrs mstatus, t3
            la   t3, 1f
            csrw mepc, t3
            mret
    1:      li   a0, 7
            li   a1, 0x200010
            sd   a0, (a1)
            j    .`);
    await machine.addWatchpoint(RAM + 0x200010n, { physical: true });
    expect(await machine.run()).toMatchObject({ reason: 'watchpoint', address: 0x200010n, size: 8 });
    expect(machine.harts[0].privilege).toBe('supervisor');
  });

  it.each([
    [{ size: 0 }, /size: expected/],
    [{ access: 'execute' as never }, /access: expected read, write or access/],
  ])('refuse %j', async (options, message) => {
    const machine = await firmware(source);
    await expect(machine.addWatchpoint(DATA, options)).rejects.toThrow(message);
  });
});

describe('haltOn', () => {
  it('ebreak stops at it, and going on starts behind it', async () => {
    const source = `li a0, 1\n first: ebreak\n li a0, 2\n second: c.ebreak\n li a0, 3\n ${FINISH}`;
    const machine = await firmware(source);
    await machine.haltOn({ ebreak: true });
    expect(await machine.run()).toEqual({ reason: 'ebreak', hart: 0, pc: addressOf(source, 'first') });
    expect(machine.harts[0].getX(10)).toBe(1n);
    expect(await machine.run()).toEqual({ reason: 'ebreak', hart: 0, pc: addressOf(source, 'second') });
    expect(machine.harts[0].getX(10)).toBe(2n);
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
    expect(machine.harts[0].getX(10)).toBe(3n);
  });

  it.each<[string, string, number, bigint]>([
    ['a load from nowhere', `li a1, 0x20000\n li a2, 3\n crash: lw a0, (a1)`, 5, 0x20000n],
    ['a jump to nowhere', `li a1, 0x20000\n li a2, 3\n jr a1`, 1, 0x20000n],
    ['a CSR that is not there', `li a1, 0x20000\n li a2, 3\n crash: csrr a0, 0x8ff`, 2, 0x8ff02573n],
  ])('an exception without a handler: %s', async (_, source, cause, value) => {
    const machine = await firmware(source);
    await machine.haltOn({ trap: true });
    const pc = cause === 1 ? 0x20000n : addressOf(source, 'crash');
    expect(await machine.run()).toEqual({ reason: 'trap', hart: 0, pc, cause, value });
    expect(machine.harts[0].getX(12)).toBe(3n);
    expect(await machine.harts[0].read('mepc')).toBe(pc);
  });

  it('an exception without a handler, in translated code', async () => {
    const source = `li s0, 50000\n 1: csrr a0, mscratch\n call 2f\n addi s0, s0, -1\n bnez s0, 1b\n j .\n 2: li a1, 1\n bne s0, a1, 3f\n csrw mhartid, a0\n 3: ret`;
    const machine = await firmware(source);
    await machine.haltOn({ trap: true });
    expect(await machine.run()).toMatchObject({ reason: 'trap', cause: 2 });
    expect(machine.harts[0].getX(8)).toBe(1n);
  });

  it('an exception with a handler is none of that', async () => {
    const machine = await firmware(`la t0, 1f\n csrw mtvec, t0\n ecall\n .balign 4\n 1: ${FINISH}`);
    await machine.haltOn({ trap: true });
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
  });

  it('without it an ebreak is an exception', async () => {
    const machine = await firmware(
      `la t0, 1f\n csrw mtvec, t0\n ebreak\n .balign 4\n 1: csrr a0, mcause\n ${FINISH}`,
    );
    await machine.run();
    expect(machine.harts[0].getX(10)).toBe(3n);
  });

  it('tohost ends with a code', async () => {
    const machine = await firmware(`li t0, ${DATA}\n li a0, ${(5 << 1) | 1}\n sd a0, (t0)\n j .`);
    await machine.haltOn({ tohost: DATA });
    expect(await machine.run()).toEqual({ reason: 'tohost', hart: 0, code: 5 });
  });

  it('tohost prints, and serves system calls', async () => {
    const text = 'printed by a call\n';
    const source = `
            la   s0, tohost
            la   s1, fromhost
            li   a0, 0x0101000000000000
            ori  a0, a0, 'A'
            sd   a0, (s0)
            la   a1, request
            sd   a1, (s0)
    1:      ld   a2, (s1)
            beqz a2, 1b
            ld   a3, (a1)
            li   a4, 1
            sd   a4, (s0)
            j    .
            .balign 64
    tohost: .dword 0
            .balign 64
    fromhost: .dword 0
    request: .dword 64, 1, text, ${text.length}, 0, 0, 0, 0
    text:   .ascii ${JSON.stringify(text)}`;
    const { bytes, symbols } = assemble(source);
    const elf = buildElf({
      segments: [{ virtual: RAM, bytes }],
      symbols: [...symbols].map(([name, value]) => ({ name, value })),
    });
    const machine = await firmwareMachine('nop', {}, { files: { program: elf } });
    machines.push(machine);
    await machine.haltOn({ tohost: true });
    let output = '';
    const reading = (async () => {
      for await (const chunk of machine.serial.output) output += Buffer.from(chunk).toString();
    })();
    expect(await machine.run()).toEqual({ reason: 'tohost', hart: 0, code: 0 });
    expect(machine.harts[0].getX(13)).toBe(BigInt(text.length));
    await machine.stop();
    await reading;
    expect(output).toBe(`A${text}`);
  });

  it('needs a symbol, or an address', async () => {
    const machine = await firmware(LOOP);
    await expect(machine.haltOn({ tohost: true })).rejects.toThrow(
      /"tohost": the boot files have no symbols/,
    );
  });
});
