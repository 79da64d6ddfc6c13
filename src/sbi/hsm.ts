/**
 * SBI Hart State Management extension (SBI 3.0, chapter 9). State changes take no
 * time here, so the pending states are never seen. There are no platform-specific
 * suspend types.
 */
import {
  failure,
  NO_RETURN,
  SBI_ERR_ALREADY_AVAILABLE,
  SBI_ERR_INVALID_ADDRESS,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NOT_SUPPORTED,
  success,
  uint32,
  type SbiExtension,
} from './extension.ts';
import type { HartState, SbiHost } from './host.ts';
import type { FirmwareEventCounters } from './pmu-events.ts';

export const SBI_EXT_HSM = 0x48534d;
const HART_START = 0;
const HART_STOP = 1;
const HART_GET_STATUS = 2;
const HART_SUSPEND = 3;

const STATE_IDS: Readonly<Record<HartState, number>> = { started: 0, stopped: 1, suspended: 4 };

const SUSPEND_DEFAULT_RETENTIVE = 0x00000000;
const SUSPEND_DEFAULT_NON_RETENTIVE = 0x80000000;

/** The shortest instruction: code at an address needs that many bytes of RAM. */
const MINIMUM_CODE = 2;

/** Whether a hart may start at `address`: an even address in RAM. */
export function isCodeAddress(host: SbiHost, address: bigint): boolean {
  return (address & 1n) === 0n && host.memory.contains(address, MINIMUM_CODE);
}

export function hsmExtension(host: SbiHost, events: FirmwareEventCounters): SbiExtension {
  const isHart = (id: bigint) => id < BigInt(host.hartCount);
  return {
    id: SBI_EXT_HSM,
    call({ hart, functionId, args }) {
      switch (functionId) {
        case HART_START: {
          const [id, address, opaque] = args;
          if (!isHart(id)) return failure(SBI_ERR_INVALID_PARAM);
          if (!isCodeAddress(host, address)) return failure(SBI_ERR_INVALID_ADDRESS);
          if (host.hartState(Number(id)) !== 'stopped') return failure(SBI_ERR_ALREADY_AVAILABLE);
          host.startHart(Number(id), { address, opaque });
          return success();
        }
        case HART_STOP:
          events.resetHart(hart);
          host.stopHart(hart);
          return NO_RETURN;
        case HART_GET_STATUS:
          if (!isHart(args[0])) return failure(SBI_ERR_INVALID_PARAM);
          return success(STATE_IDS[host.hartState(Number(args[0]))]);
        case HART_SUSPEND: {
          const type = uint32(args[0]);
          if (type === SUSPEND_DEFAULT_RETENTIVE) {
            host.suspendHart(hart);
            return success();
          }
          if (type !== SUSPEND_DEFAULT_NON_RETENTIVE) return failure(SBI_ERR_INVALID_PARAM);
          if (!isCodeAddress(host, args[1])) return failure(SBI_ERR_INVALID_ADDRESS);
          host.suspendHart(hart, { address: args[1], opaque: args[2] });
          return NO_RETURN;
        }
        default:
          return failure(SBI_ERR_NOT_SUPPORTED);
      }
    },
  };
}
