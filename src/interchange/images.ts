/** Disk images as QEMU and libvirt name them: their formats, and what is behind a URL. */
import type { DriveDescription } from '../machine/description.ts';

/** A format, as descriptions name it. */
export type ImageFormat = NonNullable<DriveDescription['format']>;

/** What an image is, as its file says. */
export interface ImageFound {
  readonly format: ImageFormat;
  /** Whether it lies on top of another image. */
  readonly isOverlay: boolean;
}

/** Names of QEMU's drivers; libvirt has those that it knows from there. */
const DRIVERS: Readonly<Record<ImageFormat, string>> = {
  raw: 'raw',
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhd: 'vpc',
  vhdx: 'vhdx',
};

/** QEMU's name of a format. */
export const driverOf = (format: ImageFormat): string => DRIVERS[format];

/** The format that QEMU has by that name; undefined for one that is not read here. */
export function formatOf(driver: string): ImageFormat | undefined {
  return (Object.keys(DRIVERS) as ImageFormat[]).find((format) => DRIVERS[format] === driver);
}

/** Why a drive with an image of another format is left out. */
export const otherFormat = (driver: string): string =>
  `left out: a drive’s image is ${Object.values(DRIVERS).join(', ')}, and not ${driver}; convert it (qemu-img convert -O qcow2)`;

/** QEMU's protocol for a URL that it reads as we do; undefined for everything else. */
export function urlProtocol(reference: string): string | undefined {
  return /^(https?):\/\//i.exec(reference)?.[1].toLowerCase();
}
