import { SECOND } from '../core/instant.ts';

/**
 * Time-outs for an AWS client. Without `throwOnRequestTimeout` the request time-out only logs; with it, a service
 * that hangs costs three seconds an attempt. Retries are the SDK's own.
 */
export const AWS_TIMEOUTS = {
  connectionTimeout: SECOND,
  requestTimeout: 3 * SECOND,
  throwOnRequestTimeout: true,
} as const;
