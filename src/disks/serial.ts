/** Work that must not overlap. */

/** Runs what it is given one after the other, in the order in which it was given. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();

  /** Resolves, or rejects, as `work` does; what comes next is run in either case. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => {});
    return result;
  }
}
