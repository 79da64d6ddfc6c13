/** Guest programs as machines that run in lockstep. */
import type { LockstepMachine } from '../../src/debug/lockstep.ts';
import { EXIT_IDLE } from '../../src/core/core.ts';
import { Hart } from '../../src/machine/hart.ts';
import type { GuestProgram } from './guest-program.ts';

export class LockstepGuest implements LockstepMachine {
  readonly harts: readonly Hart[];

  constructor(readonly guest: GuestProgram) {
    this.harts = Array.from({ length: guest.core.harts }, (_, index) => new Hart(guest.core, index));
  }

  get memory() {
    return this.guest.memory;
  }

  get instructionCount(): bigint {
    return this.guest.core.instructionCount;
  }

  /** Time in which every hart waits is skipped. */
  step(count: number): Promise<number> {
    const { guest } = this;
    const start = guest.instructionCount;
    while (!guest.finish && guest.instructionCount - start < count) {
      if (guest.core.run(count - (guest.instructionCount - start)) !== EXIT_IDLE) continue;
      const ticks = guest.core.exports.idleTicks();
      if (ticks === Infinity) break;
      guest.core.exports.skipIdle(ticks);
    }
    return Promise.resolve(guest.instructionCount - start);
  }
}
