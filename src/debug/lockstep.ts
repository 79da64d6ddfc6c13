/**
 * Two machines that must do the same, instruction by instruction, run side by
 * side: one interprets, the other one translates. They are compared after each
 * chunk; from the first difference on, runs are repeated from the start, with
 * the same chunks, until the shortest one that differs is found.
 */
import { disassemble } from '../disassembler/disassembler.ts';
import {
  compareHarts,
  compareMemory,
  physicalAddress,
  type ObservedMachine,
  type StateDifference,
} from './state.ts';

export interface LockstepMachine extends ObservedMachine {
  /** Executes `count` instructions; fewer when it has ended, or every hart waits for the outside. */
  step(count: number): Promise<number>;
}

export interface LockstepOptions<M extends LockstepMachine> {
  /** Makes the machine that interprets, or the one that translates; each call gives a new one in its first state. */
  readonly make: (kind: 'reference' | 'subject') => Promise<M>;
  /** Lets go of a machine. */
  readonly dispose?: (machine: M) => Promise<void>;
  /** Instructions in chunk `index`, the same ones in every run. Default 100 000. */
  readonly chunk?: (index: number) => number;
  /** Called before chunk `index` of each run: what comes from outside must come the same every time. */
  readonly before?: (machine: M, index: number) => void;
  /** Chunks between comparisons of RAM, which take longer than those of registers. Default 1000. */
  readonly memoryInterval?: number;
  /** Called when both machines wait for the outside: true when there is something for them now. Default: the run ends. */
  readonly idle?: () => Promise<boolean>;
  /** Called after each chunk in which nothing differed, with the two machines; true ends the run. */
  readonly after?: (reference: M, subject: M, index: number) => boolean | Promise<boolean>;
}

export interface LockstepDifference {
  /** Instructions after which the two still were equal. */
  readonly lastEqual: number;
  /** Instructions after which they differ. */
  readonly firstDifferent: number;
  readonly differences: readonly StateDifference[];
  /** What the interpreter executed up to there, last of all. */
  readonly trail: readonly string[];
}

const DEFAULT_CHUNK = 100_000;
const DEFAULT_MEMORY_INTERVAL = 1000;
const TRAIL_LENGTH = 48;

/** Runs two machines until they differ, both have ended or wait for ever, or `instructions` were executed. */
export async function runLockstep<M extends LockstepMachine>(
  options: LockstepOptions<M>,
  instructions = Infinity,
): Promise<LockstepDifference | undefined> {
  const { memoryInterval = DEFAULT_MEMORY_INTERVAL } = options;
  const pair = await makePair(options);
  const [reference, subject] = pair;
  let lastEqual = 0;
  for (let index = 0; ; index++) {
    const before = Number(reference.instructionCount);
    const executed = await stepChunk(options, reference, index, instructions);
    await stepChunk(options, subject, index, instructions);
    const isLast =
      Number(reference.instructionCount) >= instructions || (executed === 0 && !(await options.idle?.()));
    let differences = compareHarts(reference, subject);
    const isWhole = isLast || differences.length > 0 || (index + 1) % memoryInterval === 0;
    if (isWhole) differences = [...differences, ...compareMemory(reference, subject)];
    if (differences.length > 0) {
      await disposeAll(options, pair);
      const firstDifferent = Math.max(before + executed, lastEqual + 1);
      return narrow(options, index + 1, { lastEqual, firstDifferent, differences });
    }
    if (isWhole) lastEqual = Number(reference.instructionCount);
    if ((await options.after?.(reference, subject, index)) || isLast) break;
  }
  await disposeAll(options, pair);
  return undefined;
}

async function makePair<M extends LockstepMachine>({ make }: LockstepOptions<M>): Promise<[M, M]> {
  return [await make('reference'), await make('subject')];
}

async function disposeAll<M extends LockstepMachine>(
  { dispose }: LockstepOptions<M>,
  machines: readonly M[],
): Promise<void> {
  if (dispose) for (const machine of machines) await dispose(machine);
}

/** Executes chunk `index`, at most until `limit` instructions were executed since the start. */
async function stepChunk<M extends LockstepMachine>(
  { chunk, before }: LockstepOptions<M>,
  machine: M,
  index: number,
  limit: number,
): Promise<number> {
  before?.(machine, index);
  const length = chunk?.(index) ?? DEFAULT_CHUNK;
  return machine.step(Math.min(length, limit - Number(machine.instructionCount)));
}

/** Brings a new machine to `target` instructions, or through the `chunks` of the run that is repeated. */
async function advance<M extends LockstepMachine>(
  options: LockstepOptions<M>,
  machine: M,
  chunks: number,
  target: number,
): Promise<void> {
  for (let index = 0; index < chunks && Number(machine.instructionCount) < target; index++)
    await stepChunk(options, machine, index, target);
}

/** Finds a shortest run that differs, between one that does not and one that does. */
async function narrow<M extends LockstepMachine>(
  options: LockstepOptions<M>,
  chunks: number,
  known: Omit<LockstepDifference, 'trail'>,
): Promise<LockstepDifference> {
  let { lastEqual, firstDifferent, differences } = known;
  while (firstDifferent - lastEqual > 1) {
    const middle = Math.floor((lastEqual + firstDifferent) / 2);
    const pair = await makePair(options);
    for (const machine of pair) await advance(options, machine, chunks, middle);
    const found = [...compareHarts(...pair), ...compareMemory(...pair)];
    await disposeAll(options, pair);
    if (found.length > 0) {
      firstDifferent = middle;
      differences = found;
    } else {
      lastEqual = middle;
    }
  }
  return { lastEqual, firstDifferent, differences, trail: await trailTo(options, chunks, firstDifferent) };
}

/** The last instructions that the interpreter executes before `target`. */
async function trailTo<M extends LockstepMachine>(
  options: LockstepOptions<M>,
  chunks: number,
  target: number,
): Promise<string[]> {
  const machine = await options.make('reference');
  const trail: string[] = [];
  await advance(options, machine, chunks, Math.max(0, target - TRAIL_LENGTH));
  while (Number(machine.instructionCount) < target) {
    const lines = machine.harts.map((_, index) => describeNext(machine, index));
    const pcs = machine.harts.map(({ pc }) => pc);
    if ((await machine.step(1)) === 0) break;
    // An instruction that jumps to itself is taken for the first hart's.
    const ran = machine.harts.findIndex(({ pc }, index) => pc !== pcs[index]);
    trail.push(lines[Math.max(ran, 0)]);
  }
  await options.dispose?.(machine);
  return trail;
}

/** The next instruction of a hart in one line. */
function describeNext(machine: LockstepMachine, index: number): string {
  const hart = machine.harts[index];
  const low = physicalAddress(machine, hart, hart.pc);
  const high = physicalAddress(machine, hart, BigInt.asUintN(64, hart.pc + 2n));
  let text = '(not fetched)';
  if (low !== undefined) {
    const word =
      machine.memory.getUint16(low) | (high === undefined ? 0 : machine.memory.getUint16(high) << 16);
    text = disassemble(word >>> 0, hart.pc).text;
  }
  return `hart ${index} ${hart.privilege[0].toUpperCase()} 0x${hart.pc.toString(16)}: ${text}`;
}

/** A difference as text for a person. */
export function describeDifference(found: LockstepDifference): string {
  const { lastEqual, firstDifferent, differences, trail } = found;
  return [
    `interpreter and translated code differ after ${firstDifferent} instructions; after ${lastEqual} they were equal`,
    ...differences.map(
      ({ what, reference, subject }) => `  ${what}: ${reference} interpreted, ${subject} translated`,
    ),
    'the interpreter executed, last of all:',
    ...trail.map((line) => `  ${line}`),
  ].join('\n');
}
