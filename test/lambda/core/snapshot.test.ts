import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { type Failure, isFailure, isUnreadable, mayReplaceFailure } from '../../../lambda/core/snapshot.ts';
import { failure, snapshot, unreadable } from '../../support/memory-ledger.ts';

describe('what is found in the ledger', () => {
  it.each([
    ['a snapshot', snapshot('sg/main', 0), { isFailure: false, isUnreadable: false }],
    ['a failure', failure('sg/main', 0), { isFailure: true, isUnreadable: false }],
    ['what is not understood', unreadable('sg/main', 0), { isFailure: false, isUnreadable: true }],
  ])('%s is told from the others', (_, found, told) => {
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
  it('gives way to a snapshot', () => {
    expect(mayReplaceFailure({ ...RECORDED, keyId: '0a1b2c3d', balances: [], unknownFields: [] })).toBe(true);
  });

  it('gives way to a failure for which Upbit was asked in time', () => {
    expect(mayReplaceFailure(failed('upbit.timeout', 1))).toBe(true);
    expect(mayReplaceFailure(failed('key.invalid', 2))).toBe(true);
  });

  it.each(Object.keys(FAILURES))('does not give way to %s where Upbit was not asked', (code) => {
    expect(mayReplaceFailure(failed(code, 0))).toBe(false);
  });

  it('does not give way to an answer that came too late', () => {
    expect(mayReplaceFailure(failed('late', 3))).toBe(false);
  });
});
