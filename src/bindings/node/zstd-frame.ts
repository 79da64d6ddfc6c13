/** Where a frame of Zstandard ends (RFC 8878, 3.1.1), because decoders want nothing behind it. */

const MAGIC = 0xfd2f_b528;
const RLE = 1;
const RESERVED = 3;

/** @throws Error when it is damaged, ends too soon, or needs a dictionary. */
export function frameOf(bytes: Uint8Array): {
  readonly end: number;
  readonly contentSize: number | undefined;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (end: number): void => {
    if (end > bytes.length) throw new Error('the Zstandard frame ends too soon');
  };
  need(5);
  if (view.getUint32(0, true) !== MAGIC) throw new Error('expected a Zstandard frame');
  const descriptor = bytes[4];
  const isSingle = (descriptor & 0x20) !== 0;
  if ((descriptor & 3) !== 0) throw new Error('the Zstandard frame needs a dictionary');
  let at = 5 + (isSingle ? 0 : 1);
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6];
  need(at + sizeBytes);
  const contentSize = readSize(view, at, sizeBytes);
  at += sizeBytes;
  for (let isLast = false; !isLast;) {
    need(at + 3);
    const header = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    const type = (header >> 1) & 3;
    if (type === RESERVED) throw new Error('the Zstandard frame has a block of an unknown type');
    isLast = (header & 1) !== 0;
    at += 3 + (type === RLE ? 1 : header >> 3);
    need(at);
  }
  if (descriptor & 4) at += 4;
  need(at);
  return { end: at, contentSize };
}

function readSize(view: DataView, at: number, bytes: number): number | undefined {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    default:
      return undefined;
  }
}
