import { CodedError, type ErrorCode } from '../core/error.ts';

/** What every AWS client can say of itself. */
interface Client {
  readonly config: { readonly region: () => Promise<string> };
}

/**
 * Sees to it that a client knows its AWS region: without one the SDK throws an error without a name at the first call.
 *
 * @throws CodedError `code` where neither the environment nor the AWS profile names a region.
 */
export async function requireAwsRegion(client: Client, code: ErrorCode): Promise<void> {
  try {
    await client.config.region();
  } catch (cause) {
    const message = 'no AWS region is set: put it into AWS_REGION or into your AWS profile';
    throw new CodedError(code, message, { cause });
  }
}
