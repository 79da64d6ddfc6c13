/**
 * The locks by which QEMU keeps two programs from one image. Node cannot take locks of the system, so that QEMU does
 * not see ours (file-lock.ts); that QEMU uses an image can be seen where Linux lists all locks.
 */
import { readFileSync, type BigIntStats } from 'node:fs';
import { FileError } from './file-error.ts';

/** Whoever writes has a lock on the first byte of these; whoever lets nobody write, on the second one. */
const WRITES = 101;
const NEEDS_IT_UNCHANGED = 201;
/** All bytes that QEMU locks lie here. */
const [FIRST, LAST] = [100, 299];

/**
 * Refuses a file to which a QEMU writes, and one to be written to that a QEMU reads.
 * @throws FileError
 */
export function checkUnlockedByQemu(name: string, { dev, ino }: BigIntStats, readOnly: boolean): void {
  const file = `${hex(majorOf(dev))}:${hex(minorOf(dev))}:${ino}`;
  for (const line of lockLines()) {
    // As "1: OFDLCK ADVISORY  READ -1 fe:00:1234 100 101".
    const [place, start, end] = line.trim().split(/\s+/).slice(-3);
    if (place !== file || Number(start) < FIRST || !(Number(end) <= LAST)) continue;
    const holds = (byte: number): boolean => Number(start) <= byte && byte <= Number(end);
    if (holds(WRITES) || (!readOnly && holds(NEEDS_IT_UNCHANGED)))
      throw new FileError(`${name} is in use by QEMU`);
  }
}

function lockLines(): string[] {
  try {
    return readFileSync('/proc/locks', 'utf8').split('\n');
  } catch {
    // Another system, or one that does not say.
    return [];
  }
}

const hex = (part: bigint): string => part.toString(16).padStart(2, '0');

const majorOf = (dev: bigint): bigint => ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
const minorOf = (dev: bigint): bigint => (dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffffffffn);
