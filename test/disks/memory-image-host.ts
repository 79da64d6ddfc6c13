/** Images of several files in memory, which write down what happens to them. */
import { randomFillSync } from 'node:crypto';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import type { ImageHost } from '../../src/disks/disk-image.ts';
import { MemoryImageFile, type ImageFile } from '../../src/disks/image-file.ts';

/** One thing that happened to a file. */
export type FileEvent =
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'flush'; readonly file: string };

/** Files by their names, and what happened to them. */
export class MemoryFolder {
  readonly files = new Map<string, MemoryImageFile>();
  readonly log: FileEvent[] = [];

  /** A file of the folder, made if there is none; it stays when it is closed. */
  open(name: string, readOnly = false): ImageFile {
    let file = this.files.get(name);
    if (!file) this.files.set(name, (file = new MemoryImageFile(name)));
    return new FolderFile(file, readOnly, this.log);
  }

  host(): ImageHost {
    return {
      ...createImageHost(),
      openReferenced: async (reference, _from, readOnly) => {
        if (!this.files.has(reference)) throw new Error(`there is no file ${reference}`);
        return this.open(reference, readOnly);
      },
      createReferenced: async (name) => this.open(name),
      random: (into) => void randomFillSync(into),
    };
  }

  /** A copy of the files as they are now. */
  async copy(): Promise<MemoryFolder> {
    const copy = new MemoryFolder();
    for (const [name, file] of this.files) {
      const bytes = new Uint8Array(file.size);
      await file.read(0, bytes);
      copy.files.set(name, new MemoryImageFile(name, bytes));
    }
    return copy;
  }

  /** Lets an event happen. */
  async apply(event: FileEvent): Promise<void> {
    const file = this.files.get(event.file)!;
    if (event.kind === 'write') await file.write(event.offset, event.bytes);
    if (event.kind === 'truncate') await file.truncate(event.size);
  }
}

class FolderFile implements ImageFile {
  readonly name: string;

  constructor(
    private readonly file: MemoryImageFile,
    readonly readOnly: boolean,
    private readonly log: FileEvent[],
  ) {
    this.name = file.name;
  }

  get size(): number {
    return this.file.size;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (offset < 0 || offset + into.length > this.size)
      throw new Error(`${this.name}: read of ${into.length} bytes at ${offset}, behind the end ${this.size}`);
    await turn();
    await this.file.read(offset, into);
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    if (this.readOnly) throw new Error(`${this.name}: write to a file that may not be written`);
    this.log.push({ kind: 'write', file: this.name, offset, bytes: from.slice() });
    await this.file.write(offset, from);
    await turn();
  }

  async truncate(size: number): Promise<void> {
    if (this.readOnly) throw new Error(`${this.name}: truncate of a file that may not be written`);
    this.log.push({ kind: 'truncate', file: this.name, size });
    await this.file.truncate(size);
  }

  async flush(): Promise<void> {
    await turn();
    this.log.push({ kind: 'flush', file: this.name });
  }

  async close(): Promise<void> {}
}

/** Lets others go on before the answer comes, as a file does. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
