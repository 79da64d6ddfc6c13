/** Programs of the host. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Exit codes of success. Default 0 alone. */
  readonly accepted?: readonly number[];
  /** Takes the output as it comes. Default: it is kept for the error alone. */
  readonly onOutput?: (text: string) => void;
}

/** Characters of output that an error shows. */
const SHOWN = 2000;
/** mke2fs and its like are there on Debian, and not on the PATH of users. */
const SYSTEM_PATH = '/usr/sbin:/sbin';

/** @throws Error with the end of the output when the program cannot be run, or fails. */
export async function run(
  command: string,
  args: readonly string[],
  { input, env = process.env, signal, accepted = [0], onOutput }: RunOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    env: { ...env, PATH: `${env.PATH}:${SYSTEM_PATH}`, LC_ALL: 'C' },
    signal,
    stdio: 'pipe',
  });
  let output = '';
  const take = (bytes: Buffer): void => {
    output += bytes.toString();
    onOutput?.(bytes.toString());
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  // A program that does not read its input says why.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(`${command} is not installed`) : error),
    );
    child.on('close', resolve);
  });
  if (code === null || !accepted.includes(code))
    throw new Error(`${command} failed (${code}): ${output.slice(-SHOWN).trim()}`);
  return output;
}
