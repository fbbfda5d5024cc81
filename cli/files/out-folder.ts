import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';
import { onFile } from './file-problem.ts';

/**
 * Writes a new folder, which appears only once it is whole, and which only its owner can read.
 *
 * @param files the content of each file, by its path in the folder.
 * @throws CodedError `file.invalid` if there is something of that name that is not an empty folder, or it cannot be written.
 */
export function writeFolder(path: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  checkNewFolder(path);
  const unfinished = `${path.replace(/\/+$/, '')}.${process.pid}.tmp`;
  try {
    onFile(path, () => {
      mkdirSync(unfinished, { mode: 0o700 });
      for (const [name, content] of files) {
        mkdirSync(dirname(join(unfinished, name)), { recursive: true, mode: 0o700 });
        writeFileSync(join(unfinished, name), content, { mode: 0o600, flag: 'wx' });
      }
      renameSync(unfinished, path);
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @throws CodedError `file.invalid` if there is something of that name that is not an empty folder. */
export function checkNewFolder(path: string): void {
  const found = onFile(path, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  if (!found.isDirectory())
    throw new CodedError('file.invalid', `${path} cannot be written: it is not a folder`);
  if (onFile(path, () => readdirSync(path)).length > 0)
    throw new CodedError(
      'file.invalid',
      `${path} cannot be written: it is a folder with files in it; name a new one`,
    );
}
