/** Runs a program on our machine, as firmware from reset. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMachine } from '../../src/bindings/node/index.ts';
import { JIT } from '../support/jit-mode.ts';
import { RAM_BASE, RAM_SIZE, type DifferentialProgram } from './program.ts';

/** Instructions no program comes near. */
const LIMIT = 50_000_000;

/** RAM after the program has ended. */
export async function runOnHartware(program: DifferentialProgram): Promise<Uint8Array> {
  const directory = mkdtempSync(join(tmpdir(), 'hartware-diff-'));
  try {
    const firmware = join(directory, 'program.bin');
    writeFileSync(firmware, program.image);
    const machine = await createMachine(
      {
        hartware: 1,
        memory: RAM_SIZE,
        boot: { firmware },
        clock: { kind: 'virtual' },
        isa: { paging: 'sv57' },
      },
      { jit: JIT },
    );
    const steps = await machine.step(LIMIT);
    if (machine.state !== 'ended') {
      throw new Error(
        `the program did not end in ${steps} instructions: pc 0x${machine.harts[0].pc.toString(16)}`,
      );
    }
    return machine.ram.view(RAM_BASE, program.image.length).slice();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
