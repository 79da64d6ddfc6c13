/** Which sizes a VHD may have. */
import { ArgumentError } from '../../errors.ts';
import { MAX_SIZE, SECTOR } from './footer.ts';

/** @throws ArgumentError */
export function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size <= 0 || size % SECTOR !== 0)
    throw new ArgumentError(`expected a size in whole sectors of ${SECTOR} bytes, found ${size}`);
  if (size > MAX_SIZE)
    throw new ArgumentError(`expected a size of at most 2040 GiB for a VHD, found ${size}`);
}
