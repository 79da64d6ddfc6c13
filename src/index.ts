/**
 * The public interface, as far as it is the same everywhere. The entry points of the
 * package, src/bindings/node and src/bindings/browser, add `createMachine`,
 * `createProgram` and `LocalMachine` to it.
 * @packageDocumentation
 */
export {
  assemble,
  AssemblyError,
  type AssembleOptions,
  type Program as AssembledProgram,
} from './assembler/assembler.ts';
export { MemoryBlockBackend, type BlockBackend } from './block/backend.ts';
export type {
  DirectoryEntry,
  FileChanges,
  FileKind,
  FilePath,
  FileStatus,
  FileSystemBackend,
  FileSystemSpace,
  OpenFile,
  OpenOptions,
} from './filesystem/backend.ts';
export { FileSystemError, type ErrnoName } from './filesystem/error.ts';
export { MemoryFileSystem, type MemoryFileSystemOptions } from './filesystem/memory.ts';
export { type NetworkBackend } from './network/backend.ts';
export type { DiskLimits, DiskStatistics } from './block/metered.ts';
export { disassemble, type Disassembly } from './disassembler/disassembler.ts';
export type { AccessSize, MmioDevice } from './bus.ts';
export { CoreLoadError, CoreMemoryError } from './core/check.ts';
export type { JitMode, JitOptions } from './core/jit-options.ts';
export type { Device, DeviceLog, IoScheduler, Timer, WallClock } from './devices/device.ts';
export { DiskImageError } from './disks/error.ts';
export {
  ArgumentError,
  DisposedError,
  FetchError,
  HartwareError,
  StateError,
  type ErrorCode,
} from './errors.ts';
export { decodeFdt, FdtFormatError, type DecodedFdt, type DecodedFdtNode } from './fdt/decode.ts';
export type { FdtNode, FdtValue, MemoryReservation } from './fdt/fdt.ts';
export { printFdtSource } from './fdt/source.ts';
export { ImageFormatError } from './images/index.ts';
export type { InterruptLine } from './interrupt.ts';
export type {
  AbortOptions,
  Breakpoint,
  BreakpointOptions,
  GuestSymbol,
  HaltOptions,
  HartRegisters,
  InstructionCount,
  InstructionKind,
  LocalHart,
  Location,
  Machine,
  MachineConsole,
  MachineEvents,
  MachineExit,
  MachineHart,
  MachineMemory,
  MachineState,
  MachineStop,
  StepOptions,
  Subscription,
  Symbols,
  Watchpoint,
  WatchpointOptions,
} from './machine/api.ts';
export { BootPlacementError } from './machine/boot.ts';
export { canonicalDescription, descriptionDigest } from './machine/canonical.ts';
export {
  DeviceConflictError,
  type CustomDevice,
  type CustomMmioDevice,
  type CustomVirtioDevice,
  type DeviceContext,
} from './machine/custom-device.ts';
export {
  DESCRIPTION_VERSION,
  DescriptionError,
  MAX_HARTS,
  MAX_MEMORY,
  MIN_MEMORY,
  parseSize,
  validateDescription,
  type BootDescription,
  type BootFile,
  type ClockDescription,
  type DescriptionProblem,
  type DriveDescription,
  type FlashDescription,
  type FlashVariables,
  type NetworkDescription,
  type MachineDescription,
  type Paging,
  type ShareDescription,
  type VirtioBus,
} from './machine/description.ts';
export type { MachineHost } from './machine/host.ts';
export type { HostOptions, MachineExtension, SuppliedFile } from './machine/host-options.ts';
export type { MachineLimits } from './machine/limits.ts';
export type {
  JitStatistics,
  MachineStatistics,
  MemoryStatistics,
  TimeStatistics,
} from './machine/statistics.ts';
export { GuestMemoryError, type GuestMemory } from './memory.ts';
export {
  Program,
  type ProgramOptions,
  type ProgramResult,
  type ProgramRunOptions,
  type ProgramSource,
} from './program/program.ts';
export type { SbiAnswer, SbiHook, SbiHookCall } from './sbi/hook.ts';
export type { ContentHash } from './sha256.ts';
export type { VirtioChain, VirtioDevice, VirtioQueue, VirtioTransport } from './virtio/device.ts';
