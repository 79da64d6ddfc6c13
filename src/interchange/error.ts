/** What stands in the way of a description as a whole; single things become notes. */
import { HartwareError } from '../errors.ts';

/** What was given instead of a file of the right kind may be anything. */
const MAX_MESSAGE = 600;

/** A file of another program that no machine can be made of; the message says what was expected and what was found. */
export class InterchangeError extends HartwareError {
  override readonly name = 'InterchangeError';
  readonly code = 'ARGUMENT';
  constructor(
    message: string,
    /** What had been found out up to then. */
    readonly notes: readonly string[] = [],
  ) {
    super(message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message);
  }
}
