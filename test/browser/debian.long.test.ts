/** Debian's kernel in the main thread of a page. */
import { beforeAll, describe, expect, test } from 'vitest';
import { SHELL_INIT, SHELL_PROMPT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import * as node from '../../src/bindings/node/index.ts';
import { writeCpio } from '../../src/images/cpio.ts';
import { encodeUtf8 } from '../../src/text.ts';
import { debianGuest, TROUBLE } from '../boot/debian.ts';
import { JIT } from '../support/jit-mode.ts';
import { hasChromium } from './chromium.ts';
import { recordInPage } from './page-record.ts';
import { record, type Run } from './record.ts';
import { useSite } from './site.ts';

const MINUTES = 60_000;
/** For a busy computer. */
const PATIENCE = 10 * MINUTES;

/** An init that needs nobody: looks at what differs when time does, and powers off. */
const CHECK = `#!/bin/sh
mount -t proc proc /proc
uname -m
sleep 1
cat /proc/uptime /proc/interrupts /proc/sys/kernel/random/uuid
exec /bin/busybox poweroff -f
`;

const guest = hasChromium ? await debianGuest() : undefined;

describe.skipIf(!guest)("Debian's kernel in a page", () => {
  const site = useSite();
  let files: Record<string, Uint8Array>;

  beforeAll(async () => {
    const { kernel, initrd } = guest!;
    files = {
      '/guest/linux': kernel,
      '/guest/initrd.gz': initrd,
      '/guest/shell.cpio': shellInitramfs({ interactive: false }),
      '/guest/check.cpio': writeCpio([
        { kind: 'file', path: 'check', bytes: encodeUtf8(CHECK), permissions: 0o755 },
      ]),
    };
    for (const [path, body] of Object.entries(files)) site.server.replies.set(path, { body });
  });

  test('boots to the shell, answers, and powers off, while the page goes on', async () => {
    const run: Run = {
      patience: PATIENCE,
      description: {
        hartware: 1,
        boot: {
          kernel: '/guest/linux',
          initrd: ['/guest/initrd.gz', '/guest/shell.cpio'],
          append: `rdinit=${SHELL_INIT}`,
        },
      },
      dialogue: [
        { after: SHELL_PROMPT, type: 'echo $((6 * 7)) on $(uname -m)\n' },
        { after: SHELL_PROMPT, type: 'poweroff\n' },
      ],
    };
    const page = await site.open();
    const { output, exit, timerCallbacks } = await recordInPage(page, run);
    expect(output).toContain('Linux version');
    expect(output).toContain('42 on riscv64\n');
    expect(output).not.toMatch(TROUBLE);
    expect(exit).toEqual({ reason: 'power-off', code: 0 });
    expect(timerCallbacks).toBeGreaterThan(10);
  });

  test('boots with the virtual clock as it does in Node', async () => {
    const run: Run = {
      patience: PATIENCE,
      description: {
        hartware: 1,
        harts: 2,
        clock: { kind: 'virtual', idle: 'skip' },
        boot: {
          kernel: '/guest/linux',
          initrd: ['/guest/initrd.gz', '/guest/check.cpio'],
          append: 'rdinit=/check',
        },
      },
    };
    const here = await record({ hartware: node, run: { ...run, files, jit: JIT } });
    expect(here.output).toContain('riscv64');
    expect(here.exit).toEqual({ reason: 'power-off', code: 0 });
    const page = await site.open();
    expect(await recordInPage(page, run)).toEqual({ ...here, timerCallbacks: expect.any(Number) });
  });
});
