import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS, type Fault } from '../infra/local/upbit-faults.ts';
import { formatDecimal } from '../lambda/core/decimal.ts';
import { formatSecond, HOUR, MINUTE, SECOND } from '../lambda/core/instant.ts';
import { isFailure } from '../lambda/core/snapshot.ts';
import type { Collector } from '../lambda/handlers/assemble.ts';
import { ADA, type LocalParts, named, simulated, startLocalParts } from './local-parts.ts';
import { SLOT, secret } from './memory-parts.ts';

describe('the collector over HTTP', () => {
  let parts: LocalParts;
  let hour = 0;

  beforeAll(async () => {
    parts = await startLocalParts(['sg/main', 'id/main']);
  });
  afterAll(() => parts.close());

  /** A slot of its own, by a cold process at that slot, while Upbit Singapore has this fault at each call or up to one. */
  async function runWith(fault: Fault, options: { upTo?: number; seconds?: number } = {}) {
    const slot = SLOT + hour * HOUR;
    hour += 1;
    parts.clock.set(slot + SECOND);
    const before = parts.upbit.calls.filter((call) => call.region === 'sg').length;
    parts.upbit.fault = ({ region, count }) =>
      region === 'sg' && count - before <= (options.upTo ?? 99) ? fault : undefined;
    await parts.cold()({ slot: formatSecond(slot) }, slot + (options.seconds ?? 300) * SECOND);
    parts.upbit.fault = () => undefined;
    const [sg, id] = [await parts.item('sg/main', slot), await parts.item('id/main', slot)];
    expect(id !== undefined && !isFailure(id), 'the other region has its snapshot').toBe(true);
    return sg;
  }

  it('stores what Upbit sent, to the last digit', async () => {
    parts.clock.set(SLOT + SECOND);
    const report = await parts.cold()({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
    expect(report).toMatchObject({
      slot: '2026-11-22T06:00:00Z',
      manual: false,
      accounts: [
        { account: 'id/main', outcome: 'ok', attempts: 1, currencies: 1 },
        { account: 'sg/main', outcome: 'ok', attempts: 1, currencies: 1 },
      ],
    });
    const item = await parts.item('sg/main');
    expect(item).toMatchObject({ observedAt: SLOT + SECOND, manual: false });
    if (item === undefined || isFailure(item)) throw new Error('no snapshot');
    const [line] = item.balances;
    expect(
      line && [
        line.currency,
        formatDecimal(line.balance),
        formatDecimal(line.avgBuyPrice),
        line.unitCurrency,
      ],
    ).toEqual(['ADA', ADA.balance, ADA.avg_buy_price, 'USDT']);
    hour = 1;
  });

  it.each([
    ['validationError', 'upbit.refused'],
    ['jwtVerification', 'key.invalid'],
    ['invalidQueryPayload', 'key.invalid'],
    ['invalidAccessKey', 'key.invalid'],
    ['expiredAccessKey', 'key.expired'],
    ['addressNotAllowed', 'key.addressNotAllowed'],
    ['addressNotAllowedOld', 'key.addressNotAllowed'],
    ['noToken', 'upbit.refused'],
    ['outOfScope', 'key.scope'],
    ['outOfScopeOld', 'key.scope'],
    ['consentRequired', 'key.consent'],
    ['notFound', 'upbit.refused'],
    ['numericName', 'upbit.refused'],
    ['unknownName', 'upbit.refused'],
    ['okHtml', 'response.malformed'],
    ['okError', 'response.malformed'],
    ['noContent', 'response.malformed'],
    ['redirect', 'response.malformed'],
    ['tooLarge', 'response.tooLarge'],
    ['tooLargeCompressed', 'response.tooLarge'],
  ] as const)('asks once and records %s as %s', async (fault, failure) => {
    expect(await runWith(FAULTS[fault])).toMatchObject({ failure, attempts: 1 });
  });

  it.each([
    ['reset', 'upbit.unreachable', 5],
    ['truncate', 'upbit.unreachable', 5],
    ['internalError', 'upbit.unavailable', 5],
    ['badGateway', 'upbit.unavailable', 5],
    ['maintenance', 'upbit.unavailable', 5],
    ['gatewayTimeout', 'upbit.unavailable', 5],
    ['tooManyRequests', 'upbit.rateLimited', 3],
    ['tooManyRequestsText', 'upbit.rateLimited', 3],
    ['nonceUsed', 'upbit.refused', 2],
  ] as const)('asks again after %s, and records %s after %i attempts', async (fault, failure, attempts) => {
    expect(await runWith(FAULTS[fault])).toMatchObject({ failure, attempts });
  });

  it.each([
    'reset',
    'truncate',
    'internalError',
    'maintenance',
    'tooManyRequests',
    'tooManyRequestsText',
    'nonceUsed',
  ] as const)('stores the snapshot where %s heals at the second attempt', async (fault) => {
    const item = await runWith(FAULTS[fault], { upTo: 1 });
    expect(item).toMatchObject({ balances: [{ currency: 'ADA' }] });
    expect((item?.observedAt ?? 0) - (item?.slot ?? 0)).toBeGreaterThan(2 * SECOND);
  });

  it('gives up on silence after five seconds, and records it as a time-out', async () => {
    // Five of the eleven seconds are kept for writing: the first attempt has its five, the second what is left.
    expect(await runWith(FAULTS.silence, { seconds: 11.1 })).toMatchObject({
      failure: 'upbit.timeout',
      attempts: 2,
    });
  });

  it('records deadline, and no fault of Upbit’s, where its own deadline cut off the only attempt', async () => {
    expect(await runWith(FAULTS.drip, { seconds: 7 })).toMatchObject({ failure: 'deadline', attempts: 1 });
  });

  it('asks with a new token at each attempt, and every one is as documented', async () => {
    await runWith(FAULTS.internalError);
    expect(await runWith(FAULTS.internalError, { upTo: 0 })).toMatchObject({
      balances: [{ currency: 'ADA' }],
    });
  });

  it('honours a block until it ends, in a cold process and in one that has read the catalog before', async () => {
    const warm = parts.cold();
    parts.clock.set(SLOT + hour * HOUR - MINUTE);
    await warm({ manual: true }, parts.clock.now() + 5 * MINUTE);
    expect(await runWith(FAULTS.accountBlocked)).toMatchObject({ failure: 'upbit.blocked', attempts: 1 });
    const blockedUntil = (await parts.reader.catalog()).accounts.get('sg/main')?.blockedUntil ?? 0;
    expect(blockedUntil).toBe(parts.clock.now() + 2 * MINUTE);

    const calls = () => parts.upbit.calls.filter((call) => call.region === 'sg').length;
    const before = calls();
    const run = async (collector: Collector) =>
      await collector({ manual: true }, parts.clock.now() + 5 * MINUTE);
    for (const [collector, secondsLeft] of [
      [parts.cold(), 2],
      [warm, 1],
    ] as const) {
      parts.clock.set(blockedUntil - secondsLeft * SECOND);
      expect(await run(collector)).toMatchObject({
        accounts: [{}, { account: 'sg/main', outcome: 'upbit.blocked', attempts: 0 }],
      });
    }
    expect(calls()).toBe(before);
    parts.clock.set(blockedUntil);
    expect(await run(warm)).toMatchObject({ accounts: [{}, { account: 'sg/main', outcome: 'ok' }] });
  });

  it('never prints a key or a token', () => {
    const all = parts.written.join('\n');
    expect(all).toContain('sg/main');
    for (const region of ['sg', 'id']) {
      expect(all).not.toContain(`fake-access-${region}`);
      expect(all).not.toContain(`fake-secret-${region}`);
    }
    expect(all).not.toContain('Bearer');
  });
});

describe('a key', () => {
  it('that was rotated while the process is warm is read again, and the snapshot is kept', async () => {
    const parts = await startLocalParts(['sg/main']);
    try {
      const collector = parts.cold();
      parts.clock.set(SLOT + SECOND);
      await collector({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
      parts.upbit.accounts.delete('fake-access-sg-main');
      const rotated = { ...simulated('sg/main'), accessKey: 'fake-access-rotated' };
      parts.upbit.accounts.set(rotated.accessKey, rotated);
      parts.keysText = JSON.stringify({
        sg: { main: { accessKey: rotated.accessKey, secretKey: rotated.secretKey } },
      });
      parts.clock.set(SLOT + MINUTE);
      const report = await collector({ manual: true }, SLOT + 6 * MINUTE);
      expect(report).toMatchObject({ accounts: [{ account: 'sg/main', outcome: 'ok', attempts: 2 }] });
    } finally {
      await parts.close();
    }
  });

  it('of another region’s site is refused, and the remedy says so', async () => {
    const parts = await startLocalParts(['sg/main', 'id/main']);
    try {
      parts.keysText = secret('sg/main').replace('"sg"', '"id"');
      parts.clock.set(SLOT + SECOND);
      await parts.cold()({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
      expect(await parts.item('id/main')).toMatchObject({
        failure: 'key.invalid',
        detail: 'Upbit answered 401 invalid_access_key',
      });
      const logged = parts.written.map((line) => JSON.parse(line)).find((line) => line.account === 'id/main');
      expect(logged.remedy).toContain('a key used on another region’s host is answered exactly so');
    } finally {
      await parts.close();
    }
  });

  it('signs with HS512 where that is configured, and is refused where the algorithm is wrong', async () => {
    const right = await startLocalParts(['sg/main'], 'HS512');
    const wrong = await startLocalParts(['sg/main']);
    try {
      for (const parts of [right, wrong]) parts.clock.set(SLOT + SECOND);
      expect(await right.cold()({ check: true }, SLOT + 5 * MINUTE)).toMatchObject({
        accounts: [{ outcome: 'ok', currencies: 1 }],
      });
      wrong.upbit.accounts.set('fake-access-sg-main', {
        ...simulated('sg/main'),
        secretKey: 'fake-other-secret',
      });
      expect(await wrong.cold()({ check: true }, SLOT + 5 * MINUTE)).toMatchObject({
        check: true,
        accounts: [
          { account: 'sg/main', outcome: 'key.invalid', detail: 'Upbit answered 401 jwt_verification' },
        ],
      });
      expect(await wrong.item('sg/main')).toBeUndefined();
    } finally {
      await Promise.all([right.close(), wrong.close()]);
    }
  });
});

describe('the same event', () => {
  it('ten times at once leaves one item an account, by cold processes and by one that is warm', async () => {
    const accounts = ['sg/a', 'sg/b', 'id/c'].map(named);
    const parts = await startLocalParts(accounts);
    try {
      parts.clock.set(SLOT + SECOND);
      const warm = parts.cold();
      const collectors = Array.from({ length: 10 }, (_, index) => (index < 5 ? parts.cold() : warm));
      const reports = await Promise.all(
        collectors.map((collector) => collector({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE)),
      );
      const outcomes = reports.flatMap((report) => report.accounts.map((line) => line.outcome));
      expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(3);
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(27);
      for (const account of accounts)
        expect(await parts.item(account)).toMatchObject({ observedAt: SLOT + SECOND });
    } finally {
      await parts.close();
    }
  });
});

describe('an event', () => {
  it.each([
    {},
    null,
    [],
    'slot',
    { slot: 'now' },
    { slot: '2026-11-22T06:30:00Z' },
    { slot: '2026-11-22T08:00:00Z' },
    { slot: '2026-11-22T06:00:00Z', check: true },
  ])('%j is refused before anything is read or asked', async (event) => {
    const parts = await startLocalParts(['sg/main']);
    try {
      parts.keysText = 'not read';
      await expect(parts.cold()(event, SLOT + 5 * MINUTE)).rejects.toMatchObject({ code: 'event.invalid' });
      expect(parts.upbit.calls).toEqual([]);
    } finally {
      await parts.close();
    }
  });
});
