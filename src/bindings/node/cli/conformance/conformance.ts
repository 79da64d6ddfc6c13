/** `hartware conformance`: the programs of spec/conformance on this machine, or on QEMU. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  assembleConformance,
  RUNTIME_PARTS,
  type ConformanceProgram,
  type ConformanceRuntime,
} from '../../../../conformance/program.ts';
import {
  formatTap,
  isConforming,
  parseReport,
  type CheckResult,
  type Deviations,
} from '../../../../conformance/report.ts';
import { UsageError } from '../arguments.ts';
import { writeAll } from '../output.ts';
import type { ConformanceArguments } from './arguments.ts';
import { runHere } from './here.ts';
import { qemuVersion, runQemu } from './qemu.ts';

// dist/cli.js, or this file when the sources run.
const KIT = new URL(
  import.meta.url.endsWith('.ts') ? '../../../../../spec/conformance/' : '../spec/conformance/',
  import.meta.url,
);

/** Returns the exit code: 1 when a check did not pass. */
export async function conformance(args: ConformanceArguments, version: string): Promise<number> {
  const programs = await loadPrograms(args.only);
  const target = args.target === 'qemu' ? await qemuVersion(args.qemu) : `hartware ${version}`;
  const deviations = await deviationsOf(target);
  const results: CheckResult[] = [];
  for (const program of programs) {
    const text =
      args.target === 'qemu' ? await runQemu(args.qemu, program) : await runHere(program, args.jit);
    results.push(...parseReport(program.name, program.ids, text, deviations));
  }
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

async function loadPrograms(only: readonly string[] | undefined): Promise<ConformanceProgram[]> {
  const read = (name: string) => readFile(new URL(`${name}.s`, KIT), 'utf8');
  const files = await readdir(fileURLToPath(KIT));
  const names = files
    .filter((file) => file.endsWith('.s'))
    .map((file) => file.slice(0, -2))
    .sort();
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--only: expected some of ${names.join(', ')}, found "${unknown}"`);
  const parts = await Promise.all(
    RUNTIME_PARTS.map(async (part) => [part, await read(`runtime/${part}`)] as const),
  );
  const runtime = Object.fromEntries(parts) as ConformanceRuntime;
  const chosen = names.filter((name) => only?.includes(name) ?? true);
  return Promise.all(
    chosen.map(async (name) => assembleConformance(runtime, { name, text: await read(name) })),
  );
}

/** Those of the longest name that the target's begins with. */
async function deviationsOf(target: string): Promise<Deviations> {
  const all = JSON.parse(await readFile(new URL('deviations.json', KIT), 'utf8')) as Record<
    string,
    Deviations
  >;
  const name = Object.keys(all)
    .filter((each) => target.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return name === undefined ? {} : all[name]!;
}
