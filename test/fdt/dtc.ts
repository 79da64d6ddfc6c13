/** Runs `dtc`, the reference device-tree compiler, for the tests of this directory. */
import { spawnSync } from 'node:child_process';
import { requireTool } from '../support/tools.ts';

export const hasDtc = requireTool('dtc', 'device-tree-compiler');

export function dtc(
  from: 'dtb' | 'dts',
  to: 'dtb' | 'dts',
  input: Uint8Array | string,
): { output: Buffer; messages: string } {
  const { status, stdout, stderr } = spawnSync('dtc', ['-I', from, '-O', to, '-'], { input });
  const messages = stderr.toString();
  if (status !== 0) throw new Error(`dtc: ${messages}`);
  return { output: stdout, messages };
}
