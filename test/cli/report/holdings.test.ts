import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../../cli/report/encoding.ts';
import { holdings } from '../../../cli/report/holdings.ts';
import { toHtml } from '../../../cli/report/markup.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { BEGIN, END, FAILED, marchEntries, plain, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the holdings at a time', () => {
  it('are those of the newest snapshot up to then, with any failure since', () => {
    const text = toHtml(holdings(march, (FAILED[2] ?? 0) + 30 * MINUTE)).replace(/<[^>]*>/g, '');
    expect(text).toContain('Slot 2026-03-21T07:00:00Z, observed 2026-03-21T07:00:01.234Z, 3 h 29 min before');
    expect(text).toContain(
      '3 expected slots since without a snapshot, the last at 2026-03-21 10:00: upbit.timeout',
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

describe('the sum over the accounts', () => {
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
    const textAt = (instant: number) =>
      toHtml(holdings(closed, instant))
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ');
    expect(textAt(END - HOUR)).toContain('Sum of the 2 snapshots below');
    expect(textAt(END)).not.toContain('All accounts');
    expect(textAt(END - 2 * HOUR - 1)).not.toContain('All accounts');
    expect(textAt(END - 2 * HOUR - 1)).toMatch(/Closed from \S+ \S+ to \S+ \S+/);
    expect(textAt(END - 2 * HOUR)).toContain('Sum of the 2 snapshots below');
    expect(plain(decodeRecord(encodeRecord(closed)))).toEqual(plain(closed));
    const three = { ...closed, accounts: [...closed.accounts, ...march.accounts.slice(0, 1)] };
    expect(toHtml(holdings(three, END))).toContain('Sum of the 2 snapshots below; 1 closed account left out');
  });
});
