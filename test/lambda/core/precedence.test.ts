import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { mayReplaceFailure } from '../../../lambda/core/precedence.ts';
import type { Failure } from '../../../lambda/core/snapshot.ts';

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
