import { CodedError, type ErrorCode } from '../core/error.ts';

/** The part of an AWS client used here. */
interface Client {
  readonly config: { readonly region: () => Promise<string> };
}

/**
 * Makes sure a client has an AWS region: without one the SDK throws an unnamed error at the first call.
 *
 * @throws CodedError `code` if neither the environment nor the AWS profile names a region.
 */
export async function requireAwsRegion(client: Client, code: ErrorCode): Promise<void> {
  try {
    await client.config.region();
  } catch (cause) {
    const message = 'no AWS region is set: put it into AWS_REGION or into your AWS profile';
    throw new CodedError(code, message, { cause });
  }
}
