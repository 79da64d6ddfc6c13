/**
 * The initramfs put on top of the Debian installer's initrd: the workloads, and an init
 * that runs those whose names the host types. What goes over the console is this:
 *   [[ready]]            once, and after each workload: a name may come
 *   [[start]]            the shell starts the command; its setup is over
 *   [[begin]] [[end]]    from the command itself, if it marks its steady part
 *   [[finish CODE]]      the command has ended
 */
import type { CpioEntry } from '../../src/images/cpio.ts';
import { encodeUtf8 } from '../../src/text.ts';
import type { Workload } from './workload.ts';

/** Value of the kernel parameter `rdinit`. */
export const BENCH_INIT = '/bench/init';

export const READY = '[[ready]]';

const INIT = `#!/bin/sh
export PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root
mkdir -p /proc /sys /dev /tmp /root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o mode=1777 tmpfs /tmp
for root in /bench/root/*; do
  [ -d "$root/usr" ] || continue
  mkdir -p "$root/proc" "$root/dev" "$root/tmp"
  mount -t proc proc "$root/proc"
  mount -t devtmpfs devtmpfs "$root/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
done
dmesg -n 1
stty -echo -onlcr
while echo '${READY}' && read -r name; do
  sh "/bench/run/$name" < /dev/null
done
exec /bin/busybox poweroff -f
`;

/** What the shell does for a workload. */
function script({ command, setup, directory }: Workload): string {
  return [
    `cd ${directory} || exit`,
    ...setup.map((line) => `{ ${line}\n} || { echo setup: exit code $?; exit; }`),
    `echo '[[start]]'`,
    command,
    `echo "[[finish $?]]"`,
    '',
  ].join('\n');
}

/** The shell of a root runs what is for that root, so that the commands are its own as well. */
function scriptEntries(workload: Workload): CpioEntry[] {
  const { name, root } = workload;
  const file = (path: string, text: string): CpioEntry => {
    return { kind: 'file', path, bytes: encodeUtf8(text) };
  };
  if (root === undefined) return [file(`bench/run/${name}`, script(workload))];
  return [
    file(`bench/run/${name}`, `exec chroot ${root} /bin/sh /${name}.bench\n`),
    file(`${root.slice(1)}/${name}.bench`, script(workload)),
  ];
}

/** Init, what the workloads need, and their scripts. */
export function benchEntries(workloads: readonly Workload[], files: readonly CpioEntry[]): CpioEntry[] {
  return [
    { kind: 'directory', path: 'bench' },
    { kind: 'file', path: BENCH_INIT.slice(1), bytes: encodeUtf8(INIT), permissions: 0o755 },
    { kind: 'directory', path: 'bench/root' },
    { kind: 'directory', path: 'bench/run' },
    ...files,
    ...workloads.flatMap(scriptEntries),
  ];
}
