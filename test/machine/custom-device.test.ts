/** Devices of embedders that throw where no access of the guest is at fault. */
import { afterEach, expect, test } from 'vitest';
import type { CustomDevice, DeviceContext } from '../../src/machine/custom-device.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import { firmwareMachine } from '../support/firmware-machine.ts';

const BASE = 0x4000000;
/** Writes once to the device, waits until reads of it are not 0, and powers off with a1 set. */
const PROGRAM = `
        li   s0, ${BASE}
        sw   zero, (s0)
1:      lw   a0, (s0)
        beqz a0, 1b
        li   a1, 7
        li   t6, 0x100000
        li   t5, 0x5555
        sw   t5, (t6)
2:      j    2b`;

const machines: LocalMachine[] = [];
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.dispose()));
});

/** Runs the program with a device whose work `start` begins; it is over when `finish` is called. */
async function run(start: (context: DeviceContext, finish: () => void) => void): Promise<string[]> {
  const log: string[] = [];
  const device: CustomDevice = {
    kind: 'mmio',
    name: 'broken',
    base: BASE,
    size: 8,
    create(context) {
      let isOver = 0;
      return {
        reset() {},
        read: () => isOver,
        write: () => start(context, () => (isOver = 1)),
      };
    },
  };
  const machine = await firmwareMachine(
    PROGRAM,
    {},
    { devices: [device], log: (line) => void log.push(line) },
  );
  machines.push(machine);
  expect(await machine.run()).toEqual({ reason: 'ended', exit: { reason: 'power-off', code: 0 } });
  expect(machine.harts[0].getX(11)).toBe(7n);
  return log;
}

const fail = (finish: () => void) => (): never => {
  finish();
  throw new Error('out of order');
};

test('what a device throws when its work is done goes to the log, and the guest goes on', async () => {
  const log = await run(({ io }, finish) => io.submit(Promise.resolve(5), fail(finish), () => {}));
  expect(log).toEqual(['broken: the end of its work failed: out of order']);
});

test('and when its work has failed', async () => {
  const work = () => Promise.reject(new Error('no disk'));
  const log = await run(({ io }, finish) => io.submit(work(), () => {}, fail(finish)));
  expect(log).toEqual(['broken: the end of its work failed: out of order']);
});

test('and in its timers', async () => {
  const log = await run(({ createTimer, wallClock }, finish) =>
    createTimer().setDeadline(wallClock() + 1_000_000n, fail(finish)),
  );
  expect(log).toEqual(['broken: its timer failed: out of order']);
});

test('and in what it deferred', async () => {
  const log = await run(({ defer }, finish) => defer(fail(finish)));
  expect(log).toEqual(['broken: what it deferred failed: out of order']);
});

test('work that is no promise is done at once', async () => {
  const log = await run(({ io }, finish) => io.submit(5 as never, finish, () => {}));
  expect(log).toEqual([]);
});
