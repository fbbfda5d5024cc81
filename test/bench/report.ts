import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reportDocument } from '../../cli/report/document.ts';
import { gatherAccount } from '../../cli/report/gather.ts';
import { seeded, seededBelow } from '../../infra/local/seeded.ts';
import { parseDecimal } from '../../lambda/core/decimal.ts';
import { DAY, type Instant } from '../../lambda/core/instant.ts';
import { slotsBetween } from '../../lambda/core/slots.ts';
import { type Entry, isFailure } from '../../lambda/core/snapshot.ts';
import { startChromium } from '../browser/chromium.ts';
import { catalogOf, failure, snapshot } from '../cli/memory-ledger.ts';
import { must } from '../core/arbitraries.ts';

// How large the report of a year is, and how soon it is seen: hourly slots of 30 currencies, in a real Chromium.

const ACCOUNT = 'sg/main';
const CURRENCIES = 30;
const END = Date.UTC(2026, 10, 22);
const BEGIN = END - 365 * DAY;
const RUNS = 5;
const GRID = { every: '1h', timeZone: 'UTC' } as const;

/** Ten significant digits, that change in so many of a thousand hours. A fifth is locked in part. */
function yearOf(changesInThousand: number): Entry[] {
  const amounts = Array.from({ length: CURRENCIES }, () => 1_038_654_612);
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
      const name = `C${String(index).padStart(2, '0')}X`;
      const locked = decimal(index % 5 === 0 ? Math.floor(units / 7) : 0);
      const price = must(parseDecimal('0.9724275092936803'));
      const prices = { avgBuyPrice: price, avgBuyPriceModified: false, unitCurrency: 'USDT' };
      return { currency: name, balance: decimal(units), locked, ...prices };
    });
    return snapshot(ACCOUNT, slot, balances);
  });
}

const middle = (times: readonly number[]) =>
  Math.round([...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN);

const running = await startChromium();
const directory = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'report-bench-'));
process.stdout.write(`A year of hourly slots, ${CURRENCIES} currencies; times are the middle of ${RUNS}\n`);
for (const [name, changes] of [
  ['5 % of the amounts change every hour', 50],
  ['every amount changes every hour', 1_000],
] as const) {
  const entries = yearOf(changes);
  const catalog = catalogOf(
    [{ account: ACCOUNT, since: BEGIN }],
    [{ ...GRID, from: BEGIN, regions: ['sg'] }],
  );
  const taken = entries.flatMap((entry) => (isFailure(entry) ? [] : [entry]));
  const reader = {
    catalog: async () => catalog,
    newest: async () => entries.at(-1),
    newestSnapshot: async () => taken.at(-1),
    async *entries(_: string, from: Instant, to: Instant) {
      for (const entry of entries) if (from <= entry.slot && entry.slot < to) yield entry;
    },
    get: async () => [],
  };
  const range = { from: BEGIN, to: END };
  const begun = performance.now();
  const account = await gatherAccount(reader, catalog, ACCOUNT, range, undefined, END);
  const about = { label: 'a bench', simulated: true, timeZone: 'UTC', currencies: undefined } as const;
  const html = await reportDocument({ ...about, ...range, readAt: END, accounts: [account] });
  const made = performance.now() - begun;

  const file = join(directory, `year-${changes}.html`);
  writeFileSync(file, html);
  const seen: number[] = [];
  const picked: number[] = [];
  for (let run = 0; running !== undefined && run < RUNS; run += 1) {
    const page = await running.browser.newPage({ locale: 'en-US' });
    const opened = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.locator('.chart canvas').waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    seen.push(performance.now() - opened);
    const asked = performance.now();
    await page.locator('input[type="datetime-local"]').fill('2026-03-31T00:00');
    await page.locator('#holdings-title', { hasText: '2026-03-31' }).waitFor();
    picked.push(performance.now() - asked);
    await page.close();
  }
  const size = (Buffer.byteLength(html) / 1_000_000).toFixed(2);
  const browser =
    running === undefined
      ? 'no browser here'
      : `chart drawn ${middle(seen)} ms after opening, a time answered in ${middle(picked)} ms`;
  process.stdout.write(`  ${name}: ${size} MB, made in ${Math.round(made)} ms, ${browser}\n`);
}
await running?.close();
if (process.argv[2] === undefined) rmSync(directory, { recursive: true, force: true });
