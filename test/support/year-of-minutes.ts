import { makeReport } from '../../cli/report/make-report.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import { DAY, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Found } from '../../lambda/core/snapshot.ts';
import { catalogOf, failure, memoryLedger, snapshot } from './memory-ledger.ts';
import { SEAL } from './seals.ts';

// Started by make-report.slow.ts with little memory: the report of a year of minutes.

const BEGIN = Date.UTC(2026, 0, 1);
const END = Date.UTC(2027, 0, 1);
const NOW = END + DAY;
const CURRENCIES = 10;
const ACCOUNTS: readonly AccountName[] = ['sg/main'];
const [out = ''] = process.argv.slice(2);

const catalog = catalogOf(
  ACCOUNTS.map((account) => ({ account, since: BEGIN })),
  [{ from: BEGIN, every: '1m', timeZone: 'UTC', regions: ['sg'] }],
);

/** Every amount changes every minute, and one slot in a hundred failed. */
function entryAt(account: AccountName, slot: Instant): Found {
  const minute = (slot - BEGIN) / MINUTE;
  if (minute % 100 === 99) return failure(account, slot);
  const balances = Array.from({ length: CURRENCIES }, (_, index) => ({
    currency: `C${index}`,
    balance: { coefficient: BigInt(1_000_000_007 + 10 * minute + index), exponent: -8 },
    locked: { coefficient: 0n, exponent: 0 },
    avgBuyPrice: { coefficient: 0n, exponent: 0 },
    avgBuyPriceModified: false,
    unitCurrency: 'USDT',
  }));
  return snapshot(account, slot, balances);
}

/** Three markets of every currency, each with another price every minute. */
function sheetAt(region: Region, slot: Instant): PriceSheet {
  const minute = (slot - BEGIN) / MINUTE;
  const trades = ['SGD', 'USDT', 'BTC'].flatMap((quote, place) =>
    Array.from({ length: CURRENCIES }, (_, index) => {
      const coefficient = BigInt(4_000_000 + ((7_919 * minute + 104_729 * (index + place)) % 80_000));
      return [`${quote}-C${index}`, { price: { coefficient, exponent: -6 } }] as const;
    }),
  );
  return { region, slot, observedAt: slot, prices: new Map(trades), writer: 'test' };
}

const reader = {
  ...memoryLedger(catalog, []),
  async *entries(account: AccountName, from: Instant, to: Instant) {
    for (let slot = Math.max(BEGIN, from); slot < to; slot += MINUTE) yield entryAt(account, slot);
  },
  prices: async (region: Region, slots: readonly Instant[]) => slots.map((slot) => sheetAt(region, slot)),
};

/** A seal of each day. */
const stored = {
  partitions: async () => [],
  items: async () => [],
  oldest: async () => undefined,
  async *seals() {
    for (let from = BEGIN; from < END; from += DAY) yield { ...SEAL, from };
  },
};

const written = await makeReport({
  reader,
  stored,
  catalog,
  accounts: ACCOUNTS,
  range: { from: BEGIN, to: END },
  currencies: undefined,
  unit: 'SGD',
  label: 'the ledger',
  simulated: true,
  readAt: NOW,
  timeZone: 'UTC',
  ledgerWords: [],
  out,
});
const { interval, bytes } = written;
process.stdout.write(JSON.stringify({ interval, bytes, counts: written.accounts.map((one) => one.counts) }));
