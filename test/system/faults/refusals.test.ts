import { describe, expect, it } from 'vitest';
import { blocked, FAULTS } from '../../../infra/local/upbit-faults.ts';
import { formatSecond, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { isFailure } from '../../../lambda/core/snapshot.ts';
import { named, simulated, startLocalParts } from '../../support/local-parts.ts';
import { keysOf, SLOT, secret } from '../../support/memory-parts.ts';
import { callsOf, once, slotRuns } from './slot-runs.ts';

const runs = slotRuns();

/** What is recorded and logged for a refusal that Upbit always repeats. */
async function refused(fault: keyof typeof FAULTS) {
  const { item, asked, logged } = await runs.run(FAULTS[fault]);
  return { item, attempts: asked.length, remedy: String(logged['remedy']) };
}

describe('a refusal that retrying cannot fix', () => {
  it.each([
    ['faults row 27: expired_access_key', 'expiredAccessKey', 'key.expired', 'Make a new key'],
    [
      'faults row 28: no_authorization_ip',
      'addressNotAllowed',
      'key.addressNotAllowed',
      'Register the address the request comes from',
    ],
    [
      'faults row 28: no_authorization_i_p',
      'addressNotAllowedOld',
      'key.addressNotAllowed',
      'Register the address the request comes from',
    ],
    ['faults row 29: 403 out_of_scope', 'outOfScope', 'key.scope', 'View Account'],
    ['faults row 29: 401 out_of_scope', 'outOfScopeOld', 'key.scope', 'View Account'],
    [
      'faults row 29b: thirdparty_agreement_required',
      'consentRequired',
      'key.consent',
      'Sign in on Upbit’s site',
    ],
    ['faults row 29b: validation_error', 'validationError', 'upbit.refused', 'Read the detail'],
    ['faults row 29b: no_authorization_token', 'noToken', 'upbit.refused', 'Read the detail'],
    ['faults row 29b: a name that is a number', 'numericName', 'upbit.refused', 'Read the detail'],
    ['faults row 29b: a name nobody documents', 'unknownName', 'upbit.refused', 'Read the detail'],
  ] as const)('%s gets one attempt, and the remedy is logged', async (_, fault, failure, told) => {
    const { item, attempts, remedy } = await refused(fault);
    expect(item).toMatchObject({ failure, attempts: 1 });
    expect(attempts).toBe(1);
    expect(remedy).toContain(told);
  });

  it('faults row 29b: two names mean neither', async () => {
    const body = '{"error":{"name":"nonce_used","message":"","name":"out_of_scope"}}';
    const { item, asked } = await runs.run({ kind: 'answer', status: 401, body });
    expect(item).toMatchObject({ failure: 'upbit.refused', detail: 'Upbit answered 401 (name not shown)' });
    expect(asked).toHaveLength(1);
  });

  it('faults row 29b: a name with the key in it is not shown', async () => {
    const { accessKey, secretKey } = simulated('sg/main');
    for (const name of [accessKey, `unknown_${secretKey}`, accessKey.toUpperCase()]) {
      const body = JSON.stringify({ error: { name, message: `no such key: ${accessKey}` } });
      const { item, logged } = await runs.run({ kind: 'answer', status: 400, body });
      expect(item).toMatchObject({
        failure: 'upbit.refused',
        detail: 'Upbit answered 400 (name not shown)',
      });
      expect(JSON.stringify([item, logged])).not.toMatch(/fake-(access|secret)/i);
    }
  });
});

describe('a refused nonce', () => {
  it('faults row 26: is retried once with a new token, and the snapshot is kept', async () => {
    const { item, asked } = await runs.run(once('nonceUsed'));
    expect(item).toMatchObject({ balances: [{ currency: 'ADA' }] });
    // The simulated Upbit refuses a nonce it has seen, so the second token was a different one.
    expect(asked).toHaveLength(2);
  });

  it('faults row 26: that stays refused is given up after two attempts', async () => {
    expect((await refused('nonceUsed')).item).toMatchObject({ failure: 'upbit.refused', attempts: 2 });
  });
});

describe('a refused key', () => {
  it.each(['jwtVerification', 'invalidAccessKey', 'invalidQueryPayload'] as const)(
    'faults row 25: %s makes a warm process read the secret once more, and is then final',
    async (fault) => {
      const parts = await startLocalParts(['sg/a', 'sg/b'].map(named));
      try {
        const collector = parts.cold();
        parts.clock.set(SLOT + SECOND);
        await collector({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
        expect([parts.secrets.calls(), parts.upbit.calls.length]).toEqual([1, 2]);
        parts.upbit.fault = () => FAULTS[fault];
        parts.clock.set(SLOT + MINUTE);
        const report = await collector({ manual: true }, SLOT + 6 * MINUTE);
        expect(report.accounts).toMatchObject([
          { account: 'sg/a', outcome: 'key.invalid', attempts: 1 },
          { account: 'sg/b', outcome: 'key.invalid', attempts: 1 },
        ]);
        expect([parts.secrets.calls(), parts.upbit.calls.length]).toEqual([2, 4]);
      } finally {
        await parts.close();
      }
    },
  );

  it('faults row 25: of another region’s site is explained in the remedy', async () => {
    const keysText = secret('sg/main').replace('"sg"', '"id"');
    expect([...keysOf(keysText).accounts.keys()]).toEqual(['id/main']);
    const parts = await startLocalParts(['sg/main', 'id/main'], { keysText });
    try {
      parts.clock.set(SLOT + SECOND);
      await parts.cold()({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
      expect(await parts.item('id/main')).toMatchObject({
        failure: 'key.invalid',
        detail: 'Upbit answered 401 invalid_access_key',
        attempts: 1,
      });
      expect(parts.secrets.calls(), 'this run has read the secret itself').toBe(1);
      const logged = parts.written.map((line) => JSON.parse(line)).find((line) => line.account === 'id/main');
      expect(logged.remedy).toContain('a key of another region gets this same answer');
    } finally {
      await parts.close();
    }
  });
});

describe('too many requests', () => {
  it.each(['tooManyRequests', 'tooManyRequestsText', 'tooManyRequestsRetryAfter'] as const)(
    'faults row 22: %s once is waited out and retried',
    async (fault) => {
      const { item, asked } = await runs.run(once(fault));
      expect(item).toMatchObject({ balances: [{ currency: 'ADA' }] });
      const [first = 0, second = 0] = asked;
      expect(asked).toHaveLength(2);
      expect(second - first).toBeGreaterThanOrEqual(
        fault === 'tooManyRequestsRetryAfter' ? 10 * SECOND : SECOND,
      );
    },
  );

  it.each(['tooManyRequests', 'tooManyRequestsText'] as const)(
    'faults row 23: %s for ever gets three attempts',
    async (fault) => {
      const { item, attempts } = await refused(fault);
      expect(item).toMatchObject({ failure: 'upbit.rateLimited', attempts: 3 });
      expect(attempts).toBe(3);
    },
  );
});

describe('a stated wait', () => {
  // Calls may start until 295 s after the slot.
  const asking = (status: number, seconds: number) =>
    ({ kind: 'answer', status, headers: { 'retry-after': String(seconds) } }) as const;

  it.each([
    [429, 'upbit.rateLimited'],
    [503, 'upbit.unavailable'],
  ])(
    'faults row 23b: of a %i beyond the tolerance is not slept through, and its cause is recorded',
    async (status, failure) => {
      const { slot, item, asked } = await runs.run(asking(status, 294));
      expect(item).toMatchObject({ failure, attempts: 1 });
      expect(asked).toEqual([SECOND]);
      expect(runs.parts().clock.now()).toBe(slot + SECOND);
    },
  );

  it.each([429, 503])(
    'faults row 23b: of a %i within the tolerance is waited out, then retried',
    async (status) => {
      const { item, asked } = await runs.run((nth) => (nth === 1 ? asking(status, 293) : undefined));
      expect(item).toMatchObject({ balances: [{ currency: 'ADA' }] });
      expect(asked).toEqual([SECOND, 294 * SECOND]);
    },
  );
});

describe('a block', () => {
  it.each([
    ['that states two minutes', FAULTS.accountBlocked, 15 * MINUTE],
    ['that states no time', FAULTS.blockedUnreadably, 15 * MINUTE],
    ['that states 40 minutes', blocked(2_400), 40 * MINUTE],
    [
      'that states 40 minutes, and a Retry-After of 0',
      { ...blocked(2_400), headers: { 'retry-after': '0' } },
      40 * MINUTE,
    ],
    [
      'that states 40 minutes, and a limit per second',
      { ...blocked(0), body: '30 requests per 1 second exceeded. Try again in 2,400 seconds.' },
      40 * MINUTE,
    ],
  ] as const)(
    'faults row 24: one %s is honoured until it ends, by warm and cold runs',
    async (_, fault, blockedFor) => {
      const parts = await startLocalParts(['sg/main']);
      try {
        const warm = parts.cold();
        parts.clock.set(SLOT + SECOND);
        parts.upbit.fault = () => fault;
        await warm({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
        parts.upbit.fault = () => undefined;
        expect(await parts.item('sg/main')).toMatchObject({ failure: 'upbit.blocked', attempts: 1 });
        const blockedUntil = (await parts.reader.catalog()).accounts.get('sg/main')?.blockedUntil ?? 0;
        expect(blockedUntil).toBe(SLOT + SECOND + blockedFor);

        const outcome = async (collector: typeof warm) =>
          (await collector({ manual: true }, parts.clock.now() + 5 * MINUTE)).accounts[0]?.outcome;
        parts.clock.set(blockedUntil - 2 * SECOND);
        expect(await outcome(warm)).toBe('upbit.blocked');
        parts.clock.set(blockedUntil - SECOND);
        expect(await outcome(parts.cold())).toBe('upbit.blocked');
        expect(parts.upbit.calls).toHaveLength(1);
        parts.clock.set(blockedUntil);
        expect(await outcome(parts.cold())).toBe('ok');
        parts.clock.set(blockedUntil + SECOND);
        expect(await outcome(warm)).toBe('ok');
      } finally {
        await parts.close();
      }
    },
  );

  it('faults row 24: of the address stops its region in this process until it ends, but no other region or process', async () => {
    const many = Array.from({ length: 60 }, (_, index) => named(`sg/a${index}`));
    const parts = await startLocalParts([...many, 'id/main']);
    try {
      parts.clock.set(SLOT + SECOND);
      // One has a fault that would be retried if its region were not stopped.
      parts.upbit.fault = ({ region, accessKey }) =>
        region !== 'sg'
          ? undefined
          : accessKey.endsWith('-a0')
            ? FAULTS.internalError
            : FAULTS.addressBlocked;
      const warm = parts.cold();
      await warm({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
      expect(callsOf('sg/a0', parts.upbit.calls)).toHaveLength(1);
      // Those in flight when the block comes, and those that may still take the place of `sg/a0` and of `id/main`.
      const called = () => parts.upbit.calls.filter(({ region }) => region === 'sg').length;
      const before = called();
      expect(before).toBeLessThanOrEqual(17);
      const outcomes = await Promise.all(many.map(async (account) => await parts.item(account)));
      expect(outcomes.map((item) => item && isFailure(item) && item.failure)).toEqual([
        'upbit.unavailable',
        ...Array.from({ length: 59 }, () => 'upbit.blocked'),
      ]);
      expect(await parts.item('id/main')).toMatchObject({ balances: [{ currency: 'ADA' }] });

      // Later runs of the same process make no call until it ends; another process may have another address.
      parts.upbit.fault = () => undefined;
      const manual = async (collector: typeof warm, after: number) => {
        parts.clock.set(SLOT + SECOND + after);
        const report = await collector({ manual: true }, parts.clock.now() + 5 * MINUTE);
        return report.accounts.map(({ outcome }) => outcome);
      };
      const stopped = ['ok', ...many.map(() => 'upbit.blocked')];
      expect(await manual(warm, MINUTE)).toEqual(stopped);
      expect(await manual(warm, 15 * MINUTE - SECOND)).toEqual(stopped);
      expect(called()).toBe(before);
      const elsewhere = await manual(parts.cold(), 14 * MINUTE);
      expect(elsewhere.filter((outcome) => outcome === 'upbit.blocked')).toHaveLength(before - 1);
      expect(await manual(warm, 15 * MINUTE)).toEqual(['ok', ...many.map(() => 'ok')]);
    } finally {
      await parts.close();
    }
  });
});
