/**
 * The suite runs in three modes of the JIT: HARTWARE_JIT=on, off or force, `on` by default,
 * as for whoever uses the package. Tests pass JIT to every core and machine that they make.
 */
import type { JitMode, JitOptions } from '../../src/core/jit-options.ts';

const MODES = ['on', 'off', 'force'] as const satisfies readonly JitMode[];

function modeOf(text: string): JitMode {
  const mode = MODES.find((candidate) => candidate === text);
  if (!mode) throw new Error(`HARTWARE_JIT: expected on, off or force, found ${JSON.stringify(text)}`);
  return mode;
}

export const JIT_MODE: JitMode = modeOf(process.env.HARTWARE_JIT || 'on');
export const JIT: JitOptions = { mode: JIT_MODE };
/** For programs of so much code that a host would take minutes to compile all of it. */
export const UNFORCED: JitMode = JIT_MODE === 'force' ? 'on' : JIT_MODE;
