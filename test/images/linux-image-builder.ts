/** A Linux image header with `size` bytes of payload, optionally as a PE file ("MZ"). */
export function buildLinuxImage(
  options: { size?: number; imageSize?: bigint; flags?: bigint; isPe?: boolean } = {},
): Uint8Array {
  const { size = 256, imageSize = 0x2000n, flags = 0n, isPe = false } = options;
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  if (isPe) file.set([0x4d, 0x5a, 0x6f, 0x10]);
  view.setBigUint64(8, 0x200000n, true);
  view.setBigUint64(16, imageSize, true);
  view.setBigUint64(24, flags, true);
  view.setUint32(32, 2, true);
  view.setBigUint64(48, 0x5643534952n, true);
  view.setUint32(56, 0x05435352, true);
  view.setUint32(60, 64, true);
  file.set([0x50, 0x45, 0, 0, 0x64, 0x50], 64);
  return file;
}
