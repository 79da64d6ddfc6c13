/** What QEMU's generic RISC-V processor is told so that its harts are ours, as far as QEMU 7.2 can. */
import { ISA_EXTENSIONS } from '../machine/isa-extensions.ts';

/** The model of QEMU's that takes settings. */
export const CPU_MODEL = 'rv64';

/** Where QEMU 7.2's defaults are not ours. */
const CPU_SETTINGS: Readonly<Record<string, string>> = {
  h: 'off',
  debug: 'off',
  marchid: '0',
  mimpid: '0',
  svinval: 'on',
  svnapot: 'on',
  svpbmt: 'on',
  Zfhmin: 'on',
  zkt: 'on',
};

/** A release of QEMU's. */
export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
}

/** What is written for where nothing else is asked for. */
export const OLDEST_QEMU: QemuVersion = { major: 7, minor: 2 };

/** The settings as a release names them: from 8.2 on in lower case, and from 10.1 on in no other way. */
export function cpuSettings({ major, minor }: QemuVersion): Readonly<Record<string, string>> {
  const isLower = major > 8 || (major === 8 && minor >= 2);
  return Object.fromEntries(
    Object.entries(CPU_SETTINGS).map(([name, value]) => [isLower ? name.toLowerCase() : name, value]),
  );
}

/** Settings whose default in QEMU 7.2 is what we have, and those that say nothing but the common. */
const SAME_AS_DEFAULT: Readonly<Record<string, string>> = {
  ...{ i: 'on', m: 'on', a: 'on', f: 'on', d: 'on', c: 'on', g: 'on', s: 'on', u: 'on', e: 'off', v: 'off' },
  ...{ Counters: 'on', Zicsr: 'on', Zifencei: 'on', Zihintpause: 'on', mmu: 'on', pmp: 'on' },
  ...{ zba: 'on', zbb: 'on', zbc: 'on', zbs: 'on', sstc: 'on', Zfh: 'off' },
  ...{ mvendorid: '0', sscofpmf: 'off' },
};

/** Extensions with instructions or state of their own that QEMU 7.2 lacks. */
const UNKNOWN_TO_QEMU = [
  ...['zicbom', 'zicbop', 'zicboz', 'zicond', 'zihintntl', 'zawrs', 'zacas', 'zcb', 'svadu'],
] as const satisfies readonly (typeof ISA_EXTENSIONS)[number][];

/** Extensions of ours that a guest misses under QEMU 7.2. */
export const MISSING_EXTENSIONS: readonly string[] = ISA_EXTENSIONS.filter((name) =>
  (UNKNOWN_TO_QEMU as readonly string[]).includes(name),
);

/** What our harts have of a setting of QEMU's: undefined when we have no such thing. */
export function ourSetting(name: string): string | undefined {
  const settings = { ...SAME_AS_DEFAULT, ...CPU_SETTINGS };
  const known = Object.keys(settings).find((key) => key.toLowerCase() === name.toLowerCase());
  if (known !== undefined) return settings[known];
  return (ISA_EXTENSIONS as readonly string[]).includes(name.toLowerCase()) ? 'on' : undefined;
}
