import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { add, formatDecimal, subtract, ZERO } from '../../../lambda/core/decimal.ts';
import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import type { Found } from '../../../lambda/core/snapshot.ts';
import { type AccountChanges, changes } from '../../../lambda/history/changes.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  snapshot,
  time,
  unreadable,
} from '../../support/memory-ledger.ts';

const START = time('2026-11-01T00:00:00Z');
const NOW = START + 30 * DAY;
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] };
const MAIN: AccountEntry = { account: 'sg/main', since: START };
const CATALOG = catalogOf([MAIN], [HOURLY]);

async function between(entries: readonly Found[], from: Instant, to: Instant): Promise<AccountChanges> {
  const [found] = await changes(
    { reader: memoryLedger(CATALOG, entries), catalog: CATALOG, now: NOW },
    ['sg/main'],
    { from, to },
  );
  if (found === undefined) throw new Error('no answer');
  return found;
}

function shown({ changes: list }: AccountChanges) {
  return list.map(({ currency, before, after, change }) =>
    [currency, before, after, change]
      .map((part) => (typeof part === 'string' ? part : formatDecimal(part)))
      .join(' '),
  );
}

const BEFORE = snapshot('sg/main', START, [
  line('ADA', '1', '2'),
  line('BTC', '0.3'),
  line('SOLD', '5'),
  line('ZERO', '0'),
]);
const AFTER = snapshot('sg/main', START + DAY, [line('ADA', '3'), line('BTC', '0.1'), line('NEW', '7', '1')]);

describe('changes', () => {
  it('are exact and signed, of available plus locked, and leave out unchanged currencies', async () => {
    expect(shown(await between([BEFORE, AFTER], START, START + DAY))).toEqual([
      'BTC 0.3 0.1 -0.2',
      'NEW 0 8 8',
      'SOLD 5 0 -5',
    ]);
  });

  it('know what was held of any currency at both ends, changed or not', async () => {
    const { held } = await between([BEFORE, AFTER], START, START + DAY);
    const of = (currency: string) => {
      const { before, after } = held(currency) ?? { before: ZERO, after: ZERO };
      return `${formatDecimal(before)} ${formatDecimal(after)}`;
    };
    expect(['ADA', 'BTC', 'NEW', 'SOLD', 'ZERO', 'NEVER'].map(of)).toEqual([
      '3 3',
      '0.3 0.1',
      '0 8',
      '5 0',
      '0 0',
      '0 0',
    ]);
    expect((await between([], START, START + DAY)).held('ADA')).toBeUndefined();
  });

  it('compare nothing if what was held at the earlier time is in an unreadable item before it', async () => {
    const found = await between(
      [unreadable('sg/main', START), BEFORE, AFTER].map((entry, hour) => ({
        ...entry,
        slot: START + hour * HOUR,
      })),
      START + HOUR / 2,
      START + DAY,
    );
    expect([found.compared, found.changes]).toEqual([undefined, []]);
  });

  it('compare nothing if an unreadable item may be the earlier snapshot, the first or the later one', async () => {
    const from = START + HOUR;
    const hidden = unreadable('sg/main', START + HOUR);
    expect((await between([BEFORE, hidden, AFTER], from, START + DAY)).compared).toBeUndefined();
    const first = unreadable('sg/main', START + 2 * HOUR);
    expect((await between([first, AFTER], from, START + DAY)).compared).toBeUndefined();
    const last = unreadable('sg/main', START + DAY + HOUR);
    expect((await between([BEFORE, AFTER, last], from, START + 2 * DAY)).compared).toBeUndefined();
    expect((await between([], from, START + DAY)).compared).toBeUndefined();
  });

  it('compare what is known at each time, including a slot exactly at it', async () => {
    const found = await between([BEFORE, AFTER], START + DAY - 1, START + 2 * DAY);
    expect(found.compared).toEqual({ from: BEFORE, to: AFTER });
    expect((await between([BEFORE, AFTER], START, START + DAY - 1)).compared).toEqual({
      from: BEFORE,
      to: BEFORE,
    });
    expect(shown(await between([BEFORE, AFTER], START + DAY, START + 2 * DAY))).toEqual([]);
  });

  it('skip failures', async () => {
    const entries = [BEFORE, failure('sg/main', START + HOUR), AFTER, failure('sg/main', START + 25 * HOUR)];
    const found = await between(entries, START + HOUR, START + 25 * HOUR);
    expect(found.compared).toEqual({ from: BEFORE, to: AFTER });
    expect(found.after.failure?.slot).toBe(START + 25 * HOUR);
  });

  it('start with the first snapshot if there is none before, and never assume zero', async () => {
    const entries = [failure('sg/main', START - HOUR), BEFORE, AFTER];
    const found = await between(entries, START - DAY, START + DAY);
    expect(found.before.snapshot).toBeUndefined();
    expect(found.compared).toEqual({ from: BEFORE, to: AFTER });
    const one = await between([AFTER], START, START + DAY);
    expect(one.compared).toEqual({ from: AFTER, to: AFTER });
    expect(one.changes).toEqual([]);
  });

  it('are empty if there is no snapshot at all', async () => {
    const found = await between([failure('sg/main', START)], START, START + DAY);
    expect(found).toMatchObject({ compared: undefined, changes: [] });
    expect(await between([AFTER], START - DAY, START)).toMatchObject({ compared: undefined, changes: [] });
  });

  it('of two adjacent ranges add up to those of the whole', async () => {
    const lines = fc.uniqueArray(
      fc
        .tuple(fc.constantFrom('ADA', 'BTC', 'ETH', 'SGD'), fc.nat({ max: 10 ** 12 }), fc.nat({ max: 3 }))
        .map(([currency, amount, locked]) => line(currency, `${amount}e-8`, `${locked}e-3`)),
      { selector: ({ currency }) => currency },
    );
    const hour = fc.nat({ max: 48 }).map((count) => START + count * HOUR);
    const entry = fc
      .tuple(hour, fc.option(lines))
      .map(([slot, its]) => (its === null ? failure('sg/main', slot) : snapshot('sg/main', slot, its)));
    const sum = (...parts: AccountChanges[]) => {
      const total = new Map<string, string>();
      for (const currency of ['ADA', 'BTC', 'ETH', 'SGD']) {
        const sums = parts.flatMap(({ changes: list }) => list.filter((one) => one.currency === currency));
        for (const { before, after, change } of sums) expect(change).toEqual(subtract(after, before));
        const all = sums.reduce((before, { change }) => add(before, change), ZERO);
        if (all !== ZERO && all.coefficient !== 0n) total.set(currency, formatDecimal(all));
      }
      return total;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entry, { maxLength: 20, selector: ({ slot }) => slot }),
        fc.tuple(hour, hour, hour),
        async (entries, times) => {
          const [a = START, b = START, c = START] = [...times].sort((x, y) => x - y);
          const whole = await between(entries, a, c);
          expect(sum(await between(entries, a, b), await between(entries, b, c))).toEqual(sum(whole));
        },
      ),
      { numRuns: 300 },
    );
  });
});
