/** The command with Debian, as a script uses it: through pipes. */
import { describe, expect, test } from 'vitest';
import { UNFORCED } from '../support/jit-mode.ts';
import { finish, hartware, start } from '../bindings/cli/hartware.ts';
import { BOOT_TEST_TIMEOUT, debianGuest, TROUBLE } from './debian.ts';
import { GuestConsole } from './guest-console.ts';

const guest = await debianGuest();
const RUN_DEBIAN = ['run', 'debian', '--jit', UNFORCED];

describe.skipIf(!guest)('hartware run debian through pipes', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('takes commands from standard input; poweroff ends it with code 0', async () => {
    const script = 'echo $((6 * 7)) answers\ncd /proc && pwd\npoweroff\n';
    const { code, stdout, stderr } = await hartware([...RUN_DEBIAN, '--harts', '2'], script);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('42 answers');
    expect(stdout).toContain('/proc\n');
    expect(stdout).toContain('reboot: Power down');
    expect(stdout).not.toMatch(TROUBLE);
  });

  test('the end of the shell powers off, too', async () => {
    const { code, stdout } = await hartware(RUN_DEBIAN, 'exit\n');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('reboot: Power down');
  });

  test('the exit code of the shell is that of the command', async () => {
    const { code, stdout } = await hartware(RUN_DEBIAN, 'exit 7\n');
    expect(code, stdout).toBe(7);
  });

  test('reboot comes back to the shell; poweroff takes an exit code', async () => {
    const child = start(RUN_DEBIAN);
    const console = GuestConsole.ofProcess(child);
    const result = finish(child);
    await console.waitForShell();
    await console.outputOf('echo before > /root/file');
    console.type('reboot\n');
    await console.waitFor('reboot: Restarting system');
    await console.waitFor('Linux version');
    await console.waitForShell();
    expect((await console.run('cat /root/file')).status).not.toBe(0);
    expect(console.transcript).not.toMatch(TROUBLE);

    console.type('poweroff 42\n');
    expect((await result).code, console.transcript).toBe(42);
  });
});
