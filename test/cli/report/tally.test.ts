import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../cli/report/markup.ts';
import { completeness } from '../../../cli/report/tally.ts';
import { HOUR, type Instant } from '../../../lambda/core/instant.ts';
import { slots } from '../../../lambda/history/slots.ts';
import { catalogOf, memoryLedger, unreadable } from '../../support/memory-ledger.ts';
import { accountOf, BEGIN, HOURLY, marchEntries, NOW, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

/** The visible text of a row of the table. */
function row(html: string, title: string): string {
  const [, cells = ''] = new RegExp(`<th scope="row">${title}</th>(.*?)</tr>`).exec(html) ?? [];
  return cells
    .replace(/<[^>]*>/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}

describe('the completeness of a report', () => {
  it('counts slots like gaps does', async () => {
    const nothing = { unreadable: 0, open: 0 };
    expect(accountOf(march).counts).toEqual({ expected: 745, taken: 738, failed: 5, missing: 2, ...nothing });
    const thai = { expected: 745, taken: 745, failed: 0, missing: 0, ...nothing };
    expect(accountOf(march, 'th/main').counts).toEqual(thai);
    const catalog = catalogOf([{ account: 'sg/main', since: BEGIN }], [HOURLY]);
    const view = { reader: memoryLedger(catalog, marchEntries()), catalog, now: NOW };
    const outcomes: string[] = [];
    for await (const { outcome } of slots(view, ['sg/main'], { from: BEGIN, to: NOW }))
      outcomes.push(outcome);
    const of = (name: string) => outcomes.filter((outcome) => outcome === name).length;
    expect([of('snapshot'), of('failure'), of('missing'), outcomes.length]).toEqual([738, 5, 2, 745]);
  });

  it('does not count an unreadable slot as failed', async () => {
    const hidden: Instant = BEGIN + 5 * HOUR;
    const entries = [
      ...marchEntries().filter(({ account, slot }) => account !== 'sg/main' || slot !== hidden),
      unreadable('sg/main', hidden),
    ];
    const record = await recordOf(entries);
    const html = toHtml(completeness(record));
    expect(html).toContain('>Unreadable</th>');
    expect(row(html, 'sg/main')).toBe('745 737 5 2 1 98.92 %');
    expect(row(toHtml(completeness(march)), 'sg/main')).toBe('745 738 5 2 99.06 %');
    expect(html).toContain('2026-03-01 05:00');
  });

  it('writes all numbers in the same style', () => {
    const [account] = march.accounts;
    if (account === undefined) throw new Error('no account');
    const lacking = account.moments.flatMap((moment) =>
      moment.kind === 'missing' ? [{ ...moment, count: 1_500 }] : [],
    );
    const counts = { ...account.counts, expected: 3_000, missing: 3_000 };
    const html = toHtml(completeness({ ...march, accounts: [{ ...account, counts, moments: lacking }] }));
    expect(html).toContain('sg/main: 3,000 slots without a snapshot');
    expect(html).toContain('<span class="count">3,000 slots</span>');
    expect(row(html, 'sg/main')).toContain('3,000');
  });

  it('joins the gaps of many accounts: those that share one are named beside it, and no paragraph is repeated', () => {
    const account = accountOf(march);
    const names = Array.from({ length: 8 }, (_, index) => `sg/desk-${index}` as const);
    const missing = account.moments.filter(({ kind }) => kind === 'missing');
    const accounts = names.map((name, index) => ({
      ...account,
      account: name,
      // The last two have only the gap that all have.
      moments: index < 6 ? account.moments : missing,
    }));
    const html = toHtml(completeness({ ...march, accounts }));
    const alone = toHtml(completeness({ ...march, accounts: [account] }));
    const items = (text: string) => text.match(/<li>/g)?.length;
    expect(html.match(/<details/g)).toHaveLength(1);
    expect(items(html)).toBe(items(alone));
    expect(html).toContain(`All accounts: ${6 * 7 + 2 * 2} slots without a snapshot`);
    expect(html).toContain('<span class="who">all 8 accounts</span>');
    expect(html).toContain(`<span class="who">${names.slice(0, 6).join(', ')}</span>`);
    expect(alone).not.toContain('class="who"');
    const whens = (text: string) => [...text.matchAll(/class="when">([^<]*)</g)].map(([, when]) => when);
    expect(whens(html)).toEqual(whens(alone));
  });

  it('has no list where many accounts lack nothing', () => {
    const account = accountOf(march, 'th/main');
    const accounts = Array.from({ length: 8 }, () => account);
    expect(toHtml(completeness({ ...march, accounts }))).not.toContain('<details');
  });
});
