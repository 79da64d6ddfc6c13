/** The command line of the benchmarks; all of them take the same options. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CROSS_COMPILER } from '../linux/compile.ts';
import { MANIFEST } from '../linux/manifest.ts';
import { isInstalled } from './contender.ts';

export const USAGE = `npm run bench -- [benchmark ...] [options]

Benchmarks: boot, idle, integer, startup, embed, coremark (needs --coremark), disk, share, boot-disk,
http, convert, linux.
Default: all but disk, share and linux, which take long and a cross compiler, boot-disk and http, which
need a disk that takes minutes to make, and convert, which takes minutes and 10 GB of temporary files.

  --runs N          measurements of each contender (default 5)
  --json            print JSON instead of tables
  --build DIR       our build to measure (default dist)
  --baseline DIR    another build of ours to compare with
  --qemu COMMAND    QEMU to compare with (default qemu-system-riscv64); "none" for none
  --only A,B        integer, linux, disk, share, convert: just these
  --kernel FILE     boot, idle, startup, linux, disk: a kernel instead of Debian's ...
  --initrd FILE     ... and the initrd of a Debian installer that goes with it
  --image FILE      boot-disk, http: a disk of npm run debian-disk (default: one that is made and kept)
  --latency N,N     http: how long the server waits with each answer, in ms (default 0,30)
  --record FILE     http: writes what is read of the raw image, for test/disks/http/debian-boot.txt
  --coremark FILE   coremark: a bare-metal ELF for the virt board that powers off at its end
  --peer COMMAND    coremark: a shell command that runs another emulator's CoreMark; may be repeated
  --programs DIR    linux: a folder of further programs with a ${MANIFEST} that says how to run
                    them (docs/performance.md); may be repeated
  --debian          linux: also programs of Debian (gcc, Python, openssl ...), from its archive
  --chromium FILE   linux, embed: our build also in this browser, as /usr/bin/chromium
  --workers         disk: our build also in a worker, with its drives there and with them here
  --v86 DIR         linux: programs of ours also on v86, from this folder (docs/performance.md)
  --memory N        linux, disk, share: RAM of the guest in MiB (default 1024)
  --scale F         linux, disk, share: multiplies the iterations of the programs of ours (default 1)
  --cc COMMAND      linux, disk, share: the C compiler for riscv64 (default ${CROSS_COMPILER.command})
`;

export interface BenchOptions {
  readonly benchmarks: readonly string[];
  readonly runs: number;
  readonly isJson: boolean;
  readonly build: string;
  readonly baseline?: string;
  readonly qemu?: string;
  readonly only?: readonly string[];
  readonly kernel?: string;
  readonly initrd?: string;
  /** A file. */
  readonly image?: string;
  /** In milliseconds. */
  readonly latencies: readonly number[];
  /** A file. */
  readonly record?: string;
  readonly coremark?: string;
  readonly peers: readonly string[];
  readonly programs: readonly string[];
  readonly debian: boolean;
  /** An executable file. */
  readonly chromium?: string;
  readonly workers: boolean;
  /** A folder. */
  readonly v86?: string;
  /** In MiB. */
  readonly memory: number;
  readonly scale: number;
  readonly cc: string;
}

/** @throws Error that says what was expected. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      build: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
      baseline: { type: 'string' },
      qemu: { type: 'string' },
      only: { type: 'string' },
      kernel: { type: 'string' },
      initrd: { type: 'string' },
      image: { type: 'string' },
      latency: { type: 'string', default: '0,30' },
      record: { type: 'string' },
      coremark: { type: 'string' },
      peer: { type: 'string', multiple: true, default: [] },
      programs: { type: 'string', multiple: true, default: [] },
      debian: { type: 'boolean', default: false },
      chromium: { type: 'string' },
      workers: { type: 'boolean', default: false },
      v86: { type: 'string' },
      memory: { type: 'string', default: '1024' },
      scale: { type: 'string', default: '1' },
      cc: { type: 'string', default: CROSS_COMPILER.command },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`expected --runs 1 or more, found ${values.runs}`);
  const memory = Number(values.memory);
  if (!Number.isInteger(memory) || memory < 256 || memory > 3072) {
    throw new Error(`expected --memory 256 to 3072, found ${values.memory}`);
  }
  const scale = Number(values.scale);
  if (!(scale > 0 && Number.isFinite(scale))) {
    throw new Error(`expected --scale above 0, found ${values.scale}`);
  }
  const latencies = values.latency.split(',').map(Number);
  if (!latencies.every((latency) => latency >= 0 && latency <= 10_000))
    throw new Error(`expected --latency from 0 to 10000, with commas between, found ${values.latency}`);
  if ((values.kernel === undefined) !== (values.initrd === undefined)) {
    throw new Error('expected --kernel and --initrd together, found one of them');
  }
  return {
    benchmarks: positionals,
    runs,
    isJson: values.json,
    build: values.build,
    baseline: values.baseline,
    qemu: qemuCommand(values.qemu),
    only: values.only?.split(','),
    kernel: values.kernel,
    initrd: values.initrd,
    image: values.image,
    latencies,
    record: values.record,
    coremark: values.coremark,
    peers: values.peer,
    programs: values.programs,
    debian: values.debian,
    chromium: values.chromium,
    workers: values.workers,
    v86: values.v86,
    memory,
    scale,
    cc: values.cc,
  };
}

function qemuCommand(wanted: string | undefined): string | undefined {
  if (wanted === 'none') return undefined;
  const command = wanted ?? 'qemu-system-riscv64';
  if (isInstalled(command)) return command;
  if (wanted !== undefined) throw new Error(`expected the command ${wanted}, found none`);
  process.stderr.write(`${command} is not installed: nothing to compare with.\n`);
  return undefined;
}
