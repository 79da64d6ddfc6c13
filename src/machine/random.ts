/**
 * Where guest entropy comes from: the host, or a sequence that a seed repeats
 * (xorshift64*), which is no secret.
 */
export type RandomSource = (into: Uint8Array) => void;

const MULTIPLIER = 0x2545f4914f6cdd1dn;
/** Spreads small seeds over the state, which must not be zero. */
const INCREMENT = 0x9e3779b97f4a7c15n;

export function repeatableRandom(seed: number): RandomSource {
  let state = BigInt.asUintN(64, (BigInt(seed) + 1n) * INCREMENT);
  return (into) => {
    for (let i = 0; i < into.length; i++) {
      state ^= state >> 12n;
      state ^= BigInt.asUintN(64, state << 25n);
      state ^= state >> 27n;
      into[i] = Number(BigInt.asUintN(64, state * MULTIPLIER) >> 56n);
    }
  };
}
