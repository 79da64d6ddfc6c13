/** The content of a file in memory: only what was written takes room. */

/** Bytes that are kept or not kept together. */
export const PIECE = 65536;

export class FileContent {
  size = 0;
  private readonly pieces = new Map<number, Uint8Array>();

  /** Bytes of memory that it takes. */
  get allocated(): number {
    return this.pieces.size * PIECE;
  }

  /** Bytes of memory that a write would take more. */
  growthOf(offset: number, length: number): number {
    if (length === 0) return 0;
    let growth = 0;
    const last = Math.floor((offset + length - 1) / PIECE);
    for (let index = Math.floor(offset / PIECE); index <= last; index++)
      if (!this.pieces.has(index)) growth += PIECE;
    return growth;
  }

  /** Fills `into` from `offset`; returns how many bytes there were. */
  read(offset: number, into: Uint8Array): number {
    const length = Math.max(0, Math.min(into.length, this.size - offset));
    for (let done = 0; done < length;) {
      const at = offset + done;
      const start = at % PIECE;
      const part = Math.min(PIECE - start, length - done);
      const piece = this.pieces.get(Math.floor(at / PIECE));
      if (piece) into.set(piece.subarray(start, start + part), done);
      else into.fill(0, done, done + part);
      done += part;
    }
    return length;
  }

  write(offset: number, from: Uint8Array): void {
    for (let done = 0; done < from.length;) {
      const at = offset + done;
      const start = at % PIECE;
      const part = Math.min(PIECE - start, from.length - done);
      const index = Math.floor(at / PIECE);
      let piece = this.pieces.get(index);
      if (!piece) this.pieces.set(index, (piece = new Uint8Array(PIECE)));
      piece.set(from.subarray(done, done + part), start);
      done += part;
    }
    if (from.length > 0) this.size = Math.max(this.size, offset + from.length);
  }

  resize(size: number): void {
    if (size < this.size) {
      for (const index of this.pieces.keys()) if (index * PIECE >= size) this.pieces.delete(index);
      this.pieces.get(Math.floor(size / PIECE))?.fill(0, size % PIECE);
    }
    this.size = size;
  }
}
