import { describe, expect, it } from 'vitest';
import { FAILURES, isFailureCode, remedyOf } from '../../../lambda/core/failures.ts';

describe('the failure codes', () => {
  it('are a closed set', () => {
    expect(Object.keys(FAILURES)).toStrictEqual([
      'late',
      'deadline',
      'keys.missing',
      'keys.invalid',
      'keys.duplicate',
      'upbit.unreachable',
      'upbit.tls',
      'upbit.timeout',
      'upbit.unavailable',
      'upbit.rateLimited',
      'upbit.blocked',
      'upbit.refused',
      'key.invalid',
      'key.expired',
      'key.addressNotAllowed',
      'key.scope',
      'key.consent',
      'response.malformed',
      'response.tooLarge',
    ]);
  });

  it.each(Object.entries(FAILURES))('say what happened and what to do: %s', (code, { happened, remedy }) => {
    expect(happened).toMatch(/^[A-Z].{20,}\.$/);
    expect(remedy).toMatch(/^[A-Z].{20,}\.$/);
    expect(remedyOf(code)).toBe(remedy);
  });

  it('tell of the wrong region where Upbit does not know a key', () => {
    expect(FAILURES['key.invalid'].remedy).toContain('on another region’s host a key is answered just so');
  });

  it('tell of the host’s clock where a slot is late', () => {
    expect(FAILURES.late.remedy).toContain('clock');
  });

  it('tell how to get a fixed address where an address is not allowed', () => {
    expect(FAILURES['key.addressNotAllowed'].remedy).toContain(
      'deploy with `-c egress=nat-instance` for one that stays',
    );
  });

  it.each(['missing', 'scheduleChanged', 'upbit', '', 'constructor', 'toString'])(
    'do not include %j',
    (code) => {
      expect(isFailureCode(code)).toBe(false);
      expect(remedyOf(code)).toBeUndefined();
    },
  );
});
