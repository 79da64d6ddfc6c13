/**
 * The public interface, as far as it is the same everywhere. The entry points of the
 * package, src/bindings/node and src/bindings/browser, add `createMachine` to it.
 */
export { MemoryBlockBackend, type BlockBackend } from './block/backend.ts';
export { CoreLoadError } from './core/check.ts';
export { CoreMemoryError } from './core/core.ts';
export type { JitMode, JitOptions } from './core/jit.ts';
export { decodeFdt, FdtFormatError, type DecodedFdt, type DecodedFdtNode } from './fdt/decode.ts';
export { printFdtSource } from './fdt/source.ts';
export { ImageFormatError } from './images/index.ts';
export { BootPlacementError } from './machine/boot.ts';
export type { MachineConsole } from './machine/console.ts';
export {
  DESCRIPTION_VERSION,
  DescriptionError,
  MAX_HARTS,
  MAX_MEMORY,
  MIN_MEMORY,
  parseSize,
  validateDescription,
  type BootDescription,
  type ClockDescription,
  type DriveDescription,
  type MachineDescription,
  type Paging,
} from './machine/description.ts';
export type { Hart } from './machine/hart.ts';
export type { MachineHost } from './machine/host.ts';
export type { HostOptions, SuppliedFile } from './machine/host-options.ts';
export { Machine, type MachineExit, type MachineState } from './machine/machine.ts';
export type { JitStatistics, MachineStatistics, TimeStatistics } from './machine/statistics.ts';
export { GuestMemoryError, type GuestMemory } from './memory.ts';
