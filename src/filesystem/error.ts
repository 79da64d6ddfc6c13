/** Errors of file systems, by the names and numbers that Linux has for them (errno.h, generic). */
import { HartwareError } from '../errors.ts';

/** Error numbers by their names. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EMLINK: 31,
  ENAMETOOLONG: 36,
  ENOLCK: 37,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EPROTO: 71,
  EOVERFLOW: 75,
  EILSEQ: 84,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  ENOTSUP: 95,
  ENOBUFS: 105,
  ESTALE: 116,
  EDQUOT: 122,
} as const;

/** Names of error numbers. */
export type ErrnoName = keyof typeof ERRNO;

const MEANINGS: Readonly<Partial<Record<ErrnoName, string>>> = {
  EPERM: 'this file system cannot do that',
  ENOENT: 'no such file or directory',
  EEXIST: 'it is there already',
  ENOTDIR: 'not a directory',
  EISDIR: 'it is a directory',
  ENOTEMPTY: 'the directory is not empty',
  EINVAL: 'that is not possible',
  ENOSPC: 'no space left',
  EROFS: 'the file system is read-only',
  EFBIG: 'the file would be too large',
  ELOOP: 'it is a symbolic link',
  ENAMETOOLONG: 'the name is too long',
};

/** A file cannot be had or changed; `errno` says why, in Linux' names. */
export class FileSystemError extends HartwareError {
  override readonly name = 'FileSystemError';
  readonly code = 'FILE_SYSTEM';

  /** @param what the file, or what was to be done. */
  constructor(
    /** What the guest is told. */
    readonly errno: ErrnoName,
    what?: string,
  ) {
    const meaning = MEANINGS[errno] ?? errno;
    super(what === undefined ? meaning : `${what}: ${meaning}`);
  }
}

/** The name of the error number that an error of a backend stands for, if there is one. */
export function errnoNameOf(error: unknown): ErrnoName | undefined {
  const { errno, code } = (error ?? {}) as { errno?: unknown; code?: unknown };
  const name = typeof errno === 'string' ? errno : code;
  return typeof name === 'string' && Object.hasOwn(ERRNO, name) ? (name as ErrnoName) : undefined;
}
