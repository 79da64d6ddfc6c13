/** Runs `dtc`, the reference device-tree compiler, for the tests of this directory. */
import { spawnSync } from 'node:child_process';

export const hasDtc = spawnSync('dtc', ['--version']).status === 0;
if (!hasDtc) {
  if (process.env.CI) throw new Error('dtc is not installed, and CI needs it (package device-tree-compiler)');
  console.warn('skipped: dtc is not installed (package device-tree-compiler)');
}

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
