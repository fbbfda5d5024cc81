import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { isFailure } from '../../../lambda/core/snapshot.ts';
import { type LocalParts, named, startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

const ACCOUNTS = ['id/main', 'sg/main'].map(named);
const EVENT = { slot: formatSecond(SLOT) };
const END = SLOT + 5 * MINUTE;

let parts: LocalParts;
beforeEach(async () => {
  parts = await startLocalParts(ACCOUNTS);
  parts.clock.set(SLOT + SECOND);
  return () => parts.close();
});

const stored = () => Promise.all(ACCOUNTS.map((account) => parts.item(account)));
const lines = () => parts.written.map((line) => JSON.parse(line));
const runs = () => lines().filter(({ message }) => message === 'run');

describe('the same event', () => {
  it('faults row 1: a second time changes nothing, in a warm process and in a cold one', async () => {
    const warm = parts.cold();
    await warm(EVENT, END);
    const first = await stored();
    expect(first).toMatchObject([{ observedAt: SLOT + SECOND }, { observedAt: SLOT + SECOND }]);
    for (const collector of [warm, parts.cold()]) {
      parts.clock.set(parts.clock.now() + SECOND);
      const report = await collector(EVENT, END);
      expect(report.accounts.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
      expect(await stored()).toEqual(first);
    }
    expect(runs().map(({ ok, duplicates, failed }) => [ok, duplicates, failed])).toEqual([
      [2, 0, 0],
      [0, 2, 0],
      [0, 2, 0],
    ]);
  });

  it('faults row 2: ten times at once stores one item per account, in cold processes and in a warm one', async () => {
    const warm = parts.cold();
    const collectors = Array.from({ length: 10 }, (_, index) => (index < 5 ? parts.cold() : warm));
    const reports = await Promise.all(collectors.map((collector) => collector(EVENT, END)));
    const outcomes = reports.flatMap((report) => report.accounts.map((line) => line.outcome));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(18);
    expect(await stored()).toMatchObject([{ observedAt: SLOT + SECOND }, { observedAt: SLOT + SECOND }]);
    const counted = runs().map(({ ok, duplicates }) => [ok, duplicates]);
    expect(counted.reduce(([a = 0, b = 0], [ok, duplicates]) => [a + ok, b + duplicates], [0, 0])).toEqual([
      2, 18,
    ]);
  });

  it('faults row 7: while the first run is held up at its first write, a second run completes the slot', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let puts = 0;
    const reached = new Promise<void>((resolve) => {
      parts.dynamoDb.fault = ({ operation }) => {
        if (operation !== 'PutItem') return undefined;
        puts += 1;
        if (puts > 1) return undefined;
        resolve();
        return held;
      };
    });
    const first = parts.cold()(EVENT, END);
    await reached;
    const second = await parts.cold()(EVENT, END);
    expect(second.accounts.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    const items = await stored();
    goOn();
    expect((await first).accounts.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
    expect(await stored()).toEqual(items);
  });
});

describe('a late event', () => {
  it('faults row 3: makes no calls, and is recorded only if nothing is stored', async () => {
    parts.upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.expiredAccessKey : undefined);
    await parts.cold()(EVENT, END);
    const before = await stored();
    expect(before).toMatchObject([{ balances: [{}] }, { failure: 'key.expired' }]);
    const calls = parts.upbit.calls.length;
    parts.upbit.fault = () => undefined;
    parts.clock.set(SLOT + 5 * MINUTE + 1);
    const again = await parts.cold()(EVENT, parts.clock.now() + 5 * MINUTE);
    expect(again.accounts.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
    expect(await stored()).toEqual(before);
    expect(parts.upbit.calls).toHaveLength(calls);
  });

  it('faults row 3: an answer after the tolerance is discarded', async () => {
    parts.clock.set(SLOT + 5 * MINUTE - SECOND);
    parts.upbit.fault = () => {
      parts.clock.set(SLOT + 5 * MINUTE + 1);
      return undefined;
    };
    await parts.cold()(EVENT, SLOT + 9 * MINUTE);
    for (const item of await stored()) {
      expect(item).toMatchObject({ failure: 'late', attempts: 1 });
      expect(item && isFailure(item) && item.detail).toContain('was discarded');
    }
  });

  it('faults row 4: three hours late makes no calls and is recorded as late', async () => {
    parts.clock.set(SLOT + 3 * HOUR);
    await parts.cold()(EVENT, SLOT + 3 * HOUR + 5 * MINUTE);
    expect(parts.upbit.calls).toEqual([]);
    for (const item of await stored()) expect(item).toMatchObject({ failure: 'late', attempts: 0 });
  });
});

describe('an invalid event', () => {
  const refused = async (event: unknown) => {
    await expect(parts.cold()(event, END)).rejects.toMatchObject({ code: 'event.invalid' });
    expect(parts.upbit.calls).toEqual([]);
    expect(parts.dynamoDb.calls).toEqual([]);
    expect(parts.secrets.calls()).toBe(0);
  };

  it.each([
    {},
    null,
    [],
    'slot',
    7,
    true,
    { slot: 'now' },
    { slot: 7 },
    { slot: null },
    { slot: { S: '2026-11-22T06:00:00Z' } },
    { slot: '2026-02-30T06:00:00Z' },
    { slot: '2026-11-22T06:00:00.000Z' },
    { slot: '2026-11-22T06:30:00Z' },
    { slot: '2026-11-22T06:00:00Z', check: true },
    { manual: 'now' },
    { check: 1 },
    { slot: '<aws.scheduler.scheduled-time>' },
  ])('faults row 5: %j is rejected before anything is read or called', refused);

  it('faults row 6: a slot more than 60 s ahead is rejected, and one 60 s ahead is accepted', async () => {
    parts.clock.set(SLOT - 60 * SECOND - 1);
    await refused(EVENT);
    parts.clock.set(SLOT - 60 * SECOND);
    await parts.cold()(EVENT, END);
    expect(await stored()).toMatchObject([{ balances: [{}] }, { balances: [{}] }]);
  });
});

describe('the clock of the host', () => {
  const sg = async () => await parts.item('sg/main');
  const logged = () => lines().find(({ account }) => account === 'sg/main');

  it.each([-30, 30])('faults row 40: %i s off keeps the slot and logs the difference', async (seconds) => {
    parts.clock.set(SLOT + SECOND + seconds * SECOND);
    parts.upbitAhead = -seconds * SECOND;
    await parts.cold()(EVENT, END);
    expect(await sg()).toMatchObject({
      slot: SLOT,
      observedAt: SLOT + SECOND + seconds * SECOND,
      serverDate: SLOT + SECOND,
      balances: [{}],
    });
    expect(logged()).toMatchObject({ outcome: 'ok', clockSkew: -seconds });
  });

  it('faults row 40: ten minutes ahead is late, and the text names the clock', async () => {
    parts.clock.set(SLOT + 10 * MINUTE);
    parts.upbitAhead = -10 * MINUTE;
    await parts.cold()(EVENT, SLOT + 15 * MINUTE);
    expect(await sg()).toMatchObject({
      failure: 'late',
      attempts: 0,
      detail: expect.stringContaining('by this host’s clock'),
    });
    expect(logged().remedy).toContain('check the host’s clock');
  });

  it('faults row 40: ten minutes behind is rejected, and the text names the clock', async () => {
    parts.clock.set(SLOT - 10 * MINUTE);
    await expect(parts.cold()(EVENT, END)).rejects.toMatchObject({
      code: 'event.invalid',
      message: expect.stringContaining('more than 60 s ahead of this host'),
    });
    expect(await sg()).toBeUndefined();
  });
});

describe('the time of a run', () => {
  const many = Array.from({ length: 60 }, (_, index) => named(`sg/a${index}`));
  let crowd: LocalParts;
  beforeEach(async () => {
    crowd = await startLocalParts(many);
  });
  afterEach(() => crowd.close());

  it('faults row 12: near its end starts no new calls and decides the remaining accounts', async () => {
    crowd.upbit.fault = () => {
      crowd.clock.set(SLOT + 7 * SECOND);
      return undefined;
    };
    const { accounts } = await crowd.cold()(EVENT, SLOT + 12 * SECOND);
    expect(crowd.upbit.calls).toHaveLength(16);
    const outcomes = accounts.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(16);
    expect(outcomes.filter((outcome) => outcome === 'deadline')).toHaveLength(44);
    const items = await Promise.all(many.map((account) => crowd.item(account)));
    expect(items.filter((item) => item && isFailure(item) && item.failure === 'deadline')).toHaveLength(44);
    expect(items.filter((item) => item && !isFailure(item))).toHaveLength(16);
  });

  it('faults row 12: used up while Upbit fails records Upbit’s failure, not the deadline', async () => {
    parts.upbit.fault = () => FAULTS.badGateway;
    await parts.cold()(EVENT, SLOT + 12 * SECOND);
    for (const item of await stored())
      expect(item).toMatchObject({ failure: 'upbit.unavailable', attempts: expect.any(Number) });
  });
});
