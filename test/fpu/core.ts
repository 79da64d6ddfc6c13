/** Compiles assembly/fpu alone and calls its functions with and for bits. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { expect, vi } from 'vitest';
import { type Outcome, ROUNDING_MODES } from './reference.ts';
import { ROUNDS, SEED } from './operands.ts';

vi.setConfig({ hookTimeout: 60_000, testTimeout: 10_000 * ROUNDS });

type Exported = (...operands: (number | bigint)[]) => number | bigint;

/** How to call a function: the width of each operand and of the result. */
export interface Signature {
  readonly name: string;
  readonly operands: readonly number[];
  readonly result: number;
}

export class Fpu {
  readonly #exports: WebAssembly.Exports;
  readonly #fflags: WebAssembly.Global<'i32'>;

  constructor(exports: WebAssembly.Exports) {
    this.#exports = exports;
    this.#fflags = exports['fflags'] as WebAssembly.Global<'i32'>;
  }

  /** The operation on bits; `extra` are its further parameters. `accrued` stands in fflags before. */
  bind(
    signature: Signature,
  ): (operands: readonly bigint[], extra: readonly number[], accrued?: number) => Outcome {
    const call = this.#exports[signature.name] as Exported | undefined;
    if (call === undefined) throw new Error(`assembly/fpu exports no ${signature.name}`);
    return (operands, extra, accrued = 0) => {
      this.#fflags.value = accrued;
      const bits = call(...operands.map((x, i) => (signature.operands[i] > 32 ? x : Number(x))), ...extra);
      return { bits: BigInt.asUintN(signature.result, BigInt(bits)), flags: this.#fflags.value };
    };
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = join(ROOT, 'assembly/fpu');
const CSR = join(ROOT, 'assembly/generated/csr.ts');
const CACHE = join(ROOT, 'node_modules/.cache/hartware');
// Optimised like the core; the project's own asconfig.json has other entries and memory.
const OPTIONS = ['--config', 'none', '--runtime', 'stub', '--noAssert', '-O3'];

/** The module of assembly/fpu. Several test files want it, so it is compiled once for each state of the sources. */
export async function compileFpu(): Promise<Fpu> {
  const hash = createHash('sha256').update(JSON.stringify([asc.version, OPTIONS]));
  const sources = readdirSync(SOURCES).sort();
  for (const file of [...sources.map((name) => join(SOURCES, name)), CSR])
    hash.update(file).update(readFileSync(file));
  const file = join(CACHE, `fpu-${hash.digest('hex').slice(0, 32)}.wasm`);
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    const own = `${file}.${process.pid}`;
    writeFileSync(own, await compile());
    renameSync(own, file);
  }
  const { instance } = await WebAssembly.instantiate(readFileSync(file), {});
  return new Fpu(instance.exports);
}

async function compile(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ['assembly/fpu/index.ts', 'assembly/fpu/fast.ts', '--baseDir', ROOT, '--outFile', 'fpu.wasm', ...OPTIONS],
    {
      writeFile: (name, contents) => {
        if (name === 'fpu.wasm' && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`asc failed: ${error?.message}\n${stderr.toString()}`);
  return binary;
}

/** Collects disagreements, so that a loop over many cases ends in one assertion that shows the first few. */
export class Disagreements {
  readonly #lines: string[] = [];
  count = 0;

  check(
    name: string,
    operands: readonly bigint[],
    rm: number | undefined,
    actual: Outcome,
    expected: Outcome,
  ): void {
    this.count++;
    if (actual.bits === expected.bits && actual.flags === expected.flags) return;
    if (this.#lines.length === 10) return;
    const hex = (x: bigint): string => `0x${x.toString(16)}`;
    const show = (x: Outcome): string => `${hex(x.bits)} flags ${x.flags}`;
    const mode = rm === undefined ? '' : ` ${ROUNDING_MODES[rm]}`;
    this.#lines.push(
      `${name}(${operands.map(hex).join(', ')})${mode}: ${show(actual)}, expected ${show(expected)}`,
    );
  }

  expectNone(): void {
    expect(this.#lines, `FPU_SEED=${SEED}`).toEqual([]);
    expect(this.count).toBeGreaterThan(0);
  }
}
