/**
 * What a guest's shell does with a shared folder, mounted at /mnt: run here and on QEMU, its
 * output has to be the same. Each line is one command; what depends on the host is not printed.
 */
import type { GuestConsole } from './guest-console.ts';

export const SHARE_SCRIPT: readonly string[] = [
  // What the host had put there.
  'cat /mnt/greeting',
  'ls /mnt/tree/a/b/c/d/e/f/g/h && cat /mnt/tree/a/b/c/d/e/f/g/h/leaf',
  'ls /mnt/many | wc -l; ls /mnt/many | sort | sha256sum',
  'sha256sum < /mnt/large',
  'ls -l /mnt/secret; cat /mnt/secret',
  // Both ways, and large.
  'echo "from the guest" > /mnt/reply; cat /mnt/reply',
  'dd if=/mnt/large of=/mnt/copy bs=64k 2>/dev/null; cmp /mnt/large /mnt/copy && echo same',
  'dd if=/mnt/large of=/mnt/odd bs=7777 count=11 2>/dev/null; sha256sum < /mnt/odd',
  // Appending, truncating, writing in the middle.
  'echo one > /mnt/log; echo two >> /mnt/log; echo three >> /mnt/log; cat /mnt/log',
  'dd if=/dev/zero of=/mnt/log bs=1 count=0 seek=5 2>/dev/null; cat /mnt/log; wc -c < /mnt/log',
  'printf X | dd of=/mnt/log bs=1 seek=2 conv=notrunc 2>/dev/null; cat /mnt/log; wc -c < /mnt/log',
  ': > /mnt/log; wc -c < /mnt/log',
  // Holes.
  'printf end | dd of=/mnt/sparse bs=1M seek=3000 2>/dev/null; ls -l /mnt/sparse | tr -s " " | cut -d" " -f5; dd if=/mnt/sparse bs=1M skip=2999 2>/dev/null | wc -c; dd if=/mnt/sparse bs=1M skip=3000 2>/dev/null',
  // Trees.
  'mkdir -p /mnt/d/e/f/g && echo deep > /mnt/d/e/f/g/file && mv /mnt/d/e /mnt/moved && find /mnt/moved | sort && cat /mnt/moved/f/g/file',
  'mkdir /mnt/d; echo status $?',
  'rmdir /mnt/moved; echo status $?',
  'mv /mnt/moved /mnt/moved/f/inside; echo status $?',
  'for i in $(seq 300); do echo $i > /mnt/d/file-$i; done; ls /mnt/d | wc -l; cat /mnt/d/* | sort -n | sha256sum',
  'rm -r /mnt/d /mnt/moved; ls -d /mnt/d /mnt/moved; echo status $?',
  // Open files that lose their names, or get others.
  'echo kept > /mnt/open; exec 3< /mnt/open; rm /mnt/open; cat <&3; exec 3<&-; ls /mnt/open; echo status $?',
  'echo old > /mnt/old; echo new > /mnt/new; exec 3< /mnt/old; mv /mnt/new /mnt/old; cat <&3; cat /mnt/old; exec 3<&-; ls /mnt/new; echo status $?',
  'exec 3> /mnt/writing; echo first >&3; mv /mnt/writing /mnt/written; echo second >&3; exec 3>&-; cat /mnt/written',
  'mkdir -p /mnt/p/q; exec 3> /mnt/p/q/f; mv /mnt/p /mnt/r; echo there >&3; exec 3>&-; cat /mnt/r/q/f',
  '(cd /mnt/r/q; mv /mnt/r /mnt/s; ls; cat f); ls /mnt/s/q',
  // Links.
  'ln /mnt/reply /mnt/again; echo more >> /mnt/again; cat /mnt/reply; ls -l /mnt/reply | tr -s " " | cut -d" " -f2',
  'rm /mnt/again; ls -l /mnt/reply | tr -s " " | cut -d" " -f2',
  'ln -s reply /mnt/symbolic; readlink /mnt/symbolic; cat /mnt/symbolic',
  // Of links that lead outside, the guest follows its own.
  'readlink /mnt/outside; cat /mnt/outside; echo status $?',
  'echo guest > /tmp/mine; ln -s /tmp/mine /mnt/to-guest; cat /mnt/to-guest',
  'readlink /mnt/up; ls /mnt/up/hartware/init',
  'cat /mnt/folder-outside/host-only; echo status $?',
  'rm /mnt/outside /mnt/up /mnt/folder-outside /mnt/to-guest; ls /tmp/mine',
  // Permissions, owners and times.
  'umask 022; touch /mnt/mode; ls -l /mnt/mode | cut -c1-10; chmod 640 /mnt/mode; ls -l /mnt/mode | cut -c1-10; chmod 7 /mnt/mode; ls -l /mnt/mode | cut -c1-10',
  'umask 077; touch /mnt/private; mkdir /mnt/closed; ls -ld /mnt/private /mnt/closed | cut -c1-10; umask 0; touch /mnt/public; mkdir /mnt/free; ls -ld /mnt/public /mnt/free | cut -c1-10; umask 022',
  'touch -d "2001-02-03 04:05:06" /mnt/mode; ls -l --full-time /mnt/mode | tr -s " " | cut -d" " -f6-7 | cut -c1-19',
  'mkdir /mnt/sticky; chmod 1777 /mnt/sticky; ls -ld /mnt/sticky | cut -c1-10',
  // What cannot be.
  'cat /mnt/missing; echo status $?',
  'ls /mnt/greeting/below; echo status $?',
  'mkdir /mnt/greeting; echo status $?',
  `touch /mnt/${'x'.repeat(256)}; echo status $?`,
  `touch /mnt/${'x'.repeat(255)}; echo status $?; rm /mnt/${'x'.repeat(255)}`,
  'echo name > "/mnt/a name with spaces, \\"quotes\\" and ümläute"; ls /mnt | grep spaces; cat /mnt/a*',
  'sync; echo status $?',
];

/** Those lines for a folder that may only be read. */
export const READ_ONLY_SCRIPT: readonly string[] = [
  'cat /mnt/greeting',
  'echo x > /mnt/new; echo status $?',
  'echo x >> /mnt/greeting; echo status $?',
  'rm /mnt/greeting; echo status $?',
  'mkdir /mnt/new; echo status $?',
  'mv /mnt/greeting /mnt/other; echo status $?',
  'ln -s x /mnt/new; echo status $?',
  'chmod 777 /mnt/greeting; echo status $?',
  'touch /mnt/greeting; echo status $?',
  'ls /mnt/tree/a/b/c; sha256sum < /mnt/large',
];

export const MOUNT = 'mount -t 9p -o trans=virtio,version=9p2000.L host /mnt';

/** What each command printed, behind it. */
export async function runScript(console: GuestConsole, script: readonly string[]): Promise<string[]> {
  const printed: string[] = [];
  for (const command of script) printed.push(`# ${command}\n${(await console.run(command)).output}`);
  return printed;
}
