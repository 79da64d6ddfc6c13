/**
 * The second stage, on our machine: Debian's kernel is booted directly, and what the first stage
 * put on the disk installs itself, maintainer scripts, initramfs and boot loader included.
 */
import { createMachine } from '../../src/bindings/node/index.ts';
import {
  obtainDebianDiskModules,
  obtainDebianGuest,
  type DebianOptions,
} from '../../src/bindings/node/guest/debian.ts';
import { SHELL_INIT, shellInitramfs } from '../../src/bindings/node/guest/initramfs.ts';
import { lines } from './first-stage.ts';
import type { Layout } from './layout.ts';
import { EFI_LABEL, INITRAMFS_MODULES, PASSWORD } from './system.ts';

/** Name of the script below on the disk. */
export const SECOND_STAGE = 'second-stage';

/** Runs with the disk as its root. */
export const secondStageScript = ({ efi, root }: Layout): string => `#!/bin/sh
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive
# Who is interrupted begins anew: nothing needs to be durable on the way.
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/second-stage
/debootstrap/debootstrap --second-stage
# debootstrap had them mounted for itself.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
printf '%s\\n' ${INITRAMFS_MODULES.join(' ')} >> /etc/initramfs-tools/modules
dpkg --install /var/cache/apt/archives/linux-image-*.deb
echo root:${PASSWORD} | chpasswd
systemctl enable serial-getty@ttyS0.service
# It becomes another one at each computer's first boot (machine-id(5)).
: > /etc/machine-id

mkfs.vfat -n ${EFI_LABEL} /dev/vda${efi.number}
mkdir -p /boot/efi
mount -t vfat /dev/vda${efi.number} /boot/efi
# For firmware with variables, which name the boot loader, and for firmware without.
grub-install --target=riscv64-efi --efi-directory=/boot/efi --no-nvram
grub-install --target=riscv64-efi --efi-directory=/boot/efi --no-nvram --removable
# grub-mkconfig names the root by its UUID only where udev's link to it is, and udev does not run.
mkdir -p /dev/disk/by-uuid
ln -sf ../../vda${root.number} "/dev/disk/by-uuid/$(blkid -s UUID -o value /dev/vda${root.number})"
update-grub
umount /boot/efi /sys /proc

find /var/lib/apt/lists -type f -delete
rm -rf /var/cache/apt/archives/*.deb /etc/dpkg/dpkg.cfg.d/second-stage /${SECOND_STAGE}
`;

/** In the shell of the initramfs, before its first prompt, which then never comes. */
const setUp = ({ root }: Layout): string => `
install_system() {
  mount -t ext4 /dev/vda${root.number} /mnt &&
    mount -o bind /dev /mnt/dev &&
    chroot /mnt /bin/sh /${SECOND_STAGE}
}
install_system < /dev/null
status=$?
umount /mnt/dev /mnt
exec /hartware/bin/poweroff $status
`;

export interface SecondStageOptions {
  readonly image: string;
  readonly layout: Layout;
  /** Where kernel and modules come from. */
  readonly guest: DebianOptions;
  readonly report: (line: string) => void;
}

/** @throws Error when the guest ends otherwise than with success. */
export async function secondStage({ image, layout, guest, report }: SecondStageOptions): Promise<void> {
  const { kernel, initrd, kernelRelease = '' } = await obtainDebianGuest(guest);
  const modules = await obtainDebianDiskModules(kernelRelease, guest);
  const machine = await createMachine(
    {
      hartware: 1,
      memory: '1G',
      boot: { kernel: 'kernel', initrd: ['initrd', 'shell'], append: `console=ttyS0 rdinit=${SHELL_INIT}` },
      drives: [{ file: image }],
    },
    {
      files: { kernel, initrd, shell: shellInitramfs({ modules, setUp: setUp(layout) }) },
      signal: guest.signal,
    },
  );
  const printed = (async () => {
    const take = lines(report);
    const decoder = new TextDecoder();
    for await (const bytes of machine.serial.output) take(decoder.decode(bytes, { stream: true }));
  })();
  await machine.start();
  const { reason, code } = await machine.ended;
  await printed;
  if (reason !== 'power-off') throw new Error(`the second stage ended with ${reason} ${code}`);
}
