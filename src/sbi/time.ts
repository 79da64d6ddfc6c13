/** SBI Timer extension (SBI 3.0, chapter 6). */
import { failure, SBI_ERR_NOT_SUPPORTED, success, type SbiExtension } from './extension.ts';
import type { SbiHost } from './host.ts';
import { SBI_PMU_FW_SET_TIMER, type FirmwareEventCounters } from './pmu-events.ts';

export const SBI_EXT_TIME = 0x54494d45;
const SET_TIMER = 0;

export function timeExtension(host: SbiHost, events: FirmwareEventCounters): SbiExtension {
  return {
    id: SBI_EXT_TIME,
    call({ hart, functionId, args }) {
      if (functionId !== SET_TIMER) return failure(SBI_ERR_NOT_SUPPORTED);
      setTimer(host, events, hart, args[0]);
      return success();
    },
  };
}

export function setTimer(host: SbiHost, events: FirmwareEventCounters, hart: number, time: bigint): void {
  events.count(hart, SBI_PMU_FW_SET_TIMER);
  host.setTimer(hart, time);
}
