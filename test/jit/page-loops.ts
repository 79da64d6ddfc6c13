/**
 * Runs programs with loops whose accesses are checked once a round, beside the
 * interpreter, and counts these rounds: each comparison with the page of a group
 * (assembly/jit/page-loop.ts) is followed by a counter, in the modules that the
 * host compiles.
 */
import { expect } from 'vitest';
import wabt from 'wabt';
import { GuestProgram } from '../support/guest-program.ts';
import { replacingModules } from './compiled-modules.ts';
import { runBeside, statisticAddress, translatedInstructions, TRANSLATIONS, type Make } from './run-both.ts';

const { parseWat, readWasm } = await wabt();
const FEATURES = { tail_call: true };

/** Rounds that a comparison is for, at most: as many as the known copy of a short loop holds. */
const ROUNDS = 4;

/** A cell of the linear memory that nothing else uses: behind J_STATISTICS. */
const COUNTER = statisticAddress(new GuestProgram(''), 0x78);
const COUNT = `i32.const ${COUNTER} i32.const ${COUNTER} i32.load i32.const ${ROUNDS} i32.add i32.store`;

/** The comparison of a base with the page of its group, which leaves for the other copy. */
const COMPARISON =
  /local\.get \d+\s+local\.get \d+\s+i64\.sub\s+(?:i64\.const -\d+\s+i64\.add\s+)?i64\.const (\d+)\s+i64\.gt_u\s+br_if \d+ \(;@\d+;\)/g;
/** A call of `locate`, where an access missed. */
const LOCATE = /\bcall 0\b/;

/** How a program was translated and run. */
export interface LoopRun {
  readonly guest: GuestProgram;
  /** Bytes that the accesses of the groups span in as many rounds as are compared at once, of all loops that were written. */
  readonly spans: readonly number[];
  /** Groups that were found on the page that was known, over all rounds; an upper bound. */
  readonly known: number;
  /** Whether such a loop was written with STYLE_CALLS. */
  readonly hasCalls: boolean;
  /** Of all instructions, those in translated code. */
  readonly share: number;
}

function textOf(bytes: ArrayBuffer): string {
  const module = readWasm(new Uint8Array(bytes), { readDebugNames: false, ...FEATURES });
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  return text;
}

function bytesOf(text: string): ArrayBuffer {
  const module = parseWat('loops', text, FEATURES);
  const bytes = module.toBinary({}).buffer.slice().buffer;
  module.destroy();
  return bytes;
}

/** Runs `run` with counters in what is compiled for it. */
async function instrumented(run: () => Promise<GuestProgram>): Promise<LoopRun> {
  const spans: number[] = [];
  let hasCalls = false;
  const guest = await replacingModules((bytes) => {
    const text = textOf(bytes);
    const found = [...text.matchAll(COMPARISON)];
    if (found.length === 0) return bytes;
    spans.push(...found.map(([, room]) => 4096 - Number(room)));
    hasCalls ||= LOCATE.test(text);
    return bytesOf(text.replace(COMPARISON, (all) => `${all} ${COUNT}`));
  }, run);
  const known = new DataView(guest.core.memory).getUint32(COUNTER, true);
  const share = translatedInstructions(guest) / guest.instructionCount;
  return { guest, spans, known, hasCalls, share };
}

/** Instructions between comparisons with the interpreter: many, and then few. */
const chunkOf = (index: number): number => (index % 2 === 0 ? 2000 : 1 + (index % 200));

/** Runs a program forced, and translated when it is warm; returns which of them made least of what was known. */
export async function runLoops(make: Make, chunk = chunkOf): Promise<LoopRun> {
  const runs: LoopRun[] = [];
  for (const translation of TRANSLATIONS) {
    const run = await instrumented(() => runBeside(make, translation, { chunk, budget: 1_000_000 }));
    expect(run.spans.length).toBeGreaterThan(0);
    runs.push(run);
  }
  return runs.reduce((one, other) => (one.known < other.known ? one : other));
}
