/** Everything this project throws on purpose. Callers branch on the code, never on the text. */
export type ErrorCode =
  /** The Lambda was invoked with an event it does not know. */
  | 'event.invalid'
  /** A variable of the Lambda's environment is missing or invalid. */
  | 'environment.invalid'
  /** A key of the CDK context is unknown or has a value that is not allowed. */
  | 'config.invalid'
  /** The secret is not JSON or has the wrong shape at the top. */
  | 'secret.unreadable'
  /** Secrets Manager did not answer, and no recent enough value was cached. */
  | 'secret.unavailable'
  /** Another process changed the secret first. */
  | 'secret.changed'
  /** A key that was to be put into the secret cannot be used. */
  | 'key.unusable'
  /** DynamoDB did not answer, refused the request, or has no such table. */
  | 'ledger.unavailable'
  /** The table is not a ledger of this project, or holds an item this version cannot read. */
  | 'ledger.foreign'
  /** Another process on this machine owns the local ledger. */
  | 'ledger.busy'
  /** Another process changed the ledger entry first. */
  | 'ledger.changed'
  /** A time-stamp authority did not answer. */
  | 'timestamp.unavailable'
  /** A time-stamp authority answered that it does not sign. */
  | 'timestamp.refused'
  /** A time-stamp authority answered with something that is not a token, or with a token of something else. */
  | 'timestamp.invalid'
  /** A root could not be mailed; the run must be retried. */
  | 'mail.unsent'
  /** The outcome of some accounts could not be recorded; the run must be retried. */
  | 'run.unrecorded'
  /** The command line is wrong. */
  | 'usage.invalid'
  /** A file the user named cannot be used. */
  | 'file.invalid'
  /** Nothing of what was asked for is recorded, so there is nothing to prove. */
  | 'evidence.none'
  /** The day of what was asked for has no seal yet. */
  | 'evidence.unsealed'
  /** The ledger is not as it was sealed. */
  | 'evidence.broken'
  /** There is no price for an AWS region, or for a resource the stack would create there. */
  | 'cost.unpriced';

/** The one error class of this project: a code from a closed set, one sentence, and the cause if there is one. */
export class CodedError extends Error {
  /** For Lambda's log: minifying shortens a class name to one letter. */
  static override readonly name = 'CodedError';
  /** The code: Lambda reports only the name, the message and the stack of a thrown error. */
  override readonly name: ErrorCode;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}
