/** SBI System Reset extension (SBI 3.0, chapter 10), without vendor types and reasons. */
import {
  failure,
  NO_RETURN,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NOT_SUPPORTED,
  uint32,
  type SbiExtension,
} from './extension.ts';
import type { ResetKind, ResetReason, SbiHost } from './host.ts';

export const SBI_EXT_SRST = 0x53525354;
const SYSTEM_RESET = 0;

/** By reset_type. */
const KINDS: readonly ResetKind[] = ['shutdown', 'cold-reboot', 'warm-reboot'];
/** By reset_reason. */
const REASONS: readonly ResetReason[] = ['none', 'failure'];

export function srstExtension(host: SbiHost): SbiExtension {
  return {
    id: SBI_EXT_SRST,
    call({ functionId, args }) {
      if (functionId !== SYSTEM_RESET) return failure(SBI_ERR_NOT_SUPPORTED);
      const kind = KINDS[uint32(args[0])];
      const reason = REASONS[uint32(args[1])];
      if (!kind || !reason) return failure(SBI_ERR_INVALID_PARAM);
      host.requestReset(kind, reason);
      return NO_RETURN;
    },
  };
}
