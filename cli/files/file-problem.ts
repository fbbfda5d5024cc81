import { CodedError } from '../../lambda/core/error.ts';

/**
 * Does something to a file that the user named.
 *
 * @throws CodedError `file.invalid`, naming the file and why it cannot be written.
 */
export function onFile<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new CodedError('file.invalid', `${path} cannot be written: ${WORDS[why] ?? why}`, { cause });
  }
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied (EACCES)',
  EISDIR: 'it is a directory (EISDIR)',
  ENOENT: 'its directory does not exist (ENOENT)',
  ENOSPC: 'the disk is full (ENOSPC)',
  ENOTDIR: 'its directory is a file (ENOTDIR)',
  EPERM: 'permission denied (EPERM)',
  EROFS: 'the file system is read-only (EROFS)',
};
