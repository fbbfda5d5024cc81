import { describe, expect, it } from 'vitest';
import {
  LOGGED_PER_ACCOUNT,
  LOGGED_PER_RUN,
  LOGGED_PER_SEAL,
  LOGGED_PER_TICKER,
  type Month,
  monthOf,
  typicalSealSeconds,
  typicalSeconds,
  type Work,
} from '../../../cli/cost/month.ts';
import { type Decimal, formatDecimal } from '../../../lambda/core/decimal.ts';
import { formatSecond, MINUTE } from '../../../lambda/core/instant.ts';
import { createLog, SEALER_FIELDS } from '../../../lambda/handlers/stdout.ts';
import type { SealLogFields } from '../../../lambda/sealer/ports.ts';
import { ALL_CADENCES, decimal } from '../../support/arbitraries.ts';
import { named, startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

const DEFAULT: Work = {
  accounts: 3,
  currencies: 28,
  every: '1h',
  regions: 3,
  prices: true,
  seals: false,
  timestamps: false,
  months: 12,
};
/** Decimals as text, in an object too. */
function inNumbers(value: number | Decimal | Month['sealer']): unknown {
  if (typeof value === 'number') return value;
  if ('coefficient' in value) return formatDecimal(value);
  return Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, formatDecimal(amount)]));
}

const month = (work: Partial<Work> = {}) =>
  Object.fromEntries(
    Object.entries(monthOf({ ...DEFAULT, ...work })).map(([name, value]) => [name, inNumbers(value)]),
  );

describe('a month of the collector', () => {
  it('has a run for each slot of 31 days, and reads the secret at most every 15 minutes', () => {
    expect(month()).toMatchObject({ hours: '744', runs: '744', readings: '744' });
    expect(month({ every: '5m' })).toMatchObject({ runs: '8928', readings: '2976' });
    expect(month({ every: '15m' })).toMatchObject({ runs: '2976', readings: '2976' });
    expect(month({ every: '1d' })).toMatchObject({ runs: '31', readings: '31' });
    for (const every of ALL_CADENCES) expect(() => month({ every })).not.toThrow();
  });

  it('writes each account once per run, in one unit for 28 currencies and two for 40', () => {
    const without = { prices: false };
    expect(month(without)).toMatchObject({ writeUnits: '2232' });
    expect(month({ ...without, currencies: 40 })).toMatchObject({ writeUnits: '4464' });
    expect(month({ ...without, accounts: 10, every: '5m' })).toMatchObject({ writeUnits: '89280' });
  });

  it('writes the prices of each region that has an account once per run, in two units for 28 currencies', () => {
    const extra = (work: Partial<Work>) => {
      const units = (prices: boolean) => Number(month({ ...work, prices })['writeUnits']);
      return units(true) - units(false);
    };
    expect(extra({})).toBe(3 * 744 * 2);
    expect(extra({ currencies: 10 })).toBe(3 * 744);
    expect(extra({ accounts: 1 })).toBe(744 * 2);
    expect(extra({ accounts: 10, regions: 4, every: '1d' })).toBe(4 * 31 * 2);
  });

  it('reads the catalog in every run, in units of 4 KB', () => {
    expect(month()).toMatchObject({ readUnits: '744' });
    expect(month({ every: '5m' })).toMatchObject({ readUnits: '8928' });
    expect(month({ accounts: 31 })).toMatchObject({ readUnits: '744' });
    expect(month({ accounts: 32 })).toMatchObject({ readUnits: '1488' });
  });

  it('stores everything written so far, plus 100 bytes per item', () => {
    const { snapshotBytes, priceBytes } = monthOf(DEFAULT);
    const gigabytes = (snapshots: number) =>
      formatDecimal(decimal(`${snapshots * (snapshotBytes + 100 + priceBytes + 100)}e-9`));
    expect(month({ months: 1 })).toMatchObject({ storedGb: gigabytes(3 * 744) });
    expect(month({ months: 24 })).toMatchObject({ storedGb: gigabytes(24 * 3 * 744) });
  });

  it('bills a run as measured', () => {
    expect(formatDecimal(typicalSeconds(3, 0))).toBe('2.44');
    expect(formatDecimal(typicalSeconds(3, 3))).toBe('3.64');
    expect(month()).toMatchObject({ seconds: '2708.16' });
    expect(month({ prices: false })).toMatchObject({ seconds: '1815.36' });
  });
});

describe('a month of the sealer', () => {
  it('has a run a day, or none', () => {
    expect(month({ seals: true })).toMatchObject({ runs: '744', sealer: { runs: '31', seconds: '18.6992' } });
    expect(month()).toMatchObject({ sealer: { runs: '0', seconds: '0', loggedGb: '0', loggedGbADay: '0' } });
    expect(formatDecimal(typicalSealSeconds(403, '1m', false))).toBe('178.626');
    expect(formatDecimal(typicalSealSeconds(403, '1m', true))).toBe('180.626');
  });

  it('reads every item of the day again, consistently, and writes one seal', () => {
    const extra = (name: string, work: Partial<Work> = {}) =>
      Number(month({ ...work, seals: true })[name]) - Number(month({ ...work, seals: false })[name]);
    // 24 snapshots of 977 bytes are 6 units, 24 prices of 1,429 are 9; the catalog, the newest seal and the empty partitions.
    expect(extra('readUnits')).toBe(31 * (3 * 6 + 3 * 9 + 2 + 1 + 8));
    expect(extra('readUnits', { prices: false, every: '1m' })).toBe(31 * (3 * 344 + 2 + 1 + 8));
    expect(extra('writeUnits')).toBe(31);
    expect(extra('writeUnits', { accounts: 400 })).toBe(31 * 39);
    expect(extra('storedGb')).toBeGreaterThan(0);
  });

  it('writes each seal again with its token, and reads those of the last 31 days', () => {
    const extra = (name: string) =>
      Number(month({ seals: true, timestamps: true })[name]) - Number(month({ seals: true })[name]);
    // A seal of 6 partitions has 812 bytes, with its token 6,821: 7 units.
    expect(extra('writeUnits')).toBe(31 * 7);
    expect(extra('readUnits')).toBe(31 * (Math.ceil((31 * 6_821) / 4_096) + 1));
    expect(month({ seals: true, timestamps: true })['sealer']).toMatchObject({ seconds: '80.6992' });
  });

  it('logs a little less than assumed', () => {
    const fields = { day: '2026-11-22', root: '0'.repeat(64), accounts: 400, items: 580_320 };
    const lines: string[] = [];
    createLog<SealLogFields>(
      SEALER_FIELDS,
      (line) => lines.push(line),
      () => SLOT,
    )({ level: 'INFO', message: 'seal', ...fields });
    const bytes = Buffer.byteLength(lines.join()) + 26;
    expect(bytes).toBeLessThan(LOGGED_PER_SEAL);
    expect(bytes).toBeGreaterThan(0.75 * LOGGED_PER_SEAL);
  });
});

describe('the assumed log size', () => {
  it('is a little more than the collector writes, plus the 26 bytes CloudWatch counts per line', async () => {
    const accounts = ['sg/main', 'id/main', 'th/main'].map(named);
    const parts = await startLocalParts(accounts);
    parts.upbit.prices = (_, now) => [{ market: 'USDT-ADA', price: '0.9135', tradedAt: now }];
    await parts.cold()({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
    await parts.close();
    const bytes = (lines: readonly string[]) =>
      lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 26, 0);
    const ofAccounts = bytes(parts.written.filter((line) => line.includes('"message":"account"')));
    const ofTickers = bytes(parts.written.filter((line) => line.includes('"message":"prices"')));
    const ofRun = bytes(parts.written) - ofAccounts - ofTickers;
    expect(ofAccounts / accounts.length).toBeLessThan(LOGGED_PER_ACCOUNT);
    expect(ofAccounts / accounts.length).toBeGreaterThan(0.75 * LOGGED_PER_ACCOUNT);
    expect(ofTickers / accounts.length).toBeLessThan(LOGGED_PER_TICKER);
    expect(ofTickers / accounts.length).toBeGreaterThan(0.75 * LOGGED_PER_TICKER);
    expect(ofRun).toBeLessThan(LOGGED_PER_RUN);
    expect(ofRun).toBeGreaterThan(0.7 * LOGGED_PER_RUN);
  });
});
