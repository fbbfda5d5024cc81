import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';
import type { EvidenceFiles } from './claims.ts';
import { EXPLAINING } from './files.ts';

/** The files without which there is nothing to check, besides those in `days`. */
const NEEDED = ['evidence.txt', 'item.json', 'account.txt'];

/**
 * Reads a folder of evidence. What else is in the folder is not read.
 *
 * @throws CodedError `file.invalid` if the folder cannot be read, or has no evidence.
 */
export function readEvidence(folder: string): EvidenceFiles {
  const top = namesIn(folder);
  const absent = NEEDED.find((name) => !top.includes(name));
  if (absent !== undefined)
    throw new CodedError('file.invalid', `${folder} is not an evidence folder: it has no ${absent}`);
  const days = top.includes('days') ? namesIn(join(folder, 'days')) : [];
  return new Map(
    [
      ...[...NEEDED, ...EXPLAINING].filter((name) => top.includes(name)),
      ...days.filter((name) => /^[^.].*\.(?:txt|tst)$/.test(name)).map((name) => `days/${name}`),
    ].map((name) => [name, contentOf(folder, name)]),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function contentOf(folder: string, name: string): string | Uint8Array {
  const path = join(folder, name);
  try {
    const bytes = readFileSync(path);
    // Bytes that are not UTF-8 must fail: replacing them would accept what was not hashed.
    return name.endsWith('.tst')
      ? bytes
      : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): CodedError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new CodedError('file.invalid', `${path} cannot be read as evidence (${why})`, { cause });
}
