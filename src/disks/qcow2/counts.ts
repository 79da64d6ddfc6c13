/** How often clusters are referred to, as a check finds it: in pieces, so that a sparse file takes little. */
import { damaged } from './geometry.ts';
import type { ImageFile } from '../image-file.ts';

const PIECE = 1024;
/** 1 GiB of counts. */
const MAX_PIECES = 256 * 1024;

export class ClusterCounts {
  private readonly pieces = new Map<number, Uint32Array>();

  constructor(private readonly file: ImageFile) {}

  get(cluster: number): number {
    return this.pieces.get(Math.floor(cluster / PIECE))?.[cluster % PIECE] ?? 0;
  }

  add(cluster: number, count = 1): void {
    const index = Math.floor(cluster / PIECE);
    let piece = this.pieces.get(index);
    if (!piece) {
      if (this.pieces.size >= MAX_PIECES) throw damaged(this.file, 'its clusters are too many to be counted');
      this.pieces.set(index, (piece = new Uint32Array(PIECE)));
    }
    piece[cluster % PIECE] = Math.min(piece[cluster % PIECE] + count, 0xffff_ffff);
  }

  /** Behind the last cluster that is referred to. */
  get end(): number {
    let end = 0;
    for (const [index, piece] of this.pieces) {
      if ((index + 1) * PIECE <= end) continue;
      const last = piece.findLastIndex((count) => count !== 0);
      end = Math.max(end, index * PIECE + last + 1);
    }
    return end;
  }

  /** The blocks of `entries` clusters of which one is referred to, by their index, in order. */
  blocks(entries: number): number[] {
    const found = new Set<number>();
    for (const [index, piece] of this.pieces)
      for (let i = 0; i < PIECE; i++)
        if (piece[i] !== 0) found.add(Math.floor((index * PIECE + i) / entries));
    return [...found].sort((a, b) => a - b);
  }
}
