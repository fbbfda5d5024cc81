import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../cli/report/encoding.ts';
import { unitsIn } from '../../../cli/report/worth.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { DAY } from '../../../lambda/core/instant.ts';
import { catalogOf, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { textIn } from '../../support/page-text.ts';
import {
  accountOf,
  BEGIN,
  DATA,
  END,
  HOURLY,
  inlined,
  marchLedger,
  NOW,
} from '../../support/report-record.ts';
import { StoredTable } from '../../support/stored-table.ts';
import { typed } from '../../support/typed.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'report-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LEDGER = marchLedger();

const report = (out: string, more: readonly string[] = [], ledger = LEDGER) =>
  typed(['report', '--local', '--out', out, ...more], ledger, { now: NOW });

/** What the page says of seals, without its tags. */
function sealsIn(file: string): string {
  const [, part = ''] = /<div class="seals">(.*?)<\/section>/s.exec(readFileSync(file, 'utf8')) ?? [];
  return textIn(part);
}

describe('balances report', () => {
  it('writes one file that only its owner can read, and prints its name', async () => {
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

  it.each([
    [['report', '--local'], "required option '--out <file>' not specified"],
    [['report', '--local', '--out', ''], '--out is empty: give a file name, e.g. report.html'],
    [
      ['report', '--local', '--out', 'x.html', '--account', 'sg/old'],
      '--account sg/old is not in the ledger',
    ],
    [['report', '--local', '--out', 'x.html', '--format', 'csv'], "unknown option '--format'"],
    ...['--from', '--to'].map((option): [string[], string] => [
      ['report', '--local', '--out', 'x.html', '--at', '2026-03-21', option, '2026-03-20'],
      `option '--at <time>' cannot be used with option '${option} <time>'`,
    ]),
    [['report', '--local', '--out', 'x.html', '--at', '2026-02-30'], '--at "2026-02-30" does not exist'],
    [['report', '--local', '--at', '2026-03-21'], "required option '--out <file>' not specified"],
    [
      ['report', '--local', '--out', 'x.html', '--in', 'EUR'],
      '--in "EUR": no market of this ledger’s regions has a price in it; allowed are SGD, THB, USDT, BTC',
    ],
  ])('treats %j as wrong usage', async (words, why) => {
    const { exitCode, stderr } = await typed(words, LEDGER, { now: NOW });
    expect(exitCode).toBe(2);
    expect(stderr.join('\n')).toContain(why);
  });

  it('says so if the ledger is empty', async () => {
    const out = join(directory, 'empty.html');
    const { exitCode, stderr } = await report(out, [], memoryLedger(EMPTY_CATALOG, []));
    expect(exitCode).toBe(0);
    expect(stderr[1]).toBe('the ledger has nothing to show, and the page says so');
    expect(readFileSync(out, 'utf8')).toContain('The ledger is empty: it has no accounts yet');
  });

  it('covers the requested accounts, currencies and range', async () => {
    const out = join(directory, 'part.html');
    const part = ['--account', 'sg/main', '--currency', 'btc', '--from', '2026-03-21', '--to', '2026-03-22'];
    await report(out, part);
    const record = decodeRecord(inlined(readFileSync(out, 'utf8'), DATA));
    expect(record.accounts.map(({ account }) => account)).toEqual(['sg/main']);
    expect([...accountOf(record).currencies.keys()]).toEqual(['BTC']);
    expect(accountOf(record).moments).toHaveLength(24);
    expect(record).toMatchObject({ from: time('2026-03-21T00:00:00Z'), to: time('2026-03-22T00:00:00Z') });
  });

  it.each([
    [[], 'USDT'],
    [['--account', 'th/main'], 'THB'],
    [['--account', 'th/main', '--in', 'sgd'], 'SGD'],
  ])('opens with the usual unit, or with --in: %j', async (words, unit) => {
    const out = join(directory, 'unit.html');
    await report(out, [...words, '--from', '2026-03-30']);
    const html = readFileSync(out, 'utf8');
    const record = decodeRecord(inlined(html, DATA));
    expect([record.unit, unitsIn(record)]).toEqual([unit, ['SGD', 'THB', 'USDT', 'BTC']]);
    expect(html).toContain(`>Value in ${unit}<`);
  });

  it('shows the newest seal of its range, and the command that looks for it in this ledger', async () => {
    const out = join(directory, 'sealed.html');
    const begins = END - 3 * DAY;
    const table = new StoredTable(begins);
    await table.seal(NOW + DAY);
    const newest = table.all('#seal').at(-2)?.['root']?.S;
    const range = ['report', '--real', '--out', out, '--from', '2026-03-29', '--to', '2026-03-31'];
    const ran = await typed(range, LEDGER, { now: NOW, stored: table.stored });
    expect(ran.exitCode).toBe(0);
    const text = sealsIn(out);
    expect(newest).toMatch(/^[0-9a-f]{64}$/);
    expect(text).toContain('Each day of this range is sealed: 2 days.');
    expect(text).toContain(`balances verify --real --expect ${newest}`);
  });

  it('says so if no day has a seal', async () => {
    const out = join(directory, 'unsealed.html');
    await report(out);
    expect(sealsIn(out)).toBe('SealsNo day of this range has a seal.');
  });

  it('says so if no prices were recorded', async () => {
    const out = join(directory, 'priceless.html');
    const ledger = memoryLedger(await LEDGER.catalog(), [snapshot('sg/main', BEGIN)]);
    await report(out, [], ledger);
    expect(readFileSync(out, 'utf8')).toContain(
      'No prices were recorded in this range, so what it was worth is unknown.',
    );
  });

  it('covers half-open ranges, but the holdings at the end include the slot of that time', async () => {
    const out = join(directory, 'half-open.html');
    await report(out, ['--from', '2026-03-31', '--to', '2026-04-01']);
    const html = readFileSync(out, 'utf8');
    expect(accountOf(decodeRecord(inlined(html, DATA))).moments).toHaveLength(24);
    const holdings = html.slice(html.indexOf('Holdings at 2026-04-01 00:00'));
    expect(holdings).toContain('>2026-04-01T00:00:00Z<');
    expect(holdings).not.toContain('>2026-03-31T23:00:00Z<');
  });

  it('works up to the end of time, in any zone', async () => {
    const catalog = catalogOf(
      [{ account: 'sg/main', since: BEGIN }],
      [{ ...HOURLY, timeZone: 'Asia/Seoul' }],
    );
    const ledger = memoryLedger(catalog, [snapshot('sg/main', BEGIN)]);
    const out = join(directory, 'end-of-time.html');
    const whole = await report(out, ['--to', '9999-12-31T23:59:59Z'], ledger);
    expect({ exitCode: whole.exitCode, first: whole.stderr[0] }).toEqual({
      exitCode: 0,
      first: expect.stringMatching(/^wrote /),
    });
    expect(readFileSync(out, 'utf8')).toContain('up to, but not including, 10000-01-01 08:59:59');
    const late = ['--from', '9999-12-31T20:00:00Z', '--to', '9999-12-31T23:59:59Z'];
    expect((await report(out, late, ledger)).exitCode).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain(
      '10000-01-01 05:00 up to, but not including, 10000-01-01 08:59:59',
    );
  });

  it('shows a progress bar on an ordinary terminal', async () => {
    let now = NOW - 60_000;
    const tick = () => {
      now += 1_000;
      return now;
    };
    const words = ['report', '--local', '--out', join(directory, 'progress.html'), '--to', '2026-04-01'];
    const { stderrText } = await typed(words, LEDGER, { now: tick, isTTY: true, columns: 80 });
    expect(stderrText).toMatch(/Reading \[#+\.+\] \d+ %/);
    expect(stderrText).toMatch(/\r +\rwrote /);
  });

  it('goes back at most a year by default', async () => {
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
