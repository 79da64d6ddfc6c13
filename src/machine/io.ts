/** Work of devices that takes host time, and when a guest sees it done. */
import { messageOf } from '../errors.ts';
import type { IoScheduler } from '../devices/device.ts';

export interface IoQueueOptions {
  /** Whether the guest stands still until all work is done, which then ends in the order of its submission. */
  readonly isVirtual: boolean;
  /** Makes the core come back after the instruction under way. */
  readonly requestExit: () => void;
  /** Work is done. */
  readonly onChange: () => void;
  /** Told of a device that throws: as in its registers, the guest goes on. */
  readonly log: (message: string) => void;
}

interface Work {
  readonly device: string;
  /** What its device does at its end; undefined until the host is done with it. */
  end: (() => void) | undefined;
}

export class IoQueue {
  /** In the order of submission. */
  private work: Work[] = [];
  private waiting: (() => void)[] = [];

  constructor(private readonly options: IoQueueOptions) {}

  /** Whether devices wait. */
  get isUnderWay(): boolean {
    return this.work.length > 0;
  }

  /** @param device what to call it in the log. */
  scheduler(device: string): IoScheduler {
    return {
      submit: (promise, done, failed) => {
        const work = this.add(device);
        const settle = (end: () => void): void => {
          work.end = end;
          // Where time is the host's, the guest has gone on, and hears of it now.
          if (!this.options.isVirtual) this.finish(work);
          for (const resume of this.waiting.splice(0)) resume();
          this.options.onChange();
        };
        void Promise.resolve(promise).then(
          (result) => settle(() => done(result)),
          (error: unknown) => settle(() => failed(error)),
        );
      },
      soon: (done) => {
        this.add(device).end = done;
      },
    };
  }

  /** To be called between two instructions: ends what the host is done with; false when there was nothing. */
  complete(): boolean {
    const { work } = this;
    if (work.length === 0) return false;
    const isDone = ({ end }: Work): boolean => end !== undefined;
    if (this.options.isVirtual && !work.every(isDone)) return false;
    const ready = work.filter(isDone);
    for (const one of ready) this.finish(one);
    return ready.length > 0;
  }

  /** Waits until nothing is under way. */
  async settle(): Promise<void> {
    while (this.isUnderWay) {
      if (this.complete()) continue;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private add(device: string): Work {
    const work: Work = { device, end: undefined };
    this.work.push(work);
    // Back to the host, so that the work gets its turn.
    this.options.requestExit();
    return work;
  }

  private finish(work: Work): void {
    this.work.splice(this.work.indexOf(work), 1);
    try {
      work.end!();
    } catch (error) {
      this.options.log(`${work.device}: the end of its work failed: ${messageOf(error)}`);
    }
  }
}
