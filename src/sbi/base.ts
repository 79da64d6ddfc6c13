/** SBI Base extension (SBI 3.0, chapter 4). */
import { failure, SBI_ERR_NOT_SUPPORTED, success, type SbiExtension } from './extension.ts';
import type { SbiHost } from './host.ts';

export const SBI_EXT_BASE = 0x10;

/** 3.0: bits 30:24 major, 23:0 minor. */
export const SBI_SPEC_VERSION = 3 << 24;
/** "HW". The specification's list of implementations ends far below; ours is not in it. */
export const SBI_IMPLEMENTATION_ID = 0x4857;

const GET_SPEC_VERSION = 0;
const GET_IMPL_ID = 1;
const GET_IMPL_VERSION = 2;
const PROBE_EXTENSION = 3;
const GET_MVENDORID = 4;
const GET_MARCHID = 5;
const GET_MIMPID = 6;

/** `isAvailable` answers for an EID in the form that a7 has. */
export function baseExtension(host: SbiHost, isAvailable: (eid: bigint) => boolean): SbiExtension {
  return {
    id: SBI_EXT_BASE,
    call({ functionId, args }) {
      switch (functionId) {
        case GET_SPEC_VERSION:
          return success(SBI_SPEC_VERSION);
        case GET_IMPL_ID:
          return success(SBI_IMPLEMENTATION_ID);
        case GET_IMPL_VERSION:
          return success(host.identity.implementationVersion);
        case PROBE_EXTENSION:
          return success(isAvailable(args[0]) ? 1 : 0);
        case GET_MVENDORID:
          return success(host.identity.mvendorid);
        case GET_MARCHID:
          return success(host.identity.marchid);
        case GET_MIMPID:
          return success(host.identity.mimpid);
        default:
          return failure(SBI_ERR_NOT_SUPPORTED);
      }
    },
  };
}
