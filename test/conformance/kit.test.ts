/** The conformance kit on this machine, in each mode of the JIT, and on QEMU. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runHere } from '../../src/bindings/node/cli/conformance/here.ts';
import {
  assembleConformance,
  completeSource,
  programNames,
  readRuntime,
} from '../../src/conformance/program.ts';
import {
  isConforming,
  parseReport,
  type CheckResult,
  type Deviations,
} from '../../src/conformance/report.ts';
import { runProgram } from '../../src/conformance/run.ts';
import { createMachine } from '../../src/bindings/node/index.ts';
import { Binutils } from '../assembler/binutils.ts';
import { reportMissing, requireTool } from '../support/tools.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const KIT = new URL('../../spec/conformance/', import.meta.url);
const binutils = Binutils.find();
if (!binutils) reportMissing('riscv64-unknown-elf-as (Debian package binutils-riscv64-unknown-elf)');
const hasQemu = requireTool('qemu-system-riscv64', 'qemu-system-misc');

const read = (name: string): string => readFileSync(new URL(name, KIT), 'utf8');
const runtime = readRuntime(read);

interface Report {
  readonly target: string;
  readonly passed: number;
  readonly failed: number;
  readonly checks: readonly CheckResult[];
}

async function conformance(...args: string[]): Promise<Report> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    CLI,
    'conformance',
    '--json',
    ...args,
  ]).catch(
    // Exit code 1: a check failed; what it was is in the report.
    (error: { stdout: string; code: number; stderr: string }) => {
      if (error.code !== 1 || error.stdout === '') throw new Error(error.stderr);
      return error;
    },
  );
  return JSON.parse(stdout) as Report;
}

describe.each(['on', 'off', 'force'])('this machine with the JIT %s', (jit) => {
  it('passes every check', async () => {
    const { checks } = await conformance('--jit', jit);
    expect(checks.length).toBeGreaterThan(2200);
    expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });
});

describe('a machine that lacks what is optional', () => {
  it('passes, and says so', async () => {
    const absent: string[] = [];
    for (const name of ['csr', 'paging', 'paging-extensions', 'fdt-harts']) {
      const program = assembleConformance(runtime, { name, text: read(`${name}.s`) });
      const text = await runProgram(program, (description, options) =>
        createMachine({ ...description, isa: { paging: 'sv39' } }, options),
      );
      const results = parseReport(program, text);
      expect(results.filter((result) => !isConforming(result))).toEqual([]);
      absent.push(...results.filter(({ outcome }) => outcome === 'absent').map(({ id }) => id));
    }
    expect(absent).toContain('csr.satp.sv48');
    const clauses = absent.map((id) => id.split('.').slice(0, 2).join('.'));
    expect([...new Set(clauses)]).toEqual(['csr.satp', 'paging.sv48', 'paging.sv57']);
  });
});

describe.skipIf(!binutils)('programs that GNU as made', () => {
  it.each(programNames(readdirSync(KIT)))('%s passes', { timeout: 60_000 }, async (name) => {
    const file = { name, text: read(`${name}.s`) };
    const program = assembleConformance(runtime, file);
    const { text, origin } = completeSource(runtime, file);
    // In one section, so that the linker has no say in what lies where.
    const source = text.replaceAll(/^\s*\.data$/gm, '.balign 16');
    const bytes = Uint8Array.from(binutils!.assemble(source, origin));
    const results = parseReport(program, await runHere({ ...program, bytes }));
    expect(results.filter((result) => !isConforming(result))).toEqual([]);
  });
});

describe('a program that is no QEMU', () => {
  it.each(['/nonexistent', process.execPath])('is not taken for one: %s', async (command) => {
    const report = conformance('--target', 'qemu', '--only', 'finisher', '--qemu', command);
    await expect(report).rejects.toThrow(`expected QEMU as ${command}`);
  });
});

describe.skipIf(!hasQemu)('QEMU', () => {
  it(
    'passes every check but for the deviations that are listed, and what it lacks',
    { timeout: 300_000 },
    async () => {
      const { target, checks } = await conformance('--target', 'qemu');
      expect(target).toMatch(/^qemu \d/);
      expect(checks.filter((check) => !isConforming(check))).toEqual([]);
      // A deviation that is none any more goes from the list. This one does not show in every run.
      const rare = 'sbi.rfence.remote.fence_i.running';
      const reasons = new Set(checks.map(({ deviation }) => deviation));
      const deviations = (JSON.parse(read('deviations.json')) as Record<string, Deviations>)['qemu 7.2']!;
      if (target.startsWith('qemu 7.2'))
        expect(Object.keys(deviations).filter((id) => id !== rare && !reasons.has(deviations[id]))).toEqual(
          [],
        );
    },
  );
});
