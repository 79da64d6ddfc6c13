/** GNU binutils as a second opinion, where they are installed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIXES = ['riscv64-unknown-elf-', 'riscv64-linux-gnu-'];
const BASE = ['rv64i', 'm', 'a', 'f', 'd', 'c', 'zicsr', 'zifencei', 'privileged'];
const OPTIONAL =
  'zba zbb zbc zbs zicond zfhmin zicbom zicboz zicbop zihintpause zihintntl zawrs zacas zcb svinval';

function run(tool: string, args: readonly string[]): string {
  return execFileSync(tool, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  });
}

function inDirectory<T>(action: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'hartware-binutils-'));
  try {
    return action(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export class Binutils {
  private constructor(
    private readonly prefix: string,
    /** Table extension names, in lower case, that this version knows. */
    readonly extensions: ReadonlySet<string>,
  ) {}

  /** The installed binutils, or undefined if there are none. */
  static find(): Binutils | undefined {
    const prefix = PREFIXES.find((each) => {
      try {
        return run(`${each}as`, ['--version']) !== '';
      } catch {
        return false;
      }
    });
    if (prefix === undefined) return undefined;
    const known = OPTIONAL.split(' ').filter((name) =>
      inDirectory((directory) => {
        writeFileSync(join(directory, 'a.s'), 'nop\n');
        try {
          run(`${prefix}as`, [`-march=rv64gc_${name}`, '-o', join(directory, 'a.o'), join(directory, 'a.s')]);
          return true;
        } catch {
          return false;
        }
      }),
    );
    return new Binutils(prefix, new Set([...BASE, ...known]));
  }

  private get march(): string {
    return `-march=${['rv64gc', ...[...this.extensions].filter((name) => !BASE.includes(name))].join('_')}`;
  }

  /** Assembles and links `source` to a flat image at `origin`. */
  assemble(source: string, origin: bigint): Uint8Array {
    return inDirectory((directory) => {
      const file = (name: string) => join(directory, name);
      writeFileSync(file('a.s'), source);
      run(`${this.prefix}as`, [this.march, '-mabi=lp64d', '-mno-relax', '-o', file('a.o'), file('a.s')]);
      run(`${this.prefix}ld`, [
        '--no-relax',
        `-Ttext=0x${origin.toString(16)}`,
        '-o',
        file('a.elf'),
        file('a.o'),
      ]);
      run(`${this.prefix}objcopy`, ['-O', 'binary', '-j', '.text', file('a.elf'), file('a.bin')]);
      return new Uint8Array(readFileSync(file('a.bin')));
    });
  }

  /** What objdump makes of instruction words, one text a word; undefined where it knows no instruction. */
  disassemble(words: readonly number[]): (string | undefined)[] {
    const source = words
      .map((word) => ((word & 3) === 3 ? `.insn 4, ${word}` : `.insn 2, ${word}`))
      .join('\n');
    return inDirectory((directory) => {
      const file = (name: string) => join(directory, name);
      writeFileSync(file('a.s'), `${source}\n`);
      run(`${this.prefix}as`, [this.march, '-mno-relax', '-o', file('a.o'), file('a.s')]);
      // The object file says which extensions there are; objdump knows fewer of a flat binary.
      const options = ['-M', 'no-aliases', '-z', '-d', file('a.o')];
      const lines = run(`${this.prefix}objdump`, options).matchAll(/^\s*[0-9a-f]+:\t[0-9a-f]+\s+(.*)$/gm);
      return [...lines].map(([, text]) => (/^(\.|0x|c\.unimp|unimp)/.test(text!) ? undefined : text));
    });
  }
}
