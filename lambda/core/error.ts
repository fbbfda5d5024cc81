/** Everything this project throws on purpose. Callers branch on the code, never on the text. */
export type ErrorCode =
  /** The Lambda was invoked with something that is no event of ours. */
  | 'event.invalid'
  /** A variable of the Lambda's environment is missing or wrong. */
  | 'environment.invalid'
  /** A key of the CDK context is unknown or has a value that is not allowed. */
  | 'config.invalid'
  /** The secret is not JSON or has the wrong shape at the top. */
  | 'secret.unreadable'
  /** Secrets Manager did not answer, and no value young enough was in memory. */
  | 'secret.unavailable'
  /** DynamoDB did not answer, refused, or has no such table. */
  | 'ledger.unavailable'
  /** The table is not a ledger of this project, or holds an item this version cannot read. */
  | 'ledger.foreign'
  /** Another process on this machine owns the local ledger. */
  | 'ledger.busy'
  /** What was to be changed in the ledger has been changed by another process meanwhile. */
  | 'ledger.changed'
  /** The outcome of some accounts could not be recorded; the run must be tried again. */
  | 'run.unrecorded'
  /** What was typed on the command line is wrong. */
  | 'usage.invalid'
  /** A file the user named cannot be used. */
  | 'file.invalid'
  /** There is no price for an AWS region, or for something the stack would make in it. */
  | 'cost.unpriced';

/** The one error class of this project: a closed code, one sentence, and what caused it where there is a cause. */
export class CodedError extends Error {
  /** What Lambda's log calls it: a minified class has a name of one letter. */
  static override readonly name = 'CodedError';
  /** The code too: of an error that is thrown, Lambda hands on the name, the message and the stack, and nothing else. */
  override readonly name: ErrorCode;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}
