/**
 * The small initramfs put on top of the Debian installer's initrd: it starts a BusyBox
 * shell instead of the installer. Boot with `rdinit=` {@link SHELL_INIT}.
 * Everything runs from the installer's own BusyBox; nothing of the initrd changes.
 */
import { writeCpio, type CpioEntry } from '../../../images/cpio.ts';
import { encodeUtf8 } from '../../../text.ts';
import type { KernelModule } from './debian.ts';
import { exitProgram } from './exit-program.ts';

/** Value of the kernel parameter `rdinit`. */
export const SHELL_INIT = '/hartware/init';

export interface ShellInitramfsOptions {
  /** Lines printed before the first prompt. Default: how to leave. */
  readonly greeting?: string;
  /** Default "hartware". */
  readonly hostName?: string;
  /** Kind of terminal at the other end (terminfo name). Default "linux". */
  readonly terminal?: string;
  /** Size of the terminal in characters; both or neither. */
  readonly columns?: number;
  readonly rows?: number;
  /**
   * Whether a person types. Otherwise input is not echoed and the shell edits no lines,
   * so that its output has no escape sequences. Default true.
   */
  readonly interactive?: boolean;
  /** Lines of shell that run before the first prompt. Default none. */
  readonly setUp?: string;
  /**
   * Devices with a shell each, such as "hvc0". Those that are not there are left out; where
   * none is, and by default, it is the kernel's console.
   */
  readonly devices?: readonly string[];
  /**
   * Modules that the initrd lacks, loaded in this order; those of ext4 only when it is
   * mounted, because they take as long as the rest of the boot. Default none.
   */
  readonly modules?: readonly KernelModule[];
}

/** What the shell prints, with the default host name, when it waits for the first command. */
export const SHELL_PROMPT = 'root@hartware:~# ';

const DEFAULT_GREETING = `Debian's kernel and BusyBox on Hartware. "poweroff" (or "exit") leaves.`;

/** Powers off at once: BusyBox's init would first wait seconds for processes to end. */
const POWER_OFF = `#!/bin/sh
# poweroff [CODE]: ends the machine, with CODE as its exit code.
# Unmounts what lies on disks; what is in use becomes read-only.
sync
while read -r device directory rest; do
  case $device in
    /dev/*) umount "$directory" 2>/dev/null || mount -o remount,ro "$directory" ;;
  esac
done < /proc/mounts
case \${0##*/}:$1 in
  reboot:*) exec /bin/busybox reboot -f ;;
  *: | *:0 | *:-*) exec /bin/busybox poweroff -f ;;
  *) exec /hartware/bin/hartware-exit "$1" ;;
esac
`;

const PROFILE = `PS1='\\u@\\h:\\w\\$ '
`;

/** What ext4 consists of; the first three come with the installer. */
const EXT4_NEEDS = 'mbcache crc16 crc32c_generic';
const EXT4_MODULES = ['jbd2', 'ext4'];

/** What the kernel runs for a module it needs: the installer's modprobe, which knows nothing of ours. */
const MODPROBE = `#!/bin/sh
for name; do :; done
case $name in
  ext4 | fs-ext4)
    /sbin/modprobe -q -a ${EXT4_NEEDS}
    for module in ${EXT4_MODULES.join(' ')}; do
      /sbin/insmod "/hartware/modules/$module.ko"
    done
    ;;
  *) exec /sbin/modprobe "$@" ;;
esac
`;

function initScript(options: ShellInitramfsOptions): string {
  const { hostName = 'hartware', modules = [], devices = [], setUp = '' } = options;
  const atBoot = modules.filter(({ name }) => !EXT4_MODULES.includes(name));
  return `#!/bin/sh
export PATH=/hartware/bin:/usr/bin:/usr/sbin:/bin:/sbin
mkdir -p /proc /sys /dev /run /tmp /root /mnt
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
hostname ${quote(hostName)}
dmesg -n 4
# The rest comes as it is asked for: the kernel calls modprobe at a mount.
modprobe -q -a virtio_mmio virtio-rng
for module in ${modulePaths(atBoot).join(' ')}; do
  insmod "$module"
done
echo /hartware/bin/modprobe > /proc/sys/kernel/modprobe
ip link set lo up
${setUp}

# /dev/console cannot be a controlling terminal, which job control needs; the device
# behind it can, and init opens it as one.
for name in $(cat /sys/class/tty/console/active); do tty=$name; done
[ -c "/dev/$tty" ] || tty=console
for name in ${devices.map(deviceName).join(' ')}; do
  [ -c "/dev/$name" ] && echo "$name::once:/hartware/session"
done > /etc/inittab
[ -s /etc/inittab ] || echo "$tty::once:/hartware/session" > /etc/inittab
exec /bin/busybox init
`;
}

function sessionScript(options: ShellInitramfsOptions): string {
  const { terminal = 'linux', columns, rows, interactive = true } = options;
  const size = columns && rows ? `stty columns ${integer(columns)} rows ${integer(rows)}` : ':';
  return `#!/bin/sh
export PATH=/hartware/bin:/usr/bin:/usr/sbin:/bin:/sbin
export HOME=/root USER=root TERM=${quote(terminal)} ENV=/hartware/profile
${size}
${interactive ? ':' : 'stty -echo -onlcr'}
cat /hartware/greeting
cd /root
/bin/sh -i
exec poweroff $?
`;
}

/** The archive; an initrd of its own, to be put after the installer's. */
export function shellInitramfs(options: ShellInitramfsOptions = {}): Uint8Array {
  const { greeting = DEFAULT_GREETING, modules = [] } = options;
  const entries: CpioEntry[] = [
    directory('hartware'),
    file('hartware/init', initScript(options), 0o755),
    file('hartware/session', sessionScript(options), 0o755),
    file('hartware/profile', PROFILE),
    file('hartware/greeting', `\n${greeting}\n\n`),
    directory('hartware/bin'),
    file('hartware/bin/poweroff', POWER_OFF, 0o755),
    { kind: 'symlink', path: 'hartware/bin/reboot', target: 'poweroff' },
    file('hartware/bin/modprobe', MODPROBE, 0o755),
    { kind: 'file', path: 'hartware/bin/hartware-exit', bytes: exitProgram(), permissions: 0o755 },
    // A halted machine without a switch would hang, so that this powers off, too.
    { kind: 'symlink', path: 'hartware/bin/halt', target: 'poweroff' },
    directory('hartware/modules'),
    ...modulePaths(modules).map((path, index): CpioEntry => {
      return { kind: 'file', path: path.slice(1), bytes: modules[index].bytes };
    }),
  ];
  return writeCpio(entries);
}

function modulePaths(modules: readonly KernelModule[]): string[] {
  return modules.map(({ name }) => {
    if (!/^[\w-]+$/.test(name))
      throw new RangeError(`expected the name of a module, found ${JSON.stringify(name)}`);
    return `/hartware/modules/${name}.ko`;
  });
}

function deviceName(name: string): string {
  if (!/^\w+$/.test(name))
    throw new RangeError(`expected the name of a terminal, found ${JSON.stringify(name)}`);
  return name;
}

function directory(path: string): CpioEntry {
  return { kind: 'directory', path };
}

function file(path: string, text: string, permissions = 0o644): CpioEntry {
  return { kind: 'file', path, bytes: encodeUtf8(text), permissions };
}

function integer(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 0xffff) {
    throw new RangeError(`expected the size of a terminal in characters, found ${value}`);
  }
  return value;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
