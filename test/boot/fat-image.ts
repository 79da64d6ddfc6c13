/**
 * An empty FAT16 file system in an image, and the files in such an image's root
 * directory (Microsoft, FAT: General Overview of On-Disk Format, 1.03). Left out on
 * purpose: long names, which are skipped, and directories.
 */
const SECTOR = 512;
const SECTORS = 16384;
const SECTORS_PER_CLUSTER = 2;
const RESERVED = 1;
const FATS = 2;
const FAT_SECTORS = 32;
const ROOT_ENTRIES = 512;
const ROOT_START = (RESERVED + FATS * FAT_SECTORS) * SECTOR;
const DATA_START = ROOT_START + ROOT_ENTRIES * 32;
const END_OF_CHAIN = 0xfff8;
const ATTR_VOLUME_ID = 0x08;

/** 8 MiB, formatted. */
export function emptyFatImage(): Uint8Array {
  const image = new Uint8Array(SECTORS * SECTOR);
  const view = new DataView(image.buffer);
  const text = (offset: number, value: string): void => image.set(Buffer.from(value, 'latin1'), offset);
  image.set([0xeb, 0x3c, 0x90]);
  text(3, 'HARTWARE');
  view.setUint16(11, SECTOR, true);
  view.setUint8(13, SECTORS_PER_CLUSTER);
  view.setUint16(14, RESERVED, true);
  view.setUint8(16, FATS);
  view.setUint16(17, ROOT_ENTRIES, true);
  view.setUint16(19, SECTORS, true);
  view.setUint8(21, 0xf8);
  view.setUint16(22, FAT_SECTORS, true);
  view.setUint8(38, 0x29);
  view.setUint32(39, 0x48415254, true);
  text(43, 'TEST       FAT16   ');
  view.setUint16(510, 0xaa55, true);
  for (let fat = 0; fat < FATS; fat++)
    view.setUint32((RESERVED + fat * FAT_SECTORS) * SECTOR, 0xfffffff8, true);
  return image;
}

/** Puts a file of at most one cluster into an empty image; `name` has eleven characters, as "DATA    BIN". */
export function addFatFile(image: Uint8Array, name: string, content: string): void {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const cluster = 2;
  image.set(Buffer.from(name, 'latin1'), ROOT_START);
  view.setUint16(ROOT_START + 26, cluster, true);
  view.setUint32(ROOT_START + 28, content.length, true);
  image.set(Buffer.from(content, 'latin1'), DATA_START);
  for (let fat = 0; fat < FATS; fat++)
    view.setUint16((RESERVED + fat * FAT_SECTORS) * SECTOR + 2 * cluster, 0xffff, true);
}

/** The files of the root directory, by their short names, as "DATA.BIN". */
export function readFatFiles(image: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const files = new Map<string, Uint8Array>();
  for (let entry = ROOT_START; entry < DATA_START && image[entry] !== 0; entry += 32) {
    if (image[entry] === 0xe5 || image[entry + 11] & ATTR_VOLUME_ID) continue;
    const name = Buffer.from(image.subarray(entry, entry + 11)).toString('latin1');
    const extension = name.slice(8).trimEnd();
    const bytes = new Uint8Array(view.getUint32(entry + 28, true));
    let cluster = view.getUint16(entry + 26, true);
    for (let at = 0; at < bytes.length;) {
      if (cluster < 2 || cluster >= END_OF_CHAIN) throw new Error(`${name}: the chain ends at byte ${at}`);
      const start = DATA_START + (cluster - 2) * SECTORS_PER_CLUSTER * SECTOR;
      const size = Math.min(SECTORS_PER_CLUSTER * SECTOR, bytes.length - at);
      bytes.set(image.subarray(start, start + size), at);
      at += size;
      cluster = view.getUint16(RESERVED * SECTOR + 2 * cluster, true);
    }
    files.set(`${name.slice(0, 8).trimEnd()}${extension && `.${extension}`}`, bytes);
  }
  return files;
}
