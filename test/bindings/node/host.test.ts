import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMachine,
  createNodeHost,
  FileError,
  ImageFormatError,
  MemoryBlockBackend,
  type LocalMachine,
  type MachineDescription,
  type NodeHostOptions,
} from '../../../src/bindings/node/index.ts';
import { JIT } from '../../support/jit-mode.ts';
import { greeter, sleeper } from '../cli/hartware.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hartware-'));
  await writeFile(join(directory, 'hello.bin'), greeter('hello\n'));
  await writeFile(join(directory, 'disk.img'), new Uint8Array(4096));
});
afterAll(() => rm(directory, { recursive: true }));

const make = (description: MachineDescription, options?: NodeHostOptions) =>
  createMachine(description, { jit: JIT, ...options });

async function outputOf(machine: LocalMachine): Promise<string> {
  const reader = machine.serial.output.getReader();
  await machine.start();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += Buffer.from(value).toString('latin1');
  }
}

const describing = (firmware: string, drive?: string) =>
  ({
    hartware: 1,
    memory: '16M',
    boot: { firmware },
    drives: drive === undefined ? [] : [{ file: drive }],
  }) as const;

describe('boot files come from', () => {
  test('a base directory', async () => {
    expect(await outputOf(await make(describing('hello.bin'), { baseDirectory: directory }))).toBe('hello\n');
  });

  test('a path or a file URL', async () => {
    const path = join(directory, 'hello.bin');
    expect(await outputOf(await make(describing(path)))).toBe('hello\n');
    expect(await outputOf(await make(describing(pathToFileURL(path).href)))).toBe('hello\n');
  });

  test('the caller, before any path', async () => {
    const files = { 'hello.bin': greeter('mine\n') };
    const machine = await make(describing('hello.bin'), { files, baseDirectory: directory });
    expect(await outputOf(machine)).toBe('mine\n');
  });
});

test('errors name the file', async () => {
  await expect(make(describing('missing.bin'))).rejects.toThrow(
    new FileError('cannot read missing.bin: no such file'),
  );
  await expect(make(describing('https://example.org/x'))).rejects.toThrow('found a URL with https:');
  await expect(make(describing('toString'), { files: {} })).rejects.toThrow(FileError);
  await expect(make(describing('empty'), { files: { empty: new Uint8Array() } })).rejects.toThrow(
    ImageFormatError,
  );
});

describe('drives', () => {
  test('are given back when the machine has ended', async () => {
    const machine = await make(describing('hello.bin', 'disk.img'), { baseDirectory: directory });
    expect(await readdir(directory)).toContain('disk.img.lock');
    await outputOf(machine);
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
    expect(await readdir(directory)).not.toContain('disk.img.lock');
  });

  test('are given back by a machine that never ran', async () => {
    const machine = await make(describing('hello.bin', 'disk.img'), { baseDirectory: directory });
    expect(await machine.stop()).toEqual({ reason: 'stopped', code: 0 });
    expect(await readdir(directory)).not.toContain('disk.img.lock');
  });

  test('are given back when a machine cannot be made', async () => {
    const description = {
      ...describing('hello.bin'),
      drives: [{ file: 'disk.img' }, { file: 'missing.img' }],
    } as const;
    await expect(make(description, { baseDirectory: directory })).rejects.toThrow('missing.img');
    expect(await readdir(directory)).not.toContain('disk.img.lock');
  });

  test('may be the caller’s', async () => {
    const disk = new MemoryBlockBackend(new Uint8Array(1024));
    const machine = await make(describing('hello.bin', 'mine'), {
      baseDirectory: directory,
      drives: { mine: disk },
    });
    expect(await outputOf(machine)).toBe('hello\n');
  });
});

describe('the host', () => {
  test('has a monotonic clock and the time of day', async () => {
    const host = await createNodeHost();
    const before = host.monotonicTime();
    await host.turn();
    expect(host.monotonicTime()).toBeGreaterThanOrEqual(before);
    const difference = Number(host.wallClock() / 1_000_000n) - Date.now();
    expect(Math.abs(difference)).toBeLessThan(1000);
  });

  test('gives random bytes', async () => {
    const host = await createNodeHost();
    const bytes = new Uint8Array(100_000);
    host.random(bytes);
    expect(new Set(bytes).size).toBe(256);
  });

  test('lets other work of the process go on while a machine runs', async () => {
    const machine = await make(describing('sleep'), { files: { sleep: sleeper() } });
    await machine.start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(machine.state).toBe('running');
    await machine.stop();
  });
});
