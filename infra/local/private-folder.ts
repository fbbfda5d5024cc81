import { chmodSync, mkdirSync, statSync } from 'node:fs';

/** The permission bits of everyone but the owner. */
const OTHERS = 0o077;

/**
 * Creates a folder, with its parents, that only its owner can use; one that others could use is closed to them. On Windows,
 * where folders have no such bits, it is only created.
 *
 * @throws Error of `node:fs` if that is not possible.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0) chmodSync(path, 0o700);
}
