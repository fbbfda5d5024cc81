import { CodedError } from '../../lambda/core/error.ts';

const OURS = 'make the folder and everything in it writable for this user';

/** What an error of the file system means, and what to do about it. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: `permission denied; ${OURS}`,
  EEXIST: 'there is a file of that name; move it away',
  EDQUOT: 'the disk quota is used up; free some space',
  EISDIR: 'one of its files is a folder; move the folder away',
  ENOSPC: 'the disk is full; free some space',
  ENOTDIR: 'part of that path is a file; move it away',
  EPERM: `permission denied; ${OURS}`,
  EROFS: 'the file system is read-only; use a checkout on one that can be written',
};

/** What LevelDB writes into its message instead of a code. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/permission denied/i, 'EACCES'],
  [/operation not permitted/i, 'EPERM'],
  [/read-only file system/i, 'EROFS'],
  [/no space left/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/is a directory/i, 'EISDIR'],
  [/not a directory/i, 'ENOTDIR'],
];

/** One sentence on why a local ledger cannot be used, with its folder and what to do. Nothing is removed. */
export function unusableFolder(directory: string, cause: unknown): CodedError {
  // LevelDB wraps its reason in an error that only says that opening failed.
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const message = reason instanceof Error ? reason.message : String(reason);
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : '';
  const known = REASONS[code] ?? REASONS[IN_WORDS.find(([words]) => words.test(message))?.[1] ?? ''];
  const why = known ?? `its files are damaged (${message}); move the folder away, or put back a copy of it`;
  return new CodedError('ledger.unavailable', `the local ledger in ${directory} cannot be used: ${why}`, {
    cause,
  });
}
