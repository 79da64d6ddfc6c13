/** The bytes of one pass, by section. Sections follow one another in the order of their first appearance. */
import { AssemblyError } from './error.ts';

/** Limit of a program, so that a slip such as `.space 1 << 40` gets an error. */
const MAX_SIZE = 64 << 20;

export class Section {
  private bytes = new Uint8Array(256);
  size = 0;
  alignment = 4;

  constructor(
    readonly name: string,
    /** Address of its first byte, as the pass before has it. */
    readonly base: bigint,
  ) {}

  get isCode(): boolean {
    return this.name.startsWith('.text');
  }

  get address(): bigint {
    return this.base + BigInt(this.size);
  }

  get contents(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  /** Appends the low `size` bytes of `value`, least significant first. */
  append(value: bigint, size: number): void {
    const at = this.grow(size);
    for (let i = 0; i < size; i++) this.bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }

  appendBytes(bytes: readonly number[]): void {
    const at = this.grow(bytes.length);
    this.bytes.set(bytes, at);
  }

  fill(count: number, byte: number): void {
    const at = this.grow(count);
    this.bytes.fill(byte, at, at + count);
  }

  private grow(count: number): number {
    const at = this.size;
    if (at + count > MAX_SIZE) throw new AssemblyError(`expected at most ${MAX_SIZE} bytes in a section`);
    if (at + count > this.bytes.length) {
      const larger = new Uint8Array(Math.max(at + count, 2 * this.bytes.length));
      larger.set(this.contents);
      this.bytes = larger;
    }
    this.size = at + count;
    return at;
  }
}

const alignUp = (value: bigint, alignment: number) => {
  const mask = BigInt(alignment) - 1n;
  return (value + mask) & ~mask;
};

/** Start addresses of sections laid one after another from `origin`. */
export function layOut(sections: Iterable<Section>, origin: bigint): Map<string, bigint> {
  const bases = new Map<string, bigint>();
  let next = origin;
  for (const section of sections) {
    // The origin itself is taken as it is given.
    if (bases.size > 0) next = alignUp(next, section.alignment);
    bases.set(section.name, next);
    next += BigInt(section.size);
  }
  return bases;
}
