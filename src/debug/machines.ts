/** Whole machines in lockstep. */
import type { LocalMachine } from '../machine/machine.ts';
import type { LockstepMachine } from './lockstep.ts';

/** A machine as it runs in lockstep: by steps, and without waiting for time to pass. It needs the virtual clock. */
export class SteppedMachine implements LockstepMachine {
  constructor(readonly machine: LocalMachine) {}

  get harts(): LocalMachine['harts'] {
    return this.machine.harts;
  }

  get memory(): LocalMachine['ram'] {
    return this.machine.ram;
  }

  get instructionCount(): bigint {
    return this.machine.instructionCount;
  }

  step(count: number): Promise<number> {
    return this.machine.step(count, { skipIdle: true });
  }
}
