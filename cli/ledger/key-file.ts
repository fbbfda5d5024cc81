import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { CodedError } from '../../lambda/core/error.ts';
import { type Keys, parseKeys } from '../../lambda/core/keys.ts';

/** Permission bits of everyone but the owner. */
const OTHERS = 0o077;
/** What word processors make of a straight quote. */
const TYPOGRAPHIC_QUOTE = /[\u2018-\u201f\u2039\u203a\u00ab\u00bb\u300c-\u300f\u301d-\u301f\uff02]/;

/**
 * Reads API keys from a file in the same form as the secret, in UTF-8. Only its owner may have access (not checked on Windows,
 * where files have no such bits).
 *
 * @throws CodedError `file.invalid` if it does not exist, is open to others, or has another form or encoding.
 */
export function readKeyFile(path: string): Keys {
  const mode = fileMode(path);
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new CodedError(
      'file.invalid',
      `${path} can be read by others on this machine; make it private first: chmod 600 ${path}`,
    );
  }
  const text = readText(path);
  const keys = parseKeys(text);
  if (keys.problem !== undefined) {
    const hint = TYPOGRAPHIC_QUOTE.test(text)
      ? ': it has typographic quotes, such as “ or ”; write straight ones, "'
      : '';
    throw new CodedError('file.invalid', `${path}: ${keys.problem}${hint}`);
  }
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
  const bytes = attempt(path, () => readFileSync(path));
  const encoding = otherEncoding(bytes);
  if (encoding === undefined) return bytes.toString('utf8');
  throw new CodedError('file.invalid', `${path} is in ${encoding}, not in UTF-8: save it again as UTF-8`);
}

/** The encoding of a text that is not UTF-8. English text has no NUL in UTF-8, and one in every character in UTF-16. */
function otherEncoding(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16 (little-endian)';
  if (first === 0xfe && second === 0xff) return 'UTF-16 (big-endian)';
  if (bytes.includes(0)) return first === 0 ? 'UTF-16 (big-endian)' : 'UTF-16 (little-endian)';
  return isUtf8(bytes) ? undefined : 'another encoding';
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CodedError('file.invalid', `the key file ${path} cannot be read: ${reason}`, { cause: error });
  }
}
