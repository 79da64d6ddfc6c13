/** `hartware run` with images behind URLs. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assemble } from '../../../src/assembler/assembler.ts';
import { FileServer } from '../../disks/http/server.ts';
import { virtioCopy } from '../../support/virtio-copy.ts';
import { greeter, hartware, problem } from './hartware.ts';

const CHUNK = 64 * 1024;
let server: FileServer;
let url: string;
let directory: string;

beforeEach(async () => {
  server = new FileServer(new Uint8Array(10 * CHUNK).fill(9));
  url = await server.start();
  directory = mkdtempSync(join(tmpdir(), 'hartware-urls-'));
});
afterEach(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

const path = (name: string, content: Uint8Array | string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
const cached = (): string[] => {
  const names = readdirSync(directory);
  return names.includes('urls') ? readdirSync(join(directory, 'urls')) : [];
};

test('what is written to a drive behind a URL is gone at the end, and the command says so', async () => {
  const run = [
    'run',
    '--bios',
    path('copy.bin', assemble(virtioCopy()).bytes),
    '--cache',
    directory,
    '--drive',
  ];
  const first = await hartware([...run, `${url}?secret`]);
  const note = `hartware: note: what the guest writes to ${url} is gone when it ends\n`;
  expect(first).toEqual({ code: 0, stdout: '', stderr: note });
  expect(cached()).toHaveLength(1);
  expect(server.content.every((byte) => byte === 9)).toBe(true);
  for (const setting of ['readonly', 'temporary'])
    expect(await hartware([...run, `${url},${setting}`])).toMatchObject({ code: 0, stderr: '' });
});

test('it is not kept with --no-url-cache', async () => {
  const firmware = path('greeter.bin', greeter('hello\n'));
  const { code, stdout } = await hartware([
    ...['run', url, '--loader', firmware, '--cache', directory, '--no-url-cache', '--memory', '16M'],
  ]);
  expect([code, stdout, cached()]).toEqual([0, 'hello\n', []]);
});

test('a disk to start from is one as well', async () => {
  const firmware = path('greeter.bin', greeter('hello\n'));
  const result = await hartware(['run', url, '--loader', firmware, '--cache', directory, '--memory', '16M']);
  expect(result).toEqual({
    code: 0,
    stdout: 'hello\n',
    stderr: `hartware: note: what the guest writes to ${url} is gone when it ends\n`,
  });
});

test('a drive in a description says itself what is to become of writes', async () => {
  const machine = {
    hartware: 1,
    memory: '16M',
    boot: { firmware: 'copy.bin' },
    drives: [{ file: `${url}?secret` }],
  };
  path('copy.bin', assemble(virtioCopy()).bytes);
  const { code, stderr } = await hartware(['run', path('machine.json', JSON.stringify(machine))]);
  expect([code, stderr]).toEqual([1, `hartware: cannot write to ${url}: give "readOnly" or "temporary"\n`]);
});

test('a drive of the command line beside a description is behind its URL, not in a folder', async () => {
  path('copy.bin', assemble(virtioCopy()).bytes);
  const machine = { hartware: 1, memory: '16M', boot: { firmware: 'copy.bin' } };
  const file = path('machine.json', JSON.stringify(machine));
  const { code } = await hartware(['run', file, '--drive', url, '--cache', directory]);
  expect([code, server.requests.length > 0]).toEqual([0, true]);
});

test('what cannot be read is one sentence, without the query', async () => {
  server.misbehave = (_, response) => {
    response.writeHead(404).end();
    return true;
  };
  const { code, stderr } = await hartware(['run', `${url}?secret`, '--cache', directory]);
  expect([code, Buffer.from(stderr, 'latin1').toString()]).toEqual([
    1,
    `hartware: cannot read ${url}?…: the server answers with status 404: there is no such file\n`,
  ]);
});

test('a disk from which nothing starts is named without the query', async () => {
  const { code, stderr } = await hartware(['run', `${url}?secret`, '--cache', directory]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${url} has no partition table`);
  expect(stderr).not.toContain('secret');
});

test('images behind URLs are looked at and converted, and not written to', async () => {
  const target = join(directory, 'disk.qcow2');
  const source = `${url}?secret`;
  expect(await hartware(['image', 'convert', source, target])).toMatchObject({ code: 0 });
  expect((await hartware(['image', 'compare', target, source])).code).toBe(0);
  expect((await hartware(['image', 'info', source])).stdout).toMatch(/format: +raw/);
  for (const [args, reason] of [
    [['check', source, '--repair', 'all'], `cannot write to ${url}`],
    [['resize', source, '1M'], `cannot write to ${url}`],
    [['create', join(directory, 'over.qcow2'), '--backing', source], `nothing can lie over ${url}`],
  ] as const)
    expect(await hartware(['image', ...args])).toMatchObject({
      code: 1,
      stderr: `hartware: ${reason}: convert it into a file first\n`,
    });
  expect(readdirSync(directory)).toEqual(['disk.qcow2']);
});

test('the cache is for every machine, and its option takes no value', () => {
  expect(problem('run', '--kernel', 'x', '--no-url-cache=1')).toContain('takes no value');
  expect(problem('run', '--kernel', 'x', '--mirror', 'y')).toContain('belongs to');
});
