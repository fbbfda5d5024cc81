import { MINUTE } from './instant.ts';

/** How long one run of the collector may take: the function's timeout, and the budget when there is no context. */
export const TIME_LIMIT = 5 * MINUTE;
