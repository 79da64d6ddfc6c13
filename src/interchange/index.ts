/** Leaving for other programs that run machines of this board, and coming from them. */
export type { Imported } from './draft.ts';
export { InterchangeError } from './error.ts';
export { OLDEST_QEMU, type QemuVersion } from './harts.ts';
export type { ImageFound } from './images.ts';
export type { ExportOptions } from './leaving.ts';
export { exportLibvirt, type LibvirtExport, type LibvirtExportOptions } from './libvirt-export.ts';
export { importLibvirt } from './libvirt-import.ts';
export { exportQemu, type QemuExport } from './qemu-export.ts';
export { importQemu } from './qemu-import.ts';
export { renameFiles, type ReferencePlace } from './references.ts';
export type { XmlElement } from './xml.ts';
