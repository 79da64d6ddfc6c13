/** The examples for Node do what they say. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { assemble } from '../../src/assembler/assembler.ts';
import { buildElf } from '../images/elf-builder.ts';

const run = async (name: string, ...args: string[]): Promise<string> => {
  const script = fileURLToPath(new URL(`../../examples/${name}/main.js`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
  return stdout;
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hartware-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('node', async () => {
  expect(await run('node')).toBe('Hello from RISC-V\nended: power-off\n');
});

test('worker', async () => {
  expect(await run('worker')).toBe(
    'sum: 5000000050000000, after 300000004 instructions\nthis thread went on meanwhile\n',
  );
});

test('custom-device', async () => {
  expect(await run('custom-device')).toBe('temperature 25, interrupt of source 64\n');
});

test('elf', async () => {
  const { bytes, symbols } = assemble(
    'la t0, result\n li t1, 42\n sd t1, (t0)\n la t0, tohost\n li t1, 1\n sd t1, (t0)\n j .\n .balign 8\n result: .dword 0\n tohost: .dword 0',
  );
  const file = join(directory, 'program.elf');
  const names = [...symbols].map(([name, value]) => ({ name, value }));
  await writeFile(file, buildElf({ segments: [{ virtual: 0x80000000n, bytes }], symbols: names }));
  expect(await run('elf', file)).toMatch(/^tohost after \d+ instructions, exit code 0\nresult = 42\n$/);
  await expect(run('elf')).rejects.toMatchObject({ code: 2 });
});

test('many-machines', async () => {
  expect(await run('many-machines', '10')).toMatch(/^10 machines ran to their limit\n[\d.]+ MiB each\n$/);
});

test('websocket', async () => {
  const script = fileURLToPath(new URL('../../examples/websocket/server.js', import.meta.url));
  const server = spawn(process.execPath, [script, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise<string>((resolve) =>
      server.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
    );
    /** Sends a word when it is greeted; resolves with all that comes until the answer is whole. */
    const visit = (word: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(url);
        let heard = '';
        socket.on('error', reject);
        socket.on('message', (data: Buffer) => {
          const isGreeted = heard.includes('Welcome. ');
          heard += data.toString();
          if (!isGreeted && heard.includes('Welcome. ')) socket.send(word);
          if (!heard.endsWith(word.toUpperCase())) return;
          socket.close();
          resolve(heard);
        });
      });
    expect(await Promise.all(['one', 'two', 'three'].map(visit))).toEqual([
      'Welcome. ONE',
      'Welcome. TWO',
      'Welcome. THREE',
    ]);
  } finally {
    server.kill();
  }
});
