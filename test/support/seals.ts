import { DAY, HOUR } from '../../lambda/core/instant.ts';
import type { Seal } from '../../lambda/core/seal.ts';
import { time } from './memory-ledger.ts';

/** The first seal of a ledger. Its hashes are made up. */
export const SEAL: Seal = {
  from: time('2026-03-31T00:00:00Z'),
  timeZone: 'UTC',
  root: 'ab'.repeat(32),
  previous: undefined,
  accounts: new Map([['sg/main', 'cd'.repeat(32)]]),
  items: new Map([['sg/main', 1]]),
  sealedAt: time('2026-03-31T00:00:00Z') + 25 * HOUR,
  writer: '0.1.0',
};

/** The seal of the day after. */
export const NEXT: Seal = { ...SEAL, from: SEAL.from + DAY, previous: SEAL.root };
