import { CodedError } from '../../lambda/core/error.ts';

/** `unknown`: it could not be checked. */
export type State = 'ok' | 'wrong' | 'unknown';

/** What the doctor found about one part. Never contains a secret. */
export interface Finding {
  readonly lookedAt: string;
  readonly state: State;
  readonly found: string;
  /** What to do; absent if nothing is needed. */
  readonly remedy?: string;
  /** The facts this finding reports, in any form that another finding's `echoes` names. Not printed. */
  readonly tells?: readonly string[];
  /** What to report in its place if another finding reports the same fact; the first that applies. Not printed. */
  readonly echoes?: readonly Echo[];
}

/** A fact that may be reported elsewhere. */
export interface Echo {
  readonly of: string;
  /** The finding without that fact; absent if nothing is left of it. */
  readonly instead?: Finding;
}

export function ok(lookedAt: string, found: string): Finding {
  return { lookedAt, state: 'ok', found };
}

export function wrong(lookedAt: string, found: string, remedy: string | undefined): Finding {
  return { lookedAt, state: 'wrong', found, ...(remedy === undefined ? {} : { remedy }) };
}

export function unknown(lookedAt: string, found: string): Finding {
  return { lookedAt, state: 'unknown', found };
}

/**
 * Checks one part. An error becomes a finding, so that no part hides the others: `wrong` if the error code says so, else
 * `unknown`.
 */
export async function lookAt(
  lookedAt: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const isOurs = error instanceof CodedError;
    if (isOurs && /\.(foreign|unreadable|invalid)$/.test(error.code))
      return [{ ...wrong(lookedAt, error.message, REMEDIES[error.code]), tells: [error.message] }];
    return [unknown(lookedAt, isOurs ? error.message : `it could not be checked: ${inWords(error)}`)];
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  'ledger.foreign':
    'Name the ledger’s own table with --table, or use the version of this code that wrote it.',
  'environment.invalid':
    'Undo the change to the function’s variables by hand: a deploy does not undo it, because the template has not changed.',
  'secret.unreadable':
    'Store the keys again, as {"sg":{"main":{"accessKey":"…","secretKey":"…"}}}: the README has the command.',
};

/** What to do about a part of the stack that is not there. A deploy alone does not create it again. */
export const NOT_THERE =
  'Check that AWS_PROFILE and AWS_REGION are those of the deployment. If it was deleted by hand: docs/operations.md#replace-what-was-deleted-by-hand.';

/** What to do about an item that cannot be read. */
export const NEWER_VERSION = 'Use the version of this code that wrote it.';

/** An error of an AWS client, with its name and message. */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
}
