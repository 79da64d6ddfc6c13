import { describe, expect, it } from 'vitest';
import { describeDifference, runLockstep, type LockstepOptions } from '../../src/debug/lockstep.ts';
import { SteppedMachine } from '../../src/debug/machines.ts';
import { compareMemory, physicalAddress } from '../../src/debug/state.ts';
import { firmwareMachine } from '../support/firmware-machine.ts';
import { DATA, GuestProgram } from '../support/guest-program.ts';
import { LockstepGuest } from '../support/lockstep-guest.ts';
import { PAGE_VA, PagedProgram } from '../support/paged-program.ts';
import { PTE_ALL } from '../support/page-table.ts';

const LOOP = `
  li a1, DATA
  again: addi a0, a0, 1
  sd a0, (a1)
  j again`;

/** Goes wrong after `at` instructions. */
class FaultyGuest extends LockstepGuest {
  constructor(
    guest: GuestProgram,
    private readonly at: number,
    private readonly damage: (guest: FaultyGuest) => void,
  ) {
    super(guest);
  }

  override async step(count: number): Promise<number> {
    const start = this.guest.instructionCount;
    if (start >= this.at || start + count < this.at) return super.step(count);
    await super.step(this.at - start);
    this.damage(this);
    return this.at - start + (await super.step(start + count - this.at));
  }
}

const withFault = (at: number, damage: (guest: FaultyGuest) => void): LockstepOptions<LockstepGuest> => ({
  make: (kind) =>
    Promise.resolve(
      kind === 'reference'
        ? new LockstepGuest(new GuestProgram(LOOP))
        : new FaultyGuest(new GuestProgram(LOOP), at, damage),
    ),
  chunk: () => 1000,
  memoryInterval: 7,
});

describe('two machines in lockstep', () => {
  it('do the same', async () => {
    const make = () => Promise.resolve(new LockstepGuest(new GuestProgram(LOOP)));
    expect(await runLockstep({ make }, 1_000_000)).toBeUndefined();
  });

  it('differ in a register from one instruction on', async () => {
    const found = await runLockstep(
      withFault(12_345, ({ harts }) => harts[0].setX(20, 7n)),
      1_000_000,
    );
    expect(found).toMatchObject({ lastEqual: 12_344, firstDifferent: 12_345 });
    expect(found!.differences).toEqual([{ what: 'hart 0 x20', reference: '0x0', subject: '0x7' }]);
    expect(found!.trail).toHaveLength(48);
    expect(found!.trail.join('\n')).toMatch(/hart 0 M 0x8000\w+: sd a0,0\(a1\)\n/);
    expect(describeDifference(found!)).toMatch(
      /^interpreter and translated code differ after 12345 instructions; after 12344/,
    );
  });

  it('differ in memory, which is not compared every time', async () => {
    const found = await runLockstep(
      withFault(9001, ({ memory }) => memory.setUint64(DATA + 64n, 0x7ff0000000000001n)),
      1_000_000,
    );
    expect(found).toMatchObject({ lastEqual: 9000, firstDifferent: 9001 });
    expect(found!.differences).toEqual([
      { what: `memory 0x${(DATA + 64n).toString(16)}`, reference: '0x0', subject: '0x7ff0000000000001' },
    ]);
  });

  it('differ in where they are', async () => {
    const found = await runLockstep(
      withFault(777, ({ harts }) => {
        harts[0].pc = 0x80000000n;
      }),
      1_000_000,
    );
    expect(found!.differences.map(({ what }) => what)).toEqual(['hart 0 pc']);
  });

  it('take what comes from outside at the same places in each run', async () => {
    const before = ({ harts }: LockstepGuest, index: number): void => {
      if (index === 5) harts[0].setX(21, 99n);
    };
    const found = await runLockstep(
      { ...withFault(12_345, ({ harts }) => harts[0].setX(20, harts[0].getX(21))), before },
      1_000_000,
    );
    expect(found!.differences).toEqual([{ what: 'hart 0 x20', reference: '0x0', subject: '0x63' }]);
  });

  it('end together', async () => {
    const source =
      'li t0, 100\n 1: addi t0, t0, -1\n bnez t0, 1b\n li t1, 0x100000\n li t2, 0x5555\n sw t2, (t1)\n j .';
    const machines: SteppedMachine[] = [];
    const found = await runLockstep({
      make: async () => {
        const machine = new SteppedMachine(await firmwareMachine(source, { clock: { kind: 'virtual' } }));
        machines.push(machine);
        return machine;
      },
    });
    expect(found).toBeUndefined();
    expect(machines.map(({ machine }) => machine.state)).toEqual(['ended', 'ended']);
  });
});

describe('a machine that steps', () => {
  const WAITS = `
    li t0, 0x2004000
    li t1, 5000000
    sd t1, (t0)
    li t1, 0x80
    csrw mie, t1
    wfi
    1: addi a0, a0, 1
    j 1b`;

  it('skips the time until something is due', async () => {
    const machine = await firmwareMachine(WAITS, { clock: { kind: 'virtual' } });
    expect(await new SteppedMachine(machine).step(1000)).toBe(1000);
    expect(machine.harts[0].getX(10)).toBeGreaterThan(400n);
  });

  it('stops where nothing is', async () => {
    const machine = await firmwareMachine('wfi\n 1: j 1b', { clock: { kind: 'virtual' } });
    expect(await new SteppedMachine(machine).step(1000)).toBe(1);
  });

  it('waits without skipping, unless it is asked to', async () => {
    const machine = await firmwareMachine(WAITS, { clock: { kind: 'virtual' } });
    expect(await machine.step(1000)).toBeLessThan(20);
  });
});

describe('where code lies', () => {
  it('is found by the page tables', () => {
    const paged = new PagedProgram('1: j 1b');
    paged.tables.map(PAGE_VA, DATA, PTE_ALL);
    paged.execute(1000);
    const guest = new LockstepGuest(paged);
    const [hart] = guest.harts;
    expect(hart.privilege).toBe('supervisor');
    expect(physicalAddress(guest, hart, PAGE_VA + 0x123n)).toBe(DATA + 0x123n);
    expect(physicalAddress(guest, hart, PAGE_VA + 0x1000n)).toBeUndefined();
    // By a page of a gigabyte.
    expect(physicalAddress(guest, hart, 0x80001234n)).toBe(0x80001234n);
  });

  it('without translation, in RAM only', () => {
    const guest = new LockstepGuest(new GuestProgram('j .'));
    const [hart] = guest.harts;
    expect(physicalAddress(guest, hart, 0x80000004n)).toBe(0x80000004n);
    expect(physicalAddress(guest, hart, 0x1000n)).toBeUndefined();
    expect(compareMemory(guest, guest)).toEqual([]);
  });
});
