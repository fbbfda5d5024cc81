import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sum, total } from '../../../cli/report/amount.ts';
import { reportDocument } from '../../../cli/report/document.ts';
import { decodeRecord, encodeRecord } from '../../../cli/report/encoding.ts';
import { holdings } from '../../../cli/report/holdings.ts';
import { element, toHtml } from '../../../cli/report/markup.ts';
import { readout, spoken } from '../../../cli/report/page/readout.ts';
import { seriesOf } from '../../../cli/report/page/series.ts';
import { type AccountRecord, holdingAt, type ReportRecord } from '../../../cli/report/record.ts';
import { tally } from '../../../cli/report/tally.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import {
  BEGIN,
  END,
  FAILED,
  HOSTILE,
  HOURLY,
  MISSING,
  marchEntries,
  NOW,
  recordOf,
} from '../../support/report-record.ts';
import { typed } from '../../support/typed.ts';

let directory: string;
let march: ReportRecord;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'report-'));
  march = await recordOf(marchEntries());
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LEDGER = memoryLedger(
  catalogOf(
    [
      { account: 'sg/main', since: BEGIN },
      { account: 'th/main', since: BEGIN },
    ],
    [HOURLY],
  ),
  marchEntries(),
);

const report = (out: string, more: readonly string[] = [], ledger = LEDGER) =>
  typed(['report', '--local', '--out', out, ...more], ledger, { now: NOW });

function accountOf({ accounts }: ReportRecord, name = 'sg/main'): AccountRecord {
  const found = accounts.find(({ account }) => account === name);
  if (found === undefined) throw new RangeError(`no ${name}`);
  return found;
}

/** What stands in the first script or style element of a kind. */
function inlined(html: string, opening: string): string {
  const begin = html.indexOf(opening) + opening.length;
  return html.slice(begin, html.indexOf(opening.startsWith('<style') ? '</style>' : '</script>', begin));
}

const DATA = '<script type="application/json" id="record">';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

/** Everything that is written out of a record, currencies read included. */
function plain({ accounts, ...about }: ReportRecord) {
  return {
    ...about,
    accounts: accounts.map(({ currencies, ...account }) => ({
      ...account,
      currencies: [...currencies].map(([name, { repeats }]) => ({ name, repeats })),
    })),
  };
}

describe('the data of a report', () => {
  it('comes back as it went in', () => {
    expect(plain(decodeRecord(encodeRecord(march)))).toEqual(plain(march));
  });

  it('comes back as it went in, whatever became of which slot and whatever was held', async () => {
    const amount = fc.bigInt(0n, 10n ** 20n).map((units) => `${units}e-8`);
    const outcome = fc.oneof(
      fc.constant('missing' as const),
      fc.record({ code: fc.constantFrom('late', 'upbit.timeout'), detail: fc.string() }),
      fc.record({
        delay: fc.nat(60_000),
        manual: fc.boolean(),
        held: fc.uniqueArray(fc.tuple(fc.constantFrom('A', 'B', HOSTILE, '\u2028'), amount, amount), {
          selector: ([currency]) => currency,
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 40 }), async (outcomes) => {
        const entries = outcomes.flatMap((what, index): Entry[] => {
          const slot = BEGIN + index * HOUR;
          if (what === 'missing') return [];
          if ('code' in what) return [failure('sg/main', slot, what.code, { detail: what.detail })];
          const lines = what.held.map(([currency, available, locked]) => line(currency, available, locked));
          const { delay, manual } = what;
          return [snapshot('sg/main', slot, lines, { observedAt: slot + delay, manual })];
        });
        const record = await recordOf(entries, ['sg/main']);
        expect(plain(decodeRecord(encodeRecord(record)))).toEqual(plain(record));
      }),
      { numRuns: 60 },
    );
  });

  it('cannot end the element it stands in', () => {
    const hostile = encodeRecord({ ...march, label: '</script><!--\u2028&' });
    expect(hostile).not.toMatch(/[<>&\u2028\u2029]/);
    expect(decodeRecord(hostile).label).toBe('</script><!--\u2028&');
  });

  it('says what repeats once: a month of hours of an unmoved account is a few hundred bytes', async () => {
    const entries = marchEntries().filter(({ account }) => account === 'th/main');
    const { accounts } = await recordOf(entries, ['th/main']);
    const withoutDelays = encodeRecord({ ...march, accounts }).replace(/"delays":\[[^\]]*\]/, '');
    expect(withoutDelays.length).toBeLessThan(600);
  });

  it('has null for every expected slot without a snapshot, and never a zero in its place', () => {
    const { x, total: heights } = seriesOf(accountOf(march), 'BTC');
    const holes = x.flatMap((second, place) => (heights[place] === null ? [second * 1_000] : []));
    expect(holes).toEqual([...MISSING, ...FAILED]);
    expect(heights.filter((height) => height === 0)).toEqual([]);
    expect(x).toHaveLength(31 * 24 + 1);
  });

  it('has 0 where a snapshot no longer lists a currency', () => {
    const { x, total: heights } = seriesOf(accountOf(march), 'XRP');
    const at = (instant: number) => heights[x.indexOf(instant / 1_000)];
    expect([at(BEGIN + 14 * DAY), at(BEGIN + 15 * DAY), at(FAILED[0] ?? 0)]).toEqual([2150.5, 0, null]);
  });

  it('draws no line across a time in which nothing is expected', async () => {
    const paused = [
      HOURLY,
      { ...HOURLY, from: BEGIN + DAY, regions: ['th'] as const },
      { ...HOURLY, from: BEGIN + 3 * DAY },
    ];
    const entries = [BEGIN + DAY - HOUR, BEGIN + 3 * DAY].map((slot) => snapshot('sg/main', slot));
    const record = await recordOf(entries, ['sg/main'], paused);
    const { x, total: heights } = seriesOf(accountOf(record), 'BTC');
    const between = x
      .map((second, place) => [second * 1_000, heights[place]])
      .filter(([at]) => at === BEGIN + DAY);
    expect(between).toEqual([[BEGIN + DAY, null]]);
    expect(tally(accountOf(record))).toMatchObject({ taken: 2 });
  });

  it('leaves a line whole at a failure that nobody expected anything of', async () => {
    const entries = [
      ...marchEntries().filter(({ account }) => account === 'th/main'),
      failure('th/main', BEGIN + 90 * MINUTE, 'upbit.timeout', { manual: true }),
    ];
    const record = await recordOf(entries, ['th/main']);
    const { total: heights } = seriesOf(accountOf(record, 'th/main'), 'BTC');
    expect(heights.filter((height) => height === null)).toEqual([]);
    expect(heights.filter((height) => height === undefined)).toHaveLength(1);
  });

  it('counts slots as gaps does', () => {
    expect(tally(accountOf(march))).toEqual({ expected: 745, taken: 738, failed: 5, missing: 2, open: 0 });
    expect(tally(accountOf(march, 'th/main'))).toEqual({
      expected: 745,
      taken: 745,
      failed: 0,
      missing: 0,
      open: 0,
    });
  });

  it('adds exactly', () => {
    expect(total({ available: '0.1', locked: '0.2' })).toBe('0.3');
    expect(sum(['90071992547409.91', '0.00000001', '1'])).toBe('90071992547410.91000001');
    const { currencies, moments } = accountOf(march);
    const btc = currencies.get('BTC');
    const last = moments.at(-1);
    if (btc === undefined || last?.kind !== 'snapshot') throw new RangeError('no BTC at the end');
    expect(holdingAt(btc, last.index)).toEqual({ available: '0.81000093', locked: '0' });
  });
});

describe('the page', () => {
  it('allows exactly the script and the style it carries, and nothing from elsewhere', async () => {
    const html = await reportDocument(march);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${sha256(inlined(html, '<script>'))}'`,
      `style-src 'sha256-${sha256(inlined(html, '<style>'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    const markup = html.replace(inlined(html, '<script>'), '').replace(inlined(html, '<style>'), '');
    expect(markup).not.toMatch(/ (?:src|href|style|on\w+)="/);
    expect(markup).not.toContain('http:');
  });

  it('shows a hostile currency as text', async () => {
    const html = await reportDocument(march);
    expect(html).not.toContain(HOSTILE);
    expect(html).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });

  it('escapes what stands in attributes too', () => {
    expect(toHtml(element('p', { title: `"'<>&`, hidden: true, lang: undefined }, `"'<>&\u2028`))).toBe(
      '<p title="&#34;&#39;&#60;&#62;&#38;" hidden>&#34;&#39;&#60;&#62;&#38;&#8232;</p>',
    );
  });

  it('says SIMULATED where the data is, and nowhere else', async () => {
    const real = { ...march, simulated: false, label: 'the real ledger' };
    const visible = (html: string) =>
      html.replace(inlined(html, '<script>'), '').replace(inlined(html, DATA), '');
    expect(visible(await reportDocument(march)).match(/SIMULATED/g)).toHaveLength(2);
    expect(visible(await reportDocument(real))).not.toContain('SIMULATED');
  });

  it('lists every gap with its reason, what it means and what to do', async () => {
    const html = await reportDocument(march);
    expect(html).toContain('sg/main: 7 slots without a snapshot');
    expect(html).toContain('2026-03-11 00:00 to 01:00');
    expect(html).toContain('2026-03-21 08:00 to 10:00');
    expect(html).toContain(FAILURES['upbit.timeout'].remedy.replaceAll("'", '&#39;'));
    expect(html).toContain('1,483 of 1,490 expected snapshots are here (99.53 %). 7 are not');
  });

  it('answers for any time: the newest snapshot up to then, and what failed since', () => {
    const text = toHtml(holdings(march, (FAILED[2] ?? 0) + 30 * MINUTE)).replace(/<[^>]*>/g, '');
    expect(text).toContain('Slot 2026-03-21T07:00:00Z, observed 2026-03-21T07:00:01.234Z, 3 h 29 min before');
    expect(text).toContain(
      '3 expected slots since without a snapshot, the last at 2026-03-21 10:00: upbit.timeout',
    );
    expect(toHtml(holdings(march, BEGIN - HOUR))).toContain(
      'No snapshot from 2026-03-01 00:00 up to this time',
    );
  });

  it('calls an account empty only where all currencies were asked for', () => {
    const bare = march.accounts.map((one) => ({ ...one, currencies: new Map() }));
    expect(toHtml(holdings({ ...march, accounts: bare }, END))).toContain('The account is empty.');
    const html = toHtml(holdings({ ...march, accounts: bare, currencies: ['DOGE', 'KUB'] }, END));
    expect(html).toContain('The snapshot does not list DOGE, KUB.');
    expect(html).not.toContain('empty');
  });

  it('never calls a snapshot none because it lists nothing that was asked for', () => {
    const account = { ...accountOf(march), currencies: new Map() };
    const [moment] = account.moments.filter(({ kind }) => kind === 'snapshot');
    if (moment === undefined) throw new Error('the month has no snapshot');
    for (const text of [toHtml(readout(account, '', moment, 'UTC')), spoken(account, '', moment, 'UTC')]) {
      expect(text).toMatch(/nothing listed/i);
      expect(text).toContain('No snapshot of this range lists a currency that this report is about.');
    }
  });

  it('sums over the accounts', () => {
    const text = toHtml(holdings(march, END))
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
    expect(text).toContain('All accounts The sum of the 2 snapshots named here');
    expect(text.slice(text.indexOf('All accounts'))).toContain('BTC 1 .81000094 1 .81000094 0');
  });
});

describe('the sum over the accounts', () => {
  it('leaves out an account that is closed by then, as latest --total does, and says so', () => {
    const closed = {
      ...march,
      accounts: march.accounts.map((one) =>
        one.account === 'th/main'
          ? {
              ...one,
              closings: [
                { from: END - 3 * HOUR, to: END - 2 * HOUR },
                { from: END, to: Infinity },
              ],
            }
          : one,
      ),
    };
    const textAt = (instant: number) =>
      toHtml(holdings(closed, instant))
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ');
    expect(textAt(END - HOUR)).toContain('The sum of the 2 snapshots named here');
    expect(textAt(END)).not.toContain('All accounts');
    expect(textAt(END - 2 * HOUR - 1)).not.toContain('All accounts');
    expect(textAt(END - 2 * HOUR - 1)).toMatch(/Closed from \S+ \S+ to \S+ \S+/);
    expect(textAt(END - 2 * HOUR)).toContain('The sum of the 2 snapshots named here');
    expect(plain(decodeRecord(encodeRecord(closed)))).toEqual(plain(closed));
    const three = { ...closed, accounts: [...closed.accounts, ...march.accounts.slice(0, 1)] };
    expect(toHtml(holdings(three, END))).toContain(
      'The sum of the 2 snapshots named here; 1 closed account left out',
    );
  });
});

describe('balances report', () => {
  it('writes one file that its owner alone can read, and names it', async () => {
    const out = join(directory, 'march.html');
    const { exitCode, stdout, stderr } = await report(out);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr[0]).toMatch(/^wrote .*march\.html \(0\.\d MB\): open it in a browser$/);
    expect(stderr.slice(1)).toEqual([
      'sg/main: SIMULATED data; 7 gaps: missing 2, upbit.timeout 5',
      'th/main: SIMULATED data',
    ]);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['march.html']);
  });

  it('writes over an earlier report, but over nothing else', async () => {
    const out = join(directory, 'march.html');
    expect((await report(out)).exitCode).toBe(0);
    const other = join(directory, 'letter.txt');
    writeFileSync(other, 'Dear auditor');
    const { exitCode, stderr } = await report(other);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: [`error: ${other} is there and is no report: remove it, or choose another name`],
    });
    expect(readFileSync(other, 'utf8')).toBe('Dear auditor');
  });

  it.each([
    [
      'in a directory that does not exist',
      'nowhere/a.html',
      'cannot be written: its directory does not exist (ENOENT)',
    ],
    ['in the place of a directory', '.', 'is there and is no report'],
  ])('says in one sentence why it cannot be written %s', async (_, name, why) => {
    const { exitCode, stderr } = await report(join(directory, name));
    expect(exitCode).toBe(1);
    expect(stderr).toHaveLength(1);
    expect(stderr[0]).toContain(why);
  });

  it.each([
    [['report', '--local'], "required option '--out <file>' not specified"],
    [['report', '--local', '--out', ''], '--out is empty: write the name of a file, e.g. report.html'],
    [
      ['report', '--local', '--out', 'x.html', '--account', 'sg/old'],
      '--account sg/old is not in the ledger',
    ],
    [['report', '--local', '--out', 'x.html', '--format', 'csv'], "unknown option '--format'"],
  ])('takes %j for wrong usage', async (words, why) => {
    const { exitCode, stderr } = await typed(words, LEDGER, { now: NOW });
    expect(exitCode).toBe(2);
    expect(stderr.join('\n')).toContain(why);
  });

  it('of an empty ledger says so', async () => {
    const out = join(directory, 'empty.html');
    const { exitCode, stderr } = await report(out, [], memoryLedger(EMPTY_CATALOG, []));
    expect(exitCode).toBe(0);
    expect(stderr[1]).toBe('the ledger has nothing to show, and the page says so');
    expect(readFileSync(out, 'utf8')).toContain('The ledger is empty: it knows no account yet');
  });

  it('is of the accounts, currencies and range that were asked for', async () => {
    const out = join(directory, 'part.html');
    const part = ['--account', 'sg/main', '--currency', 'btc', '--from', '2026-03-21', '--to', '2026-03-22'];
    await report(out, part);
    const record = decodeRecord(inlined(readFileSync(out, 'utf8'), DATA));
    expect(record.accounts.map(({ account }) => account)).toEqual(['sg/main']);
    expect([...accountOf(record).currencies.keys()]).toEqual(['BTC']);
    expect(accountOf(record).moments).toHaveLength(24);
    expect(record).toMatchObject({ from: time('2026-03-21T00:00:00Z'), to: time('2026-03-22T00:00:00Z') });
  });

  it('goes back a year and no further, unless told to', async () => {
    const old = BEGIN - 900 * DAY;
    const ledger = memoryLedger(
      catalogOf([{ account: 'sg/main', since: old }], [{ ...HOURLY, from: old, every: '1d' }]),
      [snapshot('sg/main', old), snapshot('sg/main', END)],
    );
    const out = join(directory, 'years.html');
    const from = async (more: readonly string[]) => {
      await report(out, more, ledger);
      return decodeRecord(inlined(readFileSync(out, 'utf8'), DATA)).from;
    };
    expect(await from([])).toBe(NOW - 366 * DAY);
    expect(await from(['--from', '1000d'])).toBe(NOW - 1_000 * DAY);
  });
});
