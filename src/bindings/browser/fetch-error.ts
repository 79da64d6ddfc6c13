import { HartwareError } from '../../errors.ts';

/** Something that a machine needs cannot be had; the message names it, and the status of a server. */
export class FetchError extends HartwareError {
  override readonly name = 'FetchError';
  readonly code = 'FETCH';
}
