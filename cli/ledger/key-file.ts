import { readFileSync, statSync } from 'node:fs';
import { CodedError } from '../../lambda/core/error.ts';
import { type Keys, parseKeys } from '../../lambda/core/keys.ts';

/** Permission bits of everyone but the owner. */
const OTHERS = 0o077;

/**
 * Reads API keys from a file in the same form as the secret. Only its owner may have access (not checked on Windows,
 * where files have no such bits).
 *
 * @throws CodedError `file.invalid` if it does not exist, is open to others, or has another form.
 */
export function readKeyFile(path: string): Keys {
  const mode = fileMode(path);
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new CodedError(
      'file.invalid',
      `${path} can be read by others on this machine; make it private first: chmod 600 ${path}`,
    );
  }
  const keys = parseKeys(readText(path));
  if (keys.problem !== undefined) throw new CodedError('file.invalid', `${path}: ${keys.problem}`);
  if (keys.value.accounts.size === 0 && keys.value.regions.size === 0) {
    const why =
      keys.value.remarks.length === 0
        ? 'write {"sg":{"main":{"accessKey":"…","secretKey":"…"}}}'
        : keys.value.remarks.join('; ');
    throw new CodedError('file.invalid', `${path} holds no key: ${why}`);
  }
  return keys.value;
}

function fileMode(path: string): number {
  const stat = attempt(path, () => statSync(path));
  if (!stat.isFile()) throw new CodedError('file.invalid', `${path} is not a file`);
  return stat.mode;
}

function readText(path: string): string {
  return attempt(path, () => readFileSync(path, 'utf8'));
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CodedError('file.invalid', `the key file ${path} cannot be read: ${reason}`, { cause: error });
  }
}
