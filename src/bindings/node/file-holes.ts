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
  try {
    let archive = Buffer.alloc(0);
    for await (const piece of child.stdout) {
      archive = Buffer.concat([archive, piece as Buffer]);
      const ranges = readList(archive, size);
      if (ranges !== 'incomplete') return ranges;
      if (archive.length > MAX_LIST) return undefined;
    }
    return undefined;
  } finally {
    child.kill('SIGKILL');
  }
}

function readList(archive: Buffer, size: number): readonly DataRange[] | undefined | 'incomplete' {
  if (archive.length < BLOCK) return 'incomplete';
  if (archive[156] !== 'x'.charCodeAt(0)) return undefined;
  const recordsSize = parseInt(archive.toString('latin1', 124, 136), 8);
  const header = BLOCK + Math.ceil(recordsSize / BLOCK) * BLOCK;
  if (archive.length < header + BLOCK) return 'incomplete';
  const records = archive.toString('latin1', BLOCK, BLOCK + recordsSize);
  if (!records.includes(' GNU.sparse.major=1\n') || !records.includes(` GNU.sparse.realsize=${size}\n`))
    return undefined;
  // The last piece may be a part of a number.
  const numbers = archive
    .toString('latin1', header + BLOCK)
    .split('\n')
    .slice(0, -1)
    .map(Number);
  const [count, ...list] = numbers;
  if (count === undefined || list.length < 2 * count) return 'incomplete';
  const ranges: DataRange[] = [];
  for (let i = 0; i < 2 * count; i += 2) {
    const [start, length] = [list[i], list[i + 1]];
    const last = ranges.at(-1)?.end ?? 0;
    if (!(start >= last && length >= 0 && start + length <= size)) return undefined;
    if (length > 0) ranges.push({ start, end: start + length });
  }
  return ranges;
}
