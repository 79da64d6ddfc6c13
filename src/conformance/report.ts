/** What a conformance program printed, and what is made of it: TAP and JSON. */

/** How a check went: `missing` where the program did not come to it. */
export type CheckOutcome = 'passed' | 'failed' | 'missing';

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

/** Clauses that a machine is known not to fulfil, with the reason. */
export type Deviations = Readonly<Record<string, string>>;

const LINE = /^(ok|not ok) ([a-z0-9_.]+)(?: expected (0x[0-9a-f]+) found (0x[0-9a-f]+))?$/;

/** The outcome of each check; what is printed twice counts as what came last, but a failure stays one. */
export function parseReport(
  program: string,
  ids: readonly string[],
  text: string,
  deviations: Deviations = {},
): CheckResult[] {
  const found = new Map<string, Partial<CheckResult>>();
  for (const line of text.split(/\r?\n/)) {
    const [, outcome, id, expected, value] = LINE.exec(line) ?? [];
    if (id === undefined || found.get(id)?.outcome === 'failed') continue;
    found.set(
      id,
      outcome === 'ok' ? { outcome: 'passed' } : { outcome: 'failed', expected: expected!, found: value! },
    );
  }
  return ids.map((id) => {
    const result: CheckResult = { id, program, outcome: 'missing', ...found.get(id) };
    const deviation = deviations[id];
    return result.outcome === 'passed' || deviation === undefined ? result : { ...result, deviation };
  });
}

/** Whether a check is as it has to be. */
export function isConforming({ outcome, deviation }: CheckResult): boolean {
  return outcome === 'passed' || deviation !== undefined;
}

/** The Test Anything Protocol, version 14. */
export function formatTap(results: readonly CheckResult[]): string {
  const lines = ['TAP version 14', `1..${results.length}`];
  results.forEach(({ id, program, outcome, expected, found, deviation }, index) => {
    const todo = deviation === undefined ? '' : ` # TODO ${deviation}`;
    lines.push(`${outcome === 'passed' ? 'ok' : 'not ok'} ${index + 1} - ${id}${todo}`);
    if (outcome === 'passed') return;
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
