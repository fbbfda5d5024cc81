import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../cli/report/markup.ts';
import type { ReportRecord } from '../../../cli/report/record.ts';
import { type WorthView, worthAt } from '../../../cli/report/worth-table.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { failure, line, sheet, snapshot } from '../../support/memory-ledger.ts';
import { accountOf, BEGIN, HOURLY, recordOf } from '../../support/report-record.ts';

const RANGE = { from: BEGIN, to: BEGIN + HOUR };
const ENTRIES = [
  snapshot('sg/main', BEGIN, [
    line('ADA', '100', '20.5', '0.8'),
    line('BTC', '0.12345678', '0', '60000.123456789', 'SGD'),
    line('FLR', '3'),
    line('OLD', '0'),
  ]),
  snapshot('th/main', BEGIN, [line('BTC', '2', '0', '1000000', 'THB'), line('THB', '7')]),
];
const SHEETS = [
  sheet('sg', BEGIN, {
    'SGD-ADA': '1.220412345678901',
    'SGD-BTC': '64200',
    'SGD-USDT': ['1.34', BEGIN - 5 * HOUR],
  }),
  sheet('th', BEGIN, { 'THB-BTC': '2300000', 'THB-USDT': '35' }),
];
const BOTH = await recordOf(ENTRIES, ['sg/main', 'th/main'], [HOURLY], RANGE, 0, SHEETS);

/** The cells of each row, and the sentences. */
function shown(record: ReportRecord, view: Partial<WorthView> = {}) {
  const html = toHtml(
    worthAt(record, {
      instant: BEGIN + 30 * MINUTE,
      unit: 'SGD',
      account: undefined,
      isExact: false,
      ...view,
    }),
  );
  const bare = (text: string) =>
    text
      .replace(/<[^>]*>/g, '')
      .replaceAll('&#39;', "'")
      .trim();
  const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => bare(cell)),
  );
  const sentences = [...html.matchAll(/<p[^>]*>(.*?)<\/p>/g)].map(([, text = '']) => bare(text));
  return { html, rows, sentences };
}

describe('the table of worth', () => {
  it('has each currency of an account, the largest value first, rounded, and the sum', () => {
    const { rows, sentences } = shown(BOTH, { account: accountOf(BOTH) });
    expect(rows).toEqual([
      ['Currency', 'Value in SGD', 'Share', 'Held', 'Price', 'Via', 'Average price', 'Upbit cost', 'Gain'],
      [
        'BTC',
        '7925.93',
        '98.2 %',
        '0.12345678',
        '64200',
        'SGD-BTC',
        '60000.123456789 SGD',
        '7407.42',
        '518.50',
      ],
      ['ADA', '147.06', '1.8 %', '120.5', '1.220412346', 'SGD-ADA', '0.8 USDT', '129.18', '17.88'],
      ['FLR', 'unknown', '', '3', '', '', '', '', ''],
      ['OLD', '–', '', '0', '', '', '', '', ''],
      ['Sum, without FLR', '8072.98', ''],
    ]);
    expect(sentences).toContain('No market has a price for FLR in SGD, so the sum leaves it out.');
  });

  it('shows every digit on request', () => {
    const { rows, html } = shown(BOTH, { account: accountOf(BOTH), isExact: true });
    expect([1, 3, 4].map((cell) => rows[2]?.[cell])).toEqual([
      '147.0596876543075705',
      '120.5',
      '1.220412345678901',
    ]);
    expect(html).toContain('title="147.0596876543075705 SGD"');
  });

  it('adds up all accounts, and each account is a row of its own', () => {
    const { rows, sentences } = shown(BOTH);
    expect(rows.slice(1)).toEqual([
      ['BTC', '184040.21', '99.9 %', '2.12345678', '2 prices', '', '', '83978.85', '100061.36'],
      ['ADA', '147.06', '0.1 %', '120.5', '1.220412346', 'SGD-ADA', '0.8 USDT', '129.18', '17.88'],
      ['THB', '0.27', '0.0 %', '7', '0.03828571429', '1 ÷ THB-USDT × sg SGD-USDT', '', '', ''],
      ['FLR', 'unknown', '', '3', '', '', '', '', ''],
      ['OLD', '–', '', '0', '', '', '', '', ''],
      ['Sum, without FLR', '184187.54', ''],
      ['Account', 'Value in SGD', 'Share', 'Slot', 'Without a price'],
      ['sg/main', '8072.98', '4.4 %', '2026-03-01 00:00', 'FLR'],
      ['th/main', '176114.55', '95.6 %', '2026-03-01 00:00', ''],
    ]);
    expect(sentences[0]).toContain(
      'Sum of the 2 snapshots below. The oldest was observed 2026-03-01T00:00:01.234Z',
    );
    expect(sentences).toContain('Last trade more than an hour old: sg SGD-USDT 5 h before.');
  });

  it('says which prices were not recorded, and which account has no newer snapshot', async () => {
    const later = [
      ...ENTRIES,
      failure('sg/main', BEGIN + HOUR),
      snapshot('th/main', BEGIN + HOUR, [line('BTC', '2')]),
    ];
    const record = await recordOf(
      later,
      undefined,
      undefined,
      { from: BEGIN, to: BEGIN + 2 * HOUR },
      0,
      SHEETS,
    );
    const { rows, sentences } = shown(record, { instant: BEGIN + 90 * MINUTE, unit: 'USDT' });
    expect(rows.filter(([name]) => name === 'BTC' || name?.startsWith('Sum'))).toEqual([
      ['BTC', '5914.87', '98.2 %', '2.12345678', '', 'without th/main', '', '', ''],
      ['Sum, without BTC, FLR', '6024.62', ''],
    ]);
    expect(sentences).toContain(
      'No prices of th were recorded for 2026-03-01 01:00, so values that need one are unknown.',
    );
    expect(sentences.join()).toContain(
      'No snapshot of the last expected slot, so an older amount is in this sum: sg/main (as of 2026-03-01 00:00)',
    );
  });

  it('is a sentence where there is no snapshot', () => {
    const none = 'This report has no snapshot from 2026-03-01 00:00 up to this time.';
    expect(shown(BOTH, { instant: BEGIN - HOUR }).sentences).toEqual([none]);
    expect(shown(BOTH, { instant: BEGIN - HOUR, account: accountOf(BOTH) }).sentences).toEqual([none]);
  });
});
