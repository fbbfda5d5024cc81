import type { AccountName } from '../../../lambda/core/account.ts';
import type { Instant } from '../../../lambda/core/instant.ts';
import { covers, dayName, type Seal } from '../../../lambda/core/seal.ts';
import { localMidnight } from '../../../lambda/core/slots.ts';
import { counted } from '../count.ts';
import { table } from '../html-table.ts';
import { element, type Markup } from '../markup.ts';
import type { Statement } from './statement.ts';
import { timeMark } from './times.ts';

/** The snapshots that one seal covers: those of one day. */
interface Day {
  /** Its first instant. */
  readonly from: Instant;
  readonly seal: Seal | undefined;
  readonly accounts: readonly AccountName[];
}

/** What it needs of a statement. */
type Sealed = Pick<Statement, 'worths' | 'seals' | 'timeZone'>;

/** The seal of the day of each snapshot, or that there is none yet; nothing if there is no snapshot. */
export function sealTable(statement: Sealed): Markup[] {
  const days = daysOf(statement);
  if (days.length === 0) return [];
  const { timeZone } = statement;
  return [
    element(
      'div',
      { class: 'seals' },
      table(
        'The seal of each day that a snapshot is from',
        ['Day', 'Snapshots of', 'Root', 'Sealed'].map((title) => ({ title, amount: false })),
        days.map(({ from, seal, accounts }) => ({
          title: dayName({ from, timeZone: seal?.timeZone ?? timeZone }),
          cells: [
            element('td', {}, accountsText(accounts)),
            element('td', {}, seal === undefined ? '–' : element('code', {}, seal.root)),
            element('td', {}, seal === undefined ? 'no seal' : timeMark(seal.sealedAt, timeZone)),
          ],
        })),
      ),
    ),
    ...days.flatMap(({ from, seal, accounts }) => {
      const without = accounts.filter((account) => seal !== undefined && !seal.accounts.has(account));
      const day = dayName({ from, timeZone: seal?.timeZone ?? timeZone });
      return without.length === 0
        ? []
        : [element('p', { class: 'warning' }, `The seal of ${day} does not cover ${without.join(', ')}.`)];
    }),
  ];
}

/** How many accounts a cell names. */
const NAMED = 3;

function accountsText(accounts: readonly AccountName[]): string {
  return accounts.length <= NAMED ? accounts.join(', ') : counted(accounts.length, 'account');
}

function daysOf({ worths, seals, timeZone }: Sealed): Day[] {
  const days = new Map<Instant, Day>();
  for (const { account, snapshot } of worths) {
    const seal = seals.find((each) => covers(each, snapshot.slot));
    const from = seal?.from ?? localMidnight(timeZone, snapshot.slot);
    days.set(from, { from, seal, accounts: [...(days.get(from)?.accounts ?? []), account] });
  }
  return [...days.values()].sort((a, b) => a.from - b.from);
}
