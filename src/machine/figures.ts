/** The figures of a machine, from where the core and its host keep them. */
import type { Core } from '../core/core.ts';
import { FIRST_OPERATION, OPERATIONS } from '../generated/operations.ts';
import type { InstructionCount } from './api.ts';
import type { MachineStatistics } from './statistics.ts';

/** The core's counters, by their place from J_STATISTICS on (assembly/layout.ts). */
const COUNTER = {
  instructions: 0,
  regions: 1,
  modules: 2,
  wasmBytes: 3,
  evictions: 4,
  invalidations: 5,
  tlbMisses: 6,
  sideExits: 7,
  entries: 8,
  guestBytes: 9,
  liveRegions: 10,
} as const;
/** The core's times, by their place from J_TIMES on. */
const TIME = { translation: 0, translated: 1 } as const;

/** What the core does not know. */
export interface MoreFigures extends Pick<MachineStatistics, 'disk' | 'console'> {
  readonly wall: number;
}

export function statisticsOf(core: Core, { wall, disk, console }: MoreFigures): MachineStatistics {
  const { jit, runTime: run } = core;
  const counter = (name: keyof typeof COUNTER): number => core.jitCounter(COUNTER[name]);
  const translation = core.jitTime(TIME.translation);
  const translated = core.jitTime(TIME.translated);
  const compile = jit.compileTime;
  // Asynchronous compiling happens between two runs.
  const others = translation + translated + (jit.isSynchronous ? compile : 0);
  return {
    instructions: Number(core.instructionCount),
    tlbMisses: counter('tlbMisses'),
    time: { run, interpreter: Math.max(0, run - others), translation, compile, translated, wall },
    jit: {
      state: jit.refusal === undefined ? jit.mode : 'refused',
      ...(jit.refusal !== undefined && { refusal: jit.refusal }),
      instructions: counter('instructions'),
      regions: counter('regions'),
      liveRegions: counter('liveRegions'),
      guestBytes: counter('guestBytes'),
      modules: counter('modules'),
      failedModules: jit.failures,
      wasmBytes: counter('wasmBytes'),
      evictions: counter('evictions'),
      invalidations: counter('invalidations'),
      entries: counter('entries'),
      sideExits: counter('sideExits'),
    },
    disk,
    memory: { ram: core.ram.length, reserved: core.memory.byteLength },
    console,
  };
}

/** What the core counted while it was told to, the most frequent first. */
export function instructionCounts(core: Core): readonly InstructionCount[] {
  const counts = OPERATIONS.map(({ name, kind }, index) => {
    const compressed = Number(core.operationCount(FIRST_OPERATION + index, true));
    return {
      name,
      kind,
      count: Number(core.operationCount(FIRST_OPERATION + index, false)) + compressed,
      compressed,
    };
  });
  return counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}
