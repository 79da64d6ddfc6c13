/** An embedder's own answers to SBI calls. */
import type { GuestMemory } from '../memory.ts';

/** A call that a guest makes in S-mode. */
export interface SbiHookCall {
  /** The hart that calls: its mhartid. */
  readonly hart: number;
  /** EID, a7. */
  readonly extensionId: number;
  /** FID, a6. */
  readonly functionId: number;
  /** a0 to a5, unsigned. */
  readonly args: readonly bigint[];
  /** Guest RAM, by guest physical address. */
  readonly memory: GuestMemory;
}

/** struct sbiret: what goes into a0 and a1. */
export interface SbiAnswer {
  /** 0 for success, or one of the negative SBI_ERR_* codes (SBI 3.0, chapter 3). */
  readonly error: number;
  /** Default 0. */
  readonly value?: bigint | number;
}

/** Sees every SBI call first. Undefined leaves it to the machine. It is called between two instructions, and must answer at once. */
export type SbiHook = (call: SbiHookCall) => SbiAnswer | undefined;
