import { formatMillisecond } from '../../../lambda/core/instant.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { amountCell, decimalsOf } from '../amount.ts';
import { localTime } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { reasonWithDetail } from '../reason.ts';
import type { AccountRecord, Moment } from '../record.ts';
import { amountsAt } from './series.ts';

/** The moments as a table, in the order given: what the chart shows, to be read. */
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
  const caption = `${currency} in ${account.account}, slot by slot`;
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'spoken' }, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, 'Slot'),
          ...['Total', 'Available', 'Locked'].map((title) =>
            element('th', { scope: 'col', class: 'amount' }, title),
          ),
          element('th', { scope: 'col' }, 'Observed'),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map(({ moment, amounts }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, localTime(moment.slot, timeZone)),
            ...(amounts === undefined || moment.kind !== 'snapshot'
              ? [
                  element(
                    'td',
                    { colspan: '4', class: 'lacking' },
                    moment.kind === 'snapshot' ? '–' : `No snapshot: ${reasonWithDetail(moment)}`,
                  ),
                ]
              : [
                  amountCell(amounts.total, total),
                  amountCell(amounts.available, available),
                  amountCell(amounts.locked, locked),
                  element('td', { class: 'observed' }, formatMillisecond(moment.observedAt)),
                ]),
          ),
        ),
      ),
    ),
  );
}
