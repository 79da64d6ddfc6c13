/** Register names: those of the RISC-V calling convention, and x0..x31, f0..f31. */

/** Names of the integer registers in the calling convention, by number. */
export const INTEGER_REGISTERS: readonly string[] = (
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 ' + 'a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'
).split(' ');

/** Names of the floating-point registers in the calling convention, by number. */
export const FLOAT_REGISTERS: readonly string[] = (
  'ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 ' +
  'fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11'
).split(' ');

/** Rounding modes by the number in the rm field; 5 and 6 are reserved. */
export const ROUNDING_MODES: readonly (string | undefined)[] = [
  'rne',
  'rtz',
  'rdn',
  'rup',
  'rmm',
  undefined,
  undefined,
  'dyn',
];

function numbered(names: readonly string[], prefix: string): Map<string, number> {
  const result = new Map(names.map((name, n) => [name, n]));
  names.forEach((_, n) => result.set(prefix + n, n));
  return result;
}

const integerNumbers = numbered(INTEGER_REGISTERS, 'x').set('fp', 8);
const floatNumbers = numbered(FLOAT_REGISTERS, 'f');

/** Number of an integer register, or undefined if there is none of that name. */
export function integerRegister(name: string): number | undefined {
  return integerNumbers.get(name);
}

/** Number of a floating-point register, or undefined if there is none of that name. */
export function floatRegister(name: string): number | undefined {
  return floatNumbers.get(name);
}
