/**
 * Where the holes of a sparse file are. Node cannot ask the system (lseek with SEEK_DATA); GNU
 * tar can, and begins an archive with what it was told, so that is what is read, and no more.
 */
import { spawn } from 'node:child_process';

/** A stretch of a file that has room on the disk, from byte `start` to before `end`. */
export interface DataRange {
  readonly start: number;
  readonly end: number;
}

/** Format 1.0 of sparse files in pax archives: the data of the file begin with the list of its stretches. */
const ARGUMENTS = [
  ...['--create', '--file=-', '--format=posix', '--sparse', '--sparse-version=1.0'],
  ...['--hole-detection=seek', '--absolute-names', '--'],
];
const BLOCK = 512;
/** More than this is a file in so many pieces that it is read as quickly without. */
const MAX_LIST = 8 * 1024 * 1024;

/** @returns the stretches with content, in order; nothing when there is no way to ask. */
export async function findData(path: string, size: number): Promise<readonly DataRange[] | undefined> {
  // Options of the user's own would change what comes.
  const env = { ...process.env, TAR_OPTIONS: '' };
  const child = spawn('tar', [...ARGUMENTS, path], { stdio: ['ignore', 'pipe', 'ignore'], env });
  // There may be no tar: then its output ends at once.
  child.on('error', () => {});
  let header: Uint8Array | undefined = Buffer.alloc(0);
  let [length, text] = [0, ''];
  /** How many stretches there are, and where each begins and how long it is. */
  const numbers: number[] = [];
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      length += piece.length;
      if (header) {
        const archive: Buffer = Buffer.concat([header, piece]);
        const start = listStart(archive, size);
        if (start === undefined) return undefined;
        header = archive.length < start ? archive : undefined;
        text = archive.toString('latin1', start);
      } else text += piece.toString('latin1');
      const lines = text.split('\n');
      // The last piece may be a part of a number.
      text = lines.pop()!;
      for (const line of lines) numbers.push(Number(line));
      if (numbers.length > 2 * numbers[0]) return rangesOf(numbers, size);
      if (length > MAX_LIST) return undefined;
    }
    return undefined;
  } finally {
    child.kill('SIGKILL');
  }
}

/** Where the list begins in the archive, or at least so far that more is needed to know; undefined if it has none. */
function listStart(archive: Buffer, size: number): number | undefined {
  if (archive.length < BLOCK) return BLOCK;
  if (archive[156] !== 'x'.charCodeAt(0)) return undefined;
  const recordsSize = parseInt(archive.toString('latin1', 124, 136), 8);
  const start = BLOCK + Math.ceil(recordsSize / BLOCK) * BLOCK + BLOCK;
  const records = archive.toString('latin1', BLOCK, BLOCK + recordsSize);
  const isSparse =
    records.includes(' GNU.sparse.major=1\n') && records.includes(` GNU.sparse.realsize=${size}\n`);
  return isSparse || archive.length < start ? start : undefined;
}

/** @returns nothing for what is no list of stretches in order. */
function rangesOf([count, ...list]: readonly number[], size: number): readonly DataRange[] | undefined {
  const ranges: DataRange[] = [];
  for (let i = 0; i < 2 * count; i += 2) {
    const [start, length] = [list[i], list[i + 1]];
    const last = ranges.at(-1)?.end ?? 0;
    if (!(start >= last && length >= 0 && start + length <= size)) return undefined;
    if (length > 0) ranges.push({ start, end: start + length });
  }
  return ranges;
}
