/** Modules are made, made later, dropped and refused; what the core would do is done by a fake. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { hasTailCalls, Jit, JIT_TABLE_SIZE } from '../../src/core/jit.ts';
import type { JitOptions } from '../../src/core/jit-options.ts';
import { batchModule, callingModule } from './batch-module.ts';
import { collectGarbage } from './garbage.ts';

const ADDRESS = 256;
/** Milliseconds that pass with each look at the clock. */
const TICK = 5;

/** Returns 63. */
function leaveRegion(): WebAssembly.ExportValue {
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  const module = new WebAssembly.Module(batchModule(0, 63));
  new WebAssembly.Instance(module, { env: { table }, core: { helper: () => 0 } });
  return table.get(0) as WebAssembly.ExportValue;
}

class FakeCore {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  /** What the host said, in order. */
  readonly heard: string[] = [];
  readonly logged: string[] = [];
  readonly jit: Jit;
  private time = 0;

  constructor(options: JitOptions = {}) {
    this.jit = new Jit({
      memory: this.memory,
      options,
      now: () => (this.time += TICK),
      log: (message) => this.logged.push(message),
    });
    this.jit.attach({
      configureJit: (mode: number, flags: number) => this.heard.push(`configure ${mode} ${flags}`),
      batchReady: (batch: number) => this.heard.push(`ready ${batch}`),
      batchFailed: (batch: number) => this.heard.push(`failed ${batch}`),
      leaveRegion: leaveRegion(),
      helper: () => 0,
    });
    this.heard.length = 0;
  }

  compile(bytes: Uint8Array, batch: number, slot = 8): void {
    const place = new Uint8Array(this.memory.buffer, ADDRESS, bytes.length);
    place.set(bytes);
    this.jit.imports.compile(ADDRESS, bytes.length, batch, slot, 1);
    // The core uses the place again.
    place.fill(0xff);
  }

  /** What the function in a slot returns. */
  call(slot: number): unknown {
    return (this.jit.table.get(slot) as (() => number) | null)?.();
  }
}

/** Until the host's compiler and all that waits for it have had their turn. */
async function compiled(core: FakeCore, count: number): Promise<void> {
  await vi.waitFor(() => expect(core.heard).toHaveLength(count));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A host whose compiler throws. */
function compilerThrows(error: () => Error): { attempts: number } {
  const seen = { attempts: 0 };
  const fail = (): Error => {
    seen.attempts++;
    return error();
  };
  const host = Object.create(WebAssembly, {
    Module: {
      value: class {
        constructor() {
          throw fail();
        }
      },
    },
    compile: { value: async () => Promise.reject(fail()) },
  }) as typeof WebAssembly;
  vi.stubGlobal('WebAssembly', host);
  return seen;
}

afterEach(() => vi.unstubAllGlobals());

const policy = (): Error => new WebAssembly.CompileError('Wasm code generation disallowed by embedder');

describe('the core is told', () => {
  test.each([
    [{}, 1],
    [{ mode: 'on' }, 1],
    [{ mode: 'off' }, 0],
    [{ mode: 'force' }, 2],
    [{ threshold: 2 ** 24 - 1 }, 1],
  ] as const)('%j', (options: JitOptions, mode) => {
    const configureJit = vi.fn();
    const memory = new WebAssembly.Memory({ initial: 1 });
    const jit = new Jit({ memory, options, now: () => 0, log: () => {} });
    jit.attach({ configureJit, leaveRegion: leaveRegion() });
    const flags = (hasTailCalls() ? 1 : 0) + (options.threshold ?? 0) * 256;
    expect(configureJit.mock.calls.map(([first, second]) => [first, second >>> 0])).toEqual([[mode, flags]]);
  });

  test('whether there are tail calls: Node has had them since version 20', () => {
    expect(hasTailCalls()).toBe(true);
  });

  test('nothing when an option is wrong', () => {
    expect(() => new FakeCore({ mode: 'fast' as 'on' })).toThrow(
      'jit.mode: expected one of off, on, force, found "fast"',
    );
    expect(() => new FakeCore({ compile: 'now' as 'sync' })).toThrow('jit.compile: expected one of');
    for (const threshold of [0, 1.5, 2 ** 24]) {
      expect(() => new FakeCore({ threshold })).toThrow('jit.threshold: expected a whole number');
    }
  });
});

describe.each(['sync', 'async'] as const)('%s', (compile) => {
  test('a module puts its functions into the table', async () => {
    const core = new FakeCore({ compile });
    core.compile(batchModule(3, 42), 7, 3);
    core.compile(batchModule(63, 43), 8, 63);
    await compiled(core, 2);
    expect(core.heard.sort()).toEqual(['ready 7', 'ready 8']);
    expect([core.call(2), core.call(3), core.call(4), core.call(63)]).toEqual([undefined, 42, undefined, 43]);
  });

  test('released slots are empty', async () => {
    const core = new FakeCore({ compile });
    core.compile(batchModule(3, 42), 0, 3);
    core.compile(batchModule(4, 43), 1, 4);
    await compiled(core, 2);
    core.jit.imports.release(0, 3, 1);
    expect([core.call(3), core.call(4)]).toEqual([undefined, 43]);
    core.jit.close();
    expect([core.call(3), core.call(4)]).toEqual([undefined, undefined]);
  });

  test('an invalid module is reported and fails alone', async () => {
    const core = new FakeCore({ compile });
    core.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 77), 1);
    core.compile(batchModule(3, 42), 2, 3);
    await compiled(core, 2);
    expect(core.heard.sort()).toEqual(['failed 1', 'ready 2']);
    expect(core.logged).toEqual([expect.stringMatching(/^the JIT made an invalid module: /)]);
    expect([core.jit.failures, core.jit.refusal]).toEqual([1, undefined]);
  });

  test('so does one that asks for what the core has not, and one too large for the host', async () => {
    const core = new FakeCore({ compile });
    core.compile(batchModule(3, 42, 'missing'), 1, 3);
    await compiled(core, 1);
    compilerThrows(() => new RangeError('out of memory'));
    core.compile(batchModule(3, 42), 2, 3);
    await compiled(core, 2);
    vi.unstubAllGlobals();
    core.compile(batchModule(3, 42), 3, 3);
    await compiled(core, 3);
    expect(core.heard).toEqual(['failed 1', 'failed 2', 'ready 3']);
    expect(core.jit.refusal).toBeUndefined();
  });

  test('a host that refuses is not asked again', async () => {
    const core = new FakeCore({ compile });
    const host = compilerThrows(policy);
    core.compile(batchModule(3, 42), 1, 3);
    await compiled(core, compile === 'sync' ? 1 : 2);
    // Within a run only the batch can fail.
    expect(core.heard).toEqual(compile === 'sync' ? ['failed 1'] : ['failed 1', 'configure 0 0']);
    core.jit.settle();
    core.jit.settle();
    expect(core.heard).toEqual(['failed 1', 'configure 0 0']);
    core.compile(batchModule(3, 42), 2, 3);
    expect(core.heard.slice(2)).toEqual(['failed 2']);
    expect(host.attempts).toBe(1);
    expect(core.jit.refusal).toContain('disallowed');
    expect(core.logged).toEqual([expect.stringMatching(/^the host refuses to compile, .*disallowed/)]);
  });
});

test('the time in the host is measured', () => {
  const core = new FakeCore();
  core.compile(batchModule(3, 42), 1, 3);
  core.compile(batchModule(4, 42), 2, 4);
  // For each of two modules and their instances, from one look at the clock to the next.
  expect(core.jit.compileTime).toBe(4 * TICK);
});

test('an invalid module is an error where everything is to be translated', () => {
  const core = new FakeCore({ mode: 'force', compile: 'async' });
  expect(() => core.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 77), 1)).toThrow(
    'the JIT made an invalid module',
  );
});

test('nothing stays of a core that nobody has any more', async () => {
  const functions = ['sync', 'async', 'sync'].map((compile) => {
    const core = new FakeCore({ compile: compile as 'sync' });
    core.compile(batchModule(3, 42), 1, 3);
    if (compile === 'async') core.compile(batchModule(4, 42), 2, 4);
    return new WeakRef(core.jit.table);
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await collectGarbage();
  expect(functions.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined]);
});

describe('while the host compiles aside', () => {
  test('a batch may be released and its number used again', async () => {
    const core = new FakeCore({ compile: 'async' });
    core.compile(batchModule(3, 42), 1, 3);
    core.jit.imports.release(1, 3, 1);
    core.compile(batchModule(4, 43), 1, 4);
    await compiled(core, 1);
    expect(core.heard).toEqual(['ready 1']);
    expect([core.call(3), core.call(4)]).toEqual([undefined, 43]);
  });

  test('the core may end', async () => {
    const core = new FakeCore({ compile: 'async' });
    core.compile(batchModule(3, 42), 1, 3);
    core.compile(Uint8Array.of(1, 2, 3), 2);
    core.jit.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(core.heard).toEqual([]);
    expect(core.call(3)).toBeUndefined();
  });
});

test('slot 0 leads out of translated code, also for a module', () => {
  const core = new FakeCore();
  core.compile(callingModule(3, 0), 1, 3);
  expect([core.call(0), core.call(3)]).toEqual([63, 63]);
});

test('each core has a table of its own', () => {
  const [one, other] = [new FakeCore(), new FakeCore()];
  one.compile(batchModule(3, 42), 1, 3);
  expect([one.call(3), other.call(3)]).toEqual([42, undefined]);
  one.compile(batchModule(JIT_TABLE_SIZE - 1, 43), 2, JIT_TABLE_SIZE - 1);
  expect([one.call(3), one.call(JIT_TABLE_SIZE - 1)]).toEqual([42, 43]);
  expect(one.jit.table.get(JIT_TABLE_SIZE - 2)).toBeNull();
  expect(() => one.jit.table.get(JIT_TABLE_SIZE)).toThrow(RangeError);
});
