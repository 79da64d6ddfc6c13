/** A conformance program on a machine in this process. */
import type { ConformanceProgram } from '../../../../conformance/program.ts';
import type { JitMode } from '../../../../index.ts';
import { createMachine } from '../../index.ts';

/** How long a program may take, in milliseconds: the longest wait for a second. */
export const PROGRAM_LIMIT = 60_000;

/** What it printed until it ended, or until its time was over. */
export async function runHere(program: ConformanceProgram, jit: JitMode = 'on'): Promise<string> {
  const machine = await createMachine(
    { hartware: 1, harts: program.machine.harts ?? 1, memory: '64M', boot: { firmware: 'program' } },
    { files: { program: program.bytes }, jit: { mode: jit }, limits: { wallTime: PROGRAM_LIMIT } },
  );
  const printed = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of machine.serial.output) text += decoder.decode(bytes, { stream: true });
    return text;
  })();
  try {
    await machine.run();
  } finally {
    await machine.dispose();
  }
  return printed;
}
