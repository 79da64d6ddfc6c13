/** What the formats of disk images need of browsers. */
import { HttpImageFile } from '../../disks/http/http-file.ts';
import type { Compression, ImageHost } from '../../disks/disk-image.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { FetchError } from '../../errors.ts';
import { browserHttp } from './image-files.ts';

const STREAMS: Readonly<Record<Compression, CompressionFormat | undefined>> = {
  deflate: 'deflate-raw',
  zlib: 'deflate',
  zstd: undefined,
};

/** Opens the files that an image behind a URL names where they lie in its own folder there, or beneath it. */
export function createImageHost(): ImageHost {
  return {
    async decompress(compression, bytes, size) {
      const format = STREAMS[compression];
      if (!format) throw new Error(`${compression} cannot be unpacked here`);
      const { readable, writable } = new DecompressionStream(format);
      const writer = writable.getWriter();
      // What follows the compressed data is an error of the writer's, which is none of ours.
      void writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
      void writer.close().catch(() => {});
      const unpacked = new Uint8Array(size);
      let length = 0;
      const reader = readable.getReader();
      try {
        while (length < size) {
          const { done, value } = await reader.read();
          if (done) break;
          if (length + value.length > size) throw new Error(`there are more than ${size} bytes`);
          unpacked.set(value, length);
          length += value.length;
        }
      } finally {
        await reader.cancel().catch(() => {});
      }
      return unpacked.subarray(0, length);
    },
    async compress(compression, bytes) {
      const format = STREAMS[compression];
      if (!format) throw new Error(`${compression} cannot be packed here`);
      const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
      const packed = stream.pipeThrough(new CompressionStream(format));
      return new Uint8Array(await new Response(packed).arrayBuffer());
    },
    async openReferenced(reference: string, from: ImageFile, readOnly: boolean) {
      const base = from instanceof HttpImageFile ? from.url : undefined;
      const url = base === undefined ? undefined : new URL(reference, base);
      const folder = base?.replace(/[?#].*$/s, '').replace(/[^/]*$/, '');
      if (!url || !folder || !url.href.startsWith(folder) || !readOnly)
        throw new FetchError(`${from.name} names the file ${reference}, which is not in its folder`);
      return HttpImageFile.open(url.href, browserHttp);
    },
    async createReferenced(name, from) {
      throw new FetchError(`cannot create ${name} beside ${from.name}`);
    },
    random: (into) => void crypto.getRandomValues(into as Uint8Array<ArrayBuffer>),
    now: () => Date.now(),
  };
}
