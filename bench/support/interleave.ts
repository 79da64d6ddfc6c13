/** Runs the contenders in turn, so that what else the computer does meets all of them alike. */

/**
 * @param measure makes one measurement of a contender.
 * @returns the values of each contender, in the order of the rounds.
 */
export async function interleave<C extends { readonly name: string }, V>(
  contenders: readonly C[],
  rounds: number,
  measure: (contender: C) => Promise<V>,
): Promise<Map<C, V[]>> {
  const values = new Map<C, V[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    // Nobody is always first.
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length];
      values.get(contender)!.push(await measure(contender));
    }
  }
  return values;
}
