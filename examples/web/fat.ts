/** An empty FAT16 file system (Microsoft, "FAT: General Overview of On-Disk Format", 1.03), for a new disk. */

const SECTOR = 512;
const SECTORS_PER_CLUSTER = 4;
const ROOT_ENTRIES = 512;
const RESERVED = 1;
const FATS = 2;

/** What to write to the start of a disk of `size` bytes; the rest are zeros. 16 to 128 MiB. */
export function formatFat16(size: number, label: string): Uint8Array {
  const sectors = size / SECTOR;
  const rootSectors = (ROOT_ENTRIES * 32) / SECTOR;
  // Each cluster takes two bytes of the FAT.
  const fatSectors = Math.ceil((sectors - RESERVED - rootSectors) / (SECTORS_PER_CLUSTER * 256 + FATS));
  const bytes = new Uint8Array((RESERVED + FATS * fatSectors + rootSectors) * SECTOR);
  const view = new DataView(bytes.buffer);
  const text = (at: number, content: string, length: number): void => {
    for (let i = 0; i < length; i++) bytes[at + i] = (content + ' '.repeat(length)).charCodeAt(i);
  };
  bytes.set([0xeb, 0x3c, 0x90]);
  text(3, 'HARTWARE', 8);
  view.setUint16(11, SECTOR, true);
  bytes[13] = SECTORS_PER_CLUSTER;
  view.setUint16(14, RESERVED, true);
  bytes[16] = FATS;
  view.setUint16(17, ROOT_ENTRIES, true);
  bytes[21] = 0xf8;
  view.setUint16(22, fatSectors, true);
  view.setUint16(24, 63, true);
  view.setUint16(26, 16, true);
  view.setUint32(32, sectors, true);
  bytes[36] = 0x80;
  bytes[38] = 0x29;
  view.setUint32(39, Date.now() >>> 0, true);
  text(43, label, 11);
  text(54, 'FAT16', 8);
  view.setUint16(510, 0xaa55, true);
  for (let fat = 0; fat < FATS; fat++) {
    const at = (RESERVED + fat * fatSectors) * SECTOR;
    view.setUint16(at, 0xfff8, true);
    view.setUint16(at + 2, 0xffff, true);
  }
  const root = (RESERVED + FATS * fatSectors) * SECTOR;
  text(root, label, 11);
  bytes[root + 11] = 0x08;
  return bytes;
}
