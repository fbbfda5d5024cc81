import { MINUTE } from './instant.ts';

/** How long one run of the collector may take: the function's time-out, and the budget where there is no context. */
export const TIME_LIMIT = 5 * MINUTE;
