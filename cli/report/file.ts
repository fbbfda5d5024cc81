import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';

/** The start of every report. */
export const BEGINNING = '<!doctype html>\n<!-- balances report -->\n';

/**
 * Refuses what can only fail once everything is read: a directory that does not exist or is read-only; and an existing file
 * that {@link writeReportFile} did not write, so that a typo never overwrites another document.
 *
 * @throws CodedError `file.invalid`
 */
export function checkReportFile(path: string): void {
  attempt(path, () => accessSync(`${dirname(path)}/.`, constants.W_OK));
  const found = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  if (!found.isFile() || attempt(path, () => beginningOf(path)) !== BEGINNING) {
    throw new CodedError(
      'file.invalid',
      `${path} already exists and is not a report: remove it, or choose another name`,
    );
  }
}

/**
 * Writes the page atomically, readable only by its owner.
 *
 * @throws CodedError `file.invalid`
 */
export function writeReportFile(path: string, document: string): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  attempt(path, () => {
    try {
      writeFileSync(unfinished, document, { mode: 0o600, flag: 'wx' });
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  });
}

function beginningOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(BEGINNING.length);
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

function attempt<T>(path: string, act: () => T): T {
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
