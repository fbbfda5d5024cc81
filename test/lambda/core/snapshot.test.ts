import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { type Failure, isFailure, isUnreadable, mayReplaceFailure } from '../../../lambda/core/snapshot.ts';
import { failure, snapshot, unreadable } from '../../support/memory-ledger.ts';

describe('an item of the ledger', () => {
  it.each([
    ['a snapshot', snapshot('sg/main', 0), { isFailure: false, isUnreadable: false }],
    ['a failure', failure('sg/main', 0), { isFailure: true, isUnreadable: false }],
    ['an unreadable item', unreadable('sg/main', 0), { isFailure: false, isUnreadable: true }],
  ])('%s is distinguished from the others', (_, found, told) => {
    expect({ isFailure: isFailure(found), isUnreadable: isUnreadable(found) }).toEqual(told);
  });
});

const RECORDED = { account: 'sg/main', slot: 0, observedAt: 1, manual: false, writer: '0.1.0' } as const;
const failed = (failure: string, attempts: number): Failure => ({
  ...RECORDED,
  failure,
  detail: '',
  attempts,
});

describe('a recorded failure', () => {
  it('is replaced by a snapshot', () => {
    expect(mayReplaceFailure({ ...RECORDED, keyId: '0a1b2c3d', balances: [], unknownFields: [] })).toBe(true);
  });

  it('is replaced by a failure of a call made in time', () => {
    expect(mayReplaceFailure(failed('upbit.timeout', 1))).toBe(true);
    expect(mayReplaceFailure(failed('key.invalid', 2))).toBe(true);
  });

  it.each(Object.keys(FAILURES))('is not replaced by %s without a call', (code) => {
    expect(mayReplaceFailure(failed(code, 0))).toBe(false);
  });

  it('is not replaced by an answer that came too late', () => {
    expect(mayReplaceFailure(failed('late', 3))).toBe(false);
  });
});
