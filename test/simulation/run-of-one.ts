import { SLOT } from '../support/memory-parts.ts';
import { textOf } from './calendar.ts';
import { Process, type Run } from './execution.ts';
import type { ExchangeTold } from './simulated-exchange.ts';

const ACCOUNT = 'sg/main';

/** A call about the only account, as it reached Upbit. */
export const CALL_OF_ONE = {
  account: ACCOUNT,
  region: 'sg',
  path: '/v1/accounts',
  at: SLOT,
  accessKey: 'x',
} as const;

/** For judges: a process, and in it a run of one account that has been told this at a time. Nothing else has happened. */
export function runOfOne(
  told: ExchangeTold,
  at: number,
  prices = true,
): { readonly process: Process; readonly run: Run } {
  const process = new Process('p1', { every: '1h', timeZone: 'UTC', regions: ['sg'], prices }, 0, SLOT);
  const run: Run = {
    id: 'run',
    process,
    kind: 'slot',
    slot: textOf(SLOT),
    begun: SLOT,
    asked: [],
    told: [{ call: CALL_OF_ONE, told, at }],
    texts: [],
    held: undefined,
    called: undefined,
    blocked: new Map(),
    hasReadCatalog: true,
    open: new Set(),
    dynamoDbFailed: false,
    secretsFailed: false,
    priceWriteFailed: false,
    decidedAt: undefined,
    endedAt: undefined,
  };
  return { process, run };
}
