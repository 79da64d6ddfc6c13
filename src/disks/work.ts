/** Long work over a disk: several steps at a time, bounded memory, progress, and an end at any moment. */
import type { WorkOptions } from './disk-image.ts';
import { Serial } from './serial.ts';

/** Bytes of a step: large enough that the calls do not count, small enough that progress shows. */
export const CHUNK = 2 * 1024 * 1024;
/** Steps under way at a time. */
const PARALLEL = 4;

/** A stretch of a disk. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** A step over a range, in two parts. */
export interface Step {
  /** Several at a time. The buffer is as long as the range. */
  read(range: Range, buffer: Uint8Array): Promise<void>;
  /** After `read` of the same range; several at a time, unless `isOrdered`. */
  write?(range: Range, buffer: Uint8Array): Promise<void>;
  /** Whether the second parts come one after the other, in the order of their ranges. Default false. */
  readonly isOrdered?: boolean;
}

/**
 * Does a step for each range. When one fails or the signal is aborted, no other begins; those under way are
 * waited for.
 * @param total for the progress, which is where the last range that was done ends.
 */
export async function forEachRange(
  ranges: AsyncGenerator<Range>,
  total: number,
  { signal, progress }: WorkOptions,
  step: Step,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  // Ranges are taken one after the other, and so are turns: a generator has one reader.
  const taking = new Serial();
  let lastTurn: Promise<void> = Promise.resolve();
  const worker = async (): Promise<void> => {
    let own = new Uint8Array();
    while (!failure) {
      signal?.throwIfAborted();
      const { value: range, done } = await taking.run(() => ranges.next());
      if (done || failure) return;
      const before = lastTurn;
      let endTurn!: () => void;
      lastTurn = new Promise((resolve) => (endTurn = resolve));
      try {
        if (own.length < range.length) own = new Uint8Array(range.length);
        const buffer = own.subarray(0, range.length);
        await step.read(range, buffer);
        if (step.isOrdered) await before;
        if (failure) return;
        await step.write?.(range, buffer);
        progress?.(range.offset + range.length, total);
      } catch (error) {
        // Before the turn ends, so that whoever waits for it does nothing more.
        failure ??= { error };
      } finally {
        endTurn();
      }
    }
  };
  progress?.(0, total);
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      failure ??= { error };
    });
  await Promise.all(Array.from({ length: PARALLEL }, guarded));
  if (failure) throw (failure as { readonly error: unknown }).error;
  progress?.(total, total);
}

/** Lends buffers of up to `CHUNK` bytes, with whatever is in them, again and again: new ones cost much of a copy. */
export function lender(): <T>(length: number, work: (buffer: Uint8Array) => Promise<T>) => Promise<T> {
  const free: Uint8Array[] = [];
  return async (length, work) => {
    const whole = free.pop() ?? new Uint8Array(CHUNK);
    try {
      return await work(whole.subarray(0, length));
    } finally {
      free.push(whole);
    }
  };
}
