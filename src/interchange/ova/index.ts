/** Machines and disks in OVF packages, which an OVA is in one file (DMTF DSP0243). */
export { DESCRIPTION_NAME, plain } from './contents.ts';
export { archiveTarget, exportOva, type PackageTarget, type PackHost } from './export.ts';
export { importOva, unpackDisks, type UnpackedDisk, type UnpackHost, type UnpackOptions } from './import.ts';
export type { DigestAlgorithm } from './manifest.ts';
export { archiveFiles, isPlainName, type PackageFiles } from './package.ts';
