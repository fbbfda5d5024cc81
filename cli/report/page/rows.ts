import { formatMillisecond } from '../../../lambda/core/instant.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { amountCell, decimalsOf } from '../amount.ts';
import { table } from '../html-table.ts';
import { element, type Markup } from '../markup.ts';
import type { AccountRecord, Moment } from '../record.ts';
import { lackOf, whenOf } from './readout.ts';
import { amountsAt } from './series.ts';

/** The moments as a table, in the given order: the data of the chart. */
export function momentTable(
  account: AccountRecord,
  currency: string,
  moments: readonly Moment[],
  timeZone: TimeZone,
): Markup {
  const rows = moments
    .filter(({ kind }) => kind !== 'pause')
    .map((moment) => ({ moment, amounts: amountsAt(account, currency, moment) }));
  const decimals = (name: 'total' | 'available' | 'locked') =>
    decimalsOf(rows.map(({ amounts }) => amounts?.[name] ?? '0'));
  const [total, available, locked] = [decimals('total'), decimals('available'), decimals('locked')];
  const lines = rows.map(({ moment, amounts }) => ({
    title: whenOf(moment, timeZone),
    cells:
      amounts === undefined || moment.kind !== 'snapshot'
        ? [
            element(
              'td',
              { colspan: '4', class: 'lacking' },
              moment.kind === 'snapshot' ? '–' : `No snapshot: ${lackOf(moment)}`,
            ),
          ]
        : [
            amountCell(amounts.total, total),
            amountCell(amounts.available, available),
            amountCell(amounts.locked, locked),
            element('td', { class: 'observed' }, formatMillisecond(moment.observedAt)),
          ],
  }));
  return table(
    `${currency} in ${account.account}, slot by slot`,
    [
      { title: 'Slot', amount: false },
      ...['Total', 'Available', 'Locked'].map((title) => ({ title, amount: true })),
      { title: 'Observed', amount: false },
    ],
    lines,
  );
}
