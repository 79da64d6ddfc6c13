/** What the page that runs the programs in a browser and the command that serves it tell each other, in JSON. */
import type { JitMode } from '../core/jit-options.ts';
import type { ConformanceMachine } from './program.ts';

/** What a page is told when it begins. */
export interface PageStart {
  /** Names what this page does: one that began before, in another tab or before it was loaded again, is not heard any more. */
  readonly run: number;
  readonly jit: JitMode;
  readonly programs: readonly { readonly name: string; readonly machine: ConformanceMachine }[];
}

/** What a page tells of a program. */
export interface PageResult {
  readonly run: number;
  readonly program: string;
  /** What it printed, and how the machine ended. */
  readonly text?: string;
  /** In place of a text: why it could not be run. */
  readonly error?: string;
}

/** What a page is told in return, to be shown: of all programs up to then. */
export interface PageAnswer {
  readonly passed: number;
  /** Checks that are not as they have to be. */
  readonly failed: readonly string[];
}

/** What a page told, if it is of that kind. */
export function readPageResult(value: unknown): PageResult | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { run, program, text, error } = value as Partial<Record<keyof PageResult, unknown>>;
  if (typeof run !== 'number' || typeof program !== 'string') return undefined;
  if (typeof text === 'string' && error === undefined) return { run, program, text };
  return typeof error === 'string' && text === undefined ? { run, program, error } : undefined;
}
