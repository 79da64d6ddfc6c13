/**
 * RISC-V floating point in integer arithmetic, exact to the bit: binary32 and
 * binary64, and conversions of binary16. Integers carry the bits; NaN-boxing is
 * the register file's business. Every function adds the exceptions that it
 * raises to `fflags`. Rounding modes are RM_*; a dynamic one is resolved before.
 *
 * The reading order is format, round, add, and then any. `fast` has the same
 * operations over native arithmetic where that gives the same.
 */
export {
  FFLAGS_DZ,
  FFLAGS_NV,
  FFLAGS_NX,
  FFLAGS_OF,
  FFLAGS_UF,
  RM_RDN,
  RM_RMM,
  RM_RNE,
  RM_RTZ,
  RM_RUP,
  fflags,
  raise,
  setFflags,
} from './flags';
export { f32Add, f32Sub, f64Add, f64Sub } from './add';
export { f32Mul, f64Mul } from './mul';
export { f32Div, f64Div } from './div';
export { f32Sqrt, f64Sqrt } from './sqrt';
export { f32Fma, f64Fma } from './fma';
export {
  f32Class,
  f32Eq,
  f32Le,
  f32Lt,
  f32Max,
  f32Min,
  f64Class,
  f64Eq,
  f64Le,
  f64Lt,
  f64Max,
  f64Min,
} from './compare';
export {
  f16ToF32,
  f16ToF64,
  f32ToF16,
  f32ToF64,
  f32ToI32,
  f32ToI64,
  f32ToU32,
  f32ToU64,
  f64ToF16,
  f64ToF32,
  f64ToI32,
  f64ToI64,
  f64ToU32,
  f64ToU64,
  i32ToF32,
  i32ToF64,
  i64ToF32,
  i64ToF64,
  u32ToF32,
  u32ToF64,
  u64ToF32,
  u64ToF64,
} from './convert';
