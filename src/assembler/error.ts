import { HartwareError } from '../errors.ts';

/** What is wrong with a source text, and where. */
export class AssemblyError extends HartwareError {
  override readonly name = 'AssemblyError';
  readonly code = 'ASSEMBLY';
  constructor(
    /** What was expected and what was found. */
    readonly reason: string,
    /** Line of the source, from 1; 0 while it is not known yet. */
    readonly line = 0,
  ) {
    super(line > 0 ? `line ${line}: ${reason}` : reason);
  }
}
