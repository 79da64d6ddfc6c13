/**
 * What the harts implement, as the device tree says it (`riscv,isa`,
 * `riscv,isa-extensions`): single letters, then the named extensions in
 * canonical order (ISA manual, 37). Svade is the state at reset; with Svadu,
 * menvcfg.ADUE switches to hardware updating.
 */
export const ISA_BASE = 'rv64i';
export const ISA_LETTERS = ['i', 'm', 'a', 'f', 'd', 'c'] as const;
export const ISA_EXTENSIONS = [
  'zic64b', 'zicbom', 'zicbop', 'zicboz', 'ziccamoa', 'ziccif', 'zicclsm', 'ziccrse', 'zicntr', 'zicond',
  'zicsr', 'zifencei', 'zihintntl', 'zihintpause', 'zihpm', 'za64rs', 'zacas', 'zawrs', 'zfhmin', 'zca', 'zcb',
  'zcd', 'zba', 'zbb', 'zbc', 'zbs', 'zkt', 'ssccptr', 'sscounterenw', 'sstc', 'sstvala', 'sstvecd', 'svade',
  'svadu', 'svinval', 'svnapot', 'svpbmt',
] as const; // prettier-ignore

/** Bytes of a cache block (Zic64b). */
export const CACHE_BLOCK_SIZE = 64;
