/**
 * Who may work: requests begin in the order in which they come, several at a time; one that
 * changes where files are begins when all before it have ended, and those behind it wait for it.
 */
interface Waiting {
  readonly who: object;
  readonly isAlone: boolean;
  /** Goes on, with its turn or without. */
  decide(hasTurn: boolean): void;
}

export class Turns {
  private readonly waiting: Waiting[] = [];
  private active = 0;
  private hasAlone = false;

  /** Does `work` when the turn of `who` has come; undefined where that was cancelled. */
  async take<T>(who: object, isAlone: boolean, work: () => Promise<T>): Promise<T | undefined> {
    if (this.waiting.length === 0 && this.mayBegin(isAlone)) this.begin(isAlone);
    else {
      const hasTurn = await new Promise<boolean>((decide) => this.waiting.push({ who, isAlone, decide }));
      if (!hasTurn) return undefined;
    }
    try {
      return await work();
    } finally {
      this.active--;
      this.hasAlone = false;
      this.beginNext();
    }
  }

  /** Whether `who` still waited, and now has no turn any more. */
  cancel(who: object): boolean {
    const index = this.waiting.findIndex((waiting) => waiting.who === who);
    if (index < 0) return false;
    const [waiting] = this.waiting.splice(index, 1);
    waiting.decide(false);
    this.beginNext();
    return true;
  }

  private mayBegin(isAlone: boolean): boolean {
    return isAlone ? this.active === 0 : !this.hasAlone;
  }

  private begin(isAlone: boolean): void {
    this.active++;
    this.hasAlone = isAlone;
  }

  private beginNext(): void {
    while (this.waiting.length > 0 && this.mayBegin(this.waiting[0].isAlone)) {
      const { isAlone, decide } = this.waiting.shift()!;
      // Here, and not when it goes on: others may come before.
      this.begin(isAlone);
      decide(true);
    }
  }
}
