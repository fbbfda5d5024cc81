import { regionsInWords } from './regions.ts';

/** What a code means, in words that stand alone: at three in the morning, in a table, in an alarm. */
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
    happened:
      'The run, or the answer, came after the slot’s tolerance; a balance cannot be asked for afterwards.',
    remedy:
      'If it keeps happening, look at the function’s throttles and duration; if every slot is late, the clock of the host may be wrong.',
  },
  deadline: {
    happened: 'The run ran out of time before this account could be asked, or before Upbit answered.',
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
      'Correct the entry: accessKey and secretKey are the two texts Upbit showed, without quotes or white space.',
  },
  'keys.duplicate': {
    happened: 'The same access key stands under two names, so neither was asked.',
    remedy: 'Remove one of the two entries from the secret, and close the account whose name goes.',
  },
  'upbit.unreachable': {
    happened: 'No connection to Upbit could be made, or it broke before the whole answer had come.',
    remedy:
      'Look at Upbit’s notices and at the function’s way to the internet; nothing else is needed if it healed.',
  },
  'upbit.tls': {
    happened: 'Upbit’s certificate could not be verified, so nothing was sent.',
    remedy: 'Find out what stands between the function and Upbit; never switch verification off.',
  },
  'upbit.timeout': {
    happened: 'Upbit did not answer within five seconds, at any attempt.',
    remedy: 'Look at Upbit’s notices: this is seen during maintenance. Nothing else is needed if it healed.',
  },
  'upbit.unavailable': {
    happened: 'Upbit answered with a fault of its own (5xx), at any attempt.',
    remedy: 'Look at Upbit’s notices: this is seen during maintenance. Nothing else is needed if it healed.',
  },
  'upbit.rateLimited': {
    happened: 'Upbit answered 429 (too many requests) three times.',
    remedy: 'All keys of an account share 30 calls a second: find what else calls with this account’s keys.',
  },
  'upbit.blocked': {
    happened: 'Upbit blocked the address or the account for a time (418) after too many requests.',
    remedy:
      'Find what else calls with this account’s keys or from this address; it is asked again when the block ends.',
  },
  'upbit.refused': {
    happened: 'Upbit refused the request for a reason that retrying does not heal.',
    remedy: 'Read the detail; if it names an error Upbit does not document, ask Upbit’s support.',
  },
  'key.invalid': {
    happened: 'Upbit does not know this access key, or the secret key does not match it.',
    remedy: `Check that the key was made on this region’s own site (${regionsInWords('and')} share no keys: on another region’s host a key is answered just so), that it was not deleted, and that both keys were copied whole.`,
  },
  'key.expired': {
    happened: 'The API key has expired.',
    remedy:
      'Make a new key at Upbit with the permission View Account, put it into the secret, delete the old one.',
  },
  'key.addressNotAllowed': {
    happened: 'The address the request came from is not on the key’s list at Upbit.',
    remedy:
      'Register the address the request comes from with the key at Upbit. Without a fixed one it changes: deploy with `-c egress=nat-instance` for one that stays. Where Upbit allows it, a view-only key may leave its list empty.',
  },
  'key.scope': {
    happened: 'The API key lacks the permission View Account.',
    remedy: 'Make a key with the permission View Account, and nothing more, and put it into the secret.',
  },
  'key.consent': {
    happened: 'Upbit wants the account’s owner to agree to something first (thirdparty_agreement_required).',
    remedy: 'Sign in on Upbit’s site as the owner of the account and give the consent it asks for.',
  },
  'response.malformed': {
    happened: 'The answer was not a list of balances as documented, so nothing of it was kept.',
    remedy:
      'Read the detail: it names the first wrong place. If Upbit changed its format, this program must be changed.',
  },
  'response.tooLarge': {
    happened: 'The answer was larger than can be stored as one snapshot.',
    remedy: 'Ask Upbit’s support: an ordinary answer is a few kilobytes.',
  },
} as const satisfies Readonly<Record<string, FailureText>>;

export type FailureCode = keyof typeof FAILURES;

/** What to do about a failure, or undefined for a code that this version does not know. */
export function remedyOf(code: string): string | undefined {
  return isFailureCode(code) ? FAILURES[code].remedy : undefined;
}

/** What stands between a recorded detail and its remedy: the words of a remedy may change, and are found again by it. */
const TO_DO = '. What to do: ';

/** A detail as it is recorded: whoever reads the item alone is told what to do as well. */
export function withRemedy(detail: string, code: string): string {
  const remedy = remedyOf(code);
  return remedy === undefined ? detail : `${detail}${TO_DO}${remedy}`;
}

/** What {@link withRemedy} was given, whatever the remedy was then; a detail that was recorded without one as it is. */
export function withoutRemedy(recorded: string, code: string): string {
  const end = isFailureCode(code) ? recorded.lastIndexOf(TO_DO) : -1;
  return end === -1 ? recorded : recorded.slice(0, end);
}

export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}
