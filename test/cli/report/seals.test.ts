import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../cli/report/markup.ts';
import type { SealedDays, UnsealedDays } from '../../../cli/report/sealed-days.ts';
import { SEAL_MEANING, seals } from '../../../cli/report/seals.ts';
import { textIn } from '../../support/page-text.ts';
import { SEAL } from '../../support/seals.ts';

function shown(days: Partial<SealedDays>, ledgerWords: readonly string[] = ['--local']): string {
  const all = { sealed: 30, newest: SEAL, others: [], ...days };
  return toHtml(seals({ days: all, ledgerWords }, 'Asia/Singapore'));
}

function unsealed(why: UnsealedDays['why'], first: string, last = first, count = 1): UnsealedDays {
  return { why, first, last, count };
}

describe('the seals of a report', () => {
  it('tell how many days are sealed, and the newest root in full', () => {
    const html = shown({});
    expect(textIn(html)).toContain('Each day of this range is sealed: 30 days.');
    expect(textIn(html)).toContain(`Newest sealed day2026-03-31Sealed2026-04-01 09:00Root${SEAL.root}`);
  });

  it('say that nothing was compared, and name the command that does', () => {
    const text = textIn(shown({}, ['--table', 'my ledger']));
    expect(text).toContain(SEAL_MEANING);
    expect(text).toContain('it has not compared the records with them.');
    expect(text).toContain(`balances verify --table 'my ledger' --expect ${SEAL.root}`);
    expect(text).not.toContain('verified');
  });

  it('tell days that are still to be sealed from days without a seal', () => {
    const html = shown({
      sealed: 1,
      others: [
        unsealed('none', '2026-03-01'),
        unsealed('none', '2026-03-05', '2026-03-07', 3),
        unsealed('unreadable', '2026-03-09'),
        unsealed('pending', '2026-03-31', '2026-04-01', 2),
      ],
    });
    const text = textIn(html);
    expect(text).toContain(
      '1 of 8 days of this range is sealed. Not sealed yet: 2026-03-31 to 2026-04-01 (2 days).',
    );
    expect(html).toContain('"warning">No seal: 2026-03-01, 2026-03-05 to 2026-03-07 (3 days).<');
    expect(html).toContain('"warning">The seal cannot be read by this version: 2026-03-09.<');
  });

  it('that this version cannot read are not said to be none', () => {
    const others = [unsealed('unreadable', '2026-03-01', '2026-03-31', 31)];
    const text = textIn(shown({ sealed: 0, newest: undefined, others }));
    expect(text).toContain('No day of this range has a seal that this version can read.');
    expect(text).toContain('The seal cannot be read by this version: 2026-03-01 to 2026-03-31 (31 days).');
  });

  it.each([
    ['none', 'No day of this range has a seal.'],
    ['pending', 'No day of this range is sealed yet: a day is sealed an hour after it ends.'],
  ] as const)('are one sentence if there are none: %s', (why, sentence) => {
    const others = [unsealed(why, '2026-03-01', '2026-03-31', 31)];
    expect(textIn(shown({ sealed: 0, newest: undefined, others }))).toBe(`Seals${sentence}`);
  });
});
