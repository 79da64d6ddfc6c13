/** With the virtual clock, whole boots of Debian are equal to the instruction, however the host slices them. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createNodeHost } from '../../src/bindings/node/index.ts';
import { shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { writeCpio } from '../../src/images/cpio.ts';
import { LocalMachine } from '../../src/machine/machine.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { Random } from '../support/random.ts';
import { BOOT_TEST_TIMEOUT, debianGuest, diskModules, smallInitrd, TROUBLE } from './debian.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
const modules = guest && (await diskModules(guest));

/** Nobody types: what arrives from outside has no place in the machine's time. */
const INIT = `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
modprobe -a virtio_mmio virtio-rng
insmod /hartware/modules/virtio_blk.ko
dd if=/dev/hwrng bs=32 count=1 2>/dev/null | sha256sum
for job in 1 2 3 4; do (seq \${job}0000 | sha256sum; date +%s.%N; sleep 0.3; date) & done
wait
dd if=/dev/urandom of=/dev/vda bs=4096 count=100 conv=fsync
sha256sum < /dev/vda
cat /proc/interrupts /proc/uptime /proc/stat
poweroff -f
`;

interface Run {
  readonly transcript: string;
  readonly instructions: bigint;
  readonly ram: string;
}

async function run(
  drive: (machine: LocalMachine) => Promise<void>,
  monotonicTime?: () => number,
): Promise<Run> {
  const init = writeCpio([
    { kind: 'directory', path: 'test' },
    { kind: 'file', path: 'test/init', bytes: Buffer.from(INIT), permissions: 0o755 },
  ]);
  const host = await createNodeHost({
    files: { kernel: guest!.kernel, initrd: initrd!, shell: shellInitramfs({ modules }), init },
    jit: { mode: UNFORCED },
  });
  const machine = await LocalMachine.create(
    {
      hartware: 1,
      harts: 2,
      clock: { kind: 'virtual', idle: 'skip' },
      boot: { kernel: 'kernel', initrd: ['initrd', 'shell', 'init'], append: 'rdinit=/test/init' },
      drives: [{ memory: '1M' }],
    },
    { ...host, monotonicTime: monotonicTime ?? host.monotonicTime },
  );
  let transcript = '';
  const output = (async () => {
    for await (const bytes of machine.serial.output) transcript += Buffer.from(bytes).toString('latin1');
  })();
  await drive(machine);
  expect(await machine.ended, transcript).toEqual({ reason: 'power-off', code: 0 });
  await output;
  const { ram: memory, instructionCount: instructions } = machine;
  const ram = createHash('sha256').update(memory.view(memory.base, memory.size)).digest('hex');
  return { transcript, instructions, ram };
}

const atOnce = async (machine: LocalMachine): Promise<void> => machine.start();

describe.skipIf(!guest || !modules)('virtual clock', { timeout: BOOT_TEST_TIMEOUT }, () => {
  test('three boots with 2 harts are one', async () => {
    const first = await run(atOnce);
    expect(first.transcript).not.toMatch(TROUBLE);
    // It did what it should: the clock starts where the description says, and four jobs ended.
    expect(first.transcript).toContain('setting system clock to 2025-01-01T00:00:0');
    expect(first.transcript.match(/^[0-9a-f]{64} {2}-/gm)).toHaveLength(6);
    expect(await run(atOnce)).toEqual(first);

    // A host whose clock jumps, and an embedder that pauses, steps and goes on.
    const random = new Random(7);
    let now = 0;
    const restless = async (machine: LocalMachine): Promise<void> => {
      for (let round = 0; round < 60 && machine.state !== 'ended'; round++) {
        if (round === 0) await machine.start();
        else await machine.resume();
        await new Promise((resolve) => setTimeout(resolve, random.below(30)));
        await machine.pause();
        if (machine.state === 'paused') await machine.step(1 + random.below(100_000));
      }
      if (machine.state === 'paused') await machine.resume();
    };
    expect(await run(restless, () => (now += random.below(12)))).toEqual(first);
  });
});
