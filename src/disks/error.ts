/** What is wrong with disk images. */
import { HartwareError } from '../errors.ts';
import type { DiskFormatName } from './disk-image.ts';

/** A disk image is damaged, of a kind that is not supported, or asks for what it may not have. */
export class DiskImageError extends HartwareError {
  override readonly name = 'DiskImageError';
  readonly code = 'DISK_IMAGE';

  /**
   * @param file what the file is called.
   * @param format of which format it is, or was taken for.
   * @param reason what was expected and what was found.
   * @param offset where in the file, in bytes.
   */
  constructor(
    readonly file: string,
    readonly format: DiskFormatName,
    readonly reason: string,
    readonly offset?: number,
    options?: { readonly cause?: unknown },
  ) {
    const place = offset === undefined ? '' : ` at offset ${offset}`;
    super(`${file}: ${format}${place}: ${reason}`, options);
  }
}
