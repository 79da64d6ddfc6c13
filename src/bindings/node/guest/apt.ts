/**
 * Packages through apt, with the machine's own configuration (mirrors, proxies, keys)
 * but lists, cache and sources of our own in a temporary directory: nothing of the
 * machine's changes, and no privilege is needed. apt verifies signature and checksums.
 */
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ARCHITECTURE,
  MAX_PACKAGE_SIZE,
  PackageSourceError,
  SUITE,
  type Component,
  type FetchedPackage,
  type PackageSource,
  type ReportProgress,
} from './package-source.ts';

const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];
const APT = 'apt-get';
/** Archives tried one after the other. */
const MAX_CANDIDATES = 4;
/** Bytes of apt's output kept for messages. */
const MAX_OUTPUT = 256 * 1024;

export interface AptOptions {
  readonly report: ReportProgress;
  readonly signal?: AbortSignal;
  /** The program. Default `apt-get`. */
  readonly command?: string;
}

/** An archive in the machine's configuration. */
export interface ConfiguredArchive {
  readonly uri: string;
  /** A keyring file. */
  readonly signedBy?: string;
}

interface AptResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function aptSource(options: AptOptions): PackageSource {
  const { report, signal, command = APT } = options;
  let root: string | undefined;
  const updated = new Map<Component, Promise<void>>();
  let archive: ConfiguredArchive | undefined;

  function apt(args: readonly string[], onStatus?: (fraction: number) => void, cwd?: string) {
    return runApt(command, args, { signal, onStatus, cwd });
  }

  /** What keeps this apt apart from the machine's. */
  function isolation(component: Component): string[] {
    const own = (name: string) => join(root!, component.replace('/', '-'), name);
    return [
      `Dir::State=${own('state')}`,
      `Dir::State::lists=${own('lists')}`,
      `Dir::State::status=${own('status')}`,
      `Dir::Cache=${own('cache')}`,
      `Dir::Etc::sourcelist=${own('sources.list')}`,
      'Dir::Etc::sourceparts=-',
      'Dir::Etc::preferencesparts=-',
      'Dir::Etc::preferences=-',
      `APT::Architecture=${ARCHITECTURE}`,
      `APT::Architectures=${ARCHITECTURE}`,
      'APT::Sandbox::User=',
      'APT::Get::List-Cleanup=false',
      'Acquire::Languages=none',
      'Acquire::PDiffs=false',
    ].flatMap((option) => ['-o', option]);
  }

  async function update(component: Component): Promise<void> {
    root ??= await mkdtemp(join(tmpdir(), 'hartware-apt-'));
    const directory = join(root, component.replace('/', '-'));
    for (const name of ['state', 'lists/partial', 'cache/archives/partial']) {
      await mkdir(join(directory, name), { recursive: true });
    }
    await writeFile(join(directory, 'status'), '');
    const candidates = archive ? [archive] : await configuredArchives(apt);
    const failures: string[] = [];
    for (const candidate of candidates.slice(0, MAX_CANDIDATES)) {
      const signedBy = candidate.signedBy ? ` signed-by=${candidate.signedBy}` : '';
      await writeFile(
        join(directory, 'sources.list'),
        `deb [arch=${ARCHITECTURE}${signedBy}] ${candidate.uri} ${SUITE} ${component}\n`,
      );
      report({ kind: 'step', text: `Reading the index of ${SUITE} through apt (${candidate.uri})` });
      const { code, stderr } = await apt(
        ['-q', ...isolation(component), '-o', 'APT::Update::Error-Mode=any', 'update'],
        (fraction) => report({ kind: 'download', text: 'Package index', bytes: fraction, total: 1 }),
      );
      if (code === 0) {
        archive = candidate;
        return;
      }
      failures.push(`${candidate.uri}: ${lastError(stderr)}`);
    }
    throw new PackageSourceError(
      failures.length > 0
        ? `apt cannot read ${SUITE} from the machine's archives (${failures.join('; ')})`
        : "apt's configuration on this machine names no archive",
    );
  }

  return {
    async fetch(name, component): Promise<FetchedPackage | undefined> {
      const ready = updated.get(component) ?? update(component);
      updated.set(component, ready);
      await ready;
      const shown = await apt([...isolation(component), '--print-uris', 'download', name]);
      const uri = /^'[^']*' (\S+) (\d+) (\S*)$/m.exec(shown.stdout);
      if (shown.code !== 0 || !uri) return undefined;
      const [, file, size] = uri;
      if (Number(size) > MAX_PACKAGE_SIZE) {
        throw new PackageSourceError(`expected ${name} to be smaller, found ${size} bytes`);
      }
      const directory = await mkdtemp(join(root!, 'download-'));
      const total = Number(size);
      const stopWatching = watchSize(directory, (bytes) =>
        report({ kind: 'download', text: name, bytes: Math.min(bytes, total), total }),
      );
      const result = await apt(
        ['-q', ...isolation(component), 'download', name],
        undefined,
        directory,
      ).finally(stopWatching);
      if (result.code !== 0) {
        if (/\b404\b/.test(result.stderr)) return undefined;
        throw new PackageSourceError(`apt cannot download ${name}: ${lastError(result.stderr)}`);
      }
      const bytes = await readFile(join(directory, (await readdir(directory)).find(isPackage) ?? file));
      report({ kind: 'download', text: name, bytes: total, total });
      await rm(directory, { recursive: true, force: true });
      return { name, version: decodeURIComponent(file.split('_')[1] ?? ''), bytes };
    },

    async close() {
      if (root) await rm(root, { recursive: true, force: true });
      root = undefined;
    },
  };
}

/**
 * The archives of the machine's configuration that may have {@link SUITE}, those of Debian first.
 * @throws PackageSourceError
 */
export async function aptArchives(
  options: Pick<AptOptions, 'signal' | 'command'> = {},
): Promise<ConfiguredArchive[]> {
  const { signal, command = APT } = options;
  return configuredArchives((args) => runApt(command, args, { signal }));
}

const isPackage = (name: string) => /\.u?deb$/.test(name);

/**
 * The archives that apt knows, those of Debian first. apt names each index; an archive
 * of security updates or backports has another layout of suites and is left out.
 */
async function configuredArchives(
  apt: (args: readonly string[]) => Promise<AptResult>,
): Promise<ConfiguredArchive[]> {
  const format = '$(REPO_URI)|$(ORIGIN)|$(RELEASE)|$(SOURCESENTRY)';
  const { code, stdout, stderr } = await apt(['indextargets', '--format', format, 'Created-By: Packages']);
  if (code !== 0) throw new PackageSourceError(`apt cannot list its archives: ${lastError(stderr)}`);
  const archives = new Map<string, ConfiguredArchive & { readonly isDebian: boolean }>();
  for (const line of stdout.split('\n')) {
    const [uri, origin, release, entry] = line.split('|');
    if (!uri || !entry || archives.has(uri) || /-security|-backports/.test(release)) continue;
    archives.set(uri, { uri, isDebian: origin === 'Debian', signedBy: await keyringOf(entry) });
  }
  const all = [...archives.values()];
  return [...all.filter(({ isDebian }) => isDebian), ...all.filter(({ isDebian }) => !isDebian)];
}

/** The keyring that the source entry at "file:number" names, or Debian's. */
async function keyringOf(sourcesEntry: string): Promise<string | undefined> {
  const text = await readFile(sourcesEntry.replace(/:\d+$/, ''), 'utf8').catch(() => '');
  const named = /\bsigned-by\s*[=:]\s*(\/[^\s\],]+)/i.exec(text)?.[1];
  for (const path of named ? [named] : KEYRINGS) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    ) {
      return path;
    }
  }
  return undefined;
}

function runApt(
  command: string,
  args: readonly string[],
  options: { signal?: AbortSignal; onStatus?: (fraction: number) => void; cwd?: string },
): Promise<AptResult> {
  const { signal, onStatus, cwd } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, onStatus ? ['-o', 'APT::Status-Fd=3', ...args] : args, {
      cwd,
      signal,
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe', onStatus ? 'pipe' : 'ignore'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (chunk) => (stdout = (stdout + chunk).slice(-MAX_OUTPUT)));
    child.stderr!.on('data', (chunk) => (stderr = (stderr + chunk).slice(-MAX_OUTPUT)));
    child.stdio[3]?.on('data', (chunk) => {
      const fraction = /^dlstatus:\d+:([\d.]+):/m.exec(String(chunk))?.[1];
      if (fraction) onStatus?.(Number(fraction) / 100);
    });
    child.on('error', (error) => {
      if (signal?.aborted) reject(signal.reason);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        reject(new PackageSourceError(`${command} is not installed on this machine`));
      } else reject(error);
    });
    child.on('close', (code) =>
      signal?.aborted ? reject(signal.reason) : resolve({ code: code ?? 1, stdout, stderr }),
    );
  });
}

/** apt's status lines count files; the file that grows tells bytes. */
function watchSize(directory: string, onSize: (bytes: number) => void): () => void {
  const timer = setInterval(() => {
    void (async () => {
      let bytes = 0;
      for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
      onSize(bytes);
    })().catch(() => undefined);
  }, 200);
  return () => clearInterval(timer);
}

function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^[EW]:/.test(line));
  return (lines.find((line) => line.startsWith('E:')) ?? lines[0] ?? 'no reason given').replace(
    /^[EW]:\s*/,
    '',
  );
}
