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
import { onFile } from '../files/file-problem.ts';

/** The start of every report. */
export const BEGINNING = '<!doctype html>\n<!-- balances report -->\n';

/**
 * Refuses what can only fail once everything is read: a directory that does not exist or is read-only; and an existing file
 * that {@link writeReportFile} did not write, so that a typo never overwrites another document.
 *
 * @throws CodedError `file.invalid`
 */
export function checkReportFile(path: string): void {
  onFile(path, () => accessSync(`${dirname(path)}/.`, constants.W_OK));
  const found = onFile(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  if (!found.isFile() || onFile(path, () => beginningOf(path)) !== BEGINNING) {
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
  onFile(path, () => {
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
