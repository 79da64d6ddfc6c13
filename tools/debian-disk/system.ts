/** The system on the disk: which packages, and how it is configured. */

export const HOST_NAME = 'hartware';
/** The only user is root. */
export const PASSWORD = 'hartware';

/** Beside those that debootstrap takes by itself (the variant minbase) and what all of them depend on. */
export const PACKAGES = [
  ...['linux-image-riscv64', 'initramfs-tools', 'zstd'],
  ...['grub-efi-riscv64', 'efibootmgr', 'dosfstools'],
  ...['systemd-sysv', 'udev', 'dbus', 'libpam-systemd'],
  ...['kmod', 'procps', 'e2fsprogs', 'fdisk'],
];

export const EFI_LABEL = 'EFI';
export const ROOT_LABEL = 'root';

/** For disks behind either transport of virtio, whichever the next machine has. */
export const INITRAMFS_MODULES = ['virtio_mmio', 'virtio_pci', 'virtio_blk', 'ext4'];

/** Files of the root, written before the second stage. */
export const FILES: Readonly<Record<string, string>> = {
  'etc/hostname': `${HOST_NAME}\n`,
  'etc/hosts': `127.0.0.1 localhost ${HOST_NAME}\n`,
  'etc/fstab': `LABEL=${ROOT_LABEL} / ext4 errors=remount-ro 0 1\nLABEL=${EFI_LABEL} /boot/efi vfat umask=0077 0 1\n`,
  // What the installer calls a targeted initrd: a tenth of the generic one, and as much less to wait for.
  'etc/initramfs-tools/conf.d/modules.conf': 'MODULES=dep\n',
  // The board's serial port; the menu is GRUB's console, which is the firmware's.
  'etc/default/grub.d/hartware.cfg':
    'GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX_DEFAULT=""\nGRUB_CMDLINE_LINUX="console=ttyS0"\nGRUB_TERMINAL=console\n',
};
