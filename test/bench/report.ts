import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { reportDocument } from '../../cli/report/document.ts';
import { gather } from '../../cli/report/gather.ts';
import { seeded, seededBelow } from '../../infra/local/seeded.ts';
import { parseDecimal } from '../../lambda/core/decimal.ts';
import { DAY, type Instant } from '../../lambda/core/instant.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import { slotsBetween } from '../../lambda/core/slots.ts';
import { type Entry, isFailure } from '../../lambda/core/snapshot.ts';
import { must } from '../support/arbitraries.ts';
import { catalogOf, failure, snapshot } from '../support/memory-ledger.ts';
import { SEAL } from '../support/seals.ts';
import { startChromium } from '../system/browser/chromium.ts';
import { type Figure, median, round, spread } from './figure.ts';

// The size of a year's report, and how fast it renders: hourly slots of 30 currencies, in a real Chromium.

const ACCOUNT = 'sg/main';
const CURRENCIES = 30;
const END = Date.UTC(2026, 10, 22);
const BEGIN = END - 365 * DAY;
const RUNS = 5;
const CURRENCY_NAMES = Array.from(
  { length: CURRENCIES },
  (_, index) => `C${String(index).padStart(2, '0')}X`,
);
const GRID = { every: '1h', timeZone: 'UTC' } as const;

/** Amounts of ten significant digits that change in so many of a thousand hours. A fifth are partly locked. */
function yearOf(changesInThousand: number): Entry[] {
  const amounts = CURRENCY_NAMES.map(() => 1_038_654_612);
  const decimal = (units: number) => must(parseDecimal(`${units}e-8`));
  return [...slotsBetween(GRID, BEGIN, END)].map((slot) => {
    if (seeded(`gap ${slot}`) < 0.004) return failure(ACCOUNT, slot);
    const balances = amounts.map((before, index) => {
      const about = `${slot} ${index}`;
      const moves = seededBelow(1_000, `moves ${about}`) < changesInThousand;
      const units = moves
        ? Math.max(100_000_000, before + seededBelow(40_000_001, about) - 20_000_000)
        : before;
      amounts[index] = units;
      const locked = decimal(index % 5 === 0 ? Math.floor(units / 7) : 0);
      const price = must(parseDecimal('0.9724275092936803'));
      const prices = { avgBuyPrice: price, avgBuyPriceModified: false, unitCurrency: 'USDT' };
      return { currency: CURRENCY_NAMES[index] ?? '', balance: decimal(units), locked, ...prices };
    });
    return snapshot(ACCOUNT, slot, balances);
  });
}

/** Each currency's markets in SGD, USDT and BTC: prices of seven digits, of which every one changes by up to 1 % each hour. */
function sheetsOf(slots: readonly Instant[]): PriceSheet[] {
  const markets = [
    ...CURRENCY_NAMES.flatMap((name) => ['SGD', 'USDT', 'BTC'].map((quote) => `${quote}-${name}`)),
    ...['SGD-USDT', 'SGD-BTC', 'USDT-BTC'],
  ];
  const prices = new Map(markets.map((market) => [market, 4_000_000]));
  return slots.map((slot) => {
    const trades = markets.map((market) => {
      const before = prices.get(market) ?? 0;
      const most = Math.floor(before / 100);
      const units = Math.max(1_000_000, before + seededBelow(2 * most + 1, `${market} ${slot}`) - most);
      prices.set(market, units);
      return [market, { price: must(parseDecimal(`${units}e-6`)) }] as const;
    });
    return { region: 'sg', slot, observedAt: slot + 1_000, prices: new Map(trades), writer: 'bench' };
  });
}

/** The size of a year's report, and how fast it renders. */
export async function measureReport(): Promise<Figure[]> {
  const running = await startChromium();
  const directory = mkdtempSync(join(tmpdir(), 'report-bench-'));
  const figures: Figure[] = [];
  for (const [id, name, changes] of [
    ['quiet', '5 % of the amounts change every hour', 50],
    ['busy', 'every amount changes every hour', 1_000],
  ] as const) {
    const begun = performance.now();
    const html = await pageOf(yearOf(changes));
    const made = performance.now() - begun;
    const file = join(directory, `${id}.html`);
    writeFileSync(file, html);
    figures.push({
      id: `report.${id}`,
      what: `the report of a year of hours, ${CURRENCIES} currencies and 93 markets: ${name}`,
      value: Number((Buffer.byteLength(html) / 1_000_000).toFixed(2)),
      unit: 'MB',
      kind: 'exact',
      goal: { most: 5 },
      note: `made in ${round(made)} ms`,
    });
    if (running === undefined) continue;
    const { drawn, answered } = await watch(running.browser, file);
    figures.push({
      id: `report.${id}.drawn`,
      what: 'that report, from opening the file to worth and amounts drawn',
      value: round(median(drawn)),
      unit: 'ms',
      kind: 'shown',
      goal: { most: 2_000 },
      note: `${spread(drawn, 'ms')}; a time picked is answered in ${round(median(answered))} ms`,
    });
  }
  await running?.close();
  rmSync(directory, { recursive: true });
  return figures;
}

async function pageOf(entries: readonly Entry[]): Promise<string> {
  const catalog = catalogOf(
    [{ account: ACCOUNT, since: BEGIN }],
    [{ ...GRID, from: BEGIN, regions: ['sg'] }],
  );
  const sheets = new Map(sheetsOf(entries.map(({ slot }) => slot)).map((sheet) => [sheet.slot, sheet]));
  const taken = entries.flatMap((entry) => (isFailure(entry) ? [] : [entry]));
  const reader = {
    catalog: async () => catalog,
    newest: async () => entries.at(-1),
    newestSnapshot: async () => taken.at(-1),
    oldestSnapshot: async () => taken[0],
    listed: async () => [],
    async *entries(_: string, from: Instant, to: Instant) {
      for (const entry of entries) if (from <= entry.slot && entry.slot < to) yield entry;
    },
    get: async () => [],
    prices: async (_: string, slots: readonly Instant[]) => slots.flatMap((slot) => sheets.get(slot) ?? []),
    newestPrices: async () => undefined,
  };
  const range = { from: BEGIN, to: END };
  const about = { label: 'a bench', simulated: true, timeZone: 'UTC', currencies: undefined } as const;
  const view = { reader, catalog, now: END };
  const { interval, accounts, prices } = await gather(view, { accounts: [ACCOUNT], range, ...about });
  const shown = { interval, accounts, prices, unit: 'SGD' };
  const days = { sealed: 365, newest: SEAL, others: [] };
  return await reportDocument({ ...about, ...range, readAt: END, ...shown }, { days, ledgerWords: [] });
}

async function watch(browser: Browser, file: string): Promise<{ drawn: number[]; answered: number[] }> {
  const drawn: number[] = [];
  const answered: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const page = await browser.newPage({ locale: 'en-US' });
    const opened = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.locator('#over-time .chart canvas').waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    drawn.push(performance.now() - opened);
    const asked = performance.now();
    await page.locator('#worth input[type="datetime-local"]').fill('2026-03-31T00:00');
    await page.locator('#holdings-title', { hasText: '2026-03-31' }).waitFor();
    answered.push(performance.now() - asked);
    await page.close();
  }
  return { drawn, answered };
}
