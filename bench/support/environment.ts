/** Where a measurement was made: figures mean nothing without it. */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type as systemType } from 'node:os';

export interface Environment {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** First line of its version, if it is there. */
  readonly qemu?: string;
}

export function describeEnvironment(qemu: string | undefined): Environment {
  const version = qemu && spawnSync(qemu, ['--version'], { encoding: 'utf8' }).stdout;
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${systemType()} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    ...(version ? { qemu: version.split('\n')[0] } : {}),
  };
}

/** Processes that wanted to run over the last minute: more than 1 before a measurement means noise. */
export function load(): number {
  return loadavg()[0];
}
