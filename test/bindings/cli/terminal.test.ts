/** The command on a terminal, which `script` of util-linux provides. */
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JIT_MODE } from '../../support/jit-mode.ts';
import { CLI, echoer, finish, printed, Workplace } from './hartware.ts';

const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0;
if (!hasScript) {
  const reason = 'no "script" of util-linux, which these tests need for a terminal';
  if (process.env.CI) throw new Error(reason);
  console.warn(`test/bindings/cli/terminal.test.ts is skipped: ${reason}`);
}

let place: Workplace;
let firmware: string;

beforeAll(async () => {
  place = await Workplace.make();
  firmware = await place.put('echoes.bin', echoer());
});
afterAll(() => place.remove());

/** Runs the command on a terminal, then prints its exit code and the terminal's mode. */
function onTerminal() {
  const command = `stty -a; "${process.execPath}" "${CLI}" run --jit ${JIT_MODE} --bios "${firmware}"; echo "code=$?"; stty -a`;
  return spawn('script', ['-qec', command, '/dev/null'], { stdio: 'pipe' });
}

describe.runIf(hasScript)('on a terminal', () => {
  test('every key goes to the guest, Ctrl-C included, and Ctrl-] q leaves', async () => {
    const child = onTerminal();
    const result = finish(child);
    await printed(child, 'ready');
    const answered = printed(child, 'ABC\x03D');
    child.stdin.write('abc\x03d');
    await answered;
    child.stdin.write('\x1dq');
    const { stdout } = await result;
    // Nothing is echoed by the terminal itself.
    expect(stdout).not.toContain('abc');
    expect(stdout).toContain('code=0');
    const modes = stdout.match(/[^\n]*\bisig\b[^\n]*/g);
    expect(modes).toHaveLength(2);
    expect(modes![1]).toBe(modes![0]);
    expect(modes![0]).toMatch(/(^|\s)icanon/);
  });

  test('the terminal is put back when the guest powers off', async () => {
    const child = onTerminal();
    const result = finish(child);
    await printed(child, 'ready');
    child.stdin.write('.');
    const { stdout } = await result;
    const modes = stdout.match(/[^\n]*\bisig\b[^\n]*/g);
    expect(stdout).toContain('code=0');
    expect(modes![1]).toBe(modes![0]);
  });

  test('Ctrl-] r resets the machine, Ctrl-] h shows the keys', async () => {
    const child = onTerminal();
    const result = finish(child);
    await printed(child, 'ready');
    const again = printed(child, 'ready');
    child.stdin.write('\x1dr');
    await again;
    const help = printed(child, 'Ctrl-] q leaves');
    child.stdin.write('\x1dh');
    await help;
    child.stdin.write('.');
    expect((await result).stdout).toContain('code=0');
  });
});
