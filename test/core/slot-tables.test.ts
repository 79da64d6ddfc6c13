/** Many modules come and go: all see the same functions in the same slots, and the gone ones are garbage. */
import { expect, test } from 'vitest';
import { SlotTables } from '../../src/core/slot-tables.ts';
import { batchModule, callingModule } from './batch-module.ts';
import { collectGarbage } from './garbage.ts';

const SIZE = 64;

class Slots {
  readonly tables: SlotTables;
  readonly imported = new Set<WebAssembly.Table>();

  constructor(size = SIZE) {
    this.tables = new SlotTables(size);
  }

  fill(slot: number, bytes: Uint8Array<ArrayBuffer>): void {
    const module = new WebAssembly.Module(bytes);
    this.tables.fill(slot, 1, (table) => {
      this.imported.add(table as WebAssembly.Table);
      new WebAssembly.Instance(module, { env: { table }, core: { helper: () => 0 } });
    });
  }

  call(slot: number): unknown {
    return (this.tables.main.get(slot) as (() => number) | null)?.();
  }
}

test('a function in any slot calls what is in another one now', () => {
  const slots = new Slots();
  slots.fill(1, callingModule(1, 2));
  for (let round = 0; round < 500; round++) {
    const value = round % 50;
    slots.fill(2, batchModule(2, value));
    expect(slots.call(1)).toBe(value);
    const caller = 3 + (round % 60);
    slots.fill(caller, callingModule(caller, 1));
    expect(slots.call(caller)).toBe(value);
  }
  // One caller is there from the start, and the others are of several generations.
  expect(slots.imported.size).toBeGreaterThan(5);
  slots.tables.release(2, 1);
  for (const caller of [1, 3, 40, 62]) expect(() => slots.call(caller)).toThrow(WebAssembly.RuntimeError);
  slots.fill(2, batchModule(2, 7));
  for (const caller of [1, 3, 40, 62]) expect(slots.call(caller)).toBe(7);
});

test('nothing stays of modules that have left their slots', async () => {
  const slots = new Slots();
  const gone: WeakRef<object>[] = [];
  // Every slot in turn, as the core fills them.
  for (let round = 0; round < 500; round++) {
    const slot = 1 + (round % 40);
    slots.fill(slot, batchModule(slot, 1));
    gone.push(new WeakRef(slots.tables.main.get(slot) as object));
  }
  slots.imported.clear();
  await collectGarbage();
  const kept = gone.filter((reference) => reference.deref() !== undefined).length;
  expect(kept).toBeGreaterThanOrEqual(40);
  // In hosts whose tables keep their importers, some of the generations in use as well.
  expect(kept).toBeLessThan(200);

  const last = gone.at(-1)!;
  slots.tables.close();
  await collectGarbage();
  expect(last.deref()).toBeUndefined();
  expect(slots.call(1)).toBeUndefined();
});

test('tables grow to the slots in use, also those of modules that are there already', () => {
  const slots = new Slots(4096);
  slots.fill(1, callingModule(1, 2));
  const { length } = slots.tables.main;
  expect(length).toBeLessThan(4096);
  for (let module = 0; module < 100; module++) slots.fill(3 + module, batchModule(3 + module, module));
  for (const slot of [length, 3000, 4095]) {
    slots.fill(2, callingModule(2, slot));
    slots.fill(slot, batchModule(slot, slot));
    expect(slots.call(1)).toBe(slot);
  }
  expect(slots.tables.main.length).toBe(4096);
  expect(() => slots.fill(4096, batchModule(4096, 1))).toThrow();
});

test('a module that cannot be instantiated fills nothing', () => {
  const slots = new Slots();
  slots.fill(1, batchModule(1, 1));
  expect(() => slots.fill(2, batchModule(2, 1, 'missing'))).toThrow(WebAssembly.LinkError);
  expect([slots.call(1), slots.call(2)]).toEqual([1, undefined]);
});
