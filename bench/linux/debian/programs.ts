/** Programs of Debian as workloads, in a root of their own (`--debian`). */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CpioEntry } from '../../../src/images/cpio.ts';
import { folderEntries } from '../folder.ts';
import type { Workload } from '../workload.ts';
import { obtainPackages, unpackPackages } from './packages.ts';

const ROOT = '/bench/root/debian';
/** Scripts, sources and packages for the commands, in that root. */
const FILES = '/files';

const PACKAGES = [
  ...['dash', 'busybox-static', 'coreutils', 'gzip', 'tar', 'diffutils'],
  ...['openssl', 'dpkg', 'python3-minimal', 'gcc-14', 'libc6-dev'],
];

/** What the package manager unpacks: packages without scripts that would run before. */
const UNPACKED = ['libssl3t64', 'openssl', 'libpython3.13-minimal'];

const COMPILER = 'riscv64-linux-gnu-gcc-14';
/** Data: the compiler proper, an ELF file of 56 MB. */
const DATA = '/usr/libexec/gcc/riscv64-linux-gnu/14/cc1';

interface Command {
  readonly name: string;
  readonly group: string;
  readonly command: string;
  readonly setup?: readonly string[];
}

const ADMIN = '/tmp/unpacked/var/lib/dpkg';

const COMMANDS: readonly Command[] = [
  { name: 'busybox-awk', group: 'calls', command: `busybox awk -f ${FILES}/work.awk` },
  { name: 'python', group: 'calls', command: `python3 ${FILES}/work.py` },
  {
    name: 'gcc',
    group: 'programs',
    command: `${COMPILER} -O2 -o /tmp/compiled ${FILES}/workloads/sha256.c ${FILES}/workloads/bench.c -lm && /tmp/compiled 1 1 > /tmp/compiled.out`,
  },
  {
    name: 'dpkg',
    group: 'programs',
    setup: [
      'rm -rf /tmp/unpacked',
      `mkdir -p ${ADMIN}/info ${ADMIN}/updates ${ADMIN}/triggers`,
      `touch ${ADMIN}/status ${ADMIN}/available`,
    ],
    command: `dpkg --root=/tmp/unpacked --log=/dev/null --force-depends,bad-path,unsafe-io --unpack ${FILES}/debs/*.deb > /tmp/dpkg.out`,
  },
  {
    name: 'gzip',
    group: 'programs',
    setup: [`head -c 16000000 ${DATA} > /tmp/gzip.data`],
    command: 'gzip -c /tmp/gzip.data > /tmp/gzip.gz',
  },
  {
    name: 'gunzip',
    group: 'programs',
    setup: [`[ -f /tmp/gunzip.gz ] || cat ${DATA} | gzip -1 > /tmp/gunzip.gz`],
    command: `gzip -dc /tmp/gunzip.gz | cmp - ${DATA}`,
  },
  {
    name: 'sha256sum',
    group: 'programs',
    command: `sha256sum ${DATA} > /tmp/sha256.out`,
  },
  {
    name: 'openssl-aes',
    group: 'programs',
    command: `openssl enc -aes-256-cbc -K 0f0e0d0c -iv 01020304 -in ${DATA} -out /tmp/aes.out 2> /dev/null`,
  },
  {
    name: 'openssl-sha512',
    group: 'programs',
    command: `openssl dgst -sha512 -out /tmp/sha512.out ${DATA}`,
  },
  {
    // Long numbers to a power modulo another, as in RSA and Diffie-Hellman: 2^1279 - 1 is prime.
    name: 'openssl-bignum',
    group: 'programs',
    setup: ['{ printf 7; head -c 319 /dev/zero | tr "\\0" f | tr f F; } > /tmp/prime'],
    command: 'test "$(openssl prime -hex "$(cat /tmp/prime)" | tail -c 9)" = "is prime"',
  },
];

/** Neither read nor executed by any command, and large or many. */
const LEFT_OUT = new RegExp(
  [
    '^usr/share/(doc|man|info|locale|lintian|bug|gcc|gdb|bash-completion|perl\\w*)$',
    '/(lto1|[\\w-]*lto-dump[\\w-]*|lib[cm]\\.a|lib[a-z]*san\\.[\\w.]+)$',
  ].join('|'),
);

/**
 * Gathers the packages, unpacks them below `directory`, and adds what the commands need.
 * @throws Error that says what cannot be had.
 */
export async function debianPart(
  directory: string,
): Promise<{ workloads: readonly Workload[]; entries: readonly CpioEntry[] }> {
  const packages = await obtainPackages(PACKAGES);
  const root = join(directory, 'debian');
  await mkdir(root);
  await unpackPackages(packages, root);
  await mkdir(join(root, 'files/debs'), { recursive: true });
  for (const name of UNPACKED) {
    const deb = packages.get(name);
    if (!deb) throw new Error(`expected the package ${name} among those gathered, found none`);
    await writeFile(join(root, 'files/debs', `${name}.deb`), deb);
  }
  for (const name of ['work.awk', 'work.py']) {
    await writeFile(join(root, 'files', name), await readFile(new URL(name, import.meta.url)));
  }
  const sources = fileURLToPath(new URL('../../workloads', import.meta.url));
  const at = ROOT.slice(1);
  return {
    workloads: COMMANDS.map(({ setup = [], ...command }) => ({
      ...command,
      setup,
      directory: '/tmp',
      root: ROOT,
    })),
    entries: [
      { kind: 'directory', path: at },
      ...(await folderEntries(root, at, { isLeftOut: (path) => LEFT_OUT.test(path) })),
      { kind: 'directory', path: `${at}${FILES}/workloads` },
      ...(await folderEntries(sources, `${at}${FILES}/workloads`)),
    ],
  };
}
