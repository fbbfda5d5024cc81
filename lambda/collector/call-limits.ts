import { SECOND } from '../core/instant.ts';

/** How many calls of Upbit are under way at a time, in one region. */
export const CONCURRENT_CALLS = 50;

/** How long one call may take, connecting and reading included, in milliseconds. */
export const CALL_TIMEOUT = 5 * SECOND;
