/** Damaging VHDX images so that the damage is not found at once. */
import { crc32c } from '../../src/disks/vhdx/crc32c.ts';
import { hexOf } from '../../src/disks/vhdx/guid.ts';
import { viewOf } from '../../src/disks/vhdx/header.ts';

const MIB = 2 ** 20;

/** Where it hurts: headers, region table, log, table, metadata, of images with a log of 1 MiB. */
export const VHDX_HOT = [
  [65536, 65536 + 90],
  [131072, 131072 + 90],
  [192 * 1024, 192 * 1024 + 90],
  [MIB, MIB + 160],
  [2 * MIB, 2 * MIB + 48],
  [3 * MIB, 3 * MIB + 250],
  [3 * MIB + 65536, 3 * MIB + 65536 + 300],
] as const;

/** Makes the checksums of a damaged image right again. */
export function resealVhdx(bytes: Uint8Array): void {
  const seal = (at: number, length: number): void => {
    const part = bytes.subarray(at, at + length);
    viewOf(part).setUint32(4, crc32c(part, 4), true);
  };
  seal(65536, 4096);
  seal(131072, 4096);
  seal(192 * 1024, 65536);
  seal(256 * 1024, 65536);
  if (hexOf(bytes.subarray(MIB, MIB + 4)) === '6c6f6765') {
    const length = viewOf(bytes).getUint32(MIB + 8, true);
    if (length >= 4096 && length <= MIB) seal(MIB, length);
  }
}
