/**
 * SBI System Suspend extension (SBI 3.0, chapter 13): suspend to RAM. Devices and
 * the timer stay on, so every interrupt that the hart enables wakes the system.
 */
import {
  failure,
  NO_RETURN,
  SBI_ERR_DENIED,
  SBI_ERR_INVALID_ADDRESS,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NOT_SUPPORTED,
  uint32,
  type SbiExtension,
} from './extension.ts';
import type { SbiHost } from './host.ts';
import { isCodeAddress } from './hsm.ts';

export const SBI_EXT_SUSP = 0x53555350;
const SYSTEM_SUSPEND = 0;
const SUSPEND_TO_RAM = 0;

export function suspExtension(host: SbiHost): SbiExtension {
  return {
    id: SBI_EXT_SUSP,
    call({ hart, functionId, args }) {
      if (functionId !== SYSTEM_SUSPEND) return failure(SBI_ERR_NOT_SUPPORTED);
      if (uint32(args[0]) !== SUSPEND_TO_RAM) return failure(SBI_ERR_INVALID_PARAM);
      if (!isCodeAddress(host, args[1])) return failure(SBI_ERR_INVALID_ADDRESS);
      for (let other = 0; other < host.hartCount; other++) {
        if (other !== hart && host.hartState(other) !== 'stopped') return failure(SBI_ERR_DENIED);
      }
      host.suspendHart(hart, { address: args[1], opaque: args[2] });
      return NO_RETURN;
    },
  };
}
