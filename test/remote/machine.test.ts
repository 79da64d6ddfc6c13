/** A machine in a worker thread: the same interface, and what may go wrong between two threads. */
import { spawnSync } from 'node:child_process';
import { type Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import {
  createMachine,
  DescriptionError,
  GuestMemoryError,
  MemoryBlockBackend,
  StateError,
  WorkerError,
  type BlockBackend,
  type Machine,
  type MachineStop,
  type NodeMachineOptions,
} from '../../src/bindings/node/index.ts';
import { createRemoteMachine } from '../../src/remote/client.ts';
import { loadCore } from '../../src/bindings/node/core.ts';
import { createThread } from '../../src/bindings/node/thread.ts';
import { JIT } from '../support/jit-mode.ts';
import { virtioCopy } from '../support/virtio-copy.ts';

const RAM = 0x80000000n;
const DATA = 0x80100000n;
const ENDLESS = 'li a0, 0\n 1: addi a0, a0, 1\n j 1b';
const POWER_OFF = `li t6, 0x100000\n li t5, 0x5555\n sw t5, (t6)\n 9: j 9b`;
const DESCRIPTION = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;
/** Prints all of 'a' to 'z' again and again. */
const CHATTERBOX = `li a1, 0x10000000\n 2: li a0, 'a'\n 1: sb a0, (a1)\n addi a0, a0, 1\n li a2, '{'\n bne a0, a2, 1b\n j 2b`;
const ECHO = `li s0, 0x10000000\n 1: lbu a0, 5(s0)\n andi a0, a0, 1\n beqz a0, 1b\n lbu a0, (s0)\n sb a0, (s0)\n j 1b`;

const machines: Machine[] = [];
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.dispose()));
});

async function remote(
  source: string,
  options: NodeMachineOptions = {},
  description: object = {},
): Promise<Machine> {
  const files = { program: assemble(source).bytes };
  const machine = await createMachine(
    { ...DESCRIPTION, ...description },
    { files, jit: JIT, worker: true, ...options },
  );
  machines.push(machine);
  return machine;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('the same interface', () => {
  it('start, output, end', async () => {
    const machine = await remote(
      `li a1, 0x10000000\n li a0, 'h'\n sb a0, (a1)\n li a0, 'i'\n sb a0, (a1)\n ${POWER_OFF}`,
    );
    expect(machine.state).toBe('created');
    await machine.start();
    let output = '';
    for await (const chunk of machine.serial.output) output += text(chunk);
    expect(output).toBe('hi');
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
    expect(machine.state).toBe('ended');
    expect(await machine.harts[0].read('t5')).toBe(0x5555n);
  });

  it('input is echoed', async () => {
    const machine = await remote(ECHO);
    await machine.start();
    const reader = machine.serial.output.getReader();
    const writer = machine.serial.input.getWriter();
    for (const word of ['one', 'two']) {
      await writer.write(Buffer.from(word));
      let echoed = '';
      while (echoed.length < word.length) echoed += text((await reader.read()).value!);
      expect(echoed).toBe(word);
    }
    await machine.serial.type(Buffer.from('x'));
    expect(text((await reader.read()).value!)).toBe('x');
  });

  it('states, stops, registers, memory, breakpoints', async () => {
    const machine = await remote(ENDLESS, {}, { harts: 2 });
    expect([machine.memory.base, machine.memory.size, machine.harts.length]).toEqual([
      Number(RAM),
      16 << 20,
      2,
    ]);
    const stops: MachineStop[] = [];
    const states: string[] = [];
    machine.on('stop', (stop) => void stops.push(stop));
    machine.on('state', (state) => void states.push(state));
    expect(await machine.step(100)).toBe(100);
    await machine.harts[0].write('s1', 1000n);
    await machine.memory.write(DATA, Uint8Array.of(1, 2, 3));
    expect([...(await machine.memory.read(DATA, 4))]).toEqual([1, 2, 3, 0]);
    const loop = assemble('li a0, 0\n loop: j .').symbols.get('loop')!;
    const breakpoint = await machine.addBreakpoint(loop, { hart: 0 });
    expect(breakpoint.address).toBe(loop);
    expect(await machine.run()).toEqual({ reason: 'breakpoint', hart: 0, pc: loop, id: breakpoint.id });
    expect((await machine.harts[0].registers()).x[9]).toBe(1000n);
    await breakpoint.remove();
    await machine.resume();
    expect(machine.state).toBe('running');
    await machine.pause();
    expect(machine.state).toBe('paused');
    await machine.reset();
    expect(await machine.harts[0].read('pc')).toBe(RAM);
    expect((await machine.statistics()).instructions).toBeGreaterThan(100);
    expect(await machine.stop()).toEqual({ reason: 'stopped', code: 0 });
    expect(stops.map(({ reason }) => reason)).toEqual(['paused', 'breakpoint', 'paused', 'ended']);
    expect(states).toEqual(['paused', 'running', 'paused', 'running', 'paused', 'ended']);
  });

  it('does the same as on this thread', async () => {
    const program = `li s0, ${DATA}\n li s1, 200000\n 1: mul a0, s1, s1\n xor a1, a1, a0\n sd a1, (s0)\n addi s1, s1, -1\n bnez s1, 1b\n ${POWER_OFF}`;
    const description = { clock: { kind: 'virtual' } };
    const there = await remote(program, {}, description);
    const here = await remote(program, { worker: false }, description);
    const results = await Promise.all(
      [there, here].map(async (machine) => {
        await machine.run();
        const { x, pc } = await machine.harts[0].registers();
        return { x, pc, count: (await machine.statistics()).instructions };
      }),
    );
    expect(results[0]).toEqual(results[1]);
  });

  it('errors are of their classes', async () => {
    const machine = await remote(ENDLESS);
    await machine.start();
    const again = await machine.start().catch((error: unknown) => error);
    expect(again).toBeInstanceOf(StateError);
    expect(again).toMatchObject({
      name: 'StateError',
      code: 'STATE',
      message: expect.stringMatching(/pause\(\) it first/),
    });
    const outside = await machine.memory.read(16n, 4).catch((error: unknown) => error);
    expect(outside).toBeInstanceOf(GuestMemoryError);
    expect(outside).toMatchObject({ address: 16n, length: 4 });
    const wrong = await remote(ENDLESS, {}, { harts: 9 }).catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(DescriptionError);
    expect(wrong).toMatchObject({ path: 'harts', code: 'DESCRIPTION' });
    const digest = 'f'.repeat(64);
    const drives = [{ file: 'missing' }];
    const files = await remote(
      ENDLESS,
      {},
      {
        boot: { firmware: { file: 'program', sha256: digest } },
        drives,
      },
    ).catch((error: unknown) => error);
    expect(files).toBeInstanceOf(DescriptionError);
    expect(files).toMatchObject({
      errors: [{ path: 'boot.firmware.sha256', expected: digest }, { path: 'drives[0]' }],
    });
    await expect(remote(ENDLESS, {}, { boot: { firmware: 'missing' } })).rejects.toMatchObject({
      code: 'FILE',
    });
  });

  it('breakpoints and watchpoints go with it: removing them then does no harm', async () => {
    const machine = await remote(ENDLESS);
    const breakpoint = await machine.addBreakpoint(RAM);
    const watchpoint = await machine.addWatchpoint(DATA);
    const early = watchpoint.remove();
    await machine.dispose();
    expect(await Promise.all([early, breakpoint.remove(), watchpoint.remove()])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await expect(machine.addBreakpoint(RAM)).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('dispose stops it, also while nobody takes its output', async () => {
    const machine = await remote(CHATTERBOX);
    const reader = machine.serial.output.getReader();
    await machine.start();
    await reader.read();
    await new Promise((done) => setTimeout(done, 200));
    await machine.dispose();
    expect(await machine.ended).toEqual({ reason: 'stopped', code: 0 });
    expect(machine.state).toBe('ended');
    await machine.dispose();
  });

  it('events end with the machine', async () => {
    const machine = await remote(ENDLESS);
    const seen: string[] = [];
    const iterating = (async () => {
      for await (const { reason } of machine.events('stop')) seen.push(reason);
    })();
    await machine.step();
    await machine.stop();
    await machine.dispose();
    await iterating;
    expect(seen).toEqual(['paused', 'ended']);
    await expect(machine.step()).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('aborting pauses a run, and stops a machine', async () => {
    const whole = new AbortController();
    const machine = await remote(ENDLESS, { signal: whole.signal });
    const controller = new AbortController();
    const run = machine.run({ signal: controller.signal });
    await new Promise((done) => setTimeout(done, 20));
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(machine.state).toBe('paused');
    whole.abort();
    expect(await machine.ended).toEqual({ reason: 'stopped', code: 0 });
  });

  it('limits, and diagnostics', async () => {
    const log: string[] = [];
    const machine = await remote(ENDLESS, {
      limits: { instructions: 1000 },
      log: (message) => void log.push(message),
    });
    expect(await machine.run()).toEqual({ reason: 'limit', limit: 'instructions' });
    await expect(machine.setLimits({ cpuShare: 2 })).rejects.toMatchObject({ code: 'ARGUMENT' });
    expect(log).toEqual([]);
  });
});

describe('output', () => {
  it('that nobody reads is dropped, and the guest goes on', async () => {
    const machine = await remote(CHATTERBOX, { limits: { instructions: 30_000_000 } });
    expect(await machine.run()).toEqual({ reason: 'limit', limit: 'instructions' });
  });

  it('that is read slowly holds the guest up, and nothing is lost', async () => {
    const machine = await remote(CHATTERBOX);
    const reader = machine.serial.output.getReader();
    await machine.start();
    const first = await reader.read();
    await vi.waitFor(
      async () => {
        const { instructions } = await machine.statistics();
        await new Promise((done) => setTimeout(done, 100));
        expect((await machine.statistics()).instructions).toBe(instructions);
      },
      { timeout: 20_000 },
    );
    void machine.stop();
    let all = text(first.value!);
    for (let next = await reader.read(); !next.done; next = await reader.read()) all += text(next.value);
    expect(all.length).toBeGreaterThan(1 << 20);
    const alphabet = 'abcdefghijklmnopqrstuvwxyz';
    expect(all).toBe(alphabet.repeat(Math.ceil(all.length / 26)).slice(0, all.length));
  });
});

describe('files, drives and modules', () => {
  it('are those of the embedder', async () => {
    const asked: string[] = [];
    const machine = await remote(ENDLESS, {
      files: {
        program: async () => {
          asked.push('program');
          return assemble(`li a0, ${asked.length}\n 1: j 1b`).bytes;
        },
      },
    });
    await machine.step(10);
    expect(await machine.harts[0].read('a0')).toBe(1n);
    await machine.reset();
    await machine.step(10);
    expect(await machine.harts[0].read('a0')).toBe(2n);
  });

  it("bytes given are still the embedder's", async () => {
    const program = assemble(ENDLESS).bytes;
    const { length } = program;
    const machine = await remote('', { files: { program } });
    await machine.reset();
    expect(program.length).toBe(length);
  });

  it('drives are read and written on the thread where they are', async () => {
    const bytes = new Uint8Array(8192).fill(7, 0, 512);
    const seen: string[] = [];
    const memory = new MemoryBlockBackend(bytes);
    const disk: BlockBackend = {
      size: memory.size,
      readOnly: false,
      async read(offset, into) {
        seen.push(`read ${offset} ${into.length}`);
        await memory.read(offset, into);
      },
      async write(offset, from) {
        seen.push(`write ${offset} ${from.length}`);
        await memory.write(offset, from);
      },
      flush: () => memory.flush(),
    };
    // A driver of a few lines: queue 0 of four descriptors, one request: read sector 0, then write it to sector 2.
    const machine = await remote(virtioCopy(), { drives: { disk } }, { drives: [{ file: 'disk' }] });
    expect(await machine.run()).toMatchObject({ reason: 'ended' });
    expect(seen).toEqual(['read 0 512', 'write 1024 512']);
    expect([...bytes.subarray(1024, 1536)]).toEqual(new Array(512).fill(7));
    expect((await machine.statistics()).disk).toMatchObject({
      reads: 1,
      writes: 1,
      bytesRead: 512,
      bytesWritten: 512,
    });
  });

  it.each([true, false])('an extension is loaded where the machine is (worker: %s)', async (worker) => {
    const extension = { url: 'test/remote/extension.mjs', data: { value: 42 } };
    const machine = await remote(`li a1, 0x4000000\n lw a0, (a1)\n ${POWER_OFF}`, { worker, extension });
    await machine.run();
    expect(await machine.harts[0].read('a0')).toBe(42n);
  });

  it('what cannot cross is refused with what to do', async () => {
    await expect(remote(ENDLESS, { devices: [] })).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringMatching(/"extension", or "worker": false/),
    });
    await expect(remote(ENDLESS, { extension: { url: 'missing.mjs' } })).rejects.toThrow(
      /missing.mjs cannot be loaded/,
    );
    const limits = { instructions: (() => 1) as unknown as number };
    await expect(remote(ENDLESS, { limits })).rejects.toMatchObject({ code: 'ARGUMENT' });
    await expect(remote(ENDLESS, {}, { harts: () => 1 })).rejects.toMatchObject({ code: 'DESCRIPTION' });
  });
});

describe('a worker that dies', () => {
  it('rejects what waits for it, and everything after', async () => {
    let worker: Worker | undefined;
    const machine = await createRemoteMachine(DESCRIPTION, {
      host: { files: { program: async () => assemble(ENDLESS).bytes } },
      loadCore,
      createThread: () => createThread({ onWorker: (made) => (worker = made) }),
      environment: { baseDirectory: '.' },
    });
    machines.push(machine);
    const states: string[] = [];
    machine.on('state', (state) => void states.push(state));
    await machine.start();
    const run = machine.pause().then(() => machine.run());
    const output = machine.serial.output.getReader().read();
    await vi.waitFor(() => expect(machine.state).toBe('running'));
    await new Promise((done) => setTimeout(done, 20));
    await worker!.terminate();
    await expect(run).rejects.toBeInstanceOf(WorkerError);
    await expect(machine.ended).rejects.toMatchObject({ code: 'WORKER' });
    await expect(machine.step()).rejects.toMatchObject({ code: 'WORKER' });
    expect((await output).done).toBe(true);
    expect(machine.state).toBe('ended');
    expect(states.at(-1)).toBe('ended');
  });
});

describe('the process', () => {
  it.each([
    ['that made a machine and left it', '', 0],
    ['whose machine has ended', 'await machine.run();', 0],
  ])('ends %s', (_, more, status) => {
    const script = `
      import { createMachine } from ${JSON.stringify(new URL('../../dist/node.js', import.meta.url).href)};
      const program = Uint8Array.from(${JSON.stringify([...assemble(POWER_OFF).bytes])});
      const machine = await createMachine(${JSON.stringify(DESCRIPTION)}, { worker: true, files: { program } });
      ${more}`;
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
    expect(result.stderr.toString()).toBe('');
    expect(result.status).toBe(status);
  });
});
