/** Which programs a `hartware bench` runs: files, and those of folders. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ProgramSource } from '../../../../index.ts';
import { fileError } from '../../file-error.ts';
import { UsageError } from '../arguments.ts';
import { readBytes, readText } from '../files.ts';

export interface BenchProgram {
  /** The file's name without its extension. */
  readonly name: string;
  readonly source: ProgramSource;
}

/** What is taken for a program in a folder. A file that is named may be called anything. */
const EXTENSIONS = ['.s', '.elf', '.bin'];

/** @throws FileError, or UsageError when there is none. */
export async function findPrograms(
  places: readonly string[],
  only: readonly string[] | undefined,
): Promise<readonly BenchProgram[]> {
  const paths: string[] = [];
  for (const place of places) paths.push(...(await filesOf(place)));
  const named = paths.map((path) => ({ path, name: basename(path, extname(path)) }));
  for (const [index, { name, path }] of named.entries()) {
    const other = named.find((each, at) => at < index && each.name === name);
    if (other) throw new UsageError(`two programs are called ${name}: ${other.path} and ${path}`);
  }
  const unknown = only?.find((name) => !named.some((each) => each.name === name));
  if (unknown !== undefined) {
    const names = named.map(({ name }) => name).join(', ');
    throw new UsageError(`--only: expected programs out of ${names}, found ${JSON.stringify(unknown)}`);
  }
  const chosen = named.filter(({ name }) => only?.includes(name) ?? true);
  return Promise.all(chosen.map(async ({ name, path }) => ({ name, source: await readProgram(path) })));
}

async function filesOf(place: string): Promise<string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const names = (await readdir(place)).filter((name) => EXTENSIONS.includes(extname(name))).sort();
    if (names.length === 0)
      throw new UsageError(`${place}: expected a folder with ${EXTENSIONS.join(', ')} files, found none`);
    return names.map((name) => join(place, name));
  } catch (error) {
    throw error instanceof UsageError ? error : fileError('read', place, error);
  }
}

async function readProgram(path: string): Promise<ProgramSource> {
  return extname(path) === '.s' ? readText(path) : new Uint8Array(await readBytes(path));
}
