/** qemu-img, which reads and writes what we do. */
import { execFileSync } from 'node:child_process';
import { requireTool } from '../support/tools.ts';

export const hasQemuImg = requireTool('qemu-img', 'qemu-utils');

/** @throws what it says when it fails. */
export function qemuImg(...args: string[]): string {
  return qemuImgIn('.', ...args);
}

/** The same for names of files in a folder. */
export function qemuImgIn(folder: string, ...args: string[]): string {
  return execFileSync('qemu-img', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
