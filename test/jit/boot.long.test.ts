/**
 * Whole boots of Debian do the same translated and interpreted: harts are compared
 * every million instructions, RAM every fifty millions.
 */
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../src/bindings/node/index.ts';
import { shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import type { JitOptions } from '../../src/core/jit-options.ts';
import { describeDifference, runLockstep } from '../../src/debug/lockstep.ts';
import { SteppedMachine } from '../../src/debug/machines.ts';
import { writeCpio } from '../../src/images/cpio.ts';
import { debianGuest, diskModules, smallInitrd, TROUBLE } from '../boot/debian.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const modules = guest && (await diskModules(guest));

const MINUTES = 60_000;
const CHUNK = 1_000_000;
const MEMORY_INTERVAL = 50;

/** Processes, pipes, disks, sleep, floating point in awk, and all that a boot has. */
const INIT = `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
modprobe -a virtio_mmio virtio-rng
insmod /hartware/modules/virtio_blk.ko
insmod /hartware/modules/mbcache.ko
insmod /hartware/modules/jbd2.ko
dd if=/dev/hwrng bs=32 count=1 2>/dev/null | sha256sum
for job in 1 2 3 4; do (seq \${job}0000 | sha256sum; date +%s.%N; sleep 0.3; date) & done
wait
for n in $(seq 100); do cat /proc/self/stat | grep -c cat; done | sort | uniq -c
awk 'BEGIN { for (i = 1; i < 20000; i++) { s += sin(i) / i; t = sqrt(t + i) } print s, t }'
dd if=/dev/urandom of=/dev/vda bs=4096 count=200 conv=fsync
gzip -c /dev/vda | gunzip -c | sha256sum
sha256sum < /dev/vda
cat /proc/interrupts /proc/uptime /proc/stat
poweroff -f
`;

interface Boot {
  readonly transcript: string;
  readonly instructions: number;
  /** The share of them in translated code. */
  readonly translated: number;
}

async function bootBoth(harts: number, jit: JitOptions): Promise<Boot> {
  const init = writeCpio([
    { kind: 'directory', path: 'test' },
    { kind: 'file', path: 'test/init', bytes: Buffer.from(INIT), permissions: 0o755 },
  ]);
  const files = { kernel: guest!.kernel, initrd: initrd!, shell: shellInitramfs({ modules }), init };
  let transcript = '';
  let boot: Boot | undefined;
  const found = await runLockstep({
    make: async (kind) => {
      const machine = await createMachine(
        {
          hartware: 1,
          harts,
          memory: '256M',
          clock: { kind: 'virtual', idle: 'skip' },
          boot: { kernel: 'kernel', initrd: ['initrd', 'shell', 'init'], append: 'rdinit=/test/init' },
          drives: [{ memory: '1M' }],
        },
        { files, jit: kind === 'subject' ? jit : { mode: 'off' } },
      );
      if (kind === 'subject') void collect(machine.serial.output, (text) => (transcript += text));
      return new SteppedMachine(machine);
    },
    dispose: async ({ machine }) => void (await machine.stop()),
    chunk: () => CHUNK,
    memoryInterval: MEMORY_INTERVAL,
    after: async (_, { machine }) => {
      const { instructions, jit } = machine.figures;
      boot = { transcript, instructions, translated: jit.instructions / instructions };
      // So that the output is taken.
      await new Promise((resolve) => setImmediate(resolve));
      return false;
    },
  });
  expect(found && describeDifference(found)).toBeUndefined();
  return { ...boot!, transcript };
}

async function collect(output: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  for await (const bytes of output) take(Buffer.from(bytes).toString('latin1'));
}

describe.skipIf(!guest || !modules)('a boot, translated and interpreted', () => {
  test.each<[string, number, JitOptions]>([
    ['with one hart', 1, { mode: 'on' }],
    ['with one hart, all of it translated soon', 1, { mode: 'on', threshold: 20 }],
    ['with four harts', 4, { mode: 'on', threshold: 200 }],
  ])(
    '%s',
    async (_, harts, jit) => {
      const { transcript, instructions, translated } = await bootBoth(harts, jit);
      console.info(
        `${instructions} instructions, ${(100 * translated).toFixed(1)} % of them in translated code`,
      );
      expect(transcript).not.toMatch(TROUBLE);
      // It did what it should, to the end.
      expect(transcript.match(/^[0-9a-f]{64} {2}-/gm)).toHaveLength(7);
      expect(transcript).toContain('reboot: Power down');
      expect(translated).toBeGreaterThan(0.5);
    },
    20 * MINUTES,
  );
});
