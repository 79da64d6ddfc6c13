/** What a conformance program printed, and what is made of it: TAP and JSON. */

import type { ConformanceProgram } from './program.ts';

/** How a check went: `absent` where it is of an optional feature that is not there, `missing` where the program did not come to it. */
export type CheckOutcome = 'passed' | 'failed' | 'absent' | 'missing';

export interface CheckResult {
  /** The clause of the specification that is checked. */
  readonly id: string;
  readonly program: string;
  readonly outcome: CheckOutcome;
  /** Of a check that failed: what was expected and found, as the program printed them. */
  readonly expected?: string;
  readonly found?: string;
  /** Why this outcome is known and allowed of this machine: it counts as passed. */
  readonly deviation?: string;
}

/** Checks that a machine is known to fail, with the reason; the name of a clause stands for all checks of it. */
export type Deviations = Readonly<Record<string, string>>;

const ABSENT = /^absent ([a-z0-9_.]+)$/;
const LINE = /^(ok|not ok) ([a-z0-9_.]+)(?: expected (0x[0-9a-f]+) found (0x[0-9a-f]+))?$/;

/** The outcome of each check; what is printed twice counts as what came last, but a failure stays one. */
export function parseReport(
  { name, ids, machine: { optional = [] } }: Omit<ConformanceProgram, 'bytes'>,
  text: string,
  deviations: Deviations = {},
): CheckResult[] {
  const found = new Map<string, Partial<CheckResult>>();
  const absent: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const clause = ABSENT.exec(line)?.[1];
    if (clause !== undefined && optional.includes(clause)) absent.push(clause);
    const [, outcome, id, expected, value] = LINE.exec(line) ?? [];
    if (id === undefined || found.get(id)?.outcome === 'failed') continue;
    found.set(
      id,
      outcome === 'ok' ? { outcome: 'passed' } : { outcome: 'failed', expected: expected!, found: value! },
    );
  }
  return ids.map((id) => {
    const none = absent.some((clause) => isOf(id, clause)) ? 'absent' : 'missing';
    const result: CheckResult = { id, program: name, outcome: none, ...found.get(id) };
    const deviation = deviationOf(id, deviations);
    return result.outcome === 'passed' || deviation === undefined ? result : { ...result, deviation };
  });
}

/** Why a check is known to fail, by the longest name that stands there. */
export function deviationOf(id: string, deviations: Deviations): string | undefined {
  for (let name = id; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    if (deviations[name] !== undefined) return deviations[name];
  }
  return undefined;
}

/** Whether a check is one of a clause. */
export function isOf(id: string, clause: string): boolean {
  return id === clause || id.startsWith(`${clause}.`);
}

/** Whether a check is as it has to be. */
export function isConforming({ outcome, deviation }: CheckResult): boolean {
  return outcome === 'passed' || outcome === 'absent' || deviation !== undefined;
}

/** The Test Anything Protocol, version 14. */
export function formatTap(results: readonly CheckResult[]): string {
  const lines = ['TAP version 14', `1..${results.length}`];
  results.forEach(({ id, program, outcome, expected, found, deviation }, index) => {
    const directive =
      outcome === 'absent'
        ? ' # SKIP the machine does not have this optional feature'
        : deviation === undefined
          ? ''
          : ` # TODO ${deviation}`;
    const isOk = outcome === 'passed' || outcome === 'absent';
    lines.push(`${isOk ? 'ok' : 'not ok'} ${index + 1} - ${id}${directive}`);
    if (isOk) return;
    const detail =
      outcome === 'missing' ? { message: 'the program did not come to this check' } : { expected, found };
    lines.push(
      '  ---',
      `  program: ${program}`,
      ...Object.entries(detail).map(([key, value]) => `  ${key}: ${value}`),
      '  ...',
    );
  });
  return `${lines.join('\n')}\n`;
}
