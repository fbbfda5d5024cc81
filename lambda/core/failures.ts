import { regionsInWords } from './regions.ts';

/** What a code means, in words that need no context, e.g. in a table or an alarm. */
export interface FailureText {
  /** What happened. */
  readonly happened: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * Why a slot has no snapshot: the closed set of failure codes. `keys.*` is about the secret, `key.*` about one
 * key at Upbit, `upbit.*` about reaching it, `response.*` about what it answered.
 */
export const FAILURES = {
  late: {
    happened: 'The run or Upbit’s answer came too late for the slot; past balances cannot be fetched.',
    remedy:
      'If it keeps happening, check the function’s throttles and duration; if every slot is late, check the host’s clock.',
  },
  deadline: {
    happened: 'The run ran out of time before this account was tried, or before Upbit answered.',
    remedy: 'Spread the accounts over more stacks, or choose a longer cadence.',
  },
  'keys.missing': {
    happened: 'The secret holds no key for this account.',
    remedy:
      'Put the key into the secret as {"<region>":{"<name>":{"accessKey":"…","secretKey":"…"}}}; if the account is gone for good, run `balances accounts close <region>/<name>`.',
  },
  'keys.invalid': {
    happened: 'The secret’s entry for this account is not usable.',
    remedy:
      'Correct the entry: accessKey and secretKey are the two strings Upbit showed, without quotes or white space.',
  },
  'keys.duplicate': {
    happened:
      'The same access key is under two names, or part of the secret appears twice; neither one was used.',
    remedy:
      'Remove the wrong one from the secret; if that leaves no entry for the account, close the account.',
  },
  'upbit.unreachable': {
    happened: 'The connection to Upbit failed, or broke before the whole answer arrived.',
    remedy: 'Check Upbit’s notices and the function’s internet access. No action needed if it has recovered.',
  },
  'upbit.tls': {
    happened: 'Upbit’s certificate could not be verified, so nothing was sent.',
    remedy: 'Find out what intercepts the connection to Upbit; never disable verification.',
  },
  'upbit.timeout': {
    happened: 'Upbit did not answer within five seconds on any attempt.',
    remedy: 'Check Upbit’s notices: this happens during maintenance. No action needed if it has recovered.',
  },
  'upbit.unavailable': {
    happened:
      'On every attempt, Upbit returned a server error (5xx), or something in front of it answered instead.',
    remedy:
      'Check Upbit’s notices: this happens during maintenance. If the detail says that something in front of Upbit answered, find out what filters this host’s requests. No action needed if it has recovered.',
  },
  'upbit.rateLimited': {
    happened: 'Upbit answered 429 (too many requests) three times.',
    remedy:
      'All keys of an account (in Korea, of one of its pockets) share 30 calls a second: find what else calls with this account’s keys.',
  },
  'upbit.blocked': {
    happened: 'Upbit temporarily blocked the address or the account (418) after too many requests.',
    remedy:
      'Find what else calls with this account’s keys or from this address; calls resume when the block ends.',
  },
  'upbit.refused': {
    happened: 'Upbit refused the request for a reason that retrying cannot fix.',
    remedy: 'Read the detail; if it names an error Upbit does not document, contact Upbit support.',
  },
  'key.invalid': {
    happened: 'Upbit does not know this access key, or the secret key does not match it.',
    remedy: `Check that the key was made on this region’s own site (${regionsInWords('and')} share no keys: a key of another region gets this same answer), that it was not deleted, and that both keys were fully copied.`,
  },
  'key.expired': {
    happened: 'The API key has expired.',
    remedy:
      'Make a new key at Upbit with the permission View Account, put it into the secret and delete the old one.',
  },
  'key.addressNotAllowed': {
    happened: 'The address the request came from is not on the key’s list at Upbit.',
    remedy:
      'Register the address the request comes from with the key at Upbit. It can change: deploy with `-c egress=nat-instance` for a fixed one. In Korea a key must list its addresses; elsewhere, where Upbit allows it, a view-only key may leave its list empty.',
  },
  'key.scope': {
    happened: 'The API key lacks the permission View Account.',
    remedy: 'Make a key with the permission View Account, and nothing more, and put it into the secret.',
  },
  'key.consent': {
    happened: 'Upbit requires the account owner’s consent first (thirdparty_agreement_required).',
    remedy: 'Sign in on Upbit’s site as the account’s owner and give the consent it asks for.',
  },
  'response.malformed': {
    happened: 'The answer was not a list of balances as documented, so there is no snapshot of it.',
    remedy:
      'Read the detail: it names the first wrong place. If Upbit changed its format, this program must be changed; until then the answers are kept with the failures.',
  },
  'response.tooLarge': {
    happened: 'The answer was larger than can be stored as one snapshot.',
    remedy: 'Contact Upbit support: a normal answer is a few kilobytes.',
  },
} as const satisfies Readonly<Record<string, FailureText>>;

export type FailureCode = keyof typeof FAILURES;

/** What to do about a failure, or undefined for a code that this version does not know. */
export function remedyOf(code: string): string | undefined {
  return isFailureCode(code) ? FAILURES[code].remedy : undefined;
}

/** Separates a recorded detail from its remedy, so that the remedy is found even after its words have changed. */
const TO_DO = '. What to do: ';

/** The detail to record: with the remedy, so that the item alone says what to do. */
export function withRemedy(detail: string, code: string): string {
  const remedy = remedyOf(code);
  return remedy === undefined ? detail : `${detail}${TO_DO}${remedy}`;
}

/** The detail that {@link withRemedy} was given, whatever the remedy was then; unchanged if it has no remedy. */
export function withoutRemedy(recorded: string, code: string): string {
  const end = isFailureCode(code) ? recorded.lastIndexOf(TO_DO) : -1;
  return end === -1 ? recorded : recorded.slice(0, end);
}

export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}
