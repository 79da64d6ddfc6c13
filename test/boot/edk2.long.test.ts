/** Debian's EDK2, unmodified, in flash: above our SBI and above OpenSBI; its variables; `hartware run DISK`. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import { obtainFirmware } from '../../src/bindings/node/guest/firmware.ts';
import { GuestUnavailableError } from '../../src/bindings/node/guest/obtain.ts';
import type { MachineDescription } from '../../src/machine/description.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { reportMissing, requireFile } from '../support/tools.ts';
import { BOOT_TIMEOUT, GuestConsole } from './guest-console.ts';
import { BOOT_TEST_TIMEOUT, OPENSBI } from './debian.ts';
import { addFatFile, emptyFatImage } from './fat-image.ts';

const edk2 = await obtainFirmware('edk2').catch((error: unknown) => {
  if (!(error instanceof GuestUnavailableError)) throw error;
  reportMissing(`EDK2 of Debian 13 (${error.message})`);
  return undefined;
});
const FW_DYNAMIC = `${OPENSBI}/fw_dynamic.bin`;
const PROMPT = 'Shell> ';
const ESCAPE = '\x1b';
const SECTOR = 512;
/** Where the partition starts, in sectors. */
const START = 2048;

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hartware-edk2-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A machine with EDK2 and this image of variables, at the prompt of its shell. */
async function atShell(variables: string, more: Partial<MachineDescription['boot']> = {}) {
  const machine = await createMachine(
    { hartware: 1, memory: '512M', boot: { flash: { code: 'code', variables }, ...more } },
    { files: { code: edk2!.code.slice() }, jit: { mode: UNFORCED } },
  );
  const console = GuestConsole.ofMachine(machine);
  onTestFinished(async () => void (await machine.dispose()));
  await machine.start();
  await console.waitFor('EDK2 firmware', BOOT_TIMEOUT);
  await console.waitFor('boot options', BOOT_TIMEOUT);
  console.type('\r');
  await console.waitFor('startup.nsh', BOOT_TIMEOUT);
  console.type(ESCAPE);
  await console.waitFor(PROMPT, BOOT_TIMEOUT);
  return { machine, console };
}

const GUID = '11111111-2222-3333-4444-555555555555';

describe.skipIf(!edk2)('EDK2 in flash', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('keeps its variables in the image, whether the machine ends well or not', async () => {
    const image = join(temporaryDirectory(), 'variables.fd');
    writeFileSync(image, edk2!.variables!);
    const first = await atShell(image);
    first.console.type(`setvar Kept -guid ${GUID} -bs -rt -nv =L"still there"\r`);
    await first.console.waitFor(PROMPT);
    // No farewell: what the guest was told is written is in the file.
    await first.machine.stop();
    const second = await atShell(image);
    second.console.type(`setvar Kept -guid ${GUID}\r`);
    expect(await second.console.waitFor(PROMPT)).toContain('73 00 74 00 69 00 6C 00 6C 00');
    second.console.type('reset -s\r');
    expect(await second.machine.ended).toEqual({ reason: 'power-off', code: 0 });
  });

  test.skipIf(!requireFile(FW_DYNAMIC, 'opensbi'))('starts from OpenSBI, and is reset', async () => {
    const image = join(temporaryDirectory(), 'variables.fd');
    writeFileSync(image, edk2!.variables!);
    const { machine, console } = await atShell(image, { firmware: FW_DYNAMIC });
    expect(console.transcript).toMatch(/^OpenSBI v1\.\d[^]*Next Address\s*: 0x0000000020000000/m);
    console.type('reset\r');
    await console.waitFor('EDK2 firmware', BOOT_TIMEOUT);
    await machine.stop();
  });

  test('starts what is on a disk, by "hartware run DISK"', async () => {
    const directory = temporaryDirectory();
    const disk = join(directory, 'disk.img');
    writeFileSync(disk, diskWithScript('echo script ran\r\nreset -s\r\n'));
    const child = spawn(process.execPath, ['dist/cli.js', 'run', disk], { stdio: 'pipe' });
    onTestFinished(() => void child.kill('SIGKILL'));
    let progress = '';
    child.stderr.on('data', (chunk) => (progress += String(chunk)));
    const exited = new Promise((resolve) => child.on('exit', resolve));
    const console = GuestConsole.ofProcess(child);
    await console.waitFor('boot options', BOOT_TIMEOUT);
    console.type('\r');
    await console.waitFor('startup.nsh', BOOT_TIMEOUT);
    console.type(' ');
    await console.waitFor('script ran', BOOT_TIMEOUT);
    expect(await exited).toBe(0);
    expect(progress).toMatch(/^Starting .*disk\.img with UEFI of /m);
    const variables = `${disk}.vars.fd`;
    expect(readFileSync(variables).equals(edk2!.variables!)).toBe(false);
    expect(statSync(variables).size).toBe(edk2!.variables!.length);
    // Nearly all of it is a hole.
    expect(statSync(variables).blocks * 512).toBeLessThan(4 << 20);
  });
});

/** An MBR with one EFI system partition, in which the shell finds a script. */
function diskWithScript(script: string): Uint8Array {
  const fat = emptyFatImage();
  addFatFile(fat, 'STARTUP NSH', script);
  const disk = new Uint8Array(START * SECTOR + fat.length);
  disk.set(fat, START * SECTOR);
  const view = new DataView(disk.buffer);
  disk[446 + 4] = 0xef;
  view.setUint32(446 + 8, START, true);
  view.setUint32(446 + 12, fat.length / SECTOR, true);
  view.setUint16(510, 0xaa55, true);
  return disk;
}
