/** QEMU's `-rtc` and `-icount` as a clock. */
import { TIMEBASE_FREQUENCY, type ClockDescription } from '../machine/description.ts';
import type { Draft } from './draft.ts';
import { Settings } from './option-syntax.ts';

const NANOSECONDS = 1_000_000_000;

/** What was said of time so far. */
export interface TimeFound {
  shift?: number;
  sleep?: boolean;
  isCounted?: boolean;
  /** As `2025-01-01T00:00:00`. */
  base?: string;
}

/** Reads `-rtc`. */
export function readRtc(value: string, found: TimeFound, draft: Draft): void {
  const settings = Settings.parse(value, 'base');
  const base = settings.take('base');
  const isDate = base !== undefined && /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$/.test(base);
  const time = isDate && base.length === 10 ? `${base}T00:00:00` : base;
  // Not before 1970, and no 30th of February, of which engines make a day in March.
  const date = new Date(isDate ? `${time}Z` : NaN);
  if (date.getTime() >= 0 && date.toISOString().startsWith(time!)) found.base = time;
  else if (base !== undefined && base !== 'utc') draft.note(`-rtc base=${base}`, 'the clock is in UTC');
  settings.ignore('clock', 'host', 'vm');
  for (const setting of settings.rest) draft.note(`-rtc ${setting}`, 'there is no such setting here');
}

/** Reads `-icount`. */
export function readIcount(value: string, found: TimeFound, draft: Draft): void {
  const settings = Settings.parse(value, 'shift');
  found.isCounted = true;
  const shift = settings.take('shift') ?? 'auto';
  if (/^\d+$/.test(shift)) found.shift = Number(shift);
  else
    draft.note(
      `-icount shift=${shift}`,
      'the rate does not follow the host’s: 1000000000 instructions a second',
    );
  found.sleep = settings.takeSwitch('sleep') ?? true;
  settings.ignore('align', 'off');
  for (const setting of settings.rest) draft.note(`-icount ${setting}`, 'there is no such setting here');
}

/** The clock; undefined for the host's. */
export function timeOf(found: TimeFound, draft: Draft): ClockDescription | undefined {
  const { base, shift = 0, isCounted, sleep = true } = found;
  if (!isCounted) {
    if (base !== undefined) draft.note(`-rtc base=${base}`, 'the host’s clock says what time it is');
    return undefined;
  }
  const exact = NANOSECONDS / 2 ** shift;
  const rate = Math.max(1, Math.round(exact / TIMEBASE_FREQUENCY)) * TIMEBASE_FREQUENCY;
  if (rate !== exact) {
    draft.note(
      `-icount shift=${shift}`,
      `${exact} instructions a second; here their number is a multiple of ${TIMEBASE_FREQUENCY}: ${rate}`,
    );
  }
  return {
    kind: 'virtual',
    instructionsPerSecond: rate,
    idle: sleep ? 'sleep' : 'skip',
    ...(base !== undefined && { startTime: `${base}Z` }),
  };
}
