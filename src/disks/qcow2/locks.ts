/** What keeps concurrent accesses to an image from each other's way. */

/** Lets one piece of work at a time run, in the order of arrival. */
export class Lock {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}

/** Many accesses at a time, or one that is alone. */
export class Gate {
  private active = 0;
  private closed: Promise<void> | undefined;
  private whenEmpty: (() => void) | undefined;

  /** Whether something that wants to be alone runs or waits. */
  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed;
    this.active++;
    try {
      return await work();
    } finally {
      if (--this.active === 0) this.whenEmpty?.();
    }
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed;
    let open = (): void => {};
    this.closed = new Promise((resolve) => (open = resolve));
    try {
      if (this.active > 0) await new Promise<void>((resolve) => (this.whenEmpty = resolve));
      this.whenEmpty = undefined;
      return await work();
    } finally {
      this.closed = undefined;
      open();
    }
  }
}

/** File accesses that are under way, so that room in the file is not used again before they end. */
export class InFlight {
  private readonly accesses = new Set<Promise<unknown>>();

  track(access: Promise<void>): Promise<void> {
    this.accesses.add(access);
    const done = (): void => void this.accesses.delete(access);
    access.then(done, done);
    return access;
  }

  /** Waits for those that have begun. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.accesses);
  }
}

/** Ranges of guest clusters that are being allocated, each by one write. */
export class Claims {
  private readonly claims = new Set<{ first: number; last: number; done: Promise<void> }>();

  /** Something to wait for when part of the range, inclusive, is claimed. */
  overlapping(first: number, last: number): Promise<void> | undefined {
    for (const claim of this.claims) if (claim.first <= last && claim.last >= first) return claim.done;
    return undefined;
  }

  /** Runs `work` while the range is claimed; nothing of it may be claimed before. */
  async hold<T>(first: number, last: number, work: () => Promise<T>): Promise<T> {
    let release = (): void => {};
    const claim = { first, last, done: new Promise<void>((resolve) => (release = resolve)) };
    this.claims.add(claim);
    try {
      return await work();
    } finally {
      this.claims.delete(claim);
      release();
    }
  }
}
