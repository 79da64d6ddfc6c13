/**
 * A folder of further programs (`--programs`): whatever the guest needs, and the file
 * `programs.txt` that says what to run. Each line of it is
 *   NAME GROUP COMMAND
 * where COMMAND is for the guest's shell and runs in the folder, or
 *   NAME setup COMMAND
 * for what goes before it, untimed. Empty lines and lines that start with # mean nothing.
 * The command should end after a few seconds, print little, and fail when its result is
 * wrong. Between lines "[[begin]]" and "[[end]]" that it prints lies its steady part.
 */
import type { Workload } from './workload.ts';

export const MANIFEST = 'programs.txt';

/**
 * @param directory where the folder lies in the guest.
 * @param what names the manifest in errors.
 * @throws Error for a line that says nothing.
 */
export function parseManifest(text: string, directory: string, what: string): Workload[] {
  const setups = new Map<string, string[]>();
  const workloads: Workload[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '' || line.trimStart().startsWith('#')) return;
    const match = /^\s*([\w.+-]+)\s+([\w-]+)\s+(\S.*?)\s*$/.exec(line);
    if (!match) {
      throw new Error(
        `${what}, line ${index + 1}: expected NAME GROUP COMMAND, found ${JSON.stringify(line)}`,
      );
    }
    const [, name, group, command] = match;
    const setup = setups.get(name) ?? [];
    setups.set(name, setup);
    if (group === 'setup') setup.push(command);
    else if (workloads.some((other) => other.name === name)) {
      throw new Error(`${what}, line ${index + 1}: expected one command for ${name}, found another`);
    } else workloads.push({ name, group, command, setup, directory });
  });
  for (const name of setups.keys()) {
    if (!workloads.some((workload) => workload.name === name)) {
      throw new Error(`${what}: expected a command for ${name}, found only its setup`);
    }
  }
  return workloads;
}
