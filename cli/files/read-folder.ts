import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';

/**
 * Reads all files of a folder and of the folders in it.
 *
 * @returns the text of each, by its path in the folder.
 * @throws CodedError `file.invalid` if it cannot be read.
 */
export function readFolder(path: string): ReadonlyMap<string, string> {
  try {
    return new Map(
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [relative(path, file), readFileSync(file, 'utf8')]),
    );
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new CodedError('file.invalid', `${path} cannot be read as a folder of evidence (${why})`, {
      cause,
    });
  }
}
