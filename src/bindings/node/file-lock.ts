/**
 * An exclusive lock on a file: a second file beside it, FILE.lock, that says which
 * process holds it. Advisory, for the machines of this package; one that a crashed
 * process left behind is taken over. Left out on purpose: protection of a file that
 * has several hard links.
 */
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { FileError, fileError } from './file-error.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in milliseconds since 1970: containers use the same pid again. */
  readonly started: number;
}

/** The computation of `started` is good to some milliseconds. */
const START_TOLERANCE = 2000;

const held = new Set<string>();

function releaseAll(): void {
  for (const path of held) unlink(path);
}

/**
 * Locks `file`.
 * @returns a function that unlocks it.
 * @throws FileError that names the holder.
 */
export function lockFile(file: string): () => void {
  const path = `${file}.lock`;
  const own: Holder = { pid: process.pid, host: hostname(), started: processStart() };
  // Written apart and then linked, so that nobody sees a lock without its content.
  const draft = `${path}.${own.pid}.${draftCount++}`;
  try {
    writeFileSync(draft, `${JSON.stringify(own)}\n`, { flag: 'wx' });
  } catch (error) {
    throw fileError('lock', file, error);
  }
  try {
    take(file, path, draft);
  } finally {
    unlink(draft);
  }
  if (held.size === 0) process.on('exit', releaseAll);
  held.add(path);
  return () => {
    if (!held.delete(path)) return;
    unlink(path);
    if (held.size === 0) process.off('exit', releaseAll);
  };
}

/**
 * Refuses a file that somebody has locked.
 * @throws FileError that names the holder.
 */
export function checkUnlocked(file: string): void {
  const path = `${file}.lock`;
  const text = readIfThere(path);
  if (text !== undefined && isAlive(parseHolder(text))) throw inUse(file, path, parseHolder(text));
}

let draftCount = 0;

function take(file: string, path: string, draft: string): void {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      linkSync(draft, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError('lock', file, error);
    }
    const text = readIfThere(path);
    if (text === undefined) continue;
    if (isAlive(parseHolder(text))) throw inUse(file, path, parseHolder(text));
    removeStale(path, text, `${draft}.stale`);
  }
  throw new FileError(`cannot lock ${file}: ${path} keeps coming back`);
}

/** Removes the lock that was read as `text`, and no newer one that came in its place. */
function removeStale(path: string, text: string, aside: string): void {
  try {
    renameSync(path, aside);
    if (readIfThere(aside) !== text) linkSync(aside, path);
  } catch {
    // Somebody else was quicker; the next attempt sees what there is.
  }
  unlink(aside);
}

function inUse(file: string, path: string, holder: Holder | undefined): FileError {
  // Once is as often as a file can be used, by one machine or by several of a process.
  if (holder && isOwn(holder)) return new FileError(`${file} is in use by this process already`);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new FileError(`${file} is in use by ${who}; if that is not so, delete ${path}`);
}

function isAlive(holder: Holder | undefined): boolean {
  // Unreadable, or of a machine that cannot be asked: the user has to decide.
  if (!holder || holder.host !== hostname()) return true;
  if (holder.pid === process.pid) return isOwn(holder);
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isOwn({ pid, host, started }: Holder): boolean {
  return pid === process.pid && host === hostname() && Math.abs(started - processStart()) < START_TOLERANCE;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Holder>;
    if (!Number.isInteger(pid) || pid! <= 0 || typeof host !== 'string') return undefined;
    return { pid: pid!, host, started: Number(started) };
  } catch {
    return undefined;
  }
}

function processStart(): number {
  return Math.round(Date.now() - process.uptime() * 1000);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').slice(0, 1024);
  } catch {
    return undefined;
  }
}

function unlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already.
  }
}
