import { expect, it } from 'vitest';
import { isUnreadableSeal, sealSlot } from '../../../lambda/history/stored-ledger.ts';
import { SEAL } from '../../support/seals.ts';

it('what is found among the seals has a sort key, whether it can be read or not', () => {
  const foreign = { slot: '9', problem: 'its schema version is 2' };
  expect([sealSlot(SEAL), sealSlot(foreign)]).toEqual(['2026-03-31T00:00:00Z', '9']);
  expect([isUnreadableSeal(SEAL), isUnreadableSeal(foreign)]).toEqual([false, true]);
});
