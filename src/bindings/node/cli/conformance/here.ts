/** A conformance program on a machine in this process. */
import { endLine, type ConformanceProgram } from '../../../../conformance/program.ts';
import type { JitMode } from '../../../../index.ts';
import { createMachine } from '../../index.ts';

/** How long a program may take, in milliseconds: the longest wait for a second. */
export const PROGRAM_LIMIT = 60_000;

/** What it printed until it ended, or until its time was over. */
export async function runHere(program: ConformanceProgram, jit: JitMode = 'on'): Promise<string> {
  const { boot = 'firmware', append, initrd = false, harts, drives } = program.machine;
  const machine = await createMachine(
    {
      hartware: 1,
      harts: harts ?? 1,
      memory: '64M',
      boot: { [boot]: 'program', append, initrd: initrd ? 'program' : undefined },
      drives: drives?.map(({ size, id }) => ({ memory: size, id })),
    },
    { files: { program: program.bytes }, jit: { mode: jit }, limits: { wallTime: PROGRAM_LIMIT } },
  );
  const printed = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of machine.serial.output) text += decoder.decode(bytes, { stream: true });
    return text;
  })();
  let code: number | undefined;
  try {
    const stop = await machine.run();
    if (stop.reason === 'ended') code = stop.exit.code;
  } finally {
    await machine.dispose();
  }
  return `${await printed}${endLine(program, code)}`;
}
