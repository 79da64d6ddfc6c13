/**
 * The calls of `node:fs` on file descriptors as promises: a FileHandle costs more, and complains where it is lost.
 * Those that take microseconds where the system has all in memory are made at once, as long as they are prompt;
 * other threads take many times as long to ask.
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { Promptness } from '../promptness.ts';

const reads = new Promptness();
const writes = new Promptness();
const others = new Promptness();

/** The call that returns when it is done, or else, where such calls have kept the thread waiting, the other one. */
function prompt<Arguments extends unknown[], Result>(
  now: (...parameters: Arguments) => Result,
  later: (...parameters: Arguments) => Promise<Result>,
): (...parameters: Arguments) => Promise<Result> {
  return async (...parameters) => {
    let result: Result;
    const isDone = others.attempt(() => {
      result = now(...parameters);
      return 0;
    });
    return isDone ? result! : later(...parameters);
  };
}

export const open = prompt<[path: string, flags: number, mode?: number], number>(
  fs.openSync,
  promisify(fs.open),
);
export const close = prompt(fs.closeSync, promisify(fs.close));
export const fstat = prompt(
  (descriptor: number) => fs.fstatSync(descriptor, { bigint: true }),
  (descriptor) =>
    new Promise((done, failed) =>
      fs.fstat(descriptor, { bigint: true }, (error, status) => (error ? failed(error) : done(status))),
    ),
);
export const lstat = prompt(
  (path: string) => fs.lstatSync(path, { bigint: true }),
  (path) =>
    new Promise((done, failed) =>
      fs.lstat(path, { bigint: true }, (error, status) => (error ? failed(error) : done(status))),
    ),
);
export const ftruncate = promisify(fs.ftruncate);
export const truncate = promisify(fs.truncate);
export const fchmod = promisify(fs.fchmod);
export const chmod = promisify(fs.chmod);
export const fchown = promisify(fs.fchown);
export const lchown = promisify(fs.lchown);
export const futimes = promisify(fs.futimes);
export const lutimes = promisify(fs.lutimes);
export const utimes = promisify(fs.utimes);
export const fsync = promisify(fs.fsync);
export const fdatasync = promisify(fs.fdatasync);
export const mkdir = promisify(fs.mkdir) as (path: string, mode: number) => Promise<void>;
export const rmdir = promisify(fs.rmdir) as (path: string) => Promise<void>;
export const unlink = prompt<[path: string], void>(fs.unlinkSync, promisify(fs.unlink));
export const rename = promisify(fs.rename);
export const link = promisify(fs.link);
export const symlink = promisify(fs.symlink) as (target: string, path: string) => Promise<void>;
export const realpath = promisify(fs.realpath) as (path: string) => Promise<string>;
export const readlink = (path: string): Promise<Buffer> =>
  new Promise((done, failed) =>
    fs.readlink(path, 'buffer', (error, target) => (error ? failed(error) : done(target))),
  );
export const readdir = (path: string): Promise<Buffer[]> =>
  new Promise((done, failed) =>
    fs.readdir(path, 'buffer', (error, names) => (error ? failed(error) : done(names))),
  );
export const statfs = (path: string): Promise<fs.BigIntStatsFs> =>
  new Promise((done, failed) =>
    fs.statfs(path, { bigint: true }, (error, space) => (error ? failed(error) : done(space))),
  );

/** Fills `into` from `offset`; returns how many bytes there were. */
export async function readAll(descriptor: number, into: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  let isAtEnd = false;
  const took = (count: number): void => {
    done += count;
    isAtEnd = count === 0;
  };
  while (done < into.length && !isAtEnd) {
    const isDone = reads.attempt(() => {
      took(fs.readSync(descriptor, into, done, into.length - done, offset + done));
      return done;
    });
    if (isDone) continue;
    took(
      await new Promise<number>((resolve, failed) =>
        fs.read(descriptor, into, done, into.length - done, offset + done, (error, bytes) =>
          error ? failed(error) : resolve(bytes),
        ),
      ),
    );
  }
  return done;
}

/** Stores all of `from` at `offset`. */
export async function writeAll(descriptor: number, from: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < from.length;) {
    const isDone = writes.attempt(
      () => (done += fs.writeSync(descriptor, from, done, from.length - done, offset + done)),
    );
    if (isDone) continue;
    done += await new Promise<number>((resolve, failed) =>
      fs.write(descriptor, from, done, from.length - done, offset + done, (error, bytes) =>
        error ? failed(error) : resolve(bytes),
      ),
    );
  }
}
