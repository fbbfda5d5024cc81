import { describe, expect, it } from 'vitest';
import { reportDocument } from '../../../cli/report/document.ts';
import { decodeRecord, encodeRecord } from '../../../cli/report/encoding.ts';
import { holdings } from '../../../cli/report/holdings.ts';
import { toHtml } from '../../../cli/report/markup.ts';
import { asOf, type ReportRecord } from '../../../cli/report/record.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { failure, unreadable } from '../../support/memory-ledger.ts';
import {
  BEGIN,
  END,
  FAILED,
  HOURLY,
  MARCH_SEALS,
  marchEntries,
  NOW,
  plain,
  recordOf,
} from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the holdings at a time', () => {
  it('are those of the newest snapshot up to then, with any failure since', () => {
    const text = toHtml(holdings(march, (FAILED[2] ?? 0) + 30 * MINUTE)).replace(/<[^>]*>/g, '');
    expect(text).toContain('Slot 2026-03-21T07:00:00Z, observed 2026-03-21T07:00:01.234Z, 3 h 29 min before');
    expect(text).toContain(
      '3 expected slots since then without a snapshot, the last at 2026-03-21 10:00: upbit.timeout',
    );
    expect(toHtml(holdings(march, BEGIN - HOUR))).toContain(
      'This report has no snapshot from 2026-03-01 00:00 up to this time.',
    );
  });

  it('are called empty only if all currencies were requested', () => {
    const bare = march.accounts.map((one) => ({ ...one, currencies: new Map() }));
    expect(toHtml(holdings({ ...march, accounts: bare }, END))).toContain('The account is empty.');
    const html = toHtml(holdings({ ...march, accounts: bare, currencies: ['DOGE', 'KUB'] }, END));
    expect(html).toContain('The snapshot does not list DOGE, KUB.');
    expect(html).not.toContain('empty');
  });

  it('include the sum over the accounts', () => {
    const text = toHtml(holdings(march, END))
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
    expect(text).toContain('All accounts Sum of the 2 snapshots below');
    expect(text.slice(text.indexOf('All accounts'))).toContain('BTC 1 .81000094 1 .81000094 0');
  });
});

/** The visible text of the holdings. */
function textAt(record: ReportRecord, instant: number): string {
  return toHtml(holdings(record, instant))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the holdings at the end of the range', () => {
  const year = { from: BEGIN, to: END };

  it('are those of the slot at the end, although it is outside the range', async () => {
    const record = await recordOf(marchEntries(), ['sg/main', 'th/main'], [HOURLY], year);
    const [own] = record.accounts;
    expect(own?.moments.at(-1)?.slot).toBe(END - HOUR);
    expect(own?.counts.expected).toBe(744);
    expect(textAt(record, asOf(record))).toContain('Slot 2026-04-01T00:00:00Z');
    expect(textAt(record, END - 1)).toContain('Slot 2026-03-31T23:00:00Z');
    const page = await reportDocument(record, MARCH_SEALS);
    expect(page).toContain('Holdings at 2026-04-01 00:00');
    expect(page).toContain('2026-03-01 00:00 up to, but not including, 2026-04-01 00:00');
    expect(plain(decodeRecord(encodeRecord(record)))).toEqual(plain(record));
  });

  it('say so if that slot failed', async () => {
    const entries = marchEntries().map((entry) =>
      entry.account === 'sg/main' && entry.slot === END ? failure('sg/main', END) : entry,
    );
    const record = await recordOf(entries, ['sg/main', 'th/main'], [HOURLY], year);
    const text = textAt(record, asOf(record));
    expect(text).toContain('Slot 2026-03-31T23:00:00Z');
    expect(text).toContain(
      '1 expected slot since then without a snapshot, the last at 2026-04-01 00:00: upbit.timeout',
    );
    expect(record.accounts[0]?.counts).toMatchObject({ expected: 744, failed: 5 });
  });

  it('are unknown if an item since the newest snapshot cannot be read', async () => {
    const entries = [...marchEntries().filter(({ slot }) => slot < END), unreadable('sg/main', END)];
    const text = textAt(await recordOf(entries), NOW);
    expect(text).toContain(
      'sg/main Unknown: the item of 2026-04-01 00:00 cannot be read (its schema version is 2',
    );
    expect(text).not.toContain('0.81');
  });
});

describe('the sum over the accounts', () => {
  it('names each account without a snapshot of its last expected slot, and how old the oldest is', async () => {
    const refused = END - 43 * HOUR;
    const entries = [
      ...marchEntries().map((entry) =>
        entry.account === 'sg/main' && entry.slot > refused
          ? failure('sg/main', entry.slot, 'upbit.refused')
          : entry,
      ),
    ];
    const record = await recordOf(entries, ['sg/main', 'th/main', 'th/never']);
    const text = textAt(record, asOf(record));
    expect(text).toContain('Sum of the 2 of 3 accounts that have a snapshot');
    expect(text).toContain('The oldest was observed 2026-03-30T05:00:01.234Z, 1 d 19 h before this time.');
    expect(text).toContain(
      'No snapshot of the last expected slot, so an older amount is in this sum: sg/main (as of 2026-03-30 05:00)',
    );
    expect(text).toContain('No snapshot in this report, so not in this sum: th/never');
    const whole = textAt(march, NOW);
    expect(whole).toContain('The oldest was observed 2026-04-01T00:00:01.234Z, 29 min 58 s before');
    expect(whole).not.toContain('in this sum');
  });

  it('does not call an account old for a slot that a change of schedule leaves open', async () => {
    const change = { ...HOURLY, from: END - 30 * MINUTE, every: '1d' } as const;
    const entries = marchEntries().filter(({ slot }) => slot < END - 3 * HOUR);
    const text = textAt(await recordOf(entries, ['sg/main', 'th/main'], [HOURLY, change]), END - MINUTE);
    expect(text).toContain('Sum of the 2 snapshots below');
    expect(text).not.toContain('older amount');
  });

  it('leaves out an account closed at that time, as latest --total does, and says so', () => {
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
    expect(textAt(closed, END - HOUR)).toContain('Sum of the 2 snapshots below');
    expect(textAt(closed, END)).not.toContain('All accounts');
    expect(textAt(closed, END - 2 * HOUR - 1)).not.toContain('All accounts');
    expect(textAt(closed, END - 2 * HOUR - 1)).toMatch(/Closed from \S+ \S+ to \S+ \S+/);
    expect(textAt(closed, END - 2 * HOUR)).toContain('Sum of the 2 snapshots below');
    expect(plain(decodeRecord(encodeRecord(closed)))).toEqual(plain(closed));
    const three = { ...closed, accounts: [...closed.accounts, ...march.accounts.slice(0, 1)] };
    expect(toHtml(holdings(three, END))).toContain('Sum of the 2 snapshots below; 1 closed account left out');
  });
});
