import { describe, expect, it } from 'vitest';
import * as rtcRegisters from '../../src/devices/goldfish-rtc.ts';
import { GoldfishRtc } from '../../src/devices/goldfish-rtc.ts';
import { RecordedLine } from '../support/recorded-line.ts';

const {
  TIME_LOW,
  TIME_HIGH,
  ALARM_LOW,
  ALARM_HIGH,
  IRQ_ENABLED,
  CLEAR_ALARM,
  ALARM_STATUS,
  CLEAR_INTERRUPT,
} = rtcRegisters;

const START = 0x1777_0000_1234_5678n;

const makeRtc = () => {
  let now = START;
  let deadline: bigint | undefined;
  let callback = (): void => {};
  const interrupt = new RecordedLine();
  const rtc = new GoldfishRtc({
    clock: () => now,
    timer: { setDeadline: (at, call) => ((deadline = at), (callback = call)) },
    interrupt,
  });
  const advance = (nanoseconds: bigint): void => {
    now += nanoseconds;
    if (deadline !== undefined && deadline <= now) {
      deadline = undefined;
      callback();
    }
  };
  const time = (): bigint => {
    const low = rtc.read(TIME_LOW);
    return (BigInt(rtc.read(TIME_HIGH)) << 32n) | BigInt(low);
  };
  const setAlarm = (at: bigint): void => {
    rtc.write(ALARM_HIGH, 4, Number(at >> 32n));
    rtc.write(ALARM_LOW, 4, Number(at & 0xffff_ffffn));
  };
  return { rtc, interrupt, advance, time, setAlarm, deadline: () => deadline };
};

describe('GoldfishRtc', () => {
  it('reads the time, with the high half latched by the low half', () => {
    const { rtc, time, advance } = makeRtc();
    expect(time()).toBe(START);
    rtc.read(TIME_LOW);
    advance(1n << 32n);
    expect(rtc.read(TIME_HIGH)).toBe(0x1777_0000);
    expect(time()).toBe(START + (1n << 32n));
  });

  it('sets the time by halves and keeps it over a reset', () => {
    const { rtc, time, advance } = makeRtc();
    rtc.write(TIME_HIGH, 4, 0x0000_0001);
    rtc.write(TIME_LOW, 4, 0xffff_ffff);
    expect(time()).toBe(0x1_ffff_ffffn);
    advance(2n);
    rtc.reset();
    expect(time()).toBe(0x2_0000_0001n);
  });

  it('raises the interrupt at the alarm, once, until it is cleared', () => {
    const { rtc, interrupt, advance, setAlarm } = makeRtc();
    rtc.write(IRQ_ENABLED, 4, 1);
    setAlarm(START + 1000n);
    expect(rtc.read(ALARM_STATUS)).toBe(1);
    expect(BigInt(rtc.read(ALARM_HIGH)) * 2n ** 32n + BigInt(rtc.read(ALARM_LOW))).toBe(START + 1000n);
    advance(999n);
    expect(interrupt.level).toBe(false);
    advance(1n);
    expect(interrupt.level).toBe(true);
    expect(rtc.read(ALARM_STATUS)).toBe(0);
    rtc.write(CLEAR_INTERRUPT, 4, 1);
    expect(interrupt.level).toBe(false);
    advance(1_000_000n);
    expect(interrupt.rises).toBe(1);
  });

  it('fires at once for an alarm in the past', () => {
    const { rtc, interrupt, setAlarm, deadline } = makeRtc();
    rtc.write(IRQ_ENABLED, 4, 1);
    setAlarm(START - 1n);
    expect(interrupt.level).toBe(true);
    expect(deadline()).toBeUndefined();
  });

  it('holds a pending alarm back while the interrupt is disabled', () => {
    const { rtc, interrupt, advance, setAlarm } = makeRtc();
    setAlarm(START + 1n);
    advance(1n);
    expect(interrupt.level).toBe(false);
    rtc.write(IRQ_ENABLED, 4, 0xffff_ffff);
    expect(rtc.read(IRQ_ENABLED)).toBe(1);
    expect(interrupt.level).toBe(true);
    rtc.write(IRQ_ENABLED, 4, 0);
    expect(interrupt.level).toBe(false);
  });

  it('cancels an alarm, by register and by reset', () => {
    for (const cancel of [
      (rtc: GoldfishRtc) => rtc.write(CLEAR_ALARM, 4, 1),
      (rtc: GoldfishRtc) => rtc.reset(),
    ]) {
      const { rtc, interrupt, advance, setAlarm, deadline } = makeRtc();
      rtc.write(IRQ_ENABLED, 4, 1);
      setAlarm(START + 10n);
      cancel(rtc);
      expect(deadline()).toBeUndefined();
      expect(rtc.read(ALARM_STATUS)).toBe(0);
      rtc.write(IRQ_ENABLED, 4, 1);
      advance(100n);
      expect(interrupt.rises).toBe(0);
    }
  });

  it('moves a running alarm when the time is set', () => {
    const { rtc, interrupt, setAlarm, deadline } = makeRtc();
    rtc.write(IRQ_ENABLED, 4, 1);
    setAlarm(START + (1n << 33n));
    expect(deadline()).toBe(START + (1n << 33n));
    rtc.write(TIME_HIGH, 4, 0x1777_0001);
    expect(deadline()).toBe(START + (1n << 32n));
    rtc.write(TIME_HIGH, 4, 0x1777_0002);
    expect(interrupt.level).toBe(true);
  });

  it('ignores what is no register', () => {
    const { rtc } = makeRtc();
    rtc.write(0x20, 4, 1);
    expect(rtc.read(0x20)).toBe(0);
    expect(rtc.read(CLEAR_ALARM)).toBe(0);
    expect(rtc.fdtNode()).toEqual({ name: 'rtc', properties: { compatible: 'google,goldfish-rtc' } });
  });
});
