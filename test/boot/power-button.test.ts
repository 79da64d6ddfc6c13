/** Debian's kernel has a driver for the power button, and programs of the guest act on it. */
import { describe, expect, test } from 'vitest';
import { BOOT_TEST_TIMEOUT, bootDebian, debianGuest, smallInitrd, TROUBLE } from './debian.ts';

const guest = await debianGuest();
const initrd = guest && smallInitrd(guest);
/** Bytes of a struct input_event: two of struct timeval, type, code and value (Linux, uapi/linux/input.h). */
const EVENT = 24;
const PRESS = { type: 1, code: 116, value: 1 };
const RELEASE = { type: 1, code: 116, value: 0 };
const SYN = { type: 0, code: 0, value: 0 };

/** Boots, and loads Debian's own driver and what gives its events to programs. */
async function boot(harts: number) {
  const debian = await bootDebian({
    guest: guest!,
    initrd,
    machine: { harts, devices: { powerButton: true } },
  });
  await debian.console.outputOf('modprobe -a virtio_input evdev');
  return debian;
}

/** The events of a file as `cmp -l` shows it beside zeros: place and byte, the latter in octal. */
function eventsOf(listing: string) {
  const bytes = new Uint8Array(4 * EVENT);
  for (const [, place, value] of listing.matchAll(/^ *(\d+) +([0-7]+) +0$/gm))
    bytes[Number(place) - 1] = parseInt(value!, 8);
  const view = new DataView(bytes.buffer);
  return [0, 1, 2, 3].map((index) => {
    const at = index * EVENT + 16;
    return {
      type: view.getUint16(at, true),
      code: view.getUint16(at + 2, true),
      value: view.getInt32(at + 4, true),
    };
  });
}

/** Resolves when a process, by its number or `*` for any, has the device open: earlier events are nobody's. */
const untilOpen = (process: string): string =>
  `until ls -l /proc/${process}/fd 2>/dev/null | grep -q event0; do :; done`;

describe.skipIf(!guest)("the power button under Debian's kernel", { timeout: BOOT_TEST_TIMEOUT }, () => {
  test.each([1, 2])('is a key that is pressed and let go of, %i harts', async (harts) => {
    const { machine, console } = await boot(harts);
    expect(await console.outputOf('cat /sys/class/input/event0/device/name')).toBe('Hartware power button');
    // A key of that code, and nothing else: bit 116 is bit 52 of the second word.
    expect(await console.outputOf('cat /sys/class/input/event0/device/capabilities/key')).toBe(
      '10000000000000 0',
    );
    for (let round = 0; round < 2; round++) {
      await console.outputOf(
        `dd if=/dev/input/event0 of=/tmp/events bs=${EVENT} count=4 2>/dev/null & ${untilOpen('$!')}`,
      );
      await machine.powerButton();
      await console.outputOf('wait');
      const { output } = await console.run('cmp -l /tmp/events /dev/zero');
      expect(eventsOf(output), output).toEqual([PRESS, SYN, RELEASE, SYN]);
    }
    expect(await console.outputOf('dmesg')).not.toMatch(TROUBLE);
  });

  test('has the guest power off by itself', async () => {
    const { machine, console } = await boot(1);
    // What acpid does, of which the installer has none.
    await console.outputOf(
      `(dd if=/dev/input/event0 bs=${EVENT} count=1 >/dev/null 2>&1 && poweroff) & ${untilOpen('*')}`,
    );
    await machine.powerButton();
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
    expect(console.transcript).toContain('reboot: Power down');
    expect(console.transcript).not.toMatch(TROUBLE);
  });
});
