/** Small archives, made by hand: packages with the paths of the real one. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export const IMAGES = './usr/lib/debian-installer/images/13/riscv64/text/debian-installer/riscv64';

export function tar(files: Record<string, Uint8Array | string>, type = '0'): Buffer {
  const blocks: Buffer[] = [];
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    let name = path;
    if (path.length > 100) {
      const cut = path.lastIndexOf('/', 154);
      header.write(path.slice(0, cut), 345, 'latin1');
      name = path.slice(cut + 1);
    }
    header.write(name, 0, 'latin1');
    header.write('0000644\0', 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(type, 156);
    header.write('ustar\x0000', 257, 'latin1');
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function ar(members: Record<string, Uint8Array | string>): Buffer {
  const parts: Buffer[] = [Buffer.from('!<arch>\n')];
  for (const [name, content] of Object.entries(members)) {
    const bytes = Buffer.from(content);
    const size = String(bytes.length).padEnd(10);
    parts.push(Buffer.from(`${name.padEnd(16)}${'0'.padEnd(32)}${size}\`\n`, 'latin1'), bytes);
    if (bytes.length & 1) parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

export function deb(files: Record<string, Uint8Array | string>): Buffer {
  return ar({
    'debian-binary': '2.0\n',
    'control.tar.gz': gzipSync(tar({ './control': '' })),
    'data.tar.gz': gzipSync(tar(files)),
  });
}

export const KERNEL = Buffer.from('MZ..Linux version 6.12.1+deb13-riscv64 (someone@somewhere) #1');

export function netbootDeb(): Buffer {
  return deb({
    [`${IMAGES}/linux`]: KERNEL,
    [`${IMAGES}/initrd.gz`]: 'the initrd',
    './usr/share/doc/x': 'no',
  });
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The content in the xz format, as one stored chunk. */
export function xz(content: string): Buffer {
  const bytes = Buffer.from(content);
  if (bytes.length > 0x10000) throw new RangeError('expected at most 64 KiB');
  const crc = (data: Uint8Array) => {
    let c = 0xffffffff;
    for (const byte of data) {
      c ^= byte;
      for (let i = 0; i < 8; i++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
    }
    const out = Buffer.alloc(4);
    out.writeInt32LE(~c | 0);
    return out;
  };
  const number = (value: number) => {
    const out: number[] = [];
    for (; value > 0x7f; value = Math.floor(value / 128)) out.push((value % 128) | 0x80);
    return Buffer.from([...out, value]);
  };
  const pad4 = (data: Buffer) => Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
  const flags = Buffer.from([0, 1]); // check: CRC32
  const header = Buffer.from([2, 0, 0x21, 1, 0x16, 0, 0, 0]); // one filter: LZMA2
  const size = bytes.length - 1;
  const chunk = bytes.length > 0 ? [Buffer.from([1, size >> 8, size & 0xff]), bytes] : [];
  const lzma2 = Buffer.concat([...chunk, Buffer.from([0])]);
  const unpadded = header.length + 4 + lzma2.length + 4;
  const block = Buffer.concat([header, crc(header), pad4(lzma2), crc(bytes)]);
  const index = pad4(Buffer.concat([Buffer.from([0, 1]), number(unpadded), number(bytes.length)]));
  const footer = Buffer.concat([Buffer.from([(index.length + 4) / 4 - 1, 0, 0, 0]), flags]);
  return Buffer.concat([
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
    flags,
    crc(flags),
    block,
    index,
    crc(index),
    crc(footer),
    footer,
    Buffer.from('YZ'),
  ]);
}
