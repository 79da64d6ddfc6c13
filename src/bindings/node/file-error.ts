/** Errors of the file system in words. */
import { HartwareError } from '../../errors.ts';

/** A file that a machine needs cannot be used; the message names it. */
export class FileError extends HartwareError {
  override readonly name = 'FileError';
  readonly code = 'FILE';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** "cannot read FILE: no such file" */
export function fileError(action: string, path: string, error: unknown): FileError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new FileError(`cannot ${action} ${path}: ${(code && REASONS[code]) ?? message}`, { cause: error });
}
