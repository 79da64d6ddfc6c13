/** A conformance program on a machine in this process. */
import type { RunnableProgram } from '../../../../conformance/program.ts';
import { runProgram } from '../../../../conformance/run.ts';
import type { JitMode } from '../../../../index.ts';
import { createMachine } from '../../index.ts';

/** What it printed until it ended, or until its time was over. */
export function runHere(program: RunnableProgram, jit?: JitMode): Promise<string> {
  return runProgram(program, createMachine, jit);
}
