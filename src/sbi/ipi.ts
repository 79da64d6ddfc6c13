/** SBI IPI extension (SBI 3.0, chapter 7). */
import {
  failure,
  hartList,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NOT_SUPPORTED,
  success,
  type SbiExtension,
} from './extension.ts';
import type { SbiHost } from './host.ts';
import { SBI_PMU_FW_IPI_RECEIVED, SBI_PMU_FW_IPI_SENT, type FirmwareEventCounters } from './pmu-events.ts';

export const SBI_EXT_IPI = 0x735049;
const SEND_IPI = 0;

export function ipiExtension(host: SbiHost, events: FirmwareEventCounters): SbiExtension {
  return {
    id: SBI_EXT_IPI,
    call({ hart, functionId, args }) {
      if (functionId !== SEND_IPI) return failure(SBI_ERR_NOT_SUPPORTED);
      const harts = hartList(args[0], args[1], host.hartCount);
      if (!harts) return failure(SBI_ERR_INVALID_PARAM);
      sendIpi(host, events, hart, harts);
      return success();
    },
  };
}

/** A stopped hart gets none: it belongs to the SBI implementation and must not find it pending when started. */
export function sendIpi(
  host: SbiHost,
  events: FirmwareEventCounters,
  sender: number,
  harts: readonly number[],
): void {
  for (const hart of harts) {
    if (host.hartState(hart) === 'stopped') continue;
    host.setSoftwareInterrupt(hart, true);
    events.countBetween(sender, hart, SBI_PMU_FW_IPI_SENT, SBI_PMU_FW_IPI_RECEIVED);
  }
}
