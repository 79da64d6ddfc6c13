/** Which clause of the specification is checked by what: spec/coverage.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assembleConformance,
  programNames,
  readRuntime,
  type ConformanceProgram,
} from '../../src/conformance/program.ts';
import type { Deviations } from '../../src/conformance/report.ts';

interface Clause {
  readonly id: string;
  /** The file in spec/machine. */
  readonly chapter: string;
  /** Whether it is of a feature that a machine may lack. */
  readonly optional: boolean;
  readonly checks: string[];
}

/** A list item that starts with names of clauses, "(optional)" where a machine may lack the feature. */
const CLAUSES = /^- ((?:`[a-z0-9_.]+`(?:, )?)+)( \(optional\))?: /gm;

/**
 * @param board what runtime/board.s is to hold.
 * @throws Error where a clause has no check, or a check no clause.
 */
export function coverageTable(spec: string, board: string): string {
  const chapters = readdirSync(join(spec, 'machine')).sort();
  const clauses = new Map<string, Clause>();
  for (const chapter of chapters) {
    for (const [, names, optional] of readFileSync(join(spec, 'machine', chapter), 'utf8').matchAll(
      CLAUSES,
    )) {
      for (const [, id] of names!.matchAll(/`([^`]+)`/g)) {
        if (clauses.has(id!)) throw new Error(`spec/machine/${chapter}: expected ${id} once`);
        clauses.set(id!, { id: id!, chapter, optional: optional !== undefined, checks: [] });
      }
    }
  }
  const programs = programsOf(join(spec, 'conformance'), board);
  const checks = programs.flatMap(({ ids }) => ids);
  for (const check of checks) {
    const clause = clauseOf(check, clauses);
    if (!clause) throw new Error(`spec/conformance: expected a clause for the check ${check}`);
    clause.checks.push(check);
  }
  const bare = [...clauses.values()].find(({ checks }) => checks.length === 0);
  if (bare) throw new Error(`spec/machine/${bare.chapter}: expected a check of ${bare.id}`);
  const optional = new Set(programs.flatMap(({ machine }) => machine.optional ?? []));
  const odd = [...clauses.values()].find((clause) => clause.optional !== optional.has(clause.id));
  if (odd)
    throw new Error(`spec/machine/${odd.chapter}: expected ${odd.id} to be optional here and in its program`);
  const rows = [...clauses.values()].map(
    ({ id, chapter, checks, optional }) =>
      `| [${id}](machine/${chapter})${optional ? ' (optional)' : ''} | ${checks.map((check) => rest(check, id)).join(', ')} |`,
  );
  return [
    '# Coverage',
    '',
    `Written by \`npm run generate\` from the chapters and the programs: ${clauses.size} clauses, ${checks.length} checks. A check is named by its clause and what stands here.`,
    '',
    '| clause | checks |',
    '|---|---|',
    ...rows,
    '',
    ...deviationTables(spec, checks),
  ].join('\n');
}

/** What other machines are known to do otherwise. @throws Error where there is no such check. */
function deviationTables(spec: string, checks: readonly string[]): string[] {
  const file = join(spec, 'conformance/deviations.json');
  const deviations = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Deviations>;
  return Object.entries(deviations).flatMap(([machine, list]) => {
    const unknown = Object.keys(list).find((check) => !checks.includes(check));
    if (unknown !== undefined)
      throw new Error(`spec/conformance/deviations.json: expected a check, found ${unknown}`);
    return [
      `## Known deviations of ${machine.replace('qemu', 'QEMU')}`,
      '',
      '| check | what it does |',
      '|---|---|',
      ...Object.entries(list).map(([check, reason]) => `| ${check} | ${reason} |`),
      '',
    ];
  });
}

function programsOf(kit: string, board: string): ConformanceProgram[] {
  const read = (file: string): string =>
    file === 'runtime/board.s' ? board : readFileSync(join(kit, file), 'utf8');
  const runtime = readRuntime(read);
  return programNames(readdirSync(kit)).map((name) =>
    assembleConformance(runtime, { name, text: read(`${name}.s`) }),
  );
}

/** That of the longest name which the check's begins with. */
function clauseOf(check: string, clauses: ReadonlyMap<string, Clause>): Clause | undefined {
  const parts = check.split('.');
  for (let length = parts.length; length > 0; length--) {
    const clause = clauses.get(parts.slice(0, length).join('.'));
    if (clause) return clause;
  }
  return undefined;
}

function rest(check: string, clause: string): string {
  return check === clause ? 'itself' : check.slice(clause.length + 1);
}
