/** The host's clock as a guest sees it where the host shows it in steps (assembly/hart/host-clock.ts). */
import { expect, it } from 'vitest';
import { DATA, GuestProgram } from '../support/guest-program.ts';

const READINGS = 4000;

/** Reads the time again and again, with `work` in between; the clock of the host moves by how often it is asked. */
function readings(work: string, hostTime: (asked: number) => number): bigint[] {
  let asked = 0;
  const guest = new GuestProgram(
    `li s0, ${DATA}\n li s1, ${READINGS}\n 1: rdtime a0\n sd a0, (s0)\n addi s0, s0, 8\n ${work}
    addi s1, s1, -1\n bnez s1, 1b`,
    { hostTime: () => hostTime(asked++) },
  );
  guest.run();
  return Array.from({ length: READINGS }, (_, i) => guest.memory.getUint64(DATA + BigInt(8 * i)));
}

const WORK = 'li t0, 50\n 2: addi t0, t0, -1\n bnez t0, 2b';
/** A step every 25 readings. */
const inSteps = (asked: number): number => 1000 * Math.floor(asked / 25);

it('moves between two steps, and never back', () => {
  const times = readings(WORK, inSteps);
  expect(times.every((time, i) => i === 0 || time >= times[i - 1])).toBe(true);
  expect(new Set(times).size).toBeGreaterThan(READINGS * 0.9);
});

it('is never past the next step, nor behind the last', () => {
  const steps: number[] = [];
  const times = readings(WORK, (asked) => {
    steps.push(inSteps(asked));
    return steps[asked];
  });
  const largest = BigInt(steps.at(-1)!) + 1000n;
  expect(times.every((time) => time < largest)).toBe(true);
  // Each reading is less than a step from one that the host gave.
  const given = new Set(steps.map((step) => BigInt(step) / 1000n));
  expect(times.every((time) => given.has(time / 1000n))).toBe(true);
});

it('stops before the next step where the host is late', () => {
  // After 2000 questions the clock stands still for a thousand.
  const times = readings(WORK, (asked) => inSteps(asked < 2000 ? asked : Math.max(1999, asked - 1000)));
  const still = BigInt(inSteps(1999));
  expect(times.filter((time) => time === still + 999n).length).toBeGreaterThan(500);
  expect(times.every((time, i) => i === 0 || time >= times[i - 1])).toBe(true);
});

it('is the host’s where that has no steps', () => {
  const given: number[] = [];
  const times = readings('', (asked) => {
    given.push(asked * 3 + (asked % 2));
    return given.at(-1)!;
  });
  const all = new Set(given.map(BigInt));
  expect(times.every((time) => all.has(time))).toBe(true);
});

it('does not go back when steps are shorter than they were', () => {
  const times = readings(WORK, (asked) =>
    asked < 2000 ? inSteps(asked) : inSteps(2000) + Math.floor((asked - 2000) / 3),
  );
  expect(times.every((time, i) => i === 0 || time >= times[i - 1])).toBe(true);
  expect(times.at(-1)).toBeLessThan(BigInt(inSteps(2000) + 2000));
});

it('does not take the first reading, or a wait, for a step', () => {
  const origin = 10_000_000;
  const given: number[] = [];
  const times = readings(WORK, (asked) => {
    // It moves by a second at each of a few questions, then by little.
    given.push(origin + 10_000_000 * Math.min(asked, 6) + Math.floor(asked / 2));
    return given.at(-1)!;
  });
  const last = BigInt(given.at(-1)!);
  expect(times[0]).toBeGreaterThanOrEqual(BigInt(origin));
  expect(times.every((time) => time <= last + 1n)).toBe(true);
});
