import { SECOND } from '../core/instant.ts';

// Measured with test/system/platform on the processor share of 256 MB, the smallest memory that can be configured: more
// calls at once are slower there, because every new connection costs a TLS handshake.

/** How many calls to Upbit run concurrently, in all regions together. */
export const CONCURRENT_CALLS = 16;

/** How many writes run concurrently. Fewer than the AWS client has sockets (50), so that none waits for a socket. */
export const CONCURRENT_WRITES = 8;

/** How long one call to Upbit may take, including connecting and reading, in milliseconds. */
export const CALL_TIMEOUT = 5 * SECOND;

/** When later attempts begin, from the start of the run. The first begins immediately. */
export const PASSES = [2 * SECOND, 15 * SECOND, 60 * SECOND, 150 * SECOND] as const;

/** The minimum pause between two attempts: a 429 is not retried within the same second. */
export const MIN_PAUSE = SECOND;
