/** Files of disk images in browsers: blobs, the origin private file system, IndexedDB and URLs. */
import { FetchError, messageOf } from '../../errors.ts';
import type { HttpHost } from '../../disks/http/requests.ts';
import type { ImageFile } from '../../disks/image-file.ts';

/** The network of this page or worker. */
export const browserHttp: HttpHost = {
  fetch: (url, init) => fetch(url, init),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};

/** A file that the user chose, or any blob; it cannot be written to. */
export class BlobImageFile implements ImageFile {
  readonly readOnly = true;
  readonly identity: string;
  private static count = 0;

  /** @param name what messages call it. Default that of the file. */
  constructor(
    private readonly blob: Blob,
    readonly name = blob instanceof File ? blob.name : 'blob',
  ) {
    this.identity = `blob ${BlobImageFile.count++}`;
  }

  get size(): number {
    return this.blob.size;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    try {
      into.set(new Uint8Array(await this.blob.slice(offset, offset + into.length).arrayBuffer()));
    } catch (error) {
      throw new FetchError(`cannot read ${this.name}: it was changed or removed (${messageOf(error)})`, {
        cause: error,
      });
    }
  }

  async write(): Promise<void> {
    throw new FetchError(`${this.name} cannot be written to`);
  }

  truncate(): Promise<void> {
    return this.write();
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}
