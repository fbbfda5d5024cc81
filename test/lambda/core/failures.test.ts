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

  it('mention the wrong region if Upbit does not know a key', () => {
    expect(FAILURES['key.invalid'].remedy).toContain('a key of another region gets this same answer');
  });

  it('mention the host’s clock if a slot is late', () => {
    expect(FAILURES.late.remedy).toContain('clock');
  });

  it('say how to get a fixed address if an address is not allowed', () => {
    expect(FAILURES['key.addressNotAllowed'].remedy).toContain(
      'deploy with `-c egress=nat-instance` for a fixed one',
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
