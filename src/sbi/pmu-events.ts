/** Firmware events of SBI PMU (SBI 3.0, 11.5) that this implementation counts: its own. */

export const SBI_PMU_FW_SET_TIMER = 5;
export const SBI_PMU_FW_IPI_SENT = 6;
export const SBI_PMU_FW_IPI_RECEIVED = 7;
export const SBI_PMU_FW_FENCE_I_SENT = 8;
export const SBI_PMU_FW_FENCE_I_RECEIVED = 9;
export const SBI_PMU_FW_SFENCE_VMA_SENT = 10;
export const SBI_PMU_FW_SFENCE_VMA_RECEIVED = 11;
export const SBI_PMU_FW_SFENCE_VMA_ASID_SENT = 12;
export const SBI_PMU_FW_SFENCE_VMA_ASID_RECEIVED = 13;

/** Whether a firmware event is one of the above. */
export function isFirmwareEvent(code: number): boolean {
  return code >= SBI_PMU_FW_SET_TIMER && code <= SBI_PMU_FW_SFENCE_VMA_ASID_RECEIVED;
}

/** Where the other extensions report their events. */
export interface FirmwareEventCounters {
  count(hart: number, event: number): void;
  /** An event between two harts; nothing when they are the same. */
  countBetween(sender: number, receiver: number, sent: number, received: number): void;
  /** The hart stops: its counters are free again, and its hardware counters run. */
  resetHart(hart: number): void;
}
