/** Runs programs translated beside the interpreter. */
import { expect } from 'vitest';
import { describeDifference, runLockstep } from '../../src/debug/lockstep.ts';
import type { GuestOptions, GuestProgram } from '../support/guest-program.ts';
import { LockstepGuest } from '../support/lockstep-guest.ts';

export type Make = (options: GuestOptions) => GuestProgram;

/** When code is translated: at its first execution, and when it is warm. */
export const TRANSLATIONS = [{ jit: 'force' }, { jit: 'on', threshold: 3 }] as const;

export interface BothOptions {
  /** Instructions between comparisons. Default: 1000. */
  readonly chunk?: (index: number) => number;
  /** Instructions that the program may take. Default: a million. */
  readonly budget?: number;
}

/** Runs a program in one way beside the interpreter, to its end; returns the translated one. */
export async function runBeside(
  make: Make,
  translation: GuestOptions,
  { chunk = () => 1000, budget = 1_000_000 }: BothOptions = {},
): Promise<GuestProgram> {
  let subject: LockstepGuest | undefined;
  const found = await runLockstep(
    {
      make: (kind) =>
        Promise.resolve(new LockstepGuest(make(kind === 'subject' ? translation : { jit: 'off' }))),
      chunk,
      after: (_, translated) => {
        subject = translated;
        return translated.guest.finish !== undefined;
      },
    },
    budget,
  );
  expect(found && describeDifference(found)).toBeUndefined();
  expect(subject?.guest.finish).toBeDefined();
  return subject!.guest;
}

/** Runs a program forced, and translated when it is warm, each beside the interpreter; returns one that ran. */
export async function runBoth(make: Make): Promise<GuestProgram> {
  let guest: GuestProgram | undefined;
  for (const translation of TRANSLATIONS) guest = await runBeside(make, translation);
  return guest!;
}

/** The u64 counter at `offset` of assembly/layout.ts, J_*, less JIT. */
export const statisticAddress = ({ core }: GuestProgram, offset: number): number =>
  Number((core.exports as unknown as Record<string, WebAssembly.Global>).J_STATISTICS.value) + offset;

const statistic = (guest: GuestProgram, offset: number): number =>
  Number(new DataView(guest.core.memory).getBigUint64(statisticAddress(guest, offset), true));

/** Instructions that were executed in translated code. */
export const translatedInstructions = (guest: GuestProgram): number => statistic(guest, 0);

/** How often translated code left an instruction to the interpreter. */
export const sideExits = (guest: GuestProgram): number => statistic(guest, 56);

/** How often a run loop entered translated code. */
export const entries = (guest: GuestProgram): number => statistic(guest, 64);
