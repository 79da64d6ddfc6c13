/**
 * Conversion of disk images, beside qemu-img: from the start of the command to its end, with
 * the files in the host's page cache. Neither waits until the host has written them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isInstalled } from './support/contender.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const MiB = 2 ** 20;
const PIECE = 8 * MiB;
/** Size of the disk, and how much of it holds something. */
const SIZE = 4096 * MiB;
const CONTENT = 2048 * MiB;

/** An image format and its options, which both commands know by the same names. */
interface Kind {
  readonly name: string;
  readonly format: string;
  readonly options?: readonly string[];
}

const RAW: Kind = { name: 'raw', format: 'raw' };
const QCOW2: Kind = { name: 'qcow2', format: 'qcow2' };
const COMPRESSED: Kind = { name: 'compressed qcow2', format: 'qcow2', options: ['-c'] };
const VMDK: Kind = { name: 'vmdk', format: 'vmdk' };
const STREAM: Kind = {
  name: 'stream-optimised vmdk',
  format: 'vmdk',
  options: ['-o', 'subformat=streamOptimized'],
};
const VHDX: Kind = { name: 'vhdx', format: 'vhdx' };

const WORKS: readonly (readonly [source: Kind, target: Kind])[] = [
  [RAW, RAW],
  ...[QCOW2, COMPRESSED, VMDK, STREAM, VHDX].flatMap((kind) => [[RAW, kind] as const, [kind, RAW] as const]),
  [QCOW2, QCOW2],
  [VMDK, QCOW2],
  [VHDX, QCOW2],
  [QCOW2, VMDK],
  [QCOW2, VHDX],
];

interface Image extends Kind {
  readonly path: string;
}

interface Converter {
  readonly name: string;
  /** A command up to its options. */
  readonly command: readonly string[];
}

export async function convert(options: BenchOptions): Promise<Report> {
  const contenders = [ours('hartware', options.build)];
  if (options.baseline !== undefined) contenders.push(ours('baseline', options.baseline));
  if (isInstalled('qemu-img')) contenders.push({ name: 'qemu-img', command: ['qemu-img'] });
  else process.stderr.write('qemu-img is not installed: nothing to compare with.\n');
  const works = WORKS.map(([source, target]) => ({
    name: `${source.name} to ${target.name}`,
    source,
    target,
  }));
  return withScratch(async (directory) => {
    const results: Result[] = [];
    const raw: Image = { ...RAW, path: join(directory, 'raw') };
    const images = new Map([[RAW.name, raw]]);
    await writeContent(raw.path);
    const chosen = works.filter(({ name }) => options.only?.includes(name) ?? true);
    for (const [index, { name, source, target }] of chosen.entries()) {
      let from = images.get(source.name);
      if (!from) {
        from = { ...source, path: join(directory, source.name.replaceAll(' ', '-')) };
        await run(commandLine(contenders.at(-1)!, raw, from));
        images.set(source.name, from);
      }
      const to = { ...target, path: join(directory, 'target') };
      const measured = await interleave(contenders, options.runs, async (contender) => {
        await rm(to.path, { force: true });
        return run(commandLine(contender, from, to));
      });
      for (const [contender, samples] of measured)
        results.push({ name, contender: contender.name, unit: 'ms', samples, isMoreBetter: false });
      await rm(to.path);
      const isNeeded = from === raw || chosen.slice(index + 1).some((later) => later.source === source);
      if (!isNeeded) await rm(from.path);
    }
    return {
      benchmark: 'convert',
      notes: [`a disk of ${SIZE / MiB} MiB, of which ${CONTENT / MiB} MiB hold something`],
      results,
    };
  });
}

function ours(name: string, build: string): Converter {
  return { name, command: [process.execPath, join(build, 'cli.js'), 'image'] };
}

function commandLine({ command }: Converter, source: Image, target: Image): readonly string[] {
  const formats = ['-f', source.format, '-O', target.format];
  return [...command, 'convert', ...formats, ...(target.options ?? []), source.path, target.path];
}

/** @returns how long it took, in milliseconds. */
async function run([command, ...args]: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw new Error(`expected ${command} ${args.join(' ')} to succeed, found exit code ${code}`);
  return performance.now() - start;
}

/** A raw image: stretches of content and of nothing; half of the content is easy to compress. */
async function writeContent(path: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.truncate(SIZE);
    const piece = new Uint32Array(PIECE / 4);
    let state = 1;
    const step = (SIZE / CONTENT) * PIECE;
    for (let offset = 0; offset < SIZE; offset += step) {
      for (let i = 0; i < piece.length; i++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        piece[i] = i & 0x400 ? state : state & 0x0f0f0f0f & (i << 4);
      }
      await file.write(new Uint8Array(piece.buffer), 0, PIECE, offset);
    }
  } finally {
    await file.close();
  }
}
