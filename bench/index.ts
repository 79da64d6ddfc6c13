/** Runs the benchmarks named on the command line; see support/options.ts. */
import { boot } from './boot.ts';
import { bootDisk } from './boot-disk.ts';
import { convert } from './convert.ts';
import { coremark } from './coremark.ts';
import { disk } from './disk.ts';
import { embed } from './embed.ts';
import { http } from './http.ts';
import { idle } from './idle.ts';
import { integer } from './integer.ts';
import { linux } from './linux.ts';
import { share } from './share.ts';
import { startup } from './startup.ts';
import { describeEnvironment, load } from './support/environment.ts';
import { parseOptions, USAGE, type BenchOptions } from './support/options.ts';
import { summarize, table, type Report } from './support/report.ts';

const BENCHMARKS: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  boot,
  idle,
  integer,
  startup,
  embed,
  coremark,
  'boot-disk': bootDisk,
  linux,
  disk,
  convert,
  share,
  http,
};

/** Not among the default ones. */
const LONG = ['boot-disk', 'convert', 'disk', 'http', 'linux', 'share'];

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(USAGE);
    return;
  }
  const options = parseOptions(args);
  const isDefault = options.benchmarks.length === 0;
  const names = isDefault
    ? Object.keys(BENCHMARKS).filter(
        (name) => !LONG.includes(name) && (name !== 'coremark' || options.coremark !== undefined),
      )
    : options.benchmarks;
  const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown !== undefined) {
    throw new Error(`expected a benchmark (${Object.keys(BENCHMARKS).join(', ')}), found ${unknown}`);
  }
  const environment = describeEnvironment(options.qemu);
  if (!options.isJson) console.log(`${Object.values(environment).join(', ')}\n`);
  const reports = [];
  for (const name of names) {
    const loadBefore = load();
    const report = await BENCHMARKS[name](options);
    const loads = { before: loadBefore, after: load() };
    if (report.failures?.length) process.exitCode = 1;
    if (options.isJson) reports.push({ ...report, load: loads, results: summarize(report.results) });
    else
      console.log(
        `${table(report)}load ${loads.before.toFixed(1)} before, ${loads.after.toFixed(1)} after\n`,
      );
  }
  if (options.isJson) console.log(JSON.stringify({ environment, runs: options.runs, reports }, null, 2));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
