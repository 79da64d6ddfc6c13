/** Compiles the programs of `bench/workloads/`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCES = fileURLToPath(new URL('../workloads/', import.meta.url));

/** A C compiler with what makes it write programs for the contenders. */
export interface Compiler {
  readonly command: string;
  readonly flags: readonly string[];
}

/** Debian's cross compiler (package gcc-riscv64-linux-gnu). */
export const CROSS_COMPILER: Compiler = {
  command: 'riscv64-linux-gnu-gcc',
  flags: ['-march=rv64gc', '-static'],
};

/**
 * Writes the program `name` to the directory, and says where.
 * @throws Error with what the compiler says.
 */
export async function compileProgram(name: string, directory: string, compiler: Compiler): Promise<string> {
  const output = join(directory, name);
  const sources = [`${name}.c`, 'bench.c'].map((file) => join(SOURCES, file));
  const { command, flags } = compiler;
  try {
    await promisify(execFile)(command, ['-O2', '-std=gnu17', ...flags, '-o', output, ...sources, '-lm']);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error(`expected the C compiler ${command} (--cc), found none`, { cause: error });
    }
    throw new Error(`${command} does not compile ${name}.c:\n${stderr}`, { cause: error });
  }
  return output;
}
