/** A conformance program on a machine in this process. */
import { endLines, pressesWanted, type ConformanceProgram } from '../../../../conformance/program.ts';
import type { JitMode, MachineConsole } from '../../../../index.ts';
import { createMachine } from '../../index.ts';

/** How long a program may take, in milliseconds: the longest wait for a second. */
export const PROGRAM_LIMIT = 60_000;

/** What it printed until it ended, or until its time was over. */
export async function runHere(program: ConformanceProgram, jit: JitMode = 'on'): Promise<string> {
  const { boot = 'firmware', harts, drives, console, powerButton = false } = program.machine;
  const machine = await createMachine(
    {
      hartware: 1,
      harts: harts ?? 1,
      memory: '64M',
      boot: { [boot]: 'program' },
      drives: drives?.map(({ size, id, readOnly = false }) => ({ memory: size, id, readOnly })),
      devices: { console: console !== undefined, powerButton },
    },
    { files: { program: program.bytes }, jit: { mode: jit }, limits: { wallTime: PROGRAM_LIMIT } },
  );
  let presses = 0;
  const printed = textOf(machine.serial, (text) => {
    // A machine that has ended since has nobody to press it for.
    for (; presses < pressesWanted(text); presses++) void machine.powerButton().catch(() => {});
  });
  const consolePrinted = machine.virtioConsole ? textOf(machine.virtioConsole) : Promise.resolve('');
  let code: number | undefined;
  try {
    void machine.virtioConsole?.type(new TextEncoder().encode(console?.input));
    const stop = await machine.run();
    if (stop.reason === 'ended') code = stop.exit.code;
  } finally {
    await machine.dispose();
  }
  return `${await printed}${endLines(program, { code, console: await consolePrinted })}`;
}

/** What comes from a console until its end; `onText` is told of all that came, with each bit. */
async function textOf(console: MachineConsole, onText?: (text: string) => void): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of console.output) {
    text += decoder.decode(bytes, { stream: true });
    onText?.(text);
  }
  return text;
}
