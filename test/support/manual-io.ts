/** An IoScheduler whose completions run when the test says so, in the order of submission or any other. */
import type { IoScheduler } from '../../src/devices/device.ts';

interface Pending {
  readonly promise: Promise<unknown>;
  readonly done: (result: never) => void;
  readonly failed: (error: unknown) => void;
}

export class ManualIo implements IoScheduler {
  readonly pending: Pending[] = [];

  submit<T>(work: Promise<T>, done: (result: T) => void, failed: (error: unknown) => void): void {
    // The test looks at the outcome later; until then a rejection is no one's.
    work.catch(() => {});
    this.pending.push({ promise: work, done: done as (result: never) => void, failed });
  }

  soon(done: () => void): void {
    this.pending.push({ promise: Promise.resolve(), done, failed: () => {} });
  }

  /** Completes the pending work at `index`. */
  async complete(index = 0): Promise<void> {
    const [work] = this.pending.splice(index, 1);
    const outcome = await work.promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('error' in outcome) work.failed(outcome.error);
    else work.done(outcome.value as never);
  }

  /** Completes until nothing is left. */
  async drain(): Promise<void> {
    while (this.pending.length > 0) await this.complete();
  }
}
