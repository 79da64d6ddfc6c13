/**
 * The tables through which core and translated code call functions by slot.
 *
 * One table would do, but in older versions of V8, as in Node 20, a table keeps every instance
 * that ever imported it, and each change costs time for all of them. So the modules import
 * tables by generations, with the same functions in the same slots, while the core alone
 * imports the first; a generation's table goes when the last of its functions has left the slots.
 */

/**
 * Slots that a table has at first. In the same versions of V8 each instance has a copy of its
 * table, of 20 bytes a slot, and most guests never need all slots.
 */
const FIRST_SIZE = 256;

/** Modules that import one table. More make each change dearer, fewer make more tables to change. */
const GENERATION_SIZE = 64;

interface Generation {
  readonly table: WebAssembly.Table;
  /** Modules that have imported the table. */
  made: number;
  /** Of these, how many have functions in slots. */
  live: number;
}

export class SlotTables {
  /** The core's. */
  readonly main: WebAssembly.Table;
  private generations: Generation[] = [];
  /** By the first of a module's slots. */
  private readonly owners = new Map<number, Generation>();

  /** @param size slots at most. */
  constructor(private readonly size: number) {
    this.main = this.makeTable(Math.min(size, FIRST_SIZE));
  }

  /**
   * Fills slots through an instance that has its functions for them in an active segment.
   * @param instantiate makes the instance, which imports the given table.
   */
  fill(firstSlot: number, slots: number, instantiate: (table: WebAssembly.Table) => void): void {
    this.release(firstSlot, slots);
    this.grow(firstSlot + slots);
    const generation = this.current();
    generation.made++;
    instantiate(generation.table);
    generation.live++;
    this.owners.set(firstSlot, generation);
    for (let slot = firstSlot; slot < firstSlot + slots; slot++) {
      const entry = generation.table.get(slot);
      this.main.set(slot, entry);
      for (const other of this.generations) if (other !== generation) other.table.set(slot, entry);
    }
  }

  /** Empties the slots of a module. */
  release(firstSlot: number, slots: number): void {
    const owner = this.owners.get(firstSlot);
    if (!owner) return;
    this.owners.delete(firstSlot);
    owner.live--;
    this.generations = this.generations.filter(({ live, made }) => live > 0 || made < GENERATION_SIZE);
    for (const table of this.tables()) {
      for (let slot = firstSlot; slot < firstSlot + slots; slot++) table.set(slot, null);
    }
  }

  /** Empties all slots for good. */
  close(): void {
    for (let slot = 0; slot < this.main.length; slot++) this.main.set(slot, null);
    this.generations = [];
    this.owners.clear();
  }

  private current(): Generation {
    const newest = this.generations.at(-1);
    if (newest && newest.made < GENERATION_SIZE) return newest;
    const { length } = this.main;
    const generation = { table: this.makeTable(length), made: 0, live: 0 };
    for (let slot = 0; slot < length; slot++) generation.table.set(slot, this.main.get(slot));
    this.generations.push(generation);
    return generation;
  }

  private tables(): WebAssembly.Table[] {
    return [this.main, ...this.generations.map(({ table }) => table)];
  }

  /** Makes room for `slots`. */
  private grow(slots: number): void {
    if (slots <= this.main.length) return;
    const length = Math.min(this.size, Math.max(slots, 2 * this.main.length));
    for (const table of this.tables()) table.grow(length - table.length);
  }

  private makeTable(length: number): WebAssembly.Table {
    return new WebAssembly.Table({ element: 'anyfunc', initial: length, maximum: this.size });
  }
}
