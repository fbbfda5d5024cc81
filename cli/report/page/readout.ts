import { formatMillisecond } from '../../../lambda/core/instant.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { reasonWithDetail, textOf } from '../../print/reason.ts';
import { grouped } from '../amount.ts';
import { counted } from '../count.ts';
import { localStretch } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { type AccountRecord, lastSlot, type Moment } from '../record.ts';
import { amountsAt } from './series.ts';

/** The amounts of a currency at a moment, or why there are none. */
export function readout(
  account: AccountRecord,
  currency: string,
  moment: Moment,
  timeZone: TimeZone,
): Markup {
  const when = whenOf(moment, timeZone);
  const amounts = amountsAt(account, currency, moment);
  const title = element('p', { class: 'when' }, when, ` · ${account.account}`);
  if (amounts === undefined || moment.kind !== 'snapshot') {
    return element(
      'div',
      { class: 'readout lacking' },
      title,
      element('p', { class: 'total' }, moment.kind === 'snapshot' ? 'Nothing listed' : 'No snapshot'),
      element('p', { class: 'parts' }, reasonText(moment)),
    );
  }
  const { available, locked, listed } = amounts;
  const parts = [
    ...(listed ? [grouped(available), ' available · ', grouped(locked), ' locked'] : ['not listed']),
    ` · observed ${formatMillisecond(moment.observedAt)}`,
    ...(moment.expected ? [] : [' · outside the schedule']),
  ];
  return element(
    'div',
    { class: 'readout' },
    title,
    element('p', { class: 'total' }, grouped(amounts.total), ' ', element('bdi', {}, currency)),
    element('p', { class: 'parts' }, ...parts),
  );
}

/** The same in one line, for screen readers. */
export function spoken(account: AccountRecord, currency: string, moment: Moment, timeZone: TimeZone): string {
  const amounts = amountsAt(account, currency, moment);
  const when = whenOf(moment, timeZone);
  return amounts === undefined
    ? `${when}: ${moment.kind === 'snapshot' ? 'nothing listed' : 'no snapshot'}. ${reasonText(moment)}`
    : `${when}: ${amounts.total} ${currency}, of which ${amounts.locked} locked`;
}

/** The time of a moment: the slot, or from the first slot to the last. */
export function whenOf(moment: Moment, timeZone: TimeZone): string {
  return localStretch(moment.slot, moment.kind === 'snapshot' ? moment.slot : lastSlot(moment), timeZone);
}

/** Why there is no snapshot, and for how many slots if there are several. */
export function lackOf(moment: Exclude<Moment, { kind: 'snapshot' }>): string {
  const slots = moment.count === 1 ? '' : `${counted(moment.count, 'slot')}: `;
  return slots + reasonWithDetail(moment);
}

/** Why there is no snapshot, in a sentence or two. */
export function reasonText(moment: Moment): string {
  if (moment.kind === 'snapshot') return 'No snapshot in this range lists any currency of this report.';
  if (moment.kind === 'pause') return 'Nothing was expected around this time.';
  const heals = moment.due ? '' : ' It may still recover.';
  const words = textOf(moment.reason)?.happened;
  return `${lackOf(moment)}${words === undefined ? '' : `. ${words}`}${heals}`;
}
