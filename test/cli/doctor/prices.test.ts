import { describe, expect, it } from 'vitest';
import { lookAtPrices, type PriceSettings } from '../../../cli/doctor/prices.ts';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import type { Found } from '../../../lambda/core/snapshot.ts';
import type { FoundPrices } from '../../../lambda/history/reader.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  sheet,
  snapshot,
  time,
} from '../../support/memory-ledger.ts';

const SLOT = time('2026-11-22T06:00:00Z');
const NOW = SLOT + 20 * MINUTE;
const HOURLY: ScheduleEntry = { from: SLOT - 30 * DAY, every: '1h', timeZone: 'UTC', regions: ['th', 'sg'] };
const ACCOUNTS: readonly AccountEntry[] = [
  { account: 'sg/main', since: HOURLY.from },
  { account: 'sg/second', since: HOURLY.from },
  { account: 'th/main', since: HOURLY.from },
];
const ON: PriceSettings = { prices: true, changedAt: SLOT - 10 * DAY };
const BTC = { 'SGD-BTC': '86028' };

const look = (
  entries: readonly Found[],
  sheets: readonly FoundPrices[],
  settings: PriceSettings = ON,
  schedule: ScheduleEntry = HOURLY,
) => {
  const catalog = catalogOf(ACCOUNTS, [schedule]);
  return lookAtPrices(memoryLedger(catalog, entries, sheets), catalog, NOW, settings);
};

describe('the doctor’s check of the prices', () => {
  it('says how old the newest of each region are', async () => {
    const thai = (slot: Instant) => [
      sheet('sg', SLOT, BTC),
      { ...sheet('th', slot, { 'THB-BTC': '2' }), observedAt: slot + MINUTE },
    ];
    expect(await look([], thai(SLOT))).toEqual([
      {
        lookedAt: 'prices',
        state: 'ok',
        found: 'the newest of sg, th are of slot 2026-11-22T06:00:00Z, 19 min 58 s old',
      },
    ]);
    expect(await look([], thai(SLOT - 2 * HOUR))).toMatchObject([
      {
        state: 'ok',
        found:
          'the newest of sg are of slot 2026-11-22T06:00:00Z, 19 min 58 s old; the newest of th are of slot 2026-11-22T04:00:00Z, 2 h 19 min old',
      },
    ]);
    expect(await look([], [sheet('sg', SLOT, BTC)])).toMatchObject([
      { state: 'ok', found: expect.stringMatching(/ old; none are recorded of th$/) },
    ]);
    expect(await look([], [])).toMatchObject([{ state: 'ok', found: 'none are recorded yet' }]);
  });

  it('finds a region whose snapshots have had none for three hours, and no sooner', async () => {
    const sheets = (hours: number) => [
      sheet('sg', SLOT - hours * HOUR, BTC),
      sheet('th', SLOT, { 'THB-BTC': '2' }),
    ];
    const entries = [snapshot('sg/second', SLOT), failure('sg/main', SLOT)];
    expect(await look(entries, sheets(2))).toMatchObject([{ state: 'ok' }]);
    expect(await look(entries, sheets(3))).toEqual([
      {
        lookedAt: 'prices of sg',
        state: 'wrong',
        found:
          'none were recorded since slot 2026-11-22T03:00:00Z, for 3 h, though snapshots were: what was held then cannot be valued',
        remedy:
          'In the function’s log, the lines with message "prices" and region "sg" say why (docs/collector.md#prices). No snapshot depends on prices.',
      },
    ]);
  });

  it('misses none where no snapshot was recorded either, nothing is held, or too few slots have passed', async () => {
    const old = [sheet('sg', SLOT - 9 * HOUR, BTC), sheet('th', SLOT, { 'THB-BTC': '2' })];
    const states = async (...args: Parameters<typeof look>) =>
      (await look(...args)).map(({ state }) => state);
    expect(await states([snapshot('sg/main', SLOT)], old)).toEqual(['wrong']);
    expect(await states([snapshot('sg/main', SLOT - 7 * HOUR)], old)).toEqual(['ok']);
    expect(await states([snapshot('sg/main', SLOT, [line('BTC', '0')])], old)).toEqual(['ok']);
    expect(await states([snapshot('th/main', SLOT)], old)).toEqual(['ok']);
    expect(await states([snapshot('sg/main', SLOT)], old, ON, { ...HOURLY, every: '4h' })).toEqual(['ok']);
  });

  it('counts from the last change of the function, before which it may have recorded none', async () => {
    const entries = [snapshot('sg/main', SLOT)];
    const changed = (changedAt: Instant | undefined) => look(entries, [], { prices: true, changedAt });
    expect(await changed(SLOT - HOUR)).toMatchObject([{ state: 'ok', found: 'none are recorded yet' }]);
    expect(await changed(SLOT - 4 * HOUR)).toMatchObject([
      {
        state: 'wrong',
        found: expect.stringMatching(
          /^none were recorded since the function was changed at 2026-11-22T02:00:00Z, for 4 h, though snapshots were: /,
        ),
      },
    ]);
    expect(await changed(undefined)).toMatchObject([{ state: 'ok' }]);
  });

  it('expects none with prices=false, and misses none where the settings are unknown', async () => {
    const entries = [snapshot('sg/main', SLOT)];
    const old = [sheet('sg', SLOT - 9 * HOUR, BTC)];
    expect(await look(entries, old, { prices: false, changedAt: undefined })).toEqual([
      {
        lookedAt: 'prices',
        state: 'ok',
        found: 'not recorded, and none are expected: prices=false is deployed',
      },
    ]);
    const catalog = catalogOf(ACCOUNTS, []);
    expect(await lookAtPrices(memoryLedger(catalog, entries, old), catalog, NOW, undefined)).toMatchObject([
      {
        state: 'ok',
        found: 'the newest of sg are of slot 2026-11-21T21:00:00Z, 9 h 19 min old; none are recorded of th',
      },
    ]);
  });

  it('reads no snapshot while the prices are new', async () => {
    const catalog = catalogOf(ACCOUNTS, [{ ...HOURLY, regions: ['sg'] }]);
    const ledger = {
      ...memoryLedger(catalog, [], [sheet('sg', SLOT, BTC)]),
      newestSnapshot: () => Promise.reject(new Error('it was read')),
    };
    expect(await lookAtPrices(ledger, catalog, NOW, ON)).toMatchObject([{ state: 'ok' }]);
  });

  it('finds prices that cannot be read', async () => {
    const problem = 'its schema version is 2, and this program reads 1';
    expect(await look([], [{ region: 'sg', slot: SLOT, problem }])).toEqual([
      {
        lookedAt: 'prices of sg',
        state: 'wrong',
        found: `the item #price/sg 2026-11-22T06:00:00Z cannot be read by this version: ${problem}`,
        remedy: 'Use the version of this code that wrote it.',
      },
    ]);
  });
});
