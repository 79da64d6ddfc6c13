/** Errors that go from one thread to another and stay what they are. */
import { AssemblyError } from '../assembler/error.ts';
import { CoreLoadError, CoreMemoryError } from '../core/check.ts';
import { DiskImageError } from '../disks/error.ts';
import { ArgumentError, DisposedError, FetchError, HartwareError, StateError } from '../errors.ts';
import { FdtFormatError } from '../fdt/decode.ts';
import { FileSystemError } from '../filesystem/error.ts';
import { ImageFormatError } from '../images/boot-image.ts';
import { BootPlacementError } from '../machine/boot.ts';
import { DeviceConflictError } from '../machine/custom-device.ts';
import { DescriptionError } from '../machine/description-error.ts';
import { GuestMemoryError } from '../memory.ts';

/** The machine's worker could not be started, or died; with it the machine is gone. */
export class WorkerError extends HartwareError {
  override readonly name = 'WorkerError';
  readonly code = 'WORKER';
}

type ErrorClass = abstract new (...args: never[]) => HartwareError;

const CLASSES = new Map<string, ErrorClass>(
  Object.entries({
    ArgumentError,
    AssemblyError,
    BootPlacementError,
    CoreLoadError,
    CoreMemoryError,
    DescriptionError,
    DeviceConflictError,
    DiskImageError,
    DisposedError,
    FdtFormatError,
    FetchError,
    FileSystemError,
    GuestMemoryError,
    ImageFormatError,
    StateError,
    WorkerError,
  }),
);

/** Lets errors of a binding of its own cross threads. */
export function registerError(errorClass: ErrorClass, name: string): void {
  CLASSES.set(name, errorClass);
}

/** An error as a message. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The fields of its own. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function sendError(error: unknown): SentError {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, fields: {} };
  const { name, message, stack } = error;
  const fields = Object.fromEntries(
    Object.entries(error).filter(([key, value]) => key !== 'cause' && isPlain(value)),
  );
  return { name, message, stack, fields };
}

/** Simple values, and lists of records of them. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value))
    return value.every((item) => item instanceof Object && Object.values(item).every(isSimple));
  return isSimple(value);
}

function isSimple(value: unknown): boolean {
  return ['string', 'number', 'bigint', 'boolean', 'undefined'].includes(typeof value);
}

/** The error that was sent, of its own class if that is one of ours. */
export function receiveError({ name, message, stack, fields }: SentError): Error {
  const errorClass = CLASSES.get(name);
  const error = new Error(message);
  if (errorClass) Object.setPrototypeOf(error, errorClass.prototype as object);
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, { name }, fields);
}
