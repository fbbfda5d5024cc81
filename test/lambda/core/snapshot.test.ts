import { describe, expect, it } from 'vitest';
import { isFailure, isUnreadable } from '../../../lambda/core/snapshot.ts';
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
