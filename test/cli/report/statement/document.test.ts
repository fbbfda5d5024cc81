import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { printable } from '../../../../cli/print/printable.ts';
import type { AccountEntry } from '../../../../lambda/core/catalog.ts';
import { EMPTY_CATALOG } from '../../../../lambda/core/catalog.ts';
import { add, formatDecimal } from '../../../../lambda/core/decimal.ts';
import { HOUR } from '../../../../lambda/core/instant.ts';
import type { Found } from '../../../../lambda/core/snapshot.ts';
import type { FoundPrices, LedgerReader } from '../../../../lambda/history/reader.ts';
import { snapshot as anySnapshot, decimal } from '../../../support/arbitraries.ts';
import { HOURLY, NOW, open, SLOT } from '../../../support/hourly-ledger.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  sheet,
  snapshot,
  unreadable,
} from '../../../support/memory-ledger.ts';
import { cellsIn, textIn, under } from '../../../support/page-text.ts';
import { HOSTILE, inlined } from '../../../support/report-record.ts';
import { typed } from '../../../support/typed.ts';

const directory = mkdtempSync(join(tmpdir(), 'statement-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SG = snapshot('sg/main', SLOT, [
  line('ADA', '100', '20.5', '0.8'),
  line('BTC', '1234567.00000001'),
  line('FLR', '0.00000305'),
  line('SGD', '5', '0', '0', 'SGD'),
  line('ZERO', '0'),
]);
const TH = snapshot('th/main', SLOT, [line('DOGE', '10', '0', '4.5', 'THB')], { keyId: 'feedbeef' });
const SHEETS = [
  sheet('sg', SLOT, { 'SGD-ADA': '1.2204', 'SGD-BTC': '64200.123456789', 'SGD-USDT': '1.34' }),
  sheet('th', SLOT, { 'THB-DOGE': '4.9', 'THB-USDT': '35' }),
];

const ledgerOf = (
  entries: readonly Found[],
  accounts: readonly AccountEntry[] = open('sg/main', 'th/main'),
  sheets: readonly FoundPrices[] = SHEETS,
) => memoryLedger(catalogOf(accounts, [HOURLY]), entries, sheets);
const BOTH = ledgerOf([SG, TH]);

/** The statement that a command line writes: `--at` and what follows. */
async function statement(ledger: LedgerReader, words = '', target = '--local'): Promise<string> {
  const out = join(directory, 'statement.html');
  const at = words.includes('--at') ? [] : ['--at', '2026-11-22T06:00:00Z'];
  const line = ['report', target, ...at, ...words.split(' ').filter((word) => word !== ''), '--out', out];
  const { exitCode, stderrText } = await typed(line, ledger, { now: NOW });
  expect(exitCode, stderrText).toBeLessThan(2);
  return readFileSync(out, 'utf8');
}

describe('the statement', () => {
  it('has each amount that `at` prints, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(anySnapshot, async (any) => {
        const found = { ...any, account: 'sg/main', slot: SLOT } as const;
        const ledger = ledgerOf([found], open('sg/main'));
        const html = await statement(ledger);
        const { stdout } = await typed('at 2026-11-22T06:00:00Z --local --format json', ledger, { now: NOW });
        const rows = (JSON.parse(stdout) as Record<string, string | null>[]).filter(
          ({ currency }) => currency !== null,
        );
        const total = ({ balance, locked }: (typeof rows)[0]) =>
          formatDecimal(add(decimal(balance ?? ''), decimal(locked ?? '')));
        expect(
          cellsIn(under(html, 'sg/main'))
            .slice(1, -1)
            .map((cells) => cells.slice(0, 4)),
        ).toEqual(
          rows.map((row) => [printable(row['currency'] ?? ''), row['balance'], row['locked'], total(row)]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('has the value, price and markets that `worth` prints, exactly, and its sum', async () => {
    const html = await statement(BOTH, '--in USDT');
    const { stdout } = await typed('worth --local --format json --at 2026-11-22T06:00:00Z --in USDT', BOTH, {
      now: NOW,
    });
    const rows = JSON.parse(stdout) as Record<string, string | null>[];
    const shown = ['sg/main', 'th/main'].flatMap((account) =>
      cellsIn(under(html, account))
        .slice(1, -1)
        .map((cells) => cells[4]),
    );
    expect(shown).toEqual(
      rows
        .filter(({ account }) => account !== null)
        .map(({ value, total, price, via }) => {
          if (value === null) return `${total === '0' ? '–' : 'unknown'} | no price`;
          return via === null ? value : `${value} | price ${price} = ${via}`;
        }),
    );
    expect(cellsIn(under(html, 'All accounts together')).find(([title]) => title?.startsWith('Sum'))).toEqual(
      ['Sum of 2 accounts', '', 'FLR', rows.at(-1)?.['value']],
    );
  });

  it('says what it is about before anything else: the instant with its offset and in UTC, and the ledger', async () => {
    const facts = textIn(under(await statement(BOTH), 'Statement of balances'));
    expect(facts).toContain('Balances at2026-11-22T14:00:00+08:00 (2026-11-22T06:00:00Z in UTC)');
    expect(facts).toContain('Time zoneAsia/Singapore (UTC+8)');
    expect(facts).toContain('Ledgerthe ledger');
    expect(facts).toContain('Accountsall 2 that were open at that time');
  });

  it('shows beside the amounts their slot, when they were observed, and by which key', async () => {
    const html = await statement(BOTH, '--at 2026-11-22T06:20:01Z');
    expect(textIn(under(html, 'th/main').split('<table')[0] ?? '')).toContain(
      'Slot2026-11-22T14:00:00+08:00 (2026-11-22T06:00:00Z in UTC)' +
        'Observed2026-11-22T14:00:01.234+08:00, 19 min 59 s before the time of the statementKey idfeedbeef',
    );
    expect(textIn(await statement(BOTH))).toContain('1 s after the time of the statement');
    const manual = { ...TH, manual: true, serverDate: SLOT - HOUR };
    const other = textIn(await statement(ledgerOf([manual])));
    expect(other).toContain('taken by hand, outside the schedule');
    expect(other).toContain('Upbit’s clock2026-11-22T13:00:00+08:00 when it answered');
  });

  it('lists a zero as `at` does, and adds up what all accounts held', async () => {
    const html = await statement(ledgerOf([SG, { ...TH, balances: [line('ADA', '0.5', '1')] }]));
    expect(cellsIn(under(html, 'sg/main'))).toContainEqual(['ZERO', '0', '0', '0', '– | no price']);
    expect(cellsIn(under(html, 'All accounts together'))).toContainEqual([
      'ADA',
      '100.5',
      '21.5',
      '122',
      '2',
    ]);
  });

  it('is only about the accounts and currencies that were asked for, and says so', async () => {
    const html = await statement(BOTH, '--account sg/main --currency ada,xrp');
    expect(textIn(html)).toContain('Accountsonly sg/main');
    expect(textIn(html)).toContain('Currenciesonly ada, xrp');
    expect(cellsIn(under(html, 'sg/main')).map(([title]) => title)).toEqual(['Currency', 'ADA', 'Worth']);
    expect(html).not.toContain('All accounts together');
    expect(html).not.toContain('th/main');
    const none = textIn(await statement(BOTH, '--account sg/main --currency XRP'));
    expect(none).toContain('The snapshot does not list XRP, so the account held none.');
    expect(textIn(await statement(ledgerOf([{ ...SG, balances: [] }])))).toContain('The account was empty.');
  });

  it('says what is missing in the words of `at` and `worth`', async () => {
    const old = snapshot('sg/main', SLOT - 2 * HOUR, [line('BTC', '1')]);
    const ledger = ledgerOf([old, failure('sg/main', SLOT)]);
    const html = await statement(ledger);
    const { stderr } = await typed('worth --local --at 2026-11-22T06:00:00Z', ledger, { now: NOW });
    const said = stderr.map((text) => text.replace('SIMULATED data; ', ''));
    expect(said).toHaveLength(4);
    const items = [...under(html, 'What is missing').matchAll(/<li>(.*?)<\/li>/g)];
    expect(items.map(([, item = '']) => textIn(item))).toEqual(said);
    expect(textIn(under(html, 'sg/main'))).toContain('A later slot has no snapshot');
  });

  it('calls an account without a snapshot unknown, in no sum, and never 0', async () => {
    const html = await statement(ledgerOf([SG]));
    expect(textIn(under(html, 'th/main'))).toContain(
      'Unknown: the ledger has no snapshot of this account at or before the time of the statement.',
    );
    const cells = cellsIn(under(html, 'All accounts together'));
    expect(cells).toContainEqual(['th/main', 'no snapshot', '', 'unknown']);
    expect(cells.map(([title]) => title)).toContain('Sum of 1 account');
  });

  it('gives no sum if an item cannot be read', async () => {
    const html = await statement(ledgerOf([SG, unreadable('th/main', SLOT)]));
    expect(textIn(under(html, 'th/main'))).toContain('the item 2026-11-22T06:00:00Z cannot be read');
    const cells = cellsIn(under(html, 'All accounts together'));
    expect(cells.slice(-2)).toEqual([
      ['th/main', 'cannot be read', '', 'unknown'],
      ['Sum', '', '', 'unknown'],
    ]);
  });

  it('says so if nothing is missing', async () => {
    const whole = ledgerOf([{ ...SG, balances: [line('ADA', '1')] }, TH]);
    expect(textIn(under(await statement(whole), 'What is missing'))).toBe(
      'h2>What is missingNothing is missing from the balances: each account has a snapshot of its last expected slot.' +
        'Everything held has a price, and every price is of a trade in the hour before its slot.',
    );
  });

  it('says so if the ledger has no accounts', async () => {
    const html = await statement(memoryLedger(EMPTY_CATALOG, []));
    expect(textIn(html)).toContain('the ledger has no accounts to show yet');
    expect(html).not.toContain('Each account');
    expect(html).not.toContain('Nothing is missing');
    expect(html).not.toContain('Everything held');
  });

  it.each([
    ['--local', '', ' --local'],
    ['--real', '--account sg/* --currency ADA', ' --real --account &#39;sg/*&#39; --currency ADA'],
  ])('names the commands that print the same figures: %s %s', async (target, words, options) => {
    const html = await statement(BOTH, words, target);
    const unit = words === '' ? 'USDT' : 'SGD';
    expect(html).toContain(
      `<code>balances at 2026-11-22T06:00:00Z${options}\nbalances worth --at 2026-11-22T06:00:00Z --in ${unit}${options}</code>`,
    );
    expect(html).toContain(
      `<code>balances prove 2026-11-22T06:00:00Z ${target} --account sg/main --out evidence</code>`,
    );
  });

  it('is about now if it is asked about the future, and its commands too', async () => {
    const html = await statement(BOTH, '--at 2027-01-01');
    expect(html).toContain('balances at 2026-11-22T06:30:00Z --local');
    expect(textIn(html)).toContain('is in the future: these are the newest snapshots so far');
  });

  it('says SIMULATED on the page and on each sheet, and only if it is', async () => {
    const demo = await statement(BOTH);
    expect(textIn(demo)).toContain('SIMULATED A made-up Upbit');
    expect(demo).toContain(
      '@bottom-left { content: "SIMULATED · Statement of balances 2026-11-22T14:00:00+08:00"',
    );
    expect(await statement(BOTH, '', '--real')).not.toContain('SIMULATED');
  });

  it('shows a hostile currency as text, and no character that could hide another', async () => {
    const html = await statement(
      ledgerOf([
        snapshot('sg/main', SLOT, [line('<script>', '1'), line(HOSTILE, '7'), line('A\u202eB', '2')]),
      ]),
      '--currency <script> --currency A\u202eB',
    );
    expect(html).not.toContain('<script');
    expect(html).not.toContain(HOSTILE);
    expect(html).not.toContain('\u202e');
    expect(cellsIn(under(html, 'sg/main')).map(([title]) => title)).toContain('<script>');
    expect(textIn(html)).toContain("--currency '<script>'");
  });

  it('needs no script, loads nothing, and allows only its own style', async () => {
    const html = await statement(BOTH);
    const style = createHash('sha256').update(inlined(html, '<style>')).digest('base64');
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/<script|https?:|url\(|@import| (?:src|href|style|on\w+)="/);
  });
});
