/** The command with Debian, as a script uses it: through pipes. */
import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { finish, hartware, start } from '../bindings/cli/hartware.ts';
import { buildElf } from '../images/elf-builder.ts';
import { BOOT_TEST_TIMEOUT, debianGuest, TROUBLE } from './debian.ts';
import { GuestConsole } from './guest-console.ts';

const guest = await debianGuest();

/** Where the bytes of the only segment lie in a file of `buildElf`; Linux wants the same offset in the page. */
const CODE_OFFSET = 64 + 56;

/** A Linux program that writes `word` to the test finisher. */
function finisherProgram(word: number): Uint8Array {
  const { bytes } = assemble(`
        li    a0, -100            # AT_FDCWD
        auipc a1, 0
        addi  a1, a1, path - . + 4
        li    a2, 0x101002        # O_RDWR | O_SYNC
        li    a7, 56              # openat
        ecall
        mv    a4, a0
        li    a0, 0
        li    a1, 4096
        li    a2, 3               # PROT_READ | PROT_WRITE
        li    a3, 1               # MAP_SHARED
        li    a5, 0x100000
        li    a7, 222             # mmap
        ecall
        bltz  a0, fail
        li    t0, ${word}
        sw    t0, (a0)
fail:   li    a0, 1
        li    a7, 93              # exit
        ecall
path:   .asciz "/dev/mem"
`);
  return buildElf({ segments: [{ virtual: 0x10000n + BigInt(CODE_OFFSET), bytes }] });
}

describe.skipIf(!guest)('hartware run debian through pipes', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('takes commands from standard input; poweroff ends it with code 0', async () => {
    const script = 'echo $((6 * 7)) answers\ncd /proc && pwd\npoweroff\n';
    const { code, stdout, stderr } = await hartware(['run', 'debian', '--harts', '2'], script);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('42 answers');
    expect(stdout).toContain('/proc\n');
    expect(stdout).toContain('reboot: Power down');
    expect(stdout).not.toMatch(TROUBLE);
  });

  test('the end of the shell powers off, too', async () => {
    const { code, stdout } = await hartware(['run', 'debian'], 'exit\n');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('reboot: Power down');
  });

  test('reboot comes back to the shell; a failure that the guest reports is the exit code', async () => {
    const child = start(['run', 'debian']);
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

    const program = Buffer.from(finisherProgram(42 * 0x10000 + 0x3333)).toString('base64');
    await console.outputOf(`echo ${program} | base64 -d > /tmp/fail && chmod +x /tmp/fail`);
    console.type('/tmp/fail\n');
    expect((await result).code, console.transcript).toBe(42);
  });
});
