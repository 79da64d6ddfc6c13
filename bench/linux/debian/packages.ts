/**
 * Packages of Debian for riscv64 with what they depend on, from where `hartware run
 * debian` has its kernel, kept in its cache. Only files are unpacked: no maintainer
 * script runs, so that alternatives and caches are not set up.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readAr } from '../../../src/bindings/node/guest/ar.ts';
import { aptSource } from '../../../src/bindings/node/guest/apt.ts';
import { defaultCacheDirectory, FileCache } from '../../../src/bindings/node/guest/file-cache.ts';
import { mirrorSource } from '../../../src/bindings/node/guest/mirror.ts';
import type { PackageSource } from '../../../src/bindings/node/guest/package-source.ts';
import { extractTar } from '../../../src/bindings/node/guest/tar.ts';
import { unxz } from '../../../src/bindings/node/guest/xz.ts';

/** Packages as files (deb(5)), by name. */
export type Packages = ReadonlyMap<string, Uint8Array>;

/** Needed by maintainer scripts only. */
const NOT_NEEDED: readonly string[] = ['debconf', 'debianutils', 'init-system-helpers', 'perl-base'];

const MAX_CONTROL_SIZE = 1024 * 1024;

/**
 * The packages and all that they depend on.
 * @throws Error when one of those named is not there.
 */
export async function obtainPackages(names: readonly string[]): Promise<Packages> {
  const cache = new FileCache(defaultCacheDirectory());
  const key = `bench-packages-${createHash('sha256').update(names.join()).digest('hex').slice(0, 16)}`;
  const cached = await cache.load(key);
  if (cached) return cached.files;
  const mirror = process.env.HARTWARE_DEBIAN_MIRROR;
  const report = (): void => undefined;
  const source = mirror ? mirrorSource({ mirror, report }) : aptSource({ report });
  try {
    const files = await withDependencies(source, names);
    await cache.store(key, { version: names.join(), files });
    return files;
  } finally {
    await source.close();
  }
}

async function withDependencies(source: PackageSource, names: readonly string[]): Promise<Packages> {
  const packages = new Map<string, Uint8Array>();
  async function add(alternatives: readonly string[]): Promise<void> {
    if (alternatives.some((name) => packages.has(name) || NOT_NEEDED.includes(name))) return;
    for (const name of alternatives) {
      const fetched = await source.fetch(name, 'main');
      if (!fetched) continue;
      process.stderr.write(`package ${name} ${fetched.version}\n`);
      packages.set(name, fetched.bytes);
      for (const dependency of dependencies(await controlOf(fetched.bytes, name))) await add(dependency);
      return;
    }
    // Not an error for a dependency: it may be a virtual package that another one provides.
    if (names.includes(alternatives[0])) {
      throw new Error(`expected the package ${alternatives[0]} in the archive, found none`);
    }
  }
  for (const name of names) await add([name]);
  return packages;
}

/**
 * What a package cannot do without: for each dependency the packages of which one will do
 * (Debian policy, 7.1 and 7.2), without versions.
 */
export function dependencies(control: string): string[][] {
  const unfolded = control.replace(/\n[ \t]+/g, ' ');
  return [...unfolded.matchAll(/^(?:Pre-)?Depends:(.*)$/gm)]
    .flatMap(([, list]) => list.split(','))
    .map((dependency) =>
      dependency
        .split('|')
        .map((alternative) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(alternative)?.[1] ?? '')
        .filter((name) => name !== ''),
    )
    .filter((alternatives) => alternatives.length > 0);
}

async function controlOf(deb: Uint8Array, name: string): Promise<string> {
  const [file] = await extractTar(member(deb, 'control.tar', name), {
    matches: (path) => path === 'control',
    maximumSize: MAX_CONTROL_SIZE,
    maximumFiles: 1,
  });
  if (!file) throw new Error(`expected a control file in the package ${name}, found none`);
  return Buffer.from(file.bytes).toString('utf8');
}

function member(deb: Uint8Array, prefix: string, name: string): AsyncGenerator<Uint8Array> {
  const found = readAr(deb).find((candidate) => candidate.name === `${prefix}.xz`);
  if (!found) throw new Error(`expected ${prefix}.xz in the package ${name}, found none`);
  return unxz(found.bytes);
}

/** Unpacks the packages below `root`, a directory that is there, with the host's tar. */
export async function unpackPackages(packages: Packages, root: string): Promise<void> {
  for (const directory of ['bin', 'lib', 'sbin']) {
    // Merged /usr; the package that has these links does nothing else that is needed.
    await mkdir(join(root, 'usr', directory), { recursive: true });
    await symlink(`usr/${directory}`, join(root, directory));
  }
  for (const [name, deb] of packages) {
    const args = ['--extract', '--keep-directory-symlink', '--no-same-owner', '--directory', root];
    const tar = spawn('tar', [...args, '--file', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
    const ended = new Promise<number | null>((resolve, reject) => {
      tar.on('error', reject);
      tar.on('close', resolve);
    });
    const written = pipeline(Readable.from(member(deb, 'data.tar', name)), tar.stdin).catch((error) => {
      // tar stops at the end of the archive, which padding may follow.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    });
    await Promise.all([ended, written]);
    if ((await ended) !== 0) throw new Error(`tar does not unpack the package ${name}`);
  }
}
