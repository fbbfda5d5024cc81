import { SECOND } from '../core/instant.ts';

/**
 * Limits for one attempt of an AWS client. Both time-outs start when the request is made, waiting for one of the client's
 * 50 sockets included, so callers run fewer requests than that at once. They are longer than a healthy service needs
 * because on 0.145 of a processor (256 MB) our own work can delay an event by a second. `socketTimeout` ends an attempt
 * whose body stops arriving. Without `throwOnRequestTimeout` the request time-out only logs. Retries are the SDK's.
 */
export const AWS_ATTEMPT = {
  connectionTimeout: 3 * SECOND,
  requestTimeout: 5 * SECOND,
  socketTimeout: 5 * SECOND,
  throwOnRequestTimeout: true,
} as const;

/** How long one call may take as a whole: all attempts, the pauses between them, and reading the body; in milliseconds. */
export const AWS_CALL_TIMEOUT = 12 * SECOND;

/** The part of an AWS client that holds its middleware. */
interface Stacked {
  readonly middlewareStack: { remove(name: string): boolean };
}

/**
 * Takes the SDK's logging out of a client and returns the client. Nothing of ours listens, yet each call copies its whole
 * input and output for it: 5 % of the processor time of a run.
 */
export function withoutLogging<C extends Stacked>(client: C): C {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
