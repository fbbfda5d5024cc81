import { CodedError } from '../../lambda/core/error.ts';

/** The part of an AWS client used here. */
interface Client {
  readonly config: { readonly credentials: () => Promise<unknown> };
}

const REMEDY =
  'choose a profile with AWS_PROFILE and log in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; AWS_REGION or the profile names the AWS region';

/** What AWS, or the SDK in the middle of a call, says about credentials that do not work, or not any more. */
const REFUSALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

/**
 * Makes sure a client has credentials, whichever provider they come from. Each provider fails in its own words: none says
 * everything that can be done.
 *
 * @throws CodedError `ledger.unavailable`
 */
export async function requireCredentials({ config }: Client): Promise<void> {
  try {
    await config.credentials();
  } catch (cause) {
    const why = cause instanceof Error && cause.message !== '' ? cause.message : 'no reason was given';
    throw new CodedError(
      'ledger.unavailable',
      `there are no usable AWS credentials: ${sentence(why)} ${REMEDY}`,
      {
        cause,
      },
    );
  }
}

/** The same error, with what to do if AWS refused the credentials or their owner. */
export function withRemedy(error: unknown): unknown {
  if (!(error instanceof CodedError) || !(error.cause instanceof Error)) return error;
  const { code, message, cause } = error;
  const remedy = REFUSALS.has(cause.name)
    ? REMEDY
    : cause.name === 'AccessDeniedException'
      ? 'choose a profile with AWS_PROFILE that may read and query the table'
      : undefined;
  return remedy === undefined ? error : new CodedError(code, `${sentence(message)} ${remedy}`, { cause });
}

/** One line, ending in a semicolon instead of a full stop. */
function sentence(text: string): string {
  return `${text.trim().replace(/\s+/g, ' ').replace(/\.$/, '')};`;
}
