/** Who is measured: builds of this project, and QEMU. */
import { spawnSync } from 'node:child_process';
import { access } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import type { GuestCommand } from './guest-process.ts';
import type { MachineVariant } from './machine-process.ts';
import type { BenchOptions } from './options.ts';

/** A guest, as any contender can run it. */
export interface Guest {
  readonly kernel: string;
  readonly initrd?: string;
  readonly append?: string;
  /** A raw image, to be written to. */
  readonly drive?: string;
  /** A folder of the host, shared as SHARE_TAG. */
  readonly share?: string;
  /** In MiB. */
  readonly memory: number;
  readonly harts?: number;
  /** Whether `kernel` is a program for M-mode at the start of RAM; otherwise it is a kernel for S-mode. */
  readonly isBareMetal: boolean;
}

export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  /** @param variant where the machine and its drive are; QEMU knows none. Default on one thread. */
  command(guest: Guest, variant?: MachineVariant): GuestCommand;
}

export const SHARE_TAG = 'host';

const WORK = fileURLToPath(new URL('../../.cache/bench/', import.meta.url));

/** The contenders that the options ask for: ours first, then the baseline, then QEMU. */
export async function contenders(options: BenchOptions): Promise<Contender[]> {
  const script = `${WORK}machine-process.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('./machine-process.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    outfile: script,
    logLevel: 'warning',
  });
  const list = [await ours('hartware', options.build, script)];
  if (options.baseline !== undefined) list.push(await ours('baseline', options.baseline, script));
  if (options.qemu !== undefined) list.push(qemu(options.qemu));
  return list;
}

async function ours(name: string, directory: string, script: string): Promise<Contender> {
  const library = resolve(directory, 'node.js');
  await access(library).catch(() => {
    throw new Error(`expected a build with ${library}, found none (npm run build)`);
  });
  return {
    name,
    isOurs: true,
    command({ kernel, initrd, append, memory, harts, drive, share }, variant = 'local') {
      const description = {
        hartware: 1,
        harts,
        memory: `${memory}M`,
        boot: { kernel, initrd, append },
        drives: drive === undefined ? [] : [{ file: drive }],
        shares: share === undefined ? [] : [{ tag: SHARE_TAG }],
      };
      const folders = share === undefined ? {} : { [SHARE_TAG]: share };
      return {
        command: process.execPath,
        args: [
          script,
          pathToFileURL(library).href,
          JSON.stringify(description),
          variant,
          JSON.stringify(folders),
        ],
        isOurs: true,
      };
    },
  };
}

function qemu(command: string): Contender {
  return {
    name: 'qemu',
    isOurs: false,
    command({ kernel, initrd, append, memory, harts = 1, drive, share, isBareMetal }) {
      return {
        command,
        args: [
          ...['-M', 'virt', '-m', `${memory}M`, '-smp', `${harts}`],
          ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
          // Without PMP: its checks of pages would slow down M-mode programs several times over.
          ...(isBareMetal ? ['-bios', 'none', '-cpu', 'rv64,pmp=off'] : ['-device', 'virtio-rng-device']),
          ...['-kernel', kernel],
          ...(initrd === undefined ? [] : ['-initrd', initrd]),
          ...(append === undefined ? [] : ['-append', append]),
          ...(drive === undefined
            ? []
            : [
                ...['-drive', `file=${drive},if=none,id=drive,format=raw,cache=writeback`],
                ...['-device', 'virtio-blk-device,drive=drive'],
              ]),
          ...(share === undefined
            ? []
            : [
                ...['-fsdev', `local,id=share,path=${share},security_model=none`],
                ...['-device', `virtio-9p-device,fsdev=share,mount_tag=${SHARE_TAG}`],
              ]),
        ],
      };
    },
  };
}

/** Whether a command is there to be run. */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
