/**
 * SBI RFENCE extension (SBI 3.0, chapter 8). The HFENCE functions are not supported,
 * because the harts have no hypervisor extension.
 */
import {
  failure,
  hartList,
  SBI_ERR_INVALID_ADDRESS,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NOT_SUPPORTED,
  success,
  type SbiExtension,
  type SbiResult,
} from './extension.ts';
import type { SbiHost } from './host.ts';
import {
  SBI_PMU_FW_FENCE_I_RECEIVED,
  SBI_PMU_FW_FENCE_I_SENT,
  SBI_PMU_FW_SFENCE_VMA_ASID_RECEIVED,
  SBI_PMU_FW_SFENCE_VMA_ASID_SENT,
  SBI_PMU_FW_SFENCE_VMA_RECEIVED,
  SBI_PMU_FW_SFENCE_VMA_SENT,
  type FirmwareEventCounters,
} from './pmu-events.ts';

export const SBI_EXT_RFENCE = 0x52464e43;
const REMOTE_FENCE_I = 0;
const REMOTE_SFENCE_VMA = 1;
const REMOTE_SFENCE_VMA_ASID = 2;
const FUNCTIONS = [REMOTE_FENCE_I, REMOTE_SFENCE_VMA, REMOTE_SFENCE_VMA_ASID];

const ADDRESS_SPACE = 1n << 64n;
/** ASIDs have 16 bits on this machine. */
const ASID_LIMIT = 1n << 16n;

export function rfenceExtension(host: SbiHost, events: FirmwareEventCounters): SbiExtension {
  return {
    id: SBI_EXT_RFENCE,
    call({ hart, functionId, args }) {
      if (!FUNCTIONS.includes(functionId)) return failure(SBI_ERR_NOT_SUPPORTED);
      const harts = hartList(args[0], args[1], host.hartCount);
      if (!harts) return failure(SBI_ERR_INVALID_PARAM);
      if (functionId === REMOTE_FENCE_I) return remoteFenceI(host, events, hart, harts);
      const asid = functionId === REMOTE_SFENCE_VMA_ASID ? args[4] : undefined;
      return remoteSfenceVma(host, events, hart, harts, args[2], args[3], asid);
    },
  };
}

export function remoteFenceI(
  host: SbiHost,
  events: FirmwareEventCounters,
  sender: number,
  harts: readonly number[],
): SbiResult {
  for (const hart of harts) {
    host.fenceInstructions(hart);
    events.countBetween(sender, hart, SBI_PMU_FW_FENCE_I_SENT, SBI_PMU_FW_FENCE_I_RECEIVED);
  }
  return success();
}

/** Without `asid`: all address spaces. */
export function remoteSfenceVma(
  host: SbiHost,
  events: FirmwareEventCounters,
  sender: number,
  harts: readonly number[],
  start: bigint,
  size: bigint,
  asid: bigint | undefined,
): SbiResult {
  if (asid !== undefined && asid >= ASID_LIMIT) return failure(SBI_ERR_INVALID_PARAM);
  const isEverything = (start === 0n && size === 0n) || size === ADDRESS_SPACE - 1n;
  if (!isEverything && start + size > ADDRESS_SPACE) return failure(SBI_ERR_INVALID_ADDRESS);
  const [sent, received] =
    asid === undefined
      ? [SBI_PMU_FW_SFENCE_VMA_SENT, SBI_PMU_FW_SFENCE_VMA_RECEIVED]
      : [SBI_PMU_FW_SFENCE_VMA_ASID_SENT, SBI_PMU_FW_SFENCE_VMA_ASID_RECEIVED];
  for (const hart of harts) {
    host.fenceAddresses(
      hart,
      isEverything ? undefined : { start, size },
      asid === undefined ? undefined : Number(asid),
    );
    events.countBetween(sender, hart, sent, received);
  }
  return success();
}
