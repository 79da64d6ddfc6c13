/** Where Debian packages come from, and how getting them is reported. */

/** One thing to show. `bytes` and `total` are there while a file is on its way. */
export interface GuestProgress {
  readonly kind: 'step' | 'download' | 'note';
  readonly text: string;
  readonly bytes?: number;
  readonly total?: number;
}

export type ReportProgress = (progress: GuestProgress) => void;

export interface FetchedPackage {
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** Components of the archive: ordinary packages, and those that the installer loads (udebs). */
export type Component = 'main' | 'main/debian-installer';

export interface PackageSource {
  /** The package, its checksum verified; undefined when the archive has none of that name. */
  fetch(name: string, component: Component): Promise<FetchedPackage | undefined>;
  /** Removes what was needed on the way. */
  close(): Promise<void>;
}

/** A package that could not be had; the message says why, in one line. */
export class PackageSourceError extends Error {
  override readonly name = 'PackageSourceError';
}

/** The suite whose kernel this is about; its version stands in the package's name, too. */
export const SUITE = 'trixie';
export const ARCHITECTURE = 'riscv64';
/** Larger packages are refused, in bytes. */
export const MAX_PACKAGE_SIZE = 1024 * 1024 * 1024;
