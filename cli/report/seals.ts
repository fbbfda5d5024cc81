import { dayName } from '../../lambda/core/seal.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { shellWord } from '../print/shell-word.ts';
import { count, counted } from './count.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import type { SealedDays, UnsealedDays } from './sealed-days.ts';

/** What a seal is, and what it shows. */
export const SEAL_MEANING =
  'After a day ends it is sealed: everything recorded that day, and the seal of the day before, become one hash, the root. If you were given the root when the day was sealed, you can prove with it that the record has not changed since. It does not prove that the record was right when it was made.';

/** The seals of a report's range, as they are shown. */
export interface SealsShown {
  readonly days: SealedDays;
  /** The options that select the ledger, as they are typed. */
  readonly ledgerWords: readonly string[];
}

type Newest = NonNullable<SealedDays['newest']>;

/** Which days of the range are sealed, the newest root, and the command that compares the ledger with it. */
export function seals({ days, ledgerWords }: SealsShown, timeZone: TimeZone): Markup {
  const { sealed, newest, others } = days;
  const unreadable = others.filter(({ why }) => why === 'unreadable');
  const warnings = [
    ...(newest === undefined ? [] : listed('No seal', others.filter(isMissing))),
    ...listed('The seal cannot be read by this version', unreadable),
  ];
  return element(
    'div',
    { class: 'seals' },
    element('h3', {}, 'Seals'),
    element('p', { class: 'days' }, newest === undefined ? noneText(others) : countText(sealed, others)),
    ...warnings.map((text) => element('p', { class: 'warning' }, text)),
    ...(newest === undefined ? [] : [newestFacts(newest, timeZone), ...howToCheck(newest.root, ledgerWords)]),
  );
}

function isMissing({ why }: UnsealedDays): boolean {
  return why === 'none';
}

function noneText(others: readonly UnsealedDays[]): string {
  if (others.some(({ why }) => why === 'unreadable'))
    return 'No day of this range has a seal that this version can read.';
  return others.some(({ why }) => why !== 'pending')
    ? 'No day of this range has a seal.'
    : 'No day of this range is sealed yet: a day is sealed an hour after it ends.';
}

function countText(sealed: number, others: readonly UnsealedDays[]): string {
  const all = others.reduce((sum, one) => sum + one.count, sealed);
  const pending = listed(
    ' Not sealed yet',
    others.filter(({ why }) => why === 'pending'),
  );
  if (sealed === all) return `Each day of this range is sealed: ${counted(all, 'day')}.`;
  const are = sealed === 1 ? 'is' : 'are';
  return `${count(sealed)} of ${counted(all, 'day')} of this range ${are} sealed.${pending.join('')}`;
}

/** `No seal: 2026-03-01, 2026-03-05 to 2026-03-07 (3 days).`; nothing if there are no such days. */
function listed(what: string, stretches: readonly UnsealedDays[]): string[] {
  const texts = stretches.map(({ first, last, count: days }) =>
    days === 1 ? first : `${first} to ${last} (${counted(days, 'day')})`,
  );
  return texts.length === 0 ? [] : [`${what}: ${texts.join(', ')}.`];
}

function newestFacts({ root, sealedAt, ...day }: Newest, timeZone: TimeZone): Markup {
  const facts = [
    ['Newest sealed day', dayName(day)],
    ['Sealed', localTime(sealedAt, timeZone)],
    ['Root', element('code', {}, root)],
  ] as const;
  return element(
    'dl',
    {},
    ...facts.map(([term, fact]) => element('div', {}, element('dt', {}, term), element('dd', {}, fact))),
  );
}

function howToCheck(root: string, ledgerWords: readonly string[]): Markup[] {
  const command = ['balances', 'verify', ...ledgerWords, '--expect', root].map(shellWord).join(' ');
  return [
    element(
      'p',
      { class: 'quiet small' },
      `${SEAL_MEANING} This page shows what the seals say; it has not compared the records with them. This command does, and looks for the root above:`,
    ),
    element('p', {}, element('code', {}, command)),
  ];
}
