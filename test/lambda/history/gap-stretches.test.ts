import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { SlotOutcome } from '../../../lambda/core/completeness.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { GapStretches } from '../../../lambda/history/gap-stretches.ts';

/** The outcomes of an account, hour by hour: `s` snapshot, `m` missing, `f` failure, `n` failure not due, `u` unreadable. */
function outcomes(account: AccountName, letters: string): SlotOutcome[] {
  return [...letters].map((letter, hour) => ({
    account,
    slot: hour * HOUR,
    outcome: ({ s: 'snapshot', m: 'missing', f: 'failure', n: 'failure', u: 'unreadable' } as const)[
      letter as 's' | 'm' | 'f' | 'n' | 'u'
    ],
    due: letter !== 'n',
    observedAt: undefined,
    currencies: undefined,
    reason: { m: 'missing', f: 'late', n: 'late', u: 'strange' }[letter],
  }));
}

function joined(...all: (readonly [AccountName, string])[]): string[] {
  const stretches = new GapStretches();
  for (const [account, letters] of all)
    for (const outcome of outcomes(account, letters)) stretches.add(outcome);
  return stretches
    .joined()
    .map(
      ({ from, to, count, reason, accounts }) =>
        `${from / HOUR}-${to / HOUR} ${count} ${reason} ${accounts.join(',')}`,
    );
}

describe('joined gaps', () => {
  it('are neighbouring slots with the same reason', () => {
    expect(joined(['sg/a', 'smmmsffsm'])).toEqual([
      '1-3 3 missing sg/a',
      '5-6 2 late sg/a',
      '8-8 1 missing sg/a',
    ]);
    expect(joined(['sg/a', 'mmff'])).toEqual(['0-1 2 missing sg/a', '2-3 2 late sg/a']);
  });

  it('are ended by anything that is not a gap: a snapshot, what is not due, what cannot be read', () => {
    expect(joined(['sg/a', 'msmnmum'])).toEqual([0, 2, 4, 6].map((hour) => `${hour}-${hour} 1 missing sg/a`));
  });

  it('are shared by accounts with the same stretch, and not joined from one account to the next', () => {
    expect(joined(['sg/a', 'smm'], ['sg/b', 'mmm'], ['th/a', 'smm'])).toEqual([
      '0-2 3 missing sg/b',
      '1-2 2 missing sg/a,th/a',
    ]);
    expect(joined(['sg/a', 'ssm'], ['sg/b', 'mss'])).toEqual(['0-0 1 missing sg/b', '2-2 1 missing sg/a']);
  });

  it('of nothing are none', () => {
    expect(joined(['sg/a', 'sss'])).toEqual([]);
  });
});
