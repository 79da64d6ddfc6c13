/** SBI Debug Console extension (SBI 3.0, chapter 12). */
import {
  failure,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NOT_SUPPORTED,
  success,
  type SbiExtension,
} from './extension.ts';
import type { SbiHost } from './host.ts';

export const SBI_EXT_DBCN = 0x4442434e;
const CONSOLE_WRITE = 0;
const CONSOLE_READ = 1;
const CONSOLE_WRITE_BYTE = 2;

/** Most bytes moved in one call; the specification allows partial writes and reads. */
const MAX_WRITE = 64 * 1024;
const MAX_READ = 4 * 1024;

export function dbcnExtension(host: SbiHost): SbiExtension {
  /** A physical range in RAM (SBI 3.0, 3.2). */
  const isAccessible = (size: bigint, low: bigint, high: bigint) =>
    high === 0n &&
    size <= BigInt(host.memory.size) &&
    (size === 0n || host.memory.contains(low, Number(size)));
  return {
    id: SBI_EXT_DBCN,
    call({ functionId, args }) {
      const [size, low, high] = args;
      switch (functionId) {
        case CONSOLE_WRITE: {
          if (!isAccessible(size, low, high)) return failure(SBI_ERR_INVALID_PARAM);
          const count = Math.min(Number(size), MAX_WRITE);
          if (count > 0) host.console.write(host.memory.view(low, count));
          return success(count);
        }
        case CONSOLE_READ: {
          if (!isAccessible(size, low, high)) return failure(SBI_ERR_INVALID_PARAM);
          const bytes = new Uint8Array(Math.min(Number(size), MAX_READ));
          const count = bytes.length > 0 ? host.console.read(bytes) : 0;
          if (count > 0) host.memory.write(low, bytes.subarray(0, count));
          return success(count);
        }
        case CONSOLE_WRITE_BYTE:
          host.console.write(Uint8Array.of(Number(BigInt.asUintN(8, args[0]))));
          return success();
        default:
          return failure(SBI_ERR_NOT_SUPPORTED);
      }
    },
  };
}
