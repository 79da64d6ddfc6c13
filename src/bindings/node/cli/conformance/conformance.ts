/** `hartware conformance`: the programs of spec/conformance on this machine, in a browser, or on QEMU. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  assembleConformance,
  programNames,
  readRuntime,
  type ConformanceProgram,
} from '../../../../conformance/program.ts';
import {
  formatTap,
  isConforming,
  parseReport,
  type CheckResult,
  type Deviations,
  deviationOf,
} from '../../../../conformance/report.ts';
import { UsageError } from '../arguments.ts';
import { packageFile } from '../package-file.ts';
import { writeAll } from '../output.ts';
import type { ConformanceArguments } from './arguments.ts';
import { runInBrowser } from './browser.ts';
import { runHere } from './here.ts';
import { qemuVersion, runQemu } from './qemu.ts';

const KIT = packageFile('spec/conformance/');

/** What the programs found. */
interface Outcome {
  /** What was checked, by name and version. */
  readonly target: string;
  readonly results: readonly CheckResult[];
}

/** Returns the exit code: 1 when a check did not pass. */
export async function conformance(args: ConformanceArguments, version: string): Promise<number> {
  const programs = loadPrograms(args.only);
  const { target, results } = await check(args, programs, `hartware ${version}`);
  const passed = results.filter(isConforming).length;
  const report = {
    hartwareConformance: 1,
    target,
    passed,
    failed: results.length - passed,
    checks: results,
  };
  await writeAll(
    process.stdout,
    args.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatTap(results),
  );
  return passed === results.length ? 0 : 1;
}

async function check(
  args: ConformanceArguments,
  programs: readonly ConformanceProgram[],
  own: string,
): Promise<Outcome> {
  if (args.target === 'browser') {
    const nameOf = (browser: string): string => `${own} in ${browser}`;
    const { browser, results } = await runInBrowser({
      programs,
      jit: args.jit ?? 'on',
      port: args.port,
      command: args.browser,
      judge: (browser, program, text) => parseReport(program, text, deviationsOf(nameOf(browser))),
    });
    return { target: nameOf(browser), results };
  }
  const target = args.target === 'qemu' ? await qemuVersion(args.qemu) : own;
  const deviations = deviationsOf(target);
  const results: CheckResult[] = [];
  for (const program of programs) {
    // Where nothing is expected of a program it is not run: one that has QEMU hang takes a minute.
    const isHopeless = program.ids.every((id) => deviationOf(id, deviations) !== undefined);
    const run = (): Promise<string> =>
      args.target === 'qemu' ? runQemu(args.qemu, target, program) : runHere(program, args.jit);
    const text = isHopeless ? '' : await run();
    results.push(...parseReport(program, text, deviations));
  }
  return { target, results };
}

function loadPrograms(only: readonly string[] | undefined): ConformanceProgram[] {
  const read = (file: string): string => readFileSync(new URL(file, KIT), 'utf8');
  const names = programNames(readdirSync(KIT));
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--only: expected some of ${names.join(', ')}, found "${unknown}"`);
  const runtime = readRuntime(read);
  return names
    .filter((name) => only?.includes(name) ?? true)
    .map((name) => assembleConformance(runtime, { name, text: read(`${name}.s`) }));
}

/** Those of the longest name that the target's begins with. */
function deviationsOf(target: string): Deviations {
  const all = JSON.parse(readFileSync(new URL('deviations.json', KIT), 'utf8')) as Record<string, Deviations>;
  const name = Object.keys(all)
    .filter((each) => target.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return name === undefined ? {} : all[name]!;
}
