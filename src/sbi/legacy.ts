/**
 * The legacy extensions of SBI 0.1 (SBI 3.0, chapter 5), EIDs 0 to 8: no function ID,
 * one result in a0, a1 untouched, hart masks in supervisor virtual memory.
 */
import { NO_RETURN, SBI_ERR_INVALID_PARAM, hartList } from './extension.ts';
import type { SbiHost } from './host.ts';
import { sendIpi } from './ipi.ts';
import type { FirmwareEventCounters } from './pmu-events.ts';
import { remoteFenceI, remoteSfenceVma } from './rfence.ts';
import { setTimer } from './time.ts';

const SET_TIMER = 0;
const CONSOLE_PUTCHAR = 1;
const CONSOLE_GETCHAR = 2;
const CLEAR_IPI = 3;
const SEND_IPI = 4;
const REMOTE_FENCE_I = 5;
const REMOTE_SFENCE_VMA = 6;
const REMOTE_SFENCE_VMA_ASID = 7;
const SHUTDOWN = 8;
/** Highest EID with a legacy function. */
export const LAST_LEGACY_EXTENSION = SHUTDOWN;

export class LegacyExtensions {
  constructor(
    private readonly host: SbiHost,
    private readonly events: FirmwareEventCounters,
  ) {}

  /** The value for a0, or NO_RETURN. `eid` is 0 to 8. */
  call(hart: number, eid: number, args: readonly bigint[]): number | typeof NO_RETURN {
    const { host, events } = this;
    switch (eid) {
      case SET_TIMER:
        setTimer(host, events, hart, args[0]);
        return 0;
      case CONSOLE_PUTCHAR:
        host.console.write(Uint8Array.of(Number(BigInt.asUintN(8, args[0]))));
        return 0;
      case CONSOLE_GETCHAR: {
        const byte = new Uint8Array(1);
        return host.console.read(byte) === 1 ? byte[0] : -1;
      }
      case CLEAR_IPI: {
        const wasPending = host.isSoftwareInterruptPending(hart);
        host.setSoftwareInterrupt(hart, false);
        return wasPending ? 1 : 0;
      }
      case SEND_IPI:
        return this.withHarts(hart, args[0], (harts) => {
          sendIpi(host, events, hart, harts);
          return 0;
        });
      case REMOTE_FENCE_I:
        return this.withHarts(hart, args[0], (harts) => remoteFenceI(host, events, hart, harts).error);
      case REMOTE_SFENCE_VMA:
      case REMOTE_SFENCE_VMA_ASID: {
        const asid = eid === REMOTE_SFENCE_VMA_ASID ? args[3] : undefined;
        return this.withHarts(
          hart,
          args[0],
          (harts) => remoteSfenceVma(host, events, hart, harts, args[1], args[2], asid).error,
        );
      }
      default:
        host.requestReset('shutdown', 'none');
        return NO_RETURN;
    }
  }

  /** A null pointer stands for all harts, as earlier implementations have it. */
  private withHarts(
    hart: number,
    pointer: bigint,
    action: (harts: readonly number[]) => number,
  ): number | typeof NO_RETURN {
    const { host } = this;
    // One word is enough: a machine has fewer than 64 harts.
    const mask = pointer === 0n ? (1n << BigInt(host.hartCount)) - 1n : host.loadAsSupervisor(hart, pointer);
    if (mask === undefined) return NO_RETURN;
    const harts = hartList(mask, 0n, host.hartCount);
    return harts ? action(harts) : SBI_ERR_INVALID_PARAM;
  }
}
