/**
 * Where guest entropy comes from: the host, or, with the virtual clock, a fixed
 * sequence (xorshift64*), so that runs are repeatable. That one is no secret.
 */
const SEED = 0x9e3779b97f4a7c15n;
const MULTIPLIER = 0x2545f4914f6cdd1dn;

export class RandomSource {
  private state = SEED;
  readonly fill: (into: Uint8Array) => void;

  /** @param source the host's; the fixed sequence when undefined. */
  constructor(source: ((into: Uint8Array) => void) | undefined) {
    this.fill = source ?? ((into) => this.generate(into));
  }

  private generate(into: Uint8Array): void {
    for (let i = 0; i < into.length; i++) {
      let x = this.state;
      x ^= x >> 12n;
      x ^= BigInt.asUintN(64, x << 25n);
      x ^= x >> 27n;
      this.state = x;
      into[i] = Number(BigInt.asUintN(64, x * MULTIPLIER) >> 56n);
    }
  }
}
