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
      return [wrong(lookedAt, error.message, REMEDIES[error.code])];
    return [unknown(lookedAt, isOurs ? error.message : `it could not be checked: ${inWords(error)}`)];
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  'ledger.foreign':
    'Name the ledger’s own table with --table, or use the version of this code that wrote it.',
  'environment.invalid': 'Deploy again: npx cdk deploy.',
  'secret.unreadable':
    'Store the keys again, as {"sg":{"main":{"accessKey":"…","secretKey":"…"}}}: the README has the command.',
};

/** An error of an AWS client, with its name and message. */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
}
