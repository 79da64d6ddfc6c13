/** A guest that has booted, and runs workloads one after the other. */
import type { Transcript } from '../support/transcript.ts';
import { READY } from './initramfs.ts';
import type { Workload } from './workload.ts';

/** A guest whose console can be seen and typed on. */
export interface LinuxGuest {
  readonly console: Transcript;
  type(text: string): void;
  /** Executed so far; undefined where nobody counts. */
  instructions(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Who can boot the guest, and how. */
export interface LinuxContender {
  readonly name: string;
  /** Whether it can run a workload. Default: it can. */
  has?(workload: Workload): boolean;
  /** Whether its programs were compiled for another processor, where what they compute may be rounded differently. */
  readonly isOtherProcessor?: boolean;
  boot(): Promise<LinuxGuest>;
}

/** One execution of a workload; times in milliseconds. */
export interface Execution {
  /** From the start of the command to its end. */
  readonly whole: number;
  /** Between the marks that the command makes, if it makes any. */
  readonly steady?: number;
  /** What the command computed, if it says. */
  readonly digest?: string;
  /** From start to end, in all; undefined where nobody counts. */
  readonly instructions?: number;
}

const BOOT_LIMIT = 10 * 60_000;
const WORKLOAD_LIMIT = 20 * 60_000;

const escape = (text: string): RegExp => new RegExp(text.replace(/[[\]]/g, '\\$&'));
const READY_MARK = escape(READY);

export class Session {
  private constructor(
    private readonly guest: LinuxGuest,
    private place: number,
  ) {}

  static async boot(contender: LinuxContender): Promise<Session> {
    const guest = await contender.boot();
    try {
      const ready = await guest.console.waitFor(READY_MARK, 0, BOOT_LIMIT);
      return new Session(guest, ready.index + READY.length);
    } catch (error) {
      await guest.close();
      throw error;
    }
  }

  /** @throws Error when the command does not end well. */
  async run(name: string): Promise<Execution> {
    const { console } = this.guest;
    const from = this.place;
    const before = await this.guest.instructions();
    this.guest.type(`${name}\n`);
    const ready = await console.waitFor(READY_MARK, from, WORKLOAD_LIMIT);
    this.place = ready.index + READY.length;
    const after = await this.guest.instructions();
    const text = console.text.slice(from, ready.index);
    const time = (mark: RegExp): number | undefined => {
      const match = mark.exec(text);
      return match ? console.timeAt(from + match.index) : undefined;
    };
    const [start, begin, end, finish] = [
      /\[\[start\]\]/,
      /\[\[begin\]\]/,
      /\[\[end\]\]/,
      /\[\[finish 0\]\]/,
    ].map(time);
    if (start === undefined || finish === undefined) {
      throw new Error(`expected ${name} to end well, found:\n${text.trim().slice(-1000)}`);
    }
    return {
      whole: finish - start,
      steady: begin !== undefined && end !== undefined ? end - begin : undefined,
      digest: /\[\[digest (\w+)\]\]/.exec(text)?.[1],
      instructions: before !== undefined && after !== undefined ? after - before : undefined,
    };
  }

  close(): Promise<void> {
    return this.guest.close();
  }
}
