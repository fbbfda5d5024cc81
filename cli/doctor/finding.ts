import { CodedError } from '../../lambda/core/error.ts';

/** `unknown`: it could not be looked at, which is neither good nor bad. */
export type State = 'ok' | 'wrong' | 'unknown';

/** What the doctor found at one place. Never a secret. */
export interface Finding {
  readonly lookedAt: string;
  readonly state: State;
  readonly found: string;
  /** What to do; absent where nothing is. */
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
 * Looks at one part. Whatever that throws is a finding of its own, so that no part hides the others: `wrong` where we
 * know it to be, else `unknown`.
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
    return [unknown(lookedAt, isOurs ? error.message : `it could not be looked at: ${inWords(error)}`)];
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  'ledger.foreign':
    'Name the ledger’s own table with --table, or use the version of this code that wrote it.',
  'environment.invalid': 'Deploy again: npx cdk deploy.',
  'secret.unreadable':
    'Put the keys in anew, as {"sg":{"main":{"accessKey":"…","secretKey":"…"}}}: the README has the command.',
};

/** An error of an AWS client: its name says what, its message why. */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
}
