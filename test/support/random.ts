/** Repeatable random numbers for fuzz tests: the seed is part of the test's name, so that a failure can be run again. */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A uniformly distributed unsigned 32-bit number (a Weyl sequence through a multiplicative mixer). */
  uint32(): number {
    this.state = (this.state + 0x9e37_79b9) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return this.uint32() % limit;
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.uint32() & 0xff);
  }
}

/** `FUZZ_SEED` from the environment, to run one case again, or `count` seeds of this run's own. */
export function fuzzSeeds(count: number): number[] {
  const given = process.env.FUZZ_SEED;
  if (given !== undefined) return [Number(given) >>> 0];
  const start = process.env.FUZZ_FRESH === undefined ? 1 : Date.now() >>> 0;
  return Array.from({ length: count }, (_, i) => (start + i) >>> 0);
}
